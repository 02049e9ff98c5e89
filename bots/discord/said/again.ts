// “Open your answer”: what could not be told in a direct message, for whoever answers the press.

import { muteIn } from '#bots/mute-words.ts';
import type { Show } from '#core/flows/chats/answer.ts';
import { DiscordNo } from '../api/call.ts';
import { atOf } from '../snowflake.ts';
import type { SaidDeps } from './deps.ts';
import { isSpoken, look, messageIn, speakerIn, whoSaid } from './message.ts';
import { whyNotMuted } from './mute.ts';
import { messageSchema } from './shapes.ts';

/** Outcomes are kept for a month; what is judged anew after that would be a new request. */
const MOST_MS = 7 * 24 * 60 * 60_000;
const WITHIN_MS = 3_000;

type Deps = Pick<SaidDeps, 'app' | 'brandName' | 'call' | 'guilds' | 'members' | 'me' | 'settings' | 'clock'>;

/**
 * Judges a message once more, for its author alone: the outcome is the first one. null where it is not theirs, or is gone. Rejects
 * where Discord does not say, and as `hear` does.
 */
export async function again(
  deps: Deps,
  { channel, id }: { readonly channel: string; readonly id: string },
  author: string,
  signal: AbortSignal,
): Promise<Show | null> {
  const { app, brandName, call, clock } = deps;
  if (atOf(id).getTime() < clock.now().getTime() - MOST_MS) return null;
  const found = await call({ method: 'GET', path: `/channels/${channel}/messages/${id}` }, signal).catch((error: unknown) => {
    if (error instanceof DiscordNo && error.retryAfterMs === null && error.status < 500) return null;
    throw error;
  });
  const message = messageSchema.safeParse(found).data;
  if (message === undefined || message.author.id !== author || !isSpoken(message)) return null;
  const said = await look(deps, message);
  if (said === null) return null;
  const who = await whoSaid(deps, said);
  const word = muteIn(said.text);
  if (word !== null) {
    const reply = whyNotMuted(said, who, word, brandName);
    return reply && { kind: 'private', reply };
  }
  const { show } = await app.chats.hear(await speakerIn(deps, who), messageIn(said), {
    withinMs: WITHIN_MS,
  });
  return show;
}
