// What people do to their tasks after asking: stop one, or ask for the same again.

import type { Actor } from '#core/domain/actor.ts';
import { isOwn, mustMay, personOf, type Acting } from '#core/domain/acting.ts';
import { amountOf, NO_CREDITS, type Amount } from '#core/domain/credits/credits.ts';
import { newId, type TaskId } from '#core/domain/ids.ts';
import type { Request } from '#core/contracts/ask.ts';
import { refuse, type Refusal } from '#core/domain/refusals/refusal.ts';
import { isOver } from '#core/domain/tasks/task.ts';
import type { Ended } from '#core/store/tasks/finish.ts';
import type { StoredTask } from '#core/store/tasks/tasks.ts';
import type { Core } from '../runtime/core.ts';
import { patienceFor, unless, type Patience, type Wait } from '../runtime/patience.ts';
import { findTask } from './history.ts';
import { takeAsk, takeFromChat, type Again, type FromChat, type Taken } from './intake.ts';

export interface Stopped {
  readonly taskId: TaskId;
  /** `canceled`: it is over. `stopping`: the agent was told, and the thread will say what it used. */
  readonly state: 'canceled' | 'stopping';
  readonly used: Amount;
  readonly returned: Amount;
  readonly available: Amount;
}

/**
 * A task nobody works on ends here and costs nothing; a running one is stopped by its worker, who settles what it used. That
 * is next to nothing at first, though an agent was started, so it counts: after many of them new requests have to wait.
 * Stopping itself is never refused for that. Rejects with `task.not-found` for somebody else's, `task.over` when there is
 * nothing left to stop.
 */
export function cancel(core: Core, actor: Acting, taskId: string): Promise<Stopped> {
  return stop(core, actor, taskId, { counts: true });
}

/** As `cancel`. `counts`: one of those after which new requests have to wait. */
export async function stop(core: Core, actor: Acting, taskId: string, { counts }: { counts: boolean }): Promise<Stopped> {
  const task = await findTask(core, actor, taskId);
  const own = isOwn(actor, task);
  mustMay(actor, own ? 'tasks.ask' : 'tasks.stop', { own });
  const requested = await core.store.tasks.requestCancel(actor.teamId, task.id, core.clock.now());
  if (requested === null) throw await alreadyOver(core, actor, taskId);
  core.log.info({ taskId: task.id, userId: actor.userId, identityId: actor.identityId }, 'cancel requested');
  if (requested.status !== 'processing') {
    const ended = await endUnstarted(core, task);
    if (ended.verdict === 'over') throw await alreadyOver(core, actor, taskId);
    if (ended.verdict === 'finished') {
      return {
        taskId: task.id,
        state: 'canceled',
        used: amountOf(NO_CREDITS),
        returned: amountOf(ended.returned),
        available: amountOf(ended.available ?? NO_CREDITS),
      };
    }
  }
  if (counts && requested.isFirst) await core.rates.note('stopped', { person: personOf(actor), teamId: actor.teamId });
  const wallet = await core.store.people.wallet(actor.teamId);
  return {
    taskId: task.id,
    state: 'stopping',
    used: amountOf(NO_CREDITS),
    returned: amountOf(NO_CREDITS),
    available: (wallet.balance - wallet.held).toString(),
  };
}

/** The same request as a new task of the same conversation, with the same files, once per `key`. */
export async function retry(core: Core, actor: Actor, taskId: string, key: string, wait: Wait = 0): Promise<Taken> {
  const { userId, teamId } = actor;
  return repeat(core, actor, taskId, key, {
    own: false,
    patience: patienceFor(core, wait),
    take: (request, patience, again) => takeAsk(core, { ...request, from: { kind: 'user', userId, teamId } }, patience, again),
  });
}

/** As `retry`, for whoever acts in a chat. */
export async function retryInChat(core: Core, acting: Acting, taskId: string, key: string, chat: FromChat): Promise<Taken> {
  return repeat(core, acting, taskId, key, {
    own: true,
    patience: patienceFor(core, 0),
    take: (request, patience, again) => takeFromChat(core, request, patience, chat, again),
  });
}

interface Repeat {
  /** It is theirs, or they may see it. */
  readonly own: boolean;
  readonly patience: Patience;
  take(request: Request, patience: Patience, again: Again): Promise<Taken>;
}

async function repeat(core: Core, actor: Acting, taskId: string, key: string, { own, patience, take }: Repeat): Promise<Taken> {
  mustMay(actor, 'tasks.ask', { own });
  const task = await patience.during((signal) => unless(signal, findTask(core, actor, taskId)));
  if (!isOver(task.status)) throw refuse('task.running');
  if (task.requestText === '') throw refuse('task.deleted'); // or its person had their words erased
  const ask = `retry:${task.id}:${key}`;
  // A repeat of this request gets the answer that it had. A file that goes right now is noticed by intake.
  const hasLostInput = async () =>
    (await core.store.fileActs.hasLostInput(task.id, core.clock.now())) && !(await core.store.asks.isKnown(ask));
  if (await patience.during((signal) => unless(signal, hasLostInput())))
    return { kind: 'refused', repeated: false, conversationId: null, refused: { code: 'task.input-gone', facts: {} } };
  const request = {
    key: ask,
    threadRef: task.threadRef ?? task.address,
    ...(task.channel !== null && { channel: task.channel }),
    text: task.requestText,
    type: task.type,
    files: [],
    at: core.clock.now(),
  };
  return take(request, patience, { of: task.id, conversationId: task.conversationId });
}

async function alreadyOver(core: Core, actor: Acting, taskId: string): Promise<Refusal> {
  return refuse('task.over', { status: (await findTask(core, actor, taskId)).status });
}

/** Ends a task that nobody works on. It costs nothing. */
export function endUnstarted(core: Core, task: Pick<StoredTask, 'id' | 'teamId' | 'type' | 'platform'>): Promise<Ended> {
  return core.store.finish(
    {
      taskId: task.id,
      teamId: task.teamId,
      attempt: null,
      status: 'canceled',
      charge: NO_CREDITS,
      result: null,
      failure: null,
      usage: null,
      outcome: null,
      letterId: newId(core.clock.now().getTime()),
      saying: { kind: 'canceled', taskId: task.id, type: task.type, files: [], sample: false },
      readHere: core.settings.readHere.has(task.platform),
      files: [],
    },
    core.clock.now(),
  );
}
