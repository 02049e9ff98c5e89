// Something was said in a chat: an ask, or nothing. Each message is judged once, by its coordinates; whatever arrives under
// them again gets the first answer.

import {
  messageSchema,
  parseChat,
  speakerSchema,
  type Command,
  type Message,
  type MessageInput,
  type SpeakerInput,
} from '#core/contracts/chats.ts';
import { isForUs } from '#core/domain/chats/addressed.ts';
import { withContext } from '#core/domain/asks/read-ask.ts';
import { isStop } from '#core/domain/chats/stop-words.ts';
import { channelOfThread, type Speaker } from '#core/domain/chats/speaker.ts';
import type { IdentityId } from '#core/domain/ids.ts';
import type { Refused } from '#core/domain/refusals/refusal.ts';
import type { Payer } from '#core/store/accounts/payer.ts';
import type { Seen } from '#core/store/chats/look.ts';
import type { Said } from '#core/store/chats/take.ts';
import type { Core } from '../runtime/core.ts';
import { patienceFor, unless, type Patience, type Wait } from '../runtime/patience.ts';
import { takeFromChat, type FromChat } from '../tasks/intake.ts';
import { channelHere, keepDecision, said } from './decide.ts';
import { refusedHere } from './rights.ts';
import { ownLiveIn, stopAll } from './stop.ts';
import { speakerDigest } from './speaker-digest.ts';
import { answerOf, answerTaken, isWithin, nothingToShow, ratedAs, tooOften, type Answered } from './answer.ts';

/**
 * Resolves only after the outcome is committed. The rules of the channel say what it takes without a mention, and who may ask
 * there. Rejects with `request.invalid` for a wrong shape, and with `database.unavailable` when it could not be written down 2.5 s
 * after it came; `wait` says how long it waited already, and how long the door can.
 */
export async function hear(core: Core, speaker: SpeakerInput, message: MessageInput, wait: Wait = 0): Promise<Answered> {
  return hearMessage(core, parseChat(speakerSchema, speaker), parseChat(messageSchema, message), patienceFor(core, wait));
}

/** A message, or a request that a command brings. */
type Heeded = Message & Pick<Command, 'type'>;

export async function hearMessage(core: Core, speaker: Speaker, message: Heeded, patience: Patience): Promise<Answered> {
  const { key, threadRef } = message;
  const channel = channelHere(speaker, message.channel);
  // Whoever chose the second name may only ever mean a message of their own.
  const twin = message.also === undefined ? null : `${message.also}|${speakerDigest(core, speaker)}`;
  const judge = async () => {
    const place = message.channel ?? channelOfThread(threadRef);
    const [seen] = await Promise.all([
      core.store.chats.look({ speaker, channel: place, threadRef, key, twin, direct: message.how === 'direct' || message.direct }),
      // Whoever speaks to us will need it; most of what others say to each other will not.
      message.how === 'thread' ? null : core.rates.readyInChat('chats.hear', ratedAs(speaker)),
    ]);
    const forUs = seen.known === null && isForUs({ ...message, identityId: seen.identityId }, seen.thread, seen.place);
    return { seen, forUs, tooMany: forUs && !(await isWithin(core, 'chats.hear', speaker)) };
  };
  const { seen, forUs, tooMany } = await patience.during((signal) => unless(signal, judge()));
  if (seen.known !== null) {
    // Its own coordinates lead to the first ones from now on: whoever edits or removes it names nothing else.
    if (twin !== null && seen.known.key !== key) await core.store.chats.changes.name(key, seen.known.key, core.clock.now());
    return answerOf(core, speaker, seen, seen.known, true);
  }

  const heard: Heard = { core, speaker, message: { ...message, channel }, seen, twin, patience };
  if (!forUs) return ignore(heard);
  if (tooMany) return tooOften(core, speaker);
  const stop = seen.thread !== null && isStop(message.text) ? await stopped(heard) : null;
  if (stop !== null) return stop;
  const notHere = await patience.during((signal) => unless(signal, refusedHere(core, speaker, seen)));
  if (notHere !== null) return refuseOne(heard, notHere);
  const { payer, thread } = seen;
  if (payer === null) return refuseOne(heard, { code: 'team.missing', facts: {} });
  if (thread !== null && thread.teamId !== payer.teamId) return refuseOne(heard, { code: 'thread.elsewhere', facts: {} });
  return ask(heard, payer);
}

interface Heard {
  readonly core: Core;
  readonly speaker: Speaker;
  readonly message: Heeded;
  readonly seen: Seen;
  readonly twin: string | null;
  readonly patience: Patience;
}

/** What this person has under way in the thread ends; null where there is nothing of theirs. */
async function stopped({ core, speaker, message: { key, threadRef, at }, seen, twin, patience }: Heard): Promise<Answered | null> {
  let hasBegun = false;
  const stop = async (signal: AbortSignal): Promise<Answered | null> => {
    const deciding = { core, speaker, seen, patience };
    const live = await ownLiveIn(deciding, threadRef, at);
    if (live.length === 0) return null;
    hasBegun = true;
    return keepDecision(deciding, { key, verb: 'chats.hear', twin }, await said(() => stopAll(deciding, live)), signal);
  };
  return patience.during((signal) => unless(signal, stop(signal), () => hasBegun));
}

async function ask({ core, speaker, message, seen, twin, patience }: Heard, payer: Payer): Promise<Answered> {
  const identityId = isRemembered(speaker, seen)
    ? seen.identityId
    : await patience.during((signal) => unless(signal, core.store.people.rememberAccount(speaker)));
  const { key, threadRef, channel, text, context, type, at, files } = message;
  try {
    const taken = await takeFromChat(
      core,
      {
        key,
        threadRef,
        ...(channel !== undefined && { channel }),
        text: withContext(text, context ?? ''),
        ...(type !== undefined && { type }),
        // Files that only the platform has are refused by intake until they can be fetched.
        files,
        at,
      },
      patience,
      { ...fromChat(core, { ...payer, identityId }, { twin, askedBy: identityId, at }), byCommand: message.how === 'command' },
    );
    return await answerTaken(core, speaker, seen, taken);
  } catch (error) {
    if (error instanceof JudgedBefore) return { ...nothingToShow, repeated: true };
    throw error;
  }
}

/** Written down as a message of a chat: its key alone is its identity. */
export function fromChat(core: Core, payer: Payer, said: Said): FromChat {
  return {
    payer,
    async write(row, at, signal) {
      const answer = await core.store.chats.take(row, said, at, signal);
      if (answer.outcome === 'ignored' || answer.outcome === 'decision') throw new JudgedBefore();
      return answer;
    },
  };
}

/** The message was removed, or judged not to be for us, in the same moment. */
export class JudgedBefore extends Error {}

/** The account as we know it, under its name of now. */
export async function remembered(core: Core, speaker: Speaker, seen: Seen): Promise<IdentityId> {
  return isRemembered(speaker, seen) ? seen.identityId : core.store.people.rememberAccount(speaker);
}

function isRemembered({ name }: Speaker, seen: Seen): seen is Seen & { readonly identityId: IdentityId } {
  return seen.identityId !== null && seen.displayName === name;
}

/** Nothing of its text is kept, and outside of our threads nothing at all. */
async function ignore(heard: Heard): Promise<Answered> {
  const { core, speaker, seen, patience } = heard;
  if (seen.thread === null) return nothingToShow;
  if (!(await patience.during((signal) => unless(signal, isWithin(core, 'chats.hear', speaker))))) return nothingToShow;
  return keep(heard, 'ignored', null, seen.thread.teamId);
}

/** A no that concerns this person alone: stored, and no letter. */
function refuseOne(heard: Heard, refused: Refused): Promise<Answered> {
  return keep(heard, 'refused', { kind: 'refused', ...refused }, heard.seen.payer?.teamId ?? null);
}

async function keep(
  heard: Heard,
  outcome: 'refused' | 'ignored',
  answer: object | null,
  teamId: Payer['teamId'] | null,
): Promise<Answered> {
  const { core, speaker, message, seen, twin, patience } = heard;
  const { thread, identityId } = seen;
  const isOther = thread !== null && (identityId === null || identityId !== thread.askedBy);
  const kept = await patience.during((signal) =>
    core.store.chats.keep(
      {
        key: message.key,
        // A sentence between two people needs no second row.
        twin: outcome === 'ignored' ? null : twin,
        outcome,
        answer,
        teamId,
        ...(isOther && { spoken: { conversationId: thread.conversationId, at: message.at } }),
      },
      core.clock.now(),
      signal,
    ),
  );
  core.log.info(
    { platform: speaker.platform, conversationId: thread?.conversationId ?? null, outcome: kept.outcome, repeated: kept.repeated },
    'message judged',
  );
  return answerOf(core, speaker, seen, kept, kept.repeated);
}
