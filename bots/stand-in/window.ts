// How much may be done in any stretch of time.

export interface Window {
  /** Counts one more under this key; ms until there is room where there is none, and nothing is counted then. */
  take(key: string, most: number, inMs: number): number;
}

export function startWindow(now: () => Date): Window {
  const taken = new Map<string, number[]>();
  return {
    take(key, most, inMs) {
      const nowMs = now().getTime();
      const recent = (taken.get(key) ?? []).filter((at) => at > nowMs - inMs);
      if (recent.length >= most) return recent[0]! + inMs - nowMs;
      taken.set(key, [...recent, nowMs]);
      return 0;
    },
  };
}
