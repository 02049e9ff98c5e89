// Slack tells us of our own posts: it confirms letters, and a post that is there twice is deleted.

import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { MessageEvent } from '../in/shapes.ts';
import { postErrorFrom } from '../out/troubles.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from './deps.ts';

const DELETE_MS = 1_500;

/** Whoever else posts blocks with such an id is not us. */
export function isOurs({ user, bot_id: bot }: Pick<MessageEvent, 'user' | 'bot_id'>, { botUserId }: Installation): boolean {
  return botUserId === null ? false : user === botUserId && bot !== undefined;
}

/** Rejects where it is to be told again. */
export async function heardOurs(
  { app, call, orphans }: Pick<SaidDeps, 'app' | 'call' | 'orphans'>,
  here: Installation,
  event: MessageEvent,
): Promise<void> {
  const { channel, ts, thread_ts: thread, blocks } = event;
  const [first] = blocks ?? [];
  if (ts === undefined) return;
  if (first?.['type'] === 'plan') return orphans.heard({ token: here.tokens.bot, channel, ts });
  const key = first?.block_id;
  if (key === undefined) return;
  const isRoot = thread === undefined || thread === ts;
  const root = isRoot ? { threadRef: refs.format({ team: here.externalId, channel, thread: ts }) } : {};
  if ((await app.messages.heardOurs({ key, messageRef: ts, ...root })) !== 'double') return;
  try {
    await call('chat.delete', here.tokens.bot, { channel, ts }, AbortSignal.timeout(DELETE_MS));
  } catch (error) {
    // One that is gone already needs no deleting, and one that Slack will never let us delete stays: being told of it again is no use.
    if (postErrorFrom(error).kind !== 'never') throw error;
  }
}
