// Discord tells us of our own posts, with the nonce that we gave them: it confirms letters, and a post that is there twice is deleted.

import { DiscordNo } from '../api/call.ts';
import { messageRef } from '../keys.ts';
import { letterIn } from '../nonce.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from './deps.ts';
import { whereOf } from './where.ts';
import type { DiscordMessage } from './shapes.ts';

const ASK_MS = 5_000;

/** Rejects where it is to be told again. History has no nonces: what is read there is known by its looks (out/look.ts). */
export async function heardOurs({ app, call, guilds, log }: Pick<SaidDeps, 'app' | 'call' | 'guilds' | 'log'>, message: DiscordMessage) {
  const { id, channel_id: channel, nonce, message_reference: repliesTo } = message;
  const key = typeof nonce === 'string' ? letterIn(nonce) : null;
  if (key === null) return;
  const root = repliesTo?.message_id ? {} : await threadBegun();
  if ((await app.messages.heardOurs({ key, messageRef: messageRef(channel, id), ...root })) !== 'double') return;
  try {
    await call({ method: 'DELETE', path: `/channels/${channel}/messages/${id}` }, AbortSignal.timeout(ASK_MS));
  } catch (error) {
    // One that is gone needs no deleting, and one that Discord will never let us delete stays: being told of it again is no use.
    if (!(error instanceof DiscordNo) || error.retryAfterMs !== null || error.status >= 500) throw error;
    log.warn({ messageId: id, code: error.code }, 'a post that is there twice was not deleted');
  }

  /** A post that answers nobody, in a channel with threads, is the first of a thread: the one that has its id. */
  async function threadBegun(): Promise<{ threadRef?: string }> {
    const place = await whereOf({ id, channel, guild: message.guild_id ?? null }, guilds, AbortSignal.timeout(ASK_MS));
    return place !== null && refs.parse(place.threadRef)!.thread === id ? { threadRef: place.threadRef } : {};
  }
}
