/** One line of the bench: a speed, the limit it is compared with (the least that would have to be done), and what we aim at. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the same machine does at the same time with the smallest possible work. null where there is nothing to compare. */
  readonly limit: number | null;
  readonly ratio: number | null;
  /** The ratio should be this or more. */
  readonly aim: number | null;
  /** For what should be small: the value should be this or less. */
  readonly most?: number | null;
}

/** Runs `callers` callers for `ms`, each calling again as soon as it is answered; gives answers per second. */
export async function perSecond(callers: number, ms: number, call: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  let calls = 0;
  const one = async () => {
    while (performance.now() - begun < ms) {
      await call();
      calls++;
    }
  };
  await Promise.all(Array.from({ length: callers }, one));
  return calls / ((performance.now() - begun) / 1000);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length))]!;
}
