// What is said to one person alone, rather than in a thread where others read: their balance, their tasks, links that are
// theirs, and why something is not theirs to do. It is kept as codes and facts, and gets its words when it is shown; links that
// open something are made anew each time and never stored.

import type { Balance, Help, History, Notice, RefusedSaying } from './letter.ts';
import { never } from '../never.ts';
import { replyFor, type ReplyContext } from './say.ts';
import type { Block, Choice, Reply } from './reply.ts';

export type PrivateSaying = Balance | Help | History | Notice | RefusedSaying | LinkOffer | SettingsOffer | PrivacyOffer;

/** How to get somebody who pays. */
export interface LinkOffer {
  readonly kind: 'link';
  /** `asked`: by a command. `nobody-pays`: a request found no team. */
  readonly why: 'asked' | 'nobody-pays';
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
        'Your account, linked chats and approval threshold are in the settings of the portal.',
        context.portalUrl === null ? [] : [choice('settings', 'Open settings', `${context.portalUrl}/settings`)],
      );
    case 'privacy':
      return saying.url === null
        ? said('Privacy', 'We have no data about this chat account.', [])
        : said(
            'Privacy',
            'See what we know about this chat account, and erase it. The link works once, for 30 minutes, and only for you.',
            [choice('privacy', 'Erase my data', saying.url)],
          );
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

function sayLink({ why, isLinked, accountUrl, workspaceUrl }: LinkOffer): Reply {
  const title = {
    'nobody-pays': 'No team pays for requests here yet',
    asked: isLinked ? 'Your account is linked' : 'Link your account',
  }[why];
  const words = [
    ...(accountUrl === null
      ? []
      : [
          'Link your account so we know it’s you. Where no team pays, your own credits are used. The link works for 10 minutes, and only for you.',
        ]),
    workspaceUrl === null
      ? why === 'nobody-pays'
        ? 'An admin of this workspace can link it to a team, which then pays for requests made here.'
        : null
      : 'You administer this workspace: link it to a team, which then pays for requests made here and sees them.',
    why === 'nobody-pays' && (accountUrl !== null || workspaceUrl !== null) ? 'Then send your request again.' : null,
  ].filter((each) => each !== null);
  return said(title, [...(why === 'nobody-pays' ? ['Nothing was charged.'] : []), ...words].join(' '), [
    ...(accountUrl === null ? [] : [choice('link-account', 'Link account', accountUrl)]),
    ...(workspaceUrl === null ? [] : [choice('link-workspace', 'Link workspace', workspaceUrl)]),
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
