// Starts the platforms that are configured, and gives the core what it needs of them.

import { isReadHere } from '#core/domain/messages/platforms.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { Fetcher } from '#core/ports/fetcher.ts';
import type { Gauge, PartHealth } from '#core/ports/health.ts';
import type { Mount } from '#core/ports/mount.ts';
import type { Poster } from '#core/ports/poster.ts';
import type { Shower } from '#core/ports/shower.ts';
import type { Adapter, Context, Started } from './adapter.ts';
import { adapters } from './adapters.ts';
import { MOST_BYTES } from './raw-body.ts';

export interface Bots {
  /** For delivery, by platform. */
  readonly posters: ReadonlyMap<Platform, Poster>;
  /** For attachments, by platform. */
  readonly fetchers: ReadonlyMap<Platform, Fetcher>;
  /** For shown work, by platform. */
  readonly showers: ReadonlyMap<Platform, Shower>;
  readonly mounts: readonly Mount[];
  /** How the platforms are, and their numbers, from memory. */
  health(): readonly PartHealth[];
  gauges(): readonly Gauge[];
  /** Where its mounts send browsers. */
  readonly leadsTo: readonly string[];
  stop(): Promise<void>;
}

/** Platforms whose attachments can be fetched. */
export function platformsFetchedFrom(list: readonly Adapter[] = adapters): ReadonlySet<Platform> {
  return new Set(list.filter(({ fetchesFiles = false }) => fetchesFiles).map(({ platform }) => platform));
}

/** What each platform's app asks a workspace for. */
export function scopesWanted(list: readonly Adapter[] = adapters): Readonly<Record<Platform, readonly string[]>> {
  return Object.fromEntries(list.map(({ platform, scopes = [] }) => [platform, scopes]));
}

/** Starts each adapter that has settings. When one can't start, none stays. */
export async function startBots(
  core: Omit<Context<unknown>, 'settings'>,
  settings: Readonly<Record<Platform, unknown>>,
  list: readonly Adapter[] = adapters,
): Promise<Bots> {
  for (const { platform, delivery } of list) {
    // Otherwise its letters would wait for a poster that never comes, or be both posted and shown.
    const expected = isReadHere(platform) ? 'read-here' : 'posted';
    if (delivery !== expected) throw new Error(`The adapter of ${platform} says ${delivery}, and the table of platforms ${expected}.`);
  }
  const configured = list.filter(({ platform }) => settings[platform] !== undefined);
  const starts = await Promise.allSettled(
    configured.map((adapter) =>
      adapter.start({ ...core, log: core.log.child({ platform: adapter.platform }), settings: settings[adapter.platform] }),
    ),
  );
  const started = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed) {
    await stopAll(started);
    throw failed.reason;
  }
  return {
    posters: new Map(started.flatMap(({ poster }) => (poster ? [[poster.platform, poster] as const] : []))),
    fetchers: new Map(started.flatMap(({ fetcher }) => (fetcher ? [[fetcher.platform, fetcher] as const] : []))),
    showers: new Map(started.flatMap(({ shower }) => (shower ? [[shower.platform, shower] as const] : []))),
    mounts: started.flatMap(({ mounts = [] }) => mounts.map((mount) => ({ body: { mostBytes: MOST_BYTES }, ...mount }))),
    leadsTo: started.flatMap(({ leadsTo = [] }) => leadsTo),
    health: () => started.flatMap((each) => (each.health?.() ?? []).map((part) => ({ ...part, isPlatform: true as const }))),
    gauges: () => started.flatMap((each) => each.gauges?.() ?? []),
    stop: () => stopAll(started),
  };
}

async function stopAll(started: readonly Started[]): Promise<void> {
  await Promise.all(started.map((each) => each.stop()));
}
