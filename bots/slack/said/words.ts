// Words that are said to the bot about the thread itself, and those that are not for it.

import type { Reply } from '#core/domain/messages/reply.ts';

/** A remark among people. */
export function isAside(text: string): boolean {
  return /^(?:\(aside\)|!aside\b)/i.test(text);
}

export function muteIn(text: string): 'mute' | 'unmute' | null {
  const word = text.trim().toLowerCase().replace(/[.!]$/, '');
  return word === 'mute' || word === 'unmute' ? word : null;
}

export function sayMuted(word: 'mute' | 'unmute', brandName: string): Reply {
  const [title, words] =
    word === 'mute'
      ? ['Thread muted', `${brandName} answers here only when somebody mentions it. Mention it and say “unmute” to change that.`]
      : ['Thread unmuted', `${brandName} answers follow-ups in this thread again.`];
  return {
    fallback: `${title}.`,
    blocks: [
      { kind: 'heading', text: title, tone: 'plain' },
      { kind: 'prose', text: words, from: 'us' },
    ],
  };
}

/** Where there is no thread. */
export function sayMuteInThread(word: 'mute' | 'unmute', brandName: string): Reply {
  const title = `To ${word} a thread, mention ${brandName} in that thread and say “${word}”`;
  return { fallback: `${title}.`, blocks: [{ kind: 'heading', text: title, tone: 'plain' }] };
}

/** For whoever may not. */
export const sayMayNotMute: Reply = {
  fallback: 'Only members of this workspace can mute a thread.',
  blocks: [{ kind: 'heading', text: 'Only members of this workspace can mute a thread', tone: 'plain' }],
};
