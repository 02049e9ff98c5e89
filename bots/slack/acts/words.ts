import type { Reply } from '#core/domain/messages/reply.ts';

function short(title: string, words: string): Reply {
  return {
    fallback: `${title} ${words}`,
    blocks: [
      { kind: 'heading', text: title, tone: 'plain' },
      { kind: 'prose', text: words, from: 'us' },
    ],
  };
}

/** It could not be written down, and Slack will not tell it again. */
export const sayNotTaken = short('Something went wrong on our side.', 'Nothing was charged. Try again.');

export const sayTooLong = short('This request is too long for a form.', 'Edit your message instead.');

/** The answer to a command whose answers are posts. */
export function sayWhere(isDirect: boolean, brandName: string): string {
  return isDirect
    ? `${brandName} is not in this channel. Your request continues in your direct messages with ${brandName}.`
    : 'Request received. The answer follows in this channel.';
}
