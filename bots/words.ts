// What a platform's adapter says by itself: where the core was not asked, or did not answer, and where an answer is.

import type { Reply } from '#core/domain/messages/reply.ts';
import { isRefusal, refuse } from '#core/domain/refusals/refusal.ts';

function short(title: string, words: string): Reply {
  return {
    fallback: `${title} ${words}`,
    blocks: [
      { kind: 'heading', text: title, tone: 'plain' },
      { kind: 'prose', text: words, from: 'us' },
    ],
  };
}

/** Nothing of it was sent to the core. */
const sayNotTaken = short('Something went wrong on our side.', 'Nothing was charged. Try again.');

/** The platform will not tell it again. `isSent`: the core was asked, so without its word nobody knows what came of it. */
export function sayFailed(error: unknown, isSent: boolean): Reply {
  if (!isSent) return sayNotTaken;
  const { sentence, wayForward } = isRefusal(error) ? error : refuse('database.unavailable', { outcome: 'unknown' });
  return short(sentence, wayForward);
}

/** For whoever asked something that we failed at again and again. */
export const sayGivenUp = short(
  'Your message could not be processed.',
  'Something went wrong on our side, and nothing was charged. Send it again.',
);

/** For whoever presses what was pressed before, by what it did. */
export const sayAlready: Readonly<Partial<Record<string, Reply>>> = {
  approved: short('Already approved.', 'This request was approved before. Its thread shows how it is going.'),
  canceled: short('Already canceled.', 'This task is canceled.'),
  retried: short('Already run again.', 'This task was run again before. Its answer is in this thread.'),
};

export const sayFormNotOpened = short('The form could not be opened.', 'Nothing was changed. Try again.');

export const sayTooLong = short('This request is too long to change in a form.', 'Cancel it and send a new request.');

/** What a form says where the thread has the reason. */
export const notAccepted = 'This request was not accepted. The thread says why.';

export const sayTooMany = 'Too many requests. Wait a minute and try again. Running tasks continue.';

export const sayCanceled = 'Your task was canceled. The credits used and returned are posted in its thread.';

/** The answer to a command whose answers are posts. */
export function sayWhere(isDirect: boolean, brandName: string): string {
  return isDirect
    ? `${brandName} is not in this channel. Your request continues in your direct messages with ${brandName}.`
    : 'Request received. The answer follows in this channel.';
}

/** What whoever installed the app reads before everything else. */
export function sayInstalled(brandName: string, workspace: string): Reply['blocks'] {
  return [
    { kind: 'heading', text: `${brandName} was added to ${workspace}`, tone: 'good' },
    { kind: 'prose', text: `To use it in a channel, invite it there: /invite @${brandName}. Then mention it with a request.`, from: 'us' },
  ];
}

export const sayShortcutNotOpened = short('The form could not be opened.', 'Nothing was started. Try again.');
