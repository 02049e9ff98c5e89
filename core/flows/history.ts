// What people can look up: their tasks, what was said, what happened when, and what is left.

import { isId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusal.ts';
import { replyFor } from '#core/domain/say.ts';
import { viewTask, type TaskView } from '#core/domain/task-view.ts';
import type { ThreadRef } from '#core/domain/thread-ref.ts';
import { isAhead } from '#core/store/events.ts';
import type { StoredTask } from '#core/store/tasks.ts';
import type { Actor, EventCursor, EventLine, ShownLetter, WalletView } from './app.ts';
import type { Core } from './core.ts';
import { replyContext } from './reply-context.ts';

const PAGE_MOST = 100;

/** Somebody else's task and one that never was are the same to a stranger. */
export async function findTask(core: Core, actor: Actor, taskId: string): Promise<StoredTask> {
  const task = isId(taskId) ? await core.store.tasks.find(actor.teamId, taskId) : null;
  if (task === null) throw refuse('task.not-found');
  return task;
}

export async function showTask(core: Core, actor: Actor, taskId: string): Promise<TaskView> {
  return viewTask(await findTask(core, actor, taskId), replyContext(core));
}

export async function history(core: Core, actor: Actor, { before, limit }: { before?: string; limit: number }): Promise<TaskView[]> {
  if (before !== undefined && !isId(before)) throw refuse('request.invalid', { fields: [{ name: 'before', problem: 'not a task id' }] });
  const tasks = await core.store.tasks.list(actor.teamId, before ?? null, Math.min(Math.max(limit, 1), PAGE_MOST));
  return tasks.map((task) => viewTask(task, replyContext(core)));
}

export async function balance(core: Core, actor: Actor): Promise<WalletView> {
  const wallet = await core.store.people.wallet(actor.teamId);
  return { available: (wallet.balance - wallet.held).toString(), inUse: wallet.held.toString(), debt: wallet.debt.toString() };
}

export async function conversation(core: Core, actor: Actor, conversationId: string): Promise<ThreadRef> {
  const threadRef = isId(conversationId) ? await core.store.letters.threadOf(actor.teamId, conversationId) : null;
  if (threadRef === null) throw refuse('conversation.not-found');
  return threadRef;
}

export async function letters(core: Core, actor: Actor, conversationId: string, after: number): Promise<ShownLetter[]> {
  if (!isId(conversationId)) throw refuse('conversation.not-found');
  const said = await core.store.letters.said(actor.teamId, conversationId, after);
  if (said.length === 0) await conversation(core, actor, conversationId); // nothing new, or nothing at all?
  const context = replyContext(core);
  return said.map(({ seq, part, taskId, saying, sentAt }) => ({
    seq,
    part,
    taskId,
    kind: saying.kind,
    reply: replyFor(saying, context),
    at: sentAt.toISOString(),
  }));
}

const EVENTS_AT_ONCE = 200;
const HEARTBEAT_MS = 15_000;
/** A notification says when to look; this is how long we trust that none was lost. */
const LOOK_ANYWAY_MS = 5_000;
/** What was announced can be read once every older transaction has ended too: soon, but perhaps not at once. */
const LOOK_SOON_MS = 100;
const SOON_LOOKS = 20;

export async function* events(
  core: Core,
  actor: Actor,
  from: { after: EventCursor | null; taskId?: string },
  signal: AbortSignal,
): AsyncIterable<EventLine | null> {
  const taskId = from.taskId === undefined ? null : (await findTask(core, actor, from.taskId)).id;
  let hints = 0;
  // What was committed before the beginning may be held back too, by a transaction that is older still.
  let soonLooks = SOON_LOOKS;
  let wake = () => {};
  const hint = (teamId: string) => {
    if (teamId !== '' && teamId !== actor.teamId) return;
    hints++;
    soonLooks = SOON_LOOKS;
    wake();
  };
  const stops = (['intake', 'finish', 'events'] as const).map((kind) => core.store.wakeups.on(kind, hint));
  try {
    let after = await beginning(core, from.after);
    let quietSince = core.clock.now().getTime();
    while (!signal.aborted) {
      const hintsBefore = hints;
      const lines = await core.store.events.read(actor.teamId, after, taskId, EVENTS_AT_ONCE);
      for (const { cursor: at, ...line } of lines) {
        after = at as EventCursor;
        yield { ...line, cursor: after, at: line.at.toISOString() };
      }
      if (lines.length > 0) {
        quietSince = core.clock.now().getTime();
        soonLooks = 0;
      } else if (core.clock.now().getTime() - quietSince >= HEARTBEAT_MS) {
        quietSince = core.clock.now().getTime();
        yield null;
      }
      if (lines.length === EVENTS_AT_ONCE || hints !== hintsBefore) continue;
      const woken = new AbortController();
      wake = () => woken.abort();
      await core.clock.sleep(soonLooks-- > 0 ? LOOK_SOON_MS : LOOK_ANYWAY_MS, AbortSignal.any([signal, woken.signal]));
    }
  } finally {
    for (const stop of stops) stop();
  }
}

/** A cursor of times to come is from another server, before the database was moved: its reader goes on from now. */
async function beginning(core: Core, after: EventCursor | null): Promise<EventCursor> {
  const now = await cursor(core);
  return after === null || isAhead(after, now) ? now : after;
}

export async function cursor(core: Core): Promise<EventCursor> {
  return (await core.store.events.now()) as EventCursor;
}
