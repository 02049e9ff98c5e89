// What is said to one person alone, rather than in a thread where others read: their balance, their tasks, links that are
// theirs, and why something is not theirs to do. It is kept as codes and facts, and gets its words when it is shown; links that
// open something are made anew each time and never stored.

import type { Balance, Help, History, Notice, RefusedSaying } from './letter.ts';
import { never } from '../never.ts';
import { workspaceWord } from './platforms.ts';
import { replyFor, type ReplyContext } from './say.ts';
import type { Block, Choice, Reply } from './reply.ts';
import type { Platform } from './thread-ref.ts';

export type PrivateSaying = Balance | Help | History | Notice | RefusedSaying | LinkOffer | SettingsOffer | CreditsOffer | PrivacyOffer;

/** How to get somebody who pays. */
export interface LinkOffer {
  readonly kind: 'link';
  /** `asked`: by the command for it. `nobody-pays`: a request found no team. `no-team`: another command found none. */
  readonly why: 'asked' | 'nobody-pays' | 'no-team';
  readonly platform: Platform;
  /** A team pays for what is asked there, or none does yet; `none`: a direct message outside of workspaces. */
  readonly workspace: 'paid' | 'unpaid' | 'none';
  /** This chat account is linked already. */
  readonly isLinked: boolean;
  /** Links the person's own account; theirs alone, for some minutes. */
  readonly accountUrl: string | null;
  /** Links the whole workspace; only for those who administer it, because the team sees what is asked there. */
  readonly workspaceUrl: string | null;
}

export interface SettingsOffer {
  readonly kind: 'settings';
}

/** Where credits are bought. */
export interface CreditsOffer {
  readonly kind: 'buy';
}

export interface PrivacyOffer {
  readonly kind: 'privacy';
  /** Shows and erases what we know of this chat account; null when we know nothing. */
  readonly url: string | null;
}

export function privateReply(saying: PrivateSaying, context: ReplyContext): Reply {
  switch (saying.kind) {
    case 'link':
      return sayLink(saying);
    case 'settings':
      return said(
        'Settings',
        context.portalUrl === null
          ? 'There is no web portal here, so there are no settings to change.'
          : 'Manage your account, linked chats, and approval threshold in the portal.',
        context.portalUrl === null ? [] : [choice('settings', 'Open settings', `${context.portalUrl}/settings`)],
      );
    case 'buy':
      return context.portalUrl === null
        ? said('Get credits', 'There is no web portal here, so credits cannot be bought here.', [])
        : said('Get credits', 'Buy credits or turn on auto top-up in the portal.', [
            choice('buy', 'Get credits', `${context.portalUrl}/buy`),
          ]);
    case 'privacy':
      return saying.url === null
        ? said('Privacy', 'We have no requests from this chat account.', [])
        : said('Privacy', 'Erase your name, your requests, and your files. The link works once, for 30 minutes.', [
            choice('privacy', 'Erase my data', saying.url),
          ]);
    case 'balance':
    case 'help':
    case 'history':
    case 'notice':
    case 'refused':
      return replyFor(saying, context);
    default:
      return never(saying);
  }
}

function sayLink({ why, platform, workspace, isLinked, accountUrl, workspaceUrl }: LinkOffer): Reply {
  const title = why !== 'asked' ? 'No team pays for requests here yet' : isLinked ? 'Your account is linked' : 'Link your account';
  const word = workspaceWord(platform);
  const words: string[] = [];
  if (accountUrl !== null)
    words.push(
      workspace === 'paid'
        ? 'Once your account is linked, your role and limits apply, and your requests appear in the portal.'
        : 'Once your account is linked, your own credits pay for your requests.',
      'The link works for 10 minutes, and only for you.',
    );
  if (workspaceUrl !== null)
    words.push(`You administer this ${word}. Link it to a team, which then pays for requests made here and sees them.`);
  else if (why !== 'asked' && workspace === 'unpaid')
    words.push(`An admin of this ${word} can link it to a team, which then pays for requests made here.`);
  if (why === 'nobody-pays') {
    if (words.length > 0) words.push('Then send your request again.');
    words.unshift('Nothing was charged.');
  }
  return said(title, words.join(' '), [
    ...(accountUrl === null ? [] : [choice('link-account', 'Link account', accountUrl)]),
    ...(workspaceUrl === null ? [] : [choice('link-workspace', `Link ${word}`, workspaceUrl)]),
  ]);
}

function said(title: string, words: string, choices: readonly Choice[]): Reply {
  const blocks: Block[] = [
    { kind: 'heading', text: title, tone: 'plain' },
    ...(words === '' ? [] : [{ kind: 'prose', text: words, from: 'us' } as const]),
    ...(choices.length === 0 ? [] : [{ kind: 'choices', choices } as const]),
  ];
  return { fallback: words === '' ? title : `${title}. ${words}`, blocks };
}

function choice(id: string, label: string, url: string): Choice {
  return { id, label, style: 'main', url };
}
