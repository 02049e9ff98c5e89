// “mute” and “unmute”, said to us in a thread.

import { sayMayNotMute, sayMuted, sayMuteInThread } from '#bots/mute-words.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import { messageKey } from '../keys.ts';
import { atOf } from '../snowflake.ts';
import { threadPlace } from '../servers/names.ts';
import type { SaidDeps } from './deps.ts';
import type { SaidMessage } from './message.ts';
import { recipientOf } from './recipient.ts';
import type { Who } from './who.ts';

/** Resolves once it holds. */
export async function mute(
  { places, forOne, brandName }: Pick<SaidDeps, 'places' | 'forOne' | 'brandName'>,
  said: SaidMessage,
  who: Who,
  word: MuteWord,
): Promise<void> {
  const { message, place, guild } = said;
  const key = messageKey(message.id);
  const refusal = whyNotMuted(said, who, word, brandName);
  if (refusal !== null) return forOne.tell(key, recipientOf(said), refusal);
  await places.rule(threadPlace(place.threadRef, guild!), { muted: word === 'mute' }, atOf(message.id));
  // Everybody in the thread wants to know.
  forOne.reply(key, recipientOf(said), sayMuted(word, brandName));
}

export type MuteWord = 'mute' | 'unmute';

/** null where it holds. */
export function whyNotMuted({ place, guild }: SaidMessage, who: Who, word: MuteWord, brandName: string): Reply | null {
  if (guild === null || !place.inThread) return sayMuteInThread(word, brandName);
  return who.isGuest || who.isOutsider ? sayMayNotMute('discord') : null;
}
