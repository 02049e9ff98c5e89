// Words that are said to the bot about the thread itself, and those that are not for it.

import { workspaceWord } from '#core/domain/messages/platforms.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';

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
export function sayMayNotMute(platform: Platform): Reply {
  const title = `Only members of this ${workspaceWord(platform)} can mute a thread`;
  return { fallback: `${title}.`, blocks: [{ kind: 'heading', text: title, tone: 'plain' }] };
}
