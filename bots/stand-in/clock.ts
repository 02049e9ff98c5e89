/** The sandbox's own time, which can be set ahead. */
export interface SandboxClock {
  now(): Date;
  advance(ms: number): void;
}

export function sandboxClock(now: () => Date): SandboxClock {
  let aheadMs = 0;
  return {
    now: () => new Date(now().getTime() + aheadMs),
    advance(ms) {
      aheadMs += ms;
    },
  };
}
