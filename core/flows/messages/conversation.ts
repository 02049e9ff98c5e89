// A conversation: where it is, what was asked in it, and what was said.

import type { Actor } from '#core/domain/actor.ts';
import { isId, type ConversationId, type TaskId } from '#core/domain/ids.ts';
import type { Saying } from '#core/domain/messages/letter.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import { replyFor } from '#core/domain/messages/say.ts';
import { takesFollowUps } from '#core/domain/messages/platforms.ts';
import { platformOf, type Platform, type ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { isOver } from '#core/domain/tasks/task.ts';
import { may, mustBeAllowed } from '#core/domain/team/permission.ts';
import type { Core } from '../runtime/core.ts';
import { eventsOf, viewTurn, type TurnView } from '../tasks/turn.ts';
import { replyContext } from './reply-context.ts';

export interface ConversationView {
  readonly id: ConversationId;
  readonly platform: Platform;
  /** The last fifty, oldest first. */
  readonly turns: readonly TurnView[];
  readonly letters: readonly ShownLetter[];
  /** What began in a chat goes on there. */
  readonly canFollowUp: boolean;
}

export interface ShownLetter {
  readonly seq: number;
  readonly part: number;
  readonly taskId: TaskId | null;
  readonly kind: Saying['kind'];
  readonly reply: Reply;
  readonly at: string;
}

/** Where one of the team's conversations is. Rejects with `conversation.not-found` for somebody else's. */
export async function threadOf(core: Core, actor: Actor, conversationId: string): Promise<ThreadRef> {
  const threadRef = isId(conversationId) ? await core.store.letters.threadOf(actor.teamId, conversationId) : null;
  if (threadRef === null) throw refuse('conversation.not-found');
  return threadRef;
}

/** What was said in a conversation after letter `after` (0 for all), rendered now: links in it are fresh. Somebody else's is not found. */
export async function letters(core: Core, actor: Actor, conversationId: string, after: number): Promise<ShownLetter[]> {
  if (!isId(conversationId)) throw refuse('conversation.not-found');
  const said = await core.store.letters.said(actor.teamId, conversationId, after);
  if (said.length === 0) await threadOf(core, actor, conversationId); // nothing new, or nothing at all?
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

const TURNS_MOST = 50;

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
    canFollowUp: takesFollowUps(platform) && may(actor.role, 'tasks.ask'),
  };
}
