// Something is asked by a command or a form. It begins a thread in the channel, goes on in the one it was asked in, or is answered to
// whoever asked alone.

import type { CommandInput } from '#core/contracts/chats.ts';
import type { Answered } from '#core/flows/chats/answer.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import { interactionKey } from '../keys.ts';
import { atOf } from '../snowflake.ts';
import type { Answer, Doing, InteractionDoor } from './answer.ts';
import type { ActsDeps } from './deps.ts';
import { isPrivateRef, type Here } from './place.ts';
import { keepToken } from './tokens.ts';
import { sayCanceled, sayFailed, sayTooMany, sayWhere } from './words.ts';

export type Wanted = Pick<CommandInput, 'text' | 'threadRef' | 'files' | 'type'> & Partial<Pick<CommandInput, 'context'>>;

/** What comes of it, said to whoever asked. What a letter says in their place alone is not said before. */
export function asks(deps: ActsDeps, here: Here, door: InteractionDoor, wanted: Wanted): Doing {
  const { app, handles, log } = deps;
  const { threadRef } = wanted;
  return {
    isPromised: isPrivateRef(threadRef),
    async does(wait, isOpen): Promise<Answer> {
      let isSent = false;
      try {
        if (isOpen) await keepToken(handles, threadRef, door);
        isSent = true;
        const answered = await app.chats.command(here.speaker, { ...coordinates(here, door), name: 'ask', ...wanted }, wait());
        const reply = sayAsked(answered, here, threadRef);
        return reply === null ? { kind: 'nothing' } : { kind: 'private', reply };
      } catch (error) {
        log.warn({ interactionId: door.id, error }, 'request not taken');
        return { kind: 'private', reply: sayFailed(error, isSent) };
      }
    },
  };
}

/** Of a command, as the core knows it. When it was given is Discord’s time: a stop compares with it. */
export function coordinates({ limitsAs }: Here, { id }: Pick<InteractionDoor, 'id'>) {
  return {
    key: interactionKey(id),
    at: atOf(id),
    ...(limitsAs !== undefined && { channel: limitsAs }),
  };
}

function sayAsked({ show, outcome, did }: Answered, here: Here, threadRef: string): Reply | null {
  if (show.kind === 'private') return show.reply;
  if (outcome === 'too-many') return sayTooMany;
  if (did === 'canceled') return sayCanceled;
  if (isPrivateRef(threadRef)) return null;
  return sayWhere(here.kind === 'thread' ? 'thread' : here.kind === 'direct' ? 'direct' : 'channel');
}
