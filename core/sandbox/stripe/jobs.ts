// What happens by itself when its time has come.

import { newObjectId } from './ids.ts';
import type { Job } from './kinds.ts';
import type { World } from './world.ts';

/** Within a change. */
export function after(world: World, ms: number, what: Job['what'], of: string): void {
  world.store.put('job', { id: newObjectId('job_'), atMs: world.nowMs() + ms, what, of });
  world.wake();
}

/** The jobs whose time has come, the earliest first. */
export function dueJobs(world: World): Job[] {
  const now = world.nowMs();
  return world.store
    .all('job')
    .filter(({ atMs }) => atMs <= now)
    .toSorted((one, other) => one.atMs - other.atMs);
}
