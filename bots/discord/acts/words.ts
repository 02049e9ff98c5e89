// What is said of commands, buttons and forms here, beside what all platforms say (bots/words.ts).

import * as words from '#bots/words.ts';
import type { Reply } from '#core/domain/messages/reply.ts';

export function short(title: string, text = ''): Reply {
  return {
    fallback: text === '' ? title : `${title} ${text}`,
    blocks: [{ kind: 'heading', text: title, tone: 'plain' }, ...(text === '' ? [] : [{ kind: 'prose', text, from: 'us' } as const])],
  };
}

/** The core was not asked. */
export const sayNotTaken = words.sayFailed(null, false);
export const { sayFailed, sayFormNotOpened, sayTooLong } = words;
export const sayTooMany = short(words.sayTooMany);
export const sayCanceled = short(words.sayCanceled);
export const sayNotAccepted = short(words.notAccepted);

export const sayFormExpired = short('This form has expired.', 'Use “Run on this” again. Nothing was charged.');
export const sayUnknown = short('This action is not available.', 'It may be from an older version. Nothing was changed.');
export const sayNotTheirs = short('This answer is for somebody else.', 'Only the person who wrote the message can open it.');
export const sayNothingLeft = short('There is nothing more to show.', 'Send your request again if you still need it.');

/** The answer to a request whose answers are posts. */
export function sayWhere(where: 'thread' | 'channel' | 'direct'): Reply {
  return where === 'direct' ? short('Request received.') : short('Request received.', `The answer follows in this ${where}.`);
}
