/** Resolves once so many more were counted. */
export type Heard = (count: number) => Promise<void>;

/** Counts what is heard. */
export function counting(): { readonly heard: Heard; left(): number; one(): void } {
  let [left, done] = [0, () => {}];
  return {
    heard(count) {
      left = count;
      return new Promise((resolve) => (done = resolve));
    },
    left: () => left,
    one: () => void (--left === 0 && done()),
  };
}
