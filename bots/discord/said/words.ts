// What is said about a message itself, in Discord's own ways.

import type { Block, Reply } from '#core/domain/messages/reply.ts';
import type { Recipient } from './recipient.ts';

/** Shows to one person what no direct message could tell them (again.ts). */
export const SHOW = 'show:';
/** Opens a form for a request that we could not read (../acts). */
export const ASK = 'ask';

export function showChoice(user: string): string {
  return `${SHOW}${user}`;
}

/** Whoever reads it in their direct messages knows what it is about. */
export function withPlace({ fallback, blocks }: Reply, { guild, channel, message }: Recipient, name: string | null): Reply {
  const where = name === null ? '' : ` in #${name}`;
  const link = `https://discord.com/channels/${guild ?? '@me'}/${channel}/${message}`;
  return {
    fallback,
    blocks: [...blocks, { kind: 'prose', text: `About your message${where}: ${link}`, from: 'us' }],
  };
}

export function sayAnswerIsPrivate(user: string): Reply {
  return said('There is an answer for you', 'Your direct messages are closed for this server, and the answer is for you alone.', [
    {
      kind: 'choices',
      choices: [{ id: showChoice(user), label: 'Open your answer', style: 'main' }],
    },
  ]);
}

export function sayHiddenText(brandName: string): Reply {
  return said(
    'Your message could not be read',
    `Discord shows ${brandName} only messages that mention it. Enter your request in a form, or mention ${brandName} in a new message.`,
    [{ kind: 'choices', choices: [{ id: ASK, label: 'Enter request', style: 'main' }] }],
  );
}

export function said(title: string, words: string, more: readonly Block[] = []): Reply {
  return {
    fallback: `${title}. ${words}`,
    blocks: [{ kind: 'heading', text: title, tone: 'plain' }, { kind: 'prose', text: words, from: 'us' }, ...more],
  };
}
