// The words of a person's own page in a chat.

import { sayCredits, micro } from '../credits/credits.ts';
import type { Balance, HistoryLine } from './letter.ts';
import { workspaceWord } from './platforms.ts';
import type { Block, Choice, Reply } from './reply.ts';
import { taskLine, type ReplyContext } from './say.ts';
import type { Platform } from './thread-ref.ts';

export interface Home {
  readonly platform: Platform;
  /** A team pays for what they ask here: the workspace's, or their own. */
  readonly isPaid: boolean;
  readonly isLinked: boolean;
  readonly mayLinkWorkspace: boolean;
  /** Where they can ask; null where they can ask everywhere. Only some channels may be named. */
  readonly onlyIn: { readonly in: readonly string[]; readonly direct: boolean } | null;
  /** null where they are not told. */
  readonly money: Pick<Balance, 'available' | 'inUse'> | null;
  /** Their own tasks, newest first. */
  readonly running: readonly HistoryLine[];
  readonly recent: readonly HistoryLine[];
}

/** What is pressed there to be shown how to link an account or a workspace. */
export const LINK = 'link';

export function homeReply(home: Home, context: ReplyContext): Reply {
  const { brandName } = context;
  const title = 'Get real work done, right from chat';
  return {
    fallback: title,
    blocks: [
      heading(title),
      ours(`${whereToAsk(home, brandName)} The first reply shows the maximum cost. Unused credits are returned, and failed work is free.`),
      ...(home.isPaid ? moneyBlocks(home) : nobodyPays(home)),
      ...choices(...linkChoice(home), ...pages(home, context)),
      ...(home.isPaid ? taskBlocks(home, context) : []),
    ],
  };
}

function whereToAsk({ platform, onlyIn }: Home, brandName: string): string {
  if (onlyIn === null) return `Mention @${brandName} in a channel, or send a direct message.`;
  const channels =
    onlyIn.in.length === 0
      ? `a channel where this ${workspaceWord(platform)} allows it`
      : onlyIn.in.join(onlyIn.in.length > 2 ? ', ' : ' or ');
  return `Mention @${brandName} in ${channels}${onlyIn.direct ? ', or send a direct message' : ''}.`;
}

function moneyBlocks({ money, isLinked }: Home): Block[] {
  return [
    ...(money === null
      ? []
      : [
          heading(`${sayCredits(micro(money.available))} to spend`),
          facts([['Reserved for running tasks', sayCredits(micro(money.inUse))]]),
        ]),
    ...(isLinked ? [] : [ours('Link your account to apply your own role and limits, and to see your requests in the portal.')]),
  ];
}

function nobodyPays({ platform, mayLinkWorkspace }: Home): Block[] {
  const word = workspaceWord(platform);
  return [
    heading('No team pays for your requests yet'),
    ours(
      mayLinkWorkspace
        ? `You administer this ${word}. Link it to a team, which then pays for requests made here and sees them. Or link only your own account, so that your own credits pay.`
        : `Link your account, so that your own credits pay for your requests. Or ask an admin of this ${word} to link it to a team.`,
    ),
  ];
}

function taskBlocks({ running, recent }: Home, { now }: ReplyContext): Block[] {
  const list = (title: string, tasks: readonly HistoryLine[]) => [heading(title), facts(tasks.map((task) => taskLine(task, now)))];
  if (running.length + recent.length === 0) return [ours('Your tasks appear here.')];
  return [...(running.length === 0 ? [] : list('Open tasks', running)), ...(recent.length === 0 ? [] : list('Recent results', recent))];
}

function linkChoice({ isLinked, isPaid, mayLinkWorkspace }: Home): Choice[] {
  if (isLinked && !mayLinkWorkspace) return [];
  return [
    {
      id: LINK,
      label: isLinked ? 'Link workspace' : 'Link account',
      style: isPaid ? 'plain' : 'main',
    },
  ];
}

function pages({ isPaid }: Home, { portalUrl }: ReplyContext): Choice[] {
  if (portalUrl === null) return [];
  const page = (id: string, label: string, path: string): Choice => ({
    id,
    label,
    style: 'plain',
    url: portalUrl + path,
  });
  return [
    ...(isPaid ? [page('buy', 'Get credits', '/buy')] : []),
    page('settings', 'Settings', '/settings'),
    page('dashboard', 'Dashboard', '/dashboard'),
  ];
}

function heading(text: string): Block {
  return { kind: 'heading', text, tone: 'plain' };
}

function ours(text: string): Block {
  return { kind: 'prose', text, from: 'us' };
}

function facts(lines: readonly (readonly [label: string, value: string])[]): Block {
  return { kind: 'facts', facts: lines.map(([label, value]) => ({ label, value })) };
}

function choices(...list: readonly Choice[]): Block[] {
  return list.length === 0 ? [] : [{ kind: 'choices', choices: list }];
}
