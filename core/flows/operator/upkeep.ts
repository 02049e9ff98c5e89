// What nobody waits for and everything rests on: tasks reach the queue, lost ones are found again, deadlines hold,
// credits and files expire. Each of these goes round by itself, so that one that is held up (by storage, by the queue)
// holds up no other. They may run in several processes at once, and repeating them changes nothing.

import { NO_CREDITS } from '#core/domain/credits/credits.ts';
import { newId, type FileId, type TaskId } from '#core/domain/ids.ts';
import { keysOf } from '#core/domain/files/original-file.ts';
import { FilesError } from '#core/ports/files.ts';
import { watchInbox } from '../inbox/watch.ts';
import { watchUndelivered } from '../mail/alarm.ts';
import type { Core } from '../runtime/core.ts';
import { forgetRemoved } from '../chats/removed.ts';
import { eraseDue } from '../privacy/erase.ts';
import { expireExports, makeExports } from '../privacy/export-team.ts';
import { endOverdueUploads } from '../files/keep-input.ts';
import { forgetEndedLogins } from '../accounts/ended-logins.ts';
import { tellOfExpiringKeys } from '../team/key-expiry.ts';
import { keepCopyOfMailboxKey } from '../mail/mailbox-key.ts';
import { checkLedgerDaily } from './operate.ts';
import { patiently } from '../runtime/patiently.ts';
import { endUnapproved } from '../approvals/approve.ts';
import { forgetRefusedAsks } from '../tasks/refused-asks.ts';
import { forgetApprovalPosts } from '../messages/show-decisions.ts';
import { forgetShowings } from '../messages/show-work.ts';
import { buryForgotten, forgetRoutes } from '../messages/undelivered.ts';
import { forgetReplyHandles } from '../workspaces/reply-handles.ts';

const RELAY_AT_ONCE = 500;
const RELAY_IDLE_MS = 1_000;
const EXPIRE_EVERY_MS = 60_000;
/** The first minutes of a process belong to what waited for it. */
const FIRST_CHECK_MS = 10 * 60_000;

/** Moves committed tasks into the queue, until the signal aborts. */
export async function relay(core: Core, signal: AbortSignal): Promise<void> {
  await patiently(
    core,
    { wakeOn: ['intake', 'finish'], idleMs: RELAY_IDLE_MS, signal },
    async () => (await core.store.outbox.relay(RELAY_AT_ONCE, (jobs) => core.queue.add(jobs))) > 0,
  );
}

/** Looks after what was left lying, until the signal aborts. */
export async function upkeep(core: Core, signal: AbortSignal): Promise<void> {
  const { sweepEveryMs } = core.settings;
  const again = (everyMs: number, work: () => Promise<unknown>) =>
    patiently(core, { wakeOn: [], idleMs: everyMs, signal }, async () => {
      await work();
      return false;
    });
  await Promise.all([
    again(sweepEveryMs, () => endOverdue(core)),
    again(sweepEveryMs, () => endUnapproved(core)),
    again(sweepEveryMs, watchSilence(core)),
    again(sweepEveryMs, () => putBackLost(core)),
    again(EXPIRE_EVERY_MS, () => expireCredits(core)),
    again(EXPIRE_EVERY_MS, () => expireFiles(core)),
    again(EXPIRE_EVERY_MS, () => endOverdueUploads(core)),
    again(EXPIRE_EVERY_MS, () => expireExports(core)),
    again(EXPIRE_EVERY_MS, () => eraseDue(core)),
    makeExports(core, signal),
    again(EXPIRE_EVERY_MS, () => buryForgotten(core)),
    again(EXPIRE_EVERY_MS, () => forgetRoutes(core)),
    again(EXPIRE_EVERY_MS, () => forgetShowings(core)),
    again(EXPIRE_EVERY_MS, () => forgetApprovalPosts(core)),
    again(EXPIRE_EVERY_MS, () => forgetRefusedAsks(core)),
    again(EXPIRE_EVERY_MS, () => forgetRemoved(core)),
    again(EXPIRE_EVERY_MS, () => forgetEndedLogins(core)),
    again(EXPIRE_EVERY_MS, () => forgetReplyHandles(core)),
    again(EXPIRE_EVERY_MS, () => watchUndelivered(core)),
    again(EXPIRE_EVERY_MS, () => watchInbox(core)),
    again(EXPIRE_EVERY_MS, () => tellOfExpiringKeys(core)),
    again(EXPIRE_EVERY_MS, keepCopyOfMailboxKey(core)),
    core.clock.sleep(FIRST_CHECK_MS, signal).then(() => again(EXPIRE_EVERY_MS, () => checkLedgerDaily(core))),
  ]);
}

const TASKS_AT_ONCE = 200;
/** The engine and its worker get this long to end a task at its deadline before upkeep does; a worker that is still at it, this long. */
const DEADLINE_GRACE_MS = 60_000;
const IN_HAND_GRACE_MS = 15 * 60_000;

/** A person who asked gets an answer by the deadline, whoever died or hangs on the way. */
export async function endOverdue(core: Core): Promise<void> {
  const at = core.clock.now();
  const before = (ms: number) => new Date(at.getTime() - ms);
  const overdue = await core.store.tasks.overdue(before(DEADLINE_GRACE_MS), before(IN_HAND_GRACE_MS), at, TASKS_AT_ONCE);
  await Promise.all(
    overdue.map(async ({ id, teamId, type, platform, started }) => {
      const code = started ? 'agent.timed-out' : 'agent.unreachable';
      try {
        await core.store.finish(
          {
            taskId: id,
            teamId,
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
      } catch (error) {
        core.log.error({ taskId: id, error }, 'task could not be ended at its deadline');
      }
    }),
  );
}

/**
 * Puts tasks back whose worker went silent. Who was cut off from the database says nothing for one round: so perhaps was
 * everybody, and the workers that are alive say so now.
 */
export function watchSilence(core: Core): () => Promise<void> {
  const { leaseMs, sweepEveryMs } = core.settings;
  let lookedMs = core.clock.now().getTime();
  return async () => {
    const at = core.clock.now();
    if (at.getTime() - lookedMs > Math.max(leaseMs / 3, sweepEveryMs * 2)) await core.store.money.query({ text: 'SELECT 1' }, []);
    else {
      const silent = await core.store.outbox.putBackSilent(at, leaseMs);
      if (silent.length > 0) core.log.warn({ taskIds: silent }, 'workers went silent, tasks put back');
    }
    lookedMs = at.getTime();
  };
}

/** Puts tasks back that should be in the queue, and that it does not know. */
export async function putBackLost(core: Core): Promise<void> {
  const at = core.clock.now();
  const waiting = await core.store.outbox.waiting(new Date(at.getTime() - core.settings.lostAfterMs), TASKS_AT_ONCE);
  if (waiting.length === 0) return;
  const lost = (await core.queue.missing(waiting)).map(({ taskId }) => taskId as TaskId);
  if (lost.length === 0) return;
  await core.store.outbox.putBack(lost, at);
  core.log.warn({ taskIds: lost }, 'tasks were not in the queue, put back');
}

export async function expireCredits(core: Core): Promise<void> {
  const at = core.clock.now();
  const lots = await core.store.ledger.expireLots(at);
  if (lots.length > 0) core.log.info({ lots: lots.length }, 'credits expired');
  const holds = await core.store.ledger.expireHolds(at);
  if (holds.length > 0) core.log.warn({ taskIds: holds.map((hold) => hold.taskId) }, 'holds without a live task returned');
}

const FILES_AT_ONCE = 50;

/** Removes what was kept long enough. What storage will not let go of now is tried again the next time. */
export async function expireFiles(core: Core): Promise<void> {
  while (true) {
    const at = core.clock.now();
    const files = await core.store.files.expired(at, FILES_AT_ONCE);
    const removed = (await Promise.all(files.map((file) => removeContent(core, file)))).flat();
    await core.store.files.markRemoved(removed, at);
    if (removed.length > 0) core.log.info({ files: removed.length }, 'files removed after their time');
    if (removed.length < FILES_AT_ONCE) return;
  }
}

async function removeContent(
  core: Core,
  { id, storageKey, shared }: { id: FileId; storageKey: string; shared: boolean },
): Promise<FileId[]> {
  try {
    if (!shared) for (const key of keysOf(storageKey)) await core.files.remove(key);
    return [id];
  } catch (error) {
    if (!(error instanceof FilesError)) throw error;
    core.log.warn({ fileId: id, error }, 'file not removed yet');
    return [];
  }
}
