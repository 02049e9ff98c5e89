// The words of the pages about credits.

import type { UsageBy } from '#core/domain/credits/usage.ts';

export const places = [
  { to: '/credits', label: 'Overview' },
  { to: '/credits/transactions', label: 'Transactions' },
  { to: '/credits/statements', label: 'Statements' },
  { to: '/credits/limits', label: 'Limits' },
] as const;

export const byWords = { type: 'Type', person: 'Person', channel: 'Channel', platform: 'Platform' } as const satisfies Record<
  UsageBy,
  string
>;

export const groupWords = {
  other: 'All others',
  none: { type: 'Erased tasks', person: 'Former members', channel: 'No channel', platform: 'Erased tasks' },
  nameless: 'Unnamed person',
  operator: 'Operator',
} as const;

export const limitWords = {
  whose: {
    team: 'The whole team',
    member: 'Person',
    channel: 'Channel',
    workspace: 'Everyone in a workspace',
    'workspace-person': 'Each person in a workspace',
  },
  /** Before what is used of a limit that counts each person apart. */
  most: 'Person who used the most',
  period: { day: 'a day', week: 'a week', month: 'a month', total: 'in total' },
} as const;

/** By what was over its limit. */
export const noStartingCredits = {
  title: 'Your account has no starting credits',
  why: {
    domain: 'The daily limit for new accounts with your email domain was reached before you signed up.',
    network: 'The daily limit for new accounts from your network was reached before you signed up.',
  },
  forward: (brand: string) => `Everything else works. To get credits, contact the team that runs ${brand}.`,
} as const;

export const buying = {
  title: 'Get credits',
  lead: 'One payment, no subscription. Credits don’t expire.',
  today: (brand: string) =>
    `Credits can’t be bought here. To get credits, tell the team that runs ${brand} your team’s name and how many you need.`,
  command: 'On the machine that runs it:',
} as const;
