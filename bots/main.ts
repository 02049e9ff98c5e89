// Starts the platforms that are configured, and gives the core what it needs of them.

import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { Poster } from '#core/ports/poster.ts';
import type { Shower } from '#core/ports/shower.ts';
import type { Adapter, Context, Mount, Started } from './adapter.ts';
import { adapters } from './adapters.ts';

export interface Bots {
  /** For delivery, by platform. */
  readonly posters: ReadonlyMap<Platform, Poster>;
  /** For shown work, by platform. */
  readonly showers: ReadonlyMap<Platform, Shower>;
  readonly mounts: readonly Mount[];
  stop(): Promise<void>;
}

/** Platforms whose letters nobody posts: people read them from us. The portal is one without being an adapter. */
export function platformsReadHere(list: readonly Adapter[] = adapters): ReadonlySet<Platform> {
  return new Set(['web', ...list.filter(({ delivery }) => delivery === 'read-here').map(({ platform }) => platform)]);
}

/** Starts each adapter that has settings. When one can't start, none stays. */
export async function startBots(
  core: Omit<Context<unknown>, 'settings'>,
  settings: Readonly<Record<Platform, unknown>>,
  list: readonly Adapter[] = adapters,
): Promise<Bots> {
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
    showers: new Map(started.flatMap(({ shower }) => (shower ? [[shower.platform, shower] as const] : []))),
    mounts: started.flatMap(({ mounts }) => mounts ?? []),
    stop: () => stopAll(started),
  };
}

async function stopAll(started: readonly Started[]): Promise<void> {
  await Promise.all(started.map((each) => each.stop()));
}
