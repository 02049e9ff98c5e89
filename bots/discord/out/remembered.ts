/** The last so many of what was noted. */
export function remembered<Value>(most: number) {
  const kept = new Map<string, Value>();
  return {
    note(key: string, value: Value): void {
      kept.delete(key);
      kept.set(key, value);
      if (kept.size > most) kept.delete(kept.keys().next().value!);
    },
    of: (key: string): Value | undefined => kept.get(key),
    forget: (key: string): void => void kept.delete(key),
  };
}
