// Somebody pressed a button of ours. Discord never tells it again, so whatever comes of it is said.

import { channelOfThread } from '#core/domain/chats/speaker.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { readPress } from '#core/domain/chats/press.ts';
import { interactionKey } from '../keys.ts';
import { readCustomId } from '../nonce.ts';
import { readOrigin } from '../origin.ts';
import { atOf } from '../snowflake.ts';
import type { Answer, Doing, InteractionDoor, WaitOf } from './answer.ts';
import { changeModal } from './forms/change.ts';
import type { ActsDeps } from './deps.ts';
import { ASK, MORE, moreModal } from './forms/more.ts';
import { conversationOf, isPrivateRef, type Here } from './place.ts';
import type { Pressed } from './shapes.ts';
import { keepToken } from './tokens.ts';
import { sayFailed, sayFormNotOpened, sayNothingLeft, sayNotTaken, sayNotTheirs, sayTooLong, sayTooMany } from './words.ts';

/** Below a public post that says that somebody’s answer is for them alone: `show:<their id>`. */
const SHOW = 'show:';
const SHOW_WITHIN_MS = 5_000;

/** Discord takes a form as the first answer alone. */
export function mayOpenForm(customId: string): boolean {
  const { choice } = readOrigin(readCustomId(customId).choice);
  return choice === MORE || choice === ASK || readPress(choice)?.act === 'change';
}

export function pressed(deps: ActsDeps, here: Here, press: Pressed, door: InteractionDoor): Doing {
  const { choice } = readOrigin(readCustomId(press.data.custom_id).choice);
  if (choice === MORE || choice === ASK)
    return {
      does: async () => ({ kind: 'modal', modal: moreModal(press.data.custom_id, choice) }),
    };
  if (choice.startsWith(SHOW)) return { does: () => showsAgain(deps, here, press, choice.slice(SHOW.length)) };
  const threadRef = conversationOf(here, press);
  const opensForm = mayOpenForm(press.data.custom_id);
  return {
    // What comes of it in such a conversation is posted through this very interaction.
    isPromised: !opensForm && isPrivateRef(threadRef),
    does: (wait, isOpen) => acts(deps, here, { press, door, threadRef, choice, isOpen, opensForm }, wait),
  };
}

interface Act {
  readonly press: Pressed;
  readonly door: InteractionDoor;
  readonly threadRef: ThreadRef;
  readonly choice: string;
  readonly isOpen: boolean;
  readonly opensForm: boolean;
}

async function acts(deps: ActsDeps, here: Here, { press, door, threadRef, choice, isOpen, opensForm }: Act, wait: WaitOf): Promise<Answer> {
  const { app, handles, log } = deps;
  let isSent = false;
  try {
    if (isOpen && !opensForm) await keepToken(handles, threadRef, door);
    const { letterKey } = readCustomId(press.data.custom_id);
    const wanted = {
      key: interactionKey(door.id),
      choice,
      threadRef,
      channel: here.limitsAs ?? channelOfThread(threadRef),
      at: atOf(door.id),
      ...(letterKey !== null && { letterKey }),
    };
    isSent = true;
    const { show, outcome } = await app.chats.act(here.speaker, wanted, wait());
    if (show.kind === 'form') {
      const modal = changeModal(press.data.custom_id, show.form);
      return modal === null ? { kind: 'private', reply: sayTooLong } : { kind: 'modal', modal };
    }
    if (show.kind === 'private') return { kind: 'private', reply: show.reply };
    return outcome === 'too-many' ? { kind: 'private', reply: sayTooMany } : { kind: 'nothing' };
  } catch (error) {
    log.warn({ interactionId: door.id, error }, 'press not taken');
    // Whatever came of it, no form is open, and nothing begins without one.
    return { kind: 'private', reply: opensForm ? sayFormNotOpened : sayFailed(error, isSent) };
  }
}

async function showsAgain({ again, log }: ActsDeps, here: Here, press: Pressed, user: string): Promise<Answer> {
  if (user !== here.user) return { kind: 'private', reply: sayNotTheirs };
  const message = press.message?.message_reference?.message_id;
  if (message === undefined) return { kind: 'private', reply: sayNothingLeft };
  try {
    const show = await again({ channel: here.channel, id: message }, user, AbortSignal.timeout(SHOW_WITHIN_MS));
    return { kind: 'private', reply: show?.kind === 'private' ? show.reply : sayNothingLeft };
  } catch (error) {
    log.warn({ interactionId: press.id, error }, 'answer not shown');
    return { kind: 'private', reply: sayNotTaken };
  }
}
