// How often Discord may be called: by route and channel, and fifty times a second in all. By the sandbox's clock.

import { startWindow } from '#bots/stand-in/window.ts';
import { TooMany } from '../no.ts';

/** What headers say of a bucket. */
export interface BucketState {
  readonly name: string;
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

export interface Limit {
  readonly name: string;
  readonly most: number;
  readonly inMs: number;
}

export interface Limits {
  /** Counts a call, or throws TooMany. `isFree`: the ceiling of fifty does not count it. */
  call(limit: Limit, major: string, isFree: boolean): BucketState;
  /** Throws TooMany where the channel is closed for posts. */
  post(channels: readonly (string | null)[]): void;
  close(channel: string, forMs: number, scope: 'user' | 'shared'): void;
  factor(): number;
  setFactor(factor: number): void;
}

const globalLimit = { most: 50, inMs: 1_000 } as const;

export function startLimits(now: () => Date, factorAtFirst: number): Limits {
  const window = startWindow(now);
  const buckets = new Map<string, { count: number; resetMs: number }>();
  const closed = new Map<string, { readonly untilMs: number; readonly scope: 'user' | 'shared' }>();
  let factor = factorAtFirst;

  return {
    call({ name, most, inMs }, major, isFree) {
      const nowMs = now().getTime();
      const limit = Math.ceil(most * factor);
      const key = `${name}:${major}`;
      const found = buckets.get(key);
      const bucket = found === undefined || found.resetMs <= nowMs ? { count: 0, resetMs: nowMs + inMs } : found;
      buckets.set(key, bucket);
      if (bucket.count >= limit) throw new TooMany(bucket.resetMs - nowMs, 'user');
      const waitMs = isFree ? 0 : window.take('global', Math.ceil(globalLimit.most * factor), globalLimit.inMs);
      if (waitMs > 0) throw new TooMany(waitMs, 'global');
      bucket.count += 1;
      return { name, limit, remaining: limit - bucket.count, resetMs: bucket.resetMs };
    },
    post(channels) {
      for (const channel of channels) {
        const found = channel === null ? undefined : closed.get(channel);
        const waitMs = (found?.untilMs ?? 0) - now().getTime();
        if (waitMs > 0) throw new TooMany(waitMs, found!.scope);
      }
    },
    close: (channel, forMs, scope) => void closed.set(channel, { untilMs: now().getTime() + forMs, scope }),
    factor: () => factor,
    setFactor: (given) => void (factor = given),
  };
}
