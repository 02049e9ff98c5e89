// Discord limits calls by buckets, and says with each answer how many calls its bucket has left. Which calls share a bucket is not
// written down anywhere: it is learned from the answers.

import type { Clock } from '#core/ports/clock.ts';

interface Route {
  readonly method: string;
  readonly path: string;
}

export interface Buckets {
  /** Ms until this may be called; null when it may be called now. */
  waitMs(route: Route): number | null;
  /** It is called now. */
  called(route: Route): void;
  /** What the answer says of its bucket. */
  told(route: Route, headers: Headers): void;
}

interface Bucket {
  left: number;
  readonly resetMs: number;
}

/** Buckets that are over are forgotten from this many on. */
const KEPT_MOST = 5_000;

export function openBuckets(clock: Pick<Clock, 'now'>): Buckets {
  /** By what is called: the bucket's name. */
  const names = new Map<string, string>();
  const buckets = new Map<string, Bucket>();
  const now = () => clock.now().getTime();

  function bucketOf(route: Route): Bucket | undefined {
    const { kind, owner } = routeOf(route);
    const name = names.get(kind);
    return name === undefined ? undefined : buckets.get(`${name}/${owner}`);
  }

  return {
    waitMs(route) {
      const bucket = bucketOf(route);
      if (bucket === undefined || bucket.left > 0) return null;
      const waitMs = bucket.resetMs - now();
      return waitMs > 0 ? waitMs : null;
    },
    called(route) {
      const bucket = bucketOf(route);
      if (bucket !== undefined) bucket.left -= 1;
    },
    told(route, headers) {
      const name = headers.get('X-RateLimit-Bucket');
      const left = Number(headers.get('X-RateLimit-Remaining') ?? NaN);
      const resetAfterMs = Number(headers.get('X-RateLimit-Reset-After') ?? NaN) * 1000;
      if (name === null || !Number.isFinite(left) || !Number.isFinite(resetAfterMs)) return;
      const { kind, owner } = routeOf(route);
      names.set(kind, name);
      buckets.set(`${name}/${owner}`, { left, resetMs: now() + resetAfterMs });
      if (buckets.size > KEPT_MOST) forgetOver();
    },
  };

  function forgetOver(): void {
    const at = now();
    for (const [key, { resetMs }] of buckets) if (resetMs <= at) buckets.delete(key);
    if (buckets.size > KEPT_MOST) buckets.clear();
  }
}

/** Each channel, server and webhook has buckets of its own (docs, Rate Limits). */
function routeOf({ method, path }: Route): { kind: string; owner: string } {
  const [, owner = ''] = /^\/(?:channels|guilds|webhooks)\/(\d+)/.exec(path) ?? [];
  return { kind: `${method} ${path.split('?', 1)[0]!.replace(/\d{16,20}/g, ':id')}`, owner };
}
