// What the portal shows of work: what a request would cost, the history, a conversation, and everything about one task.

import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import { asNumber, micro, showCredits, type Amount } from '#core/domain/credits/credits.ts';
import { isId, type ConversationId, type TaskId } from '#core/domain/ids.ts';
import { may, mustBeAllowed } from '#core/domain/team/permission.ts';
import { rateOf } from '#core/domain/credits/rates.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { isOver, type TaskStatus } from '#core/domain/tasks/task.ts';
import { sayEvent, type TaskEvent } from '#core/domain/tasks/task-event.ts';
import { statusWords, viewFile, viewTask, type FileView, type TaskView } from '#core/domain/tasks/task-view.ts';
import { cleanText, firstLine } from '#core/domain/text/text.ts';
import { platformOf, type Platform } from '#core/domain/messages/thread-ref.ts';
import type { StoredEvent } from '#core/store/tasks/events.ts';
import type { TaskFilter, TaskSurroundings } from '#core/store/tasks/task-lists.ts';
import type { StoredTask } from '#core/store/tasks/tasks.ts';
import type { Core } from '../runtime/core.ts';
import { findTask } from './history.ts';
import { letters, threadOf } from '../messages/conversation.ts';
import { linkFor } from '../files/links.ts';
import { replyContext } from '../messages/reply-context.ts';
import type { Actor } from '#core/domain/actor.ts';
import type { ShownLetter } from '../views.ts';

/** Amounts are credits. */
export interface TaskLine {
  readonly id: TaskId;
  readonly conversationId: ConversationId;
  readonly title: string;
  readonly status: TaskStatus;
  readonly statusWords: string;
  readonly type: AgentType;
  readonly platform: Platform;
  readonly who: string;
  readonly creditsUsed: number;
  readonly creditsHeld: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface ConversationView {
  readonly id: ConversationId;
  readonly platform: Platform;
  /** The last fifty, oldest first. */
  readonly turns: readonly TurnView[];
  readonly letters: readonly ShownLetter[];
  /** What began in a chat goes on there. */
  readonly canFollowUp: boolean;
}

export interface TurnView {
  readonly task: TaskView;
  readonly who: string;
  readonly isMine: boolean;
  readonly steps: readonly StepView[];
  readonly feedback: 'good' | 'bad' | null;
  /** Nobody named a number, so the usual one was taken. Known while the task is not over. */
  readonly isUsualNumber: boolean;
}

export interface StepView {
  readonly id: string;
  readonly title: string;
  readonly state: 'running' | 'done' | 'failed';
}

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

/** Whose tasks the history can be narrowed down to. */
export async function people(core: Core, actor: Actor): Promise<{ key: string; name: string }[]> {
  mustBeAllowed(actor, 'tasks.see');
  return core.store.taskLists.people(actor.teamId);
}

/** What this person thought of a result. They may change their mind. */
export async function feedback(core: Core, actor: Actor, taskId: string, verdict: 'good' | 'bad', words?: string): Promise<void> {
  mustBeAllowed(actor, 'tasks.see');
  const task = await findTask(core, actor, taskId);
  if (!isOver(task.status)) throw refuse('task.running');
  const said = words === undefined ? null : cleanText(words).slice(0, WORDS_MOST) || null;
  await core.store.taskLists.judge(task.id, actor.userId, verdict, said, core.clock.now());
  core.log.info({ taskId: task.id, userId: actor.userId, verdict }, 'feedback given');
}

const WORDS_MOST = 2_000;
const LINES_MOST = 100;
const TURNS_MOST = 50;
const EVENTS_MOST = 500;

/** The team's tasks, newest first. `next` is the `before` of the next page; null on the last. */
export async function list(core: Core, actor: Actor, { limit, ...filter }: TaskFilter & { limit: number }) {
  mustBeAllowed(actor, 'tasks.see');
  const { before, person } = filter;
  if (before !== undefined && !isId(before)) throw refuse('request.invalid', { fields: [{ name: 'before', problem: 'not a task id' }] });
  if (person !== undefined && !isPerson(person)) return { tasks: [], next: null };
  const most = Math.min(Math.max(limit, 1), LINES_MOST);
  // One more than wanted tells whether there is another page.
  const found = await core.store.taskLists.list(actor.teamId, filter, most + 1);
  const tasks = found.slice(0, most).map((task): TaskLine => ({
    id: task.id,
    conversationId: task.conversationId,
    title: firstLine(task.requestText),
    status: task.status,
    statusWords: statusWords[task.status],
    type: task.type,
    platform: task.platform,
    who: task.who ?? SOMEBODY,
    creditsUsed: asNumber(task.creditsUsed),
    creditsHeld: isOver(task.status) ? 0 : asNumber(task.held),
    createdAt: task.createdAt.toISOString(),
  }));
  return { tasks, next: found.length > most ? tasks.at(-1)!.id : null };
}

/** Whoever asked and is gone. */
const SOMEBODY = 'Somebody';

function isPerson(key: string): boolean {
  const [kind, id = ''] = key.split(':', 2);
  return (kind === 'user' || kind === 'identity') && isId(id);
}

/** One conversation in its order. Rejects with `conversation.not-found` for somebody else's. */
export async function showConversation(core: Core, actor: Actor, conversationId: string): Promise<ConversationView> {
  mustBeAllowed(actor, 'tasks.see');
  const thread = await threadOf(core, actor, conversationId);
  const [tasks, said] = await Promise.all([
    core.store.tasks.inConversation(actor.teamId, conversationId, TURNS_MOST),
    letters(core, actor, conversationId, 0),
  ]);
  const around = await core.store.taskLists.around(
    actor.teamId,
    tasks.map(({ id }) => id),
    actor.userId,
  );
  const turns = await Promise.all(
    tasks.map(async (task) => {
      const events = isOver(task.status) ? [] : await eventsOf(core, task);
      return viewTurn(core, actor, task, around.get(task.id), events);
    }),
  );
  const platform = platformOf(thread);
  return {
    id: conversationId as ConversationId,
    platform,
    turns,
    letters: said,
    canFollowUp: (platform === 'web' || platform === 'terminal') && may(actor.role, 'tasks.ask'),
  };
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

function viewTurn(
  core: Core,
  actor: Actor,
  task: StoredTask,
  around: TaskSurroundings | undefined,
  events: readonly StoredEvent[],
): TurnView {
  return {
    task: viewTask(task, replyContext(core)),
    who: around?.who ?? SOMEBODY,
    isMine: task.userId === actor.userId,
    steps: stepsIn(events),
    feedback: around?.verdict ?? null,
    isUsualNumber: events.some(({ kind, data }) => kind === 'accepted' && (data as { stated?: boolean }).stated === false),
  };
}

function eventsOf(core: Core, { id, teamId }: StoredTask): Promise<StoredEvent[]> {
  return core.store.events.ofTask(teamId, id, EVENTS_MOST);
}

/** The latest of each step, in the order in which they began. */
function stepsIn(events: readonly StoredEvent[]): StepView[] {
  const steps = new Map<string, StepView>();
  for (const { kind, data } of events) if (kind === 'step') steps.set((data as StepView).id, data as StepView);
  return [...steps.values()];
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
