// What was said in a conversation, and where that is.

import type { Actor } from '#core/domain/actor.ts';
import { isId } from '#core/domain/ids.ts';
import { replyFor } from '#core/domain/messages/say.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { Core } from '../runtime/core.ts';
import type { ShownLetter } from '../views.ts';
import { replyContext } from './reply-context.ts';

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
