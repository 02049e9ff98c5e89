// Everything about one task, as its page shows it, and what its people think of the result.

import { isOwn, mustMay, personOf, type Acting } from '#core/domain/acting.ts';
import type { Actor } from '#core/domain/actor.ts';
import { amountOf, asNumber, micro, showCredits, type Amount } from '#core/domain/credits/credits.ts';
import { goodwillFor } from '#core/domain/credits/goodwill.ts';
import { rateOf } from '#core/domain/credits/rates.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { sayEvent, type TaskEvent } from '#core/domain/tasks/task-event.ts';
import { viewFile, type FileView } from '#core/domain/tasks/task-view.ts';
import { isOver } from '#core/domain/tasks/task.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { cleanText } from '#core/domain/text/text.ts';
import type { StoredEvent } from '#core/store/tasks/events.ts';
import type { StoredTask } from '#core/store/tasks/tasks.ts';
import { linkFor } from '../files/links.ts';
import type { Core } from '../runtime/core.ts';
import { findTask } from './history.ts';
import { eventsOf, viewTurn, type StepView, type TurnView } from './turn.ts';

export interface TaskDetails extends TurnView {
  readonly platform: Platform;
  /** The Slack workspace or Discord server; null where there is none. */
  readonly where: string | null;
  readonly timeline: readonly { readonly at: string; readonly kind: string; readonly words: string }[];
  readonly attempts: number;
  /** Credits; `rate` is how it is charged, in words. */
  readonly cost: { readonly held: number; readonly used: number; readonly returned: number; readonly rate: string };
  readonly inputs: readonly FileView[];
}

export async function details(core: Core, actor: Actor, taskId: string): Promise<TaskDetails> {
  mustBeAllowed(actor, 'tasks.see');
  const task = await findTask(core, actor, taskId);
  const [around, events, inputs] = await Promise.all([
    core.store.taskLists.around(actor.teamId, [task.id], actor.userId),
    eventsOf(core, task),
    core.store.taskLists.inputs(actor.teamId, task.id),
  ]);
  const here = around.get(task.id);
  return {
    ...viewTurn(core, actor, task, here, events),
    platform: task.platform,
    where: here?.workspace ?? null,
    timeline: events.filter(isTold).map((event) => ({ at: event.at.toISOString(), kind: event.kind, words: sayEvent(told(event)) })),
    attempts: here?.attempts ?? 0,
    cost: costOf(task, events),
    inputs: inputs.map((file) => viewFile({ ...file, hasOriginal: false, preview: null }, task.id, (id) => linkFor(core, id))),
  };
}

const WORDS_MOST = 2_000;

/**
 * What this person thought of a result. They may change their mind. Where it was charged and was not useful, some of its credits
 * come back: `returned`, once for each task.
 */
export async function feedback(
  core: Core,
  actor: Acting,
  taskId: string,
  verdict: 'good' | 'bad',
  words?: string,
): Promise<{ returned: Amount | null }> {
  const task = await findTask(core, actor, taskId);
  mustMay(actor, 'tasks.see', { own: isOwn(actor, task) });
  if (!isOver(task.status)) throw refuse('task.running');
  const said = words === undefined ? null : cleanText(words).slice(0, WORDS_MOST) || null;
  await core.store.taskLists.judge(task.id, actor, verdict, said, core.clock.now());
  core.log.info({ taskId: task.id, userId: actor.userId, identityId: actor.identityId, verdict }, 'feedback given');
  return { returned: verdict === 'bad' ? await returnSome(core, actor, task) : null };
}

async function returnSome({ store, clock, log }: Core, actor: Acting, task: StoredTask): Promise<Amount | null> {
  const at = clock.now();
  const goodwill = goodwillFor(task, at);
  if (goodwill === null) return null;
  const { id: taskId, teamId } = task;
  const returned = await store.giveGoodwill({ taskId, teamId, actor: personOf(actor), ...goodwill }, at);
  if (returned !== null) log.info({ taskId, teamId, credits: amountOf(returned) }, 'goodwill given');
  return returned && amountOf(returned);
}

/** A step is told once it has ended: that it began is seen from what comes next. */
function isTold({ kind, data }: StoredEvent): boolean {
  return kind !== 'step' || (data as StepView).state !== 'running';
}

function told({ kind, data }: StoredEvent): TaskEvent {
  return { kind, data } as TaskEvent;
}

function costOf(task: StoredTask, events: readonly StoredEvent[]): TaskDetails['cost'] {
  const accepted = events.find(({ kind }) => kind === 'accepted')?.data as { held?: Amount } | undefined;
  const held = micro(accepted?.held ?? task.held);
  const used = task.creditsUsed;
  return {
    held: asNumber(held),
    used: asNumber(used),
    returned: isOver(task.status) && held > used ? asNumber(micro(held - used)) : 0,
    rate: sayRate(task),
  };
}

function sayRate({ type, rateVersion }: StoredTask): string {
  const rate = rateOf(type, rateVersion);
  if (rate.unit === null)
    return `Charged by what the agent uses, from ${showCredits(rate.minimum)} to ${showCredits(rate.maximum)} credits.`;
  return `Charged by what is delivered: ${showCredits(rate.perUnit)} ${rate.perUnit === micro(1_000_000n) ? 'credit' : 'credits'} per ${rate.unit.singular}.`;
}
