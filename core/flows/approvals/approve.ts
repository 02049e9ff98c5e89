// A task that waits for its person's approval: approving it, and ending it when its time is over.

import { isOwn, type Acting } from '#core/domain/acting.ts';
import type { Actor } from '#core/domain/actor.ts';
import { NO_CREDITS } from '#core/domain/credits/credits.ts';
import { newId, type HoldId, type LetterId } from '#core/domain/ids.ts';
import { Refusal, refuse, type Refused } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import type { Payer } from '#core/store/accounts/payer.ts';
import type { Unapproved } from '#core/store/tasks/approve.ts';
import type { StoredTask } from '#core/store/tasks/tasks.ts';
import type { Core } from '../runtime/core.ts';
import { findTask } from '../tasks/history.ts';
import { takenTask, type TakenTask } from '../tasks/intake.ts';

/**
 * Takes the hold and starts the task, in one transaction that checks everything a new request is checked for. Only the person
 * who asked can approve it; approving it again gives the first answer. Rejects with `task.not-found`, `approval.not-yours`,
 * `approval.expired`, `task.over`, with `wallet.frozen` or `team.leaving`, and with what refuses the hold: `credits.short`,
 * `limit.reached`. A task that was refused goes on waiting.
 */
export async function approve(core: Core, actor: Actor, taskId: string): Promise<TakenTask> {
  mustBeAllowed(actor, 'tasks.ask');
  const task = await findTask(core, actor, taskId);
  const payer = await core.store.people.payerFor(actor.userId, actor.teamId);
  if (isOwn(actor, task) && payer === null) throw refuse('task.not-found');
  return approveAs(core, actor, taskId, payer);
}

/** As `approve`, for whoever acts in a chat: `payer` pays for them there. */
export async function approveAs(core: Core, actor: Acting, taskId: string, payer: Payer | null): Promise<TakenTask> {
  const task = await findTask(core, actor, taskId);
  if (!isOwn(actor, task)) throw refuse('approval.not-yours');
  if (payer === null || payer.teamId !== task.teamId) throw refuse('not.allowed');
  if (payer.closed !== null) throw new Refusal(payer.closed);
  const at = core.clock.now();
  const { outcome, saying } = await core.store.approvals.approve(
    {
      taskId: task.id,
      holdId: newId<HoldId>(at.getTime()),
      letterId: newId<LetterId>(at.getTime()),
      runUntil: new Date(at.getTime() + core.settings.taskDeadlineMs),
      readHere: core.settings.readHere.has(task.platform),
    },
    at,
  );
  core.log.info({ taskId: task.id, userId: actor.userId, identityId: actor.identityId, outcome }, 'approval answered');
  switch (outcome) {
    case 'approved':
    case 'repeated':
      return takenTask(saying, {
        repeated: outcome === 'repeated',
        conversationId: task.conversationId,
        threadRef: task.threadRef ?? task.address,
      });
    case 'refused':
      throw new Refusal(stillWaits(saying));
    case 'expired':
      throw refuse('approval.expired');
    case 'over':
      throw whyOver(await findTask(core, actor, taskId), at);
    case 'unknown':
      throw refuse('task.not-found');
  }
}

/** Whoever reads it can approve the same request later. */
function stillWaits(refused: Refused): Refused {
  if (refused.code !== 'credits.short' && refused.code !== 'limit.reached') return refused;
  return { ...refused, facts: { ...refused.facts, waits: true } } as Refused;
}

/** Its end was asked for, or its time is over; the end itself may still be on its way. */
function whyOver({ status, failure, approveBy }: StoredTask, at: Date): Refusal {
  if (failure?.code === 'approval.expired' || (approveBy !== null && approveBy <= at)) return refuse('approval.expired');
  return refuse('task.over', { status: status === 'awaiting_approval' ? 'canceled' : status });
}

const TASKS_AT_ONCE = 200;

/** Ends tasks that nobody approved in time. Their person is told, and nothing is charged. */
export async function endUnapproved(core: Core): Promise<void> {
  const at = core.clock.now();
  const expired = await core.store.approvals.takeExpired(at, TASKS_AT_ONCE);
  await Promise.all(
    expired.map((task) =>
      endExpired(core, task, at).catch((error: unknown) =>
        core.log.error({ taskId: task.id, error }, 'task could not be ended after its approval expired'),
      ),
    ),
  );
}

async function endExpired(core: Core, { id, teamId, type, platform }: Unapproved, at: Date): Promise<void> {
  await core.store.finish(
    {
      taskId: id,
      teamId,
      attempt: null,
      status: 'canceled',
      charge: NO_CREDITS,
      result: null,
      failure: { code: 'approval.expired' },
      usage: null,
      outcome: null,
      letterId: newId(at.getTime()),
      saying: { kind: 'failed', taskId: id, type, code: 'approval.expired' },
      readHere: core.settings.readHere.has(platform),
      files: [],
    },
    at,
  );
  core.log.info({ taskId: id }, 'approval expired');
}
