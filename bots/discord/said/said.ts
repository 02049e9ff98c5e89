// A message, as the verb of chats that it means. However often it is told, and whether the gateway tells it or it is found in a
// channel's history, it is the same gesture.

import { isAside, muteIn } from '#bots/mute-words.ts';
import { firstLine } from '#core/domain/text/text.ts';
import { messageKey } from '../keys.ts';
import { named } from '../servers/names.ts';
import type { SaidDeps } from './deps.ts';
import { sayHidden } from './hidden.ts';
import { look, messageIn, speakerIn, whoSaid, type SaidMessage } from './message.ts';
import { namesUs } from './mentions.ts';
import { mute } from './mute.ts';
import { recipientOf } from './recipient.ts';
import type { DiscordMessage } from './shapes.ts';

/** The gateway waits for nobody: what could not be written down by then is told again. */
export const WITHIN_MS = 20_000;
/** A repeat that is older than this was answered long ago: Discord does not take the nonce for the same any more. */
const TOLD_MS = 5 * 60_000;

/** Whether somebody's words may be for us. Where nobody can say, they may; whatever is let through is judged anew. */
export async function concerned(deps: SaidDeps, message: DiscordMessage): Promise<boolean> {
  if (!message.guild_id || namesUs(message, { me: await deps.me() })) return true;
  try {
    const said = await look(deps, message);
    return said !== null && mayConcern(said) && (said.isHidden || (await mayBeForUs(deps, said)));
  } catch {
    return true;
  }
}

/** Resolves once the outcome is committed; what rejects is given again. What is said in a channel is given in order. */
export async function handleMessage(deps: SaidDeps, message: DiscordMessage): Promise<void> {
  const { app, clock, forOne, titles } = deps;
  const said = await look(deps, message);
  if (said === null || !mayConcern(said)) return;
  if (said.isHidden) return sayHidden(deps, said);
  if (!(await mayBeForUs(deps, said))) return;

  const who = await whoSaid(deps, said);
  const word = said.how === 'thread' ? null : muteIn(said.text);
  if (word !== null) return mute(deps, said, who, word);
  const input = messageIn(said);
  titles.note(message.id, firstLine(said.text));
  const { show, outcome, repeated, refused } = await app.chats.hear(await speakerIn(deps, who), input, {
    withinMs: WITHIN_MS,
  });
  // Where people may not ask, the page that lists channels for them knows it by its name.
  const isClosed = refused?.code === 'place.not-allowed';
  if (!repeated && (outcome === 'task' || outcome === 'approval' || isClosed)) await named(deps, said, who);
  const isOld = input.at.getTime() < clock.now().getTime() - TOLD_MS;
  if (!(repeated && isOld)) forOne.show(messageKey(message.id), recipientOf(said), show);
}

/** A thread is locked to end what goes on there. */
function mayConcern({ place, text }: SaidMessage): boolean {
  return !place.locked && !isAside(text);
}

async function mayBeForUs({ settings, places }: SaidDeps, { message, place, how, text, hasFiles }: SaidMessage): Promise<boolean> {
  const { content, attachments } = message;
  // A sticker, a poll, or a forward of something that we can't read.
  if (content === '' && text === '' && !hasFiles) return false;
  if (how !== 'thread') return true;
  // Whoever forwards a message to a thread, and says nothing of their own, asks for nothing.
  if (!settings.messageContent || (content === '' && attachments.length === 0)) return false;
  // Outside of threads a message has none of its own that could be muted.
  const rule = await places.answersIn(place.channel, place.inThread ? place.threadRef : place.channel);
  return rule !== null && (place.inThread || rule === 'always');
}
