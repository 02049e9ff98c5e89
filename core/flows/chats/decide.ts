// One gesture, one decision: it is done, then stored under its key. Everything that is done here may be done again without a
// further effect, so whoever dies in between leaves nothing half done; of two who do it at once the first to store it is right.
// The same lets a door have its answer in time while the database hangs: what is left to itself is told again, and found.

import { channelOfThread, channelRef, type Speaker } from '#core/domain/chats/speaker.ts';
import type { ChatVerb } from '#core/domain/asks/verb-rates.ts';
import type { TeamId } from '#core/domain/ids.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { isRefusal, refuse, refusedBy } from '#core/domain/refusals/refusal.ts';
import type { Seen } from '#core/store/chats/look.ts';
import type { Core } from '../runtime/core.ts';
import { unless, type Patience } from '../runtime/patience.ts';
import { answerOf, isWithin, toldPrivately, tooOften, type Answered, type Decided } from './answer.ts';

export interface Gesture {
  readonly speaker: Speaker;
  readonly key: string;
  readonly verb: ChatVerb;
  /** Whose rules hold; null where none matter. */
  readonly channel: string | null;
  readonly direct?: boolean | undefined;
  readonly patience: Patience;
}

export interface Deciding {
  readonly core: Core;
  readonly speaker: Speaker;
  readonly seen: Seen;
  readonly patience: Patience;
}

/** The channel as limits know it. Throws `request.invalid` where the adapter named one of another workspace. */
export function channelHere(speaker: Speaker, channel: string | undefined): string | undefined {
  const here = channelRef(speaker, channel);
  if (here === null) throw refuse('request.invalid', { fields: [{ name: 'channel', problem: 'is not of this workspace' }] });
  return here;
}

/** Whose rules hold for a gesture: the channel that it names, else the one of its thread. */
export function placeOf(
  speaker: Speaker,
  { channel, threadRef }: { readonly channel?: string | undefined; readonly threadRef: ThreadRef },
): string {
  channelHere(speaker, channel);
  return channel ?? channelOfThread(threadRef);
}

/** Whose task it was about, so that the decision goes with the team. */
export type Outcome = Decided & { readonly teamId?: TeamId };

export function decideOnce(core: Core, gesture: Gesture, work: (deciding: Deciding) => Promise<Outcome>): Promise<Answered> {
  const { key, verb } = gesture;
  return onceInTime(core, gesture, async (deciding, signal) =>
    keepDecision(deciding, { key, verb }, await said(() => work(deciding)), signal),
  );
}

/** Does what was not done yet under this key, before the door's time is over. Rejects with `database.unavailable` when it is. */
export function onceInTime(
  core: Core,
  { speaker, key, verb, channel, direct, patience }: Gesture,
  work: (deciding: Deciding, signal: AbortSignal) => Promise<Answered>,
): Promise<Answered> {
  let hasBegun = false;
  const once = async (signal: AbortSignal): Promise<Answered> => {
    const seen = await core.store.chats.look({ speaker, channel, threadRef: null, key, twin: null, direct });
    if (seen.known !== null) return answerOf(core, speaker, seen, seen.known, true);
    if (!(await isWithin(core, verb, speaker))) return tooOften(core, speaker);
    hasBegun = true;
    return work({ core, speaker, seen, patience }, signal);
  };
  return patience.during((signal) => unless(signal, once(signal), () => hasBegun));
}

export async function keepDecision(
  { core, speaker, seen }: Deciding,
  { key, verb, twin = null }: Pick<Gesture, 'key' | 'verb'> & { readonly twin?: string | null },
  outcome: Outcome,
  signal: AbortSignal,
): Promise<Answered> {
  const { teamId = seen.payer?.teamId ?? null, ...decision } = outcome;
  const kept = await core.store.chats.keep({ key, twin, outcome: 'decision', answer: decision, teamId }, core.clock.now(), signal);
  core.log.info(
    { platform: speaker.platform, verb, did: decision.did, taskId: decision.taskId, repeated: kept.repeated },
    'decided in a chat',
  );
  return answerOf(core, speaker, seen, kept, kept.repeated);
}

/** A no is a decision too, for the eyes of whoever pressed. A database that is away is none: it is tried again. */
export async function said<Else = never>(work: () => Promise<Outcome | Else>): Promise<Outcome | Else> {
  try {
    return await work();
  } catch (error) {
    if (!isRefusal(error) || error.code === 'database.unavailable') throw error;
    return toldPrivately('refused', null, { kind: 'refused', ...refusedBy(error) });
  }
}
