// A task as one turn of its conversation: what was asked, by whom, and how far it is.

import { isOwn, SOMEBODY } from '#core/domain/acting.ts';
import type { Actor } from '#core/domain/actor.ts';
import { asNumber, micro, type Amount } from '#core/domain/credits/credits.ts';
import { viewTask, type TaskView } from '#core/domain/tasks/task-view.ts';
import type { StoredEvent } from '#core/store/tasks/events.ts';
import type { TaskSurroundings } from '#core/store/tasks/task-lists.ts';
import type { StoredTask } from '#core/store/tasks/tasks.ts';
import { replyContext } from '../messages/reply-context.ts';
import type { Core } from '../runtime/core.ts';

export interface TurnView {
  readonly task: TaskView;
  readonly who: string;
  readonly isMine: boolean;
  readonly steps: readonly StepView[];
  readonly feedback: 'good' | 'bad' | null;
  /** Nobody named a number, so the usual one was taken. Known while the task is not over. */
  readonly isUsualNumber: boolean;
  /** Why it waits for its person's approval; null for a task that does not wait, and where no threshold is known. */
  readonly approval: ApprovalView | null;
}

export interface ApprovalView {
  /** Credits. */
  readonly above: number;
  /** Whose threshold that is: the team's, or that of the person who asked. */
  readonly whose: 'team' | 'you';
}

export interface StepView {
  readonly id: string;
  readonly title: string;
  readonly state: 'running' | 'done' | 'failed';
}

const EVENTS_MOST = 500;
/** Events that say how a request was understood. */
const wordsOfAsk = new Set(['accepted', 'approval-requested']);

export function viewTurn(
  core: Core,
  actor: Actor,
  task: StoredTask,
  around: TaskSurroundings | undefined,
  events: readonly StoredEvent[],
): TurnView {
  return {
    task: viewTask(task, replyContext(core)),
    who: around?.who ?? SOMEBODY,
    isMine: isOwn(actor, task),
    steps: stepsIn(events),
    feedback: around?.verdict ?? null,
    isUsualNumber: events.some(({ kind, data }) => wordsOfAsk.has(kind) && (data as { stated?: boolean }).stated === false),
    approval: approvalIn(task, events),
  };
}

export function eventsOf(core: Core, { id, teamId }: StoredTask): Promise<StoredEvent[]> {
  return core.store.events.ofTask(teamId, id, EVENTS_MOST);
}

function approvalIn({ status }: StoredTask, events: readonly StoredEvent[]): ApprovalView | null {
  if (status !== 'awaiting_approval') return null;
  const asked = events.find(({ kind }) => kind === 'approval-requested')?.data as
    | { above?: Amount; whose?: 'team' | 'you'; edited?: boolean }
    | undefined;
  // An edited request asks whatever it costs, and by nobody's threshold.
  if (asked?.above === undefined || asked.edited === true) return null;
  return { above: asNumber(micro(asked.above)), whose: asked.whose ?? 'team' };
}

function stepsIn(events: readonly StoredEvent[]): StepView[] {
  return latestSteps(events.flatMap(({ kind, data }) => (kind === 'step' ? [data as StepView] : [])));
}

/** The latest of each step, in the order in which they began. */
export function latestSteps(moves: readonly StepView[]): StepView[] {
  return [...new Map(moves.map((step) => [step.id, step])).values()];
}
