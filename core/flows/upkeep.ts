// What nobody waits for and everything rests on: tasks reach the queue, lost ones are found again, deadlines hold,
// credits and files expire. Each sweep may run in several processes at once, and repeating one changes nothing.

import { NO_CREDITS } from '#core/domain/credits.ts';
import { newId } from '#core/domain/ids.ts';
import type { Core } from './core.ts';
import { patiently } from './patiently.ts';

const RELAY_AT_ONCE = 500;
const RELAY_IDLE_MS = 1_000;
/** The engine and its worker get this long to end a task at its deadline before upkeep does. */
const DEADLINE_GRACE_MS = 60_000;
const EXPIRE_EVERY_MS = 60_000;
const LEARN_EVERY_MS = 600_000;
const AT_ONCE = 200;

/** Moves committed tasks into the queue, until the signal aborts. */
export async function relay(core: Core, signal: AbortSignal): Promise<void> {
  await patiently(core, { wakeOn: ['intake', 'finish'], idleMs: RELAY_IDLE_MS, signal }, async () => (await core.store.outbox.relay(RELAY_AT_ONCE, (jobs) => core.queue.add(jobs))) > 0);
}

/** Looks after what was left lying, until the signal aborts. */
export async function upkeep(core: Core, signal: AbortSignal): Promise<void> {
  const due = { expire: 0, learn: 0 };
  await patiently(core, { wakeOn: [], idleMs: core.settings.sweepEveryMs, signal }, async () => {
    await sweep(core);
    const now = core.clock.now().getTime();
    if (now >= due.expire) {
      due.expire = now + EXPIRE_EVERY_MS;
      await expire(core);
    }
    if (now >= due.learn) {
      due.learn = now + LEARN_EVERY_MS;
      await core.learned.refresh();
    }
    return false;
  });
}

export async function sweep(core: Core): Promise<void> {
  const at = core.clock.now();
  await endOverdue(core, at);
  const silent = await core.store.outbox.putBackSilent(at, core.settings.leaseMs);
  if (silent.length > 0) core.log.warn({ taskIds: silent }, 'workers went silent, tasks put back');
  // While the queue has work waiting, a task that is not started yet is simply not due.
  const { waiting, delayed } = await core.queue.counts();
  if (waiting + delayed > 0) return;
  const lost = await core.store.outbox.putBackLost(new Date(at.getTime() - core.settings.lostAfterMs), at, AT_ONCE);
  if (lost.length > 0) core.log.warn({ taskIds: lost }, 'tasks were not in the queue, put back');
}

/** A person who asked gets an answer by the deadline, whoever died on the way. */
async function endOverdue(core: Core, at: Date): Promise<void> {
  for (const { id, type, platform, started } of await core.store.tasks.overdue(new Date(at.getTime() - DEADLINE_GRACE_MS), at, AT_ONCE)) {
    const code = started ? 'agent.timed-out' : 'agent.unreachable';
    await core.store.finish(
      {
        taskId: id,
        attempt: null,
        status: 'failed',
        charge: NO_CREDITS,
        result: null,
        failure: { code },
        usage: null,
        outcome: 'stopped',
        letterId: newId(at.getTime()),
        saying: { kind: 'failed', taskId: id, type, code },
        readHere: core.settings.readHere.has(platform),
        files: [],
      },
      at,
    );
    core.log.warn({ taskId: id, code }, 'task ended at its deadline');
  }
}

export async function expire(core: Core): Promise<void> {
  const at = core.clock.now();
  const lots = await core.store.ledger.expireLots(at);
  if (lots.length > 0) core.log.info({ lots: lots.length }, 'credits expired');
  const holds = await core.store.ledger.expireHolds(at);
  if (holds.length > 0) core.log.warn({ taskIds: holds.map((hold) => hold.taskId) }, 'holds without a live task returned');
  const files = await core.store.files.expired(at, AT_ONCE);
  for (const file of files) if (!file.shared) await core.files.remove(file.storageKey);
  await core.store.files.markRemoved(
    files.map((file) => file.id),
    at,
  );
  if (files.length > 0) core.log.info({ files: files.length }, 'files removed after their time');
}
