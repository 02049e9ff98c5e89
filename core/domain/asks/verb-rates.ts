// How often a person and a team may do what costs us something: agents, storage, long reads, mails, rows that stay. This is
// the one table of it. Whatever somebody uses (the portal, an API key, a terminal, a chat), all of it counts for the same
// person. The numbers are far above what people and honest programs do; RATE_LIMIT_FACTOR raises all of them.

import type { Permission } from '../team/permission.ts';

/** At most so many in a window of so many seconds. */
export interface Rate {
  readonly most: number;
  readonly windowS: number;
}

export interface VerbRate {
  /** Who may not do it at all takes nothing from what is left for the team. */
  readonly needs: Permission;
  readonly person: Rate;
  /** About four people at their limit, so that one person alone never stops a team. */
  readonly team: Rate;
  readonly because: string;
}

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

const PEOPLE_IN_TEAM = 4;

const perMinute = rate(MINUTE_S);
const perHour = rate(HOUR_S);
const perDay = rate(DAY_S);

/** By noun and verb, as in `App`. */
export const verbRates = {
  'tasks.ask': {
    needs: 'tasks.ask',
    ...perMinute(600),
    because: 'ten a second is a program working through a list; each is a transaction',
  },
  'tasks.retry': { needs: 'tasks.ask', ...perMinute(120), because: 'starts an agent, and counts as an ask too' },
  'tasks.approve': { needs: 'tasks.ask', ...perMinute(240), because: 'each locks the wallet of the team, and starts an agent' },
  'tasks.change': { needs: 'tasks.ask', ...perMinute(240), because: 'cancels a task, and a row for each of its files' },
  'tasks.cancel': {
    needs: 'tasks.ask',
    ...perMinute(240),
    because: 'each wakes a worker; whoever queued fifty tasks can stop all of them',
  },
  'tasks.estimate': { needs: 'tasks.ask', ...perMinute(300), because: 'the portal asks while somebody types' },
  'files.keepInput': {
    needs: 'tasks.ask',
    ...perMinute(300),
    because: 'bytes into storage; how many may wait there has limits of its own',
  },
  'tasks.list': { needs: 'tasks.see', ...perMinute(240), because: 'a search reads all requests of the team; other lists do not count' },
  'tasks.feedback': { needs: 'tasks.see', ...perMinute(120), because: 'a row for each' },
  'files.delete': { needs: 'tasks.see', ...perMinute(120), because: 'a line in the audit log, which stays' },
  'files.endLinks': { needs: 'tasks.see', ...perMinute(120), because: 'a line in the audit log, which stays' },
  'messages.sendAgain': { needs: 'letters.resend', ...perMinute(120), because: 'a post in a chat' },
  'messages.sendElsewhere': { needs: 'letters.resend', ...perMinute(120), because: 'a post in a chat' },
  'messages.retryDelivery': { needs: 'letters.resend', ...perMinute(120), because: 'a post in a chat' },

  'credits.transactionsCsv': { needs: 'credits.see', ...perMinute(60), because: 'reads the whole journal' },
  'credits.statement': { needs: 'credits.see', ...perMinute(120), because: 'reads a month of the journal' },
  'credits.statementFile': { needs: 'credits.see', ...perMinute(60), because: 'reads a month of the journal' },
  'billing.buy': { needs: 'credits.buy', ...perHour(60), because: 'a row that stays, and a checkout at Stripe' },
  'billing.topUp': { needs: 'credits.buy', ...perMinute(60), because: 'calls to Stripe' },
  'billing.setTopUp': { needs: 'credits.buy', ...perHour(60), because: 'calls to Stripe, and a line in the audit log, which stays' },
  'billing.endTopUp': { needs: 'credits.buy', ...perHour(120), because: 'a line in the audit log, which stays' },
  'billing.portal': { needs: 'credits.buy', ...perHour(60), because: 'calls to Stripe' },
  'team.auditCsv': { needs: 'audit.see', ...perMinute(60), because: 'reads the whole audit log' },
  'credits.setLimit': { needs: 'credits.limit', ...perHour(240), because: 'a row that stays' },
  'credits.removeLimit': { needs: 'credits.limit', ...perHour(240), because: 'a line in the audit log, which stays' },
  'workspaces.changeWhereToAsk': { needs: 'workspaces.manage', ...perHour(240), because: 'lines in the audit log, which stay' },
  'workspaces.changeWorkspace': { needs: 'workspaces.manage', ...perHour(240), because: 'a line in the audit log, which stays' },

  'privacy.exportTeam': { needs: 'team.export', ...perDay(10), because: 'packs all data of the team; it changes little within a day' },
  'privacy.openExport': { needs: 'team.export', ...perHour(120), because: 'the archive comes through us; a download that was cut goes on' },
  'privacy.retentionPreview': { needs: 'team.settings', ...perMinute(60), because: 'counts all files of the team' },
  'privacy.setTeamSettings': { needs: 'team.settings', ...perHour(120), because: 'looks at all files of the team' },
  'privacy.requestTeamDeletion': { needs: 'team.delete', ...perHour(20), because: 'a mail to each owner' },
  'privacy.takeBackTeamDeletion': { needs: 'team.delete', ...perHour(20), because: 'a line in the audit log, which stays' },
  'privacy.requestAccountDeletion': { needs: 'tasks.see', ...perHour(20), because: 'a mail' },
  'privacy.takeBackAccountDeletion': { needs: 'tasks.see', ...perHour(20), because: 'a line in the audit log, which stays' },

  'team.invite': { needs: 'team.manage', ...perHour(120), because: 'a mail to a stranger; invitations.ts has the limits by day and age' },
  'team.resendInvitation': { needs: 'team.manage', ...perHour(120), because: 'a mail to a stranger' },
  'team.revokeInvitation': { needs: 'team.manage', ...perHour(240), because: 'a line in the audit log, which stays' },
  'team.make': { needs: 'tasks.see', ...perDay(40), because: 'a team and a wallet, which stays' },
  'team.rename': { needs: 'team.settings', ...perHour(60), because: 'a line in the audit log, which stays' },
  'accounts.rename': { needs: 'tasks.see', ...perHour(60), because: 'a line in the audit log, which stays' },
  'accounts.removeLogin': { needs: 'tasks.see', ...perHour(60), because: 'a line in the audit log, which stays, and a mail' },
  'accounts.setConfirmAbove': { needs: 'tasks.see', ...perHour(120), because: 'a row that changes' },
  'accounts.setUnwantedMails': { needs: 'tasks.see', ...perHour(120), because: 'a row that changes' },
  'team.changeRole': { needs: 'team.manage', ...perHour(240), because: 'a line in the audit log, which stays' },
  'team.removeMember': { needs: 'team.manage', ...perHour(240), because: 'a line in the audit log, which stays' },
  'team.makeApiKey': { needs: 'keys.own', ...perHour(60), because: 'a mail, and a row that stays' },
} as const satisfies Record<string, VerbRate>;

export type RatedVerb = keyof typeof verbRates;
export const ratedVerbs = Object.keys(verbRates) as RatedVerb[];

export interface ChatRate {
  /** Of one account on its platform. */
  readonly person: Rate;
  /** Of all of a workspace together. */
  readonly workspace: Rate;
  readonly because: string;
}

/** About twenty people at their limit: a workspace is larger than the people of it who ask. */
const PEOPLE_IN_WORKSPACE = 20;

/** What is done in chats, before anybody knows who pays. What comes too often is answered once, and then dropped. */
export const chatRates = {
  'chats.hear': { ...inChat(60), because: 'nobody writes a request a second; each is a transaction' },
  'chats.act': { ...inChat(60), because: 'a press locks a wallet or wakes a worker' },
  'chats.command': { ...inChat(30), because: 'a row for each, and a link for some' },
  'chats.changed': { ...inChat(30), because: 'each may replace a task' },
  'chats.removed': { ...inChat(120), because: 'a row for each' },
  'chats.home': { ...inChat(30), because: 'reads the newest tasks, and what may be spent' },
  // Nobody is named, so all of a workspace count as one.
  'chats.gone': { person: inChat(120).workspace, workspace: inChat(120).workspace, because: 'a row for each' },
} as const satisfies Record<string, ChatRate>;

export type ChatVerb = keyof typeof chatRates;

/** How often a person is told that something comes too often. */
export const toldRate: Rate = { most: 1, windowS: MINUTE_S };

function inChat(most: number): Pick<ChatRate, 'person' | 'workspace'> {
  return { person: { most, windowS: MINUTE_S }, workspace: { most: most * PEOPLE_IN_WORKSPACE, windowS: MINUTE_S } };
}

/** What costs nobody credits, and us something: beyond it, new requests have to wait. Nothing that is under way is touched. */
export const freeRates = {
  /** A refused request leaves its stored outcome. A program that goes on without credits is slowed down. */
  refused: perMinutes(10, 100),
  /** "Thanks" and its like leave a stored outcome too, and nobody polite sends so many. */
  answered: perMinutes(10, 300),
  /** A request that needs approval leaves a task that holds nothing, and one more letter when it expires. */
  unapproved: perMinutes(10, 200),
  /** A task that was stopped at once has started an agent and is charged nothing. */
  stopped: perHour(20),
} as const satisfies Record<string, Pick<VerbRate, 'person' | 'team'>>;

export type FreeThing = keyof typeof freeRates;

function rate(windowS: number) {
  return (most: number) => ({ person: { most, windowS }, team: { most: most * PEOPLE_IN_TEAM, windowS } });
}

function perMinutes(minutes: number, most: number) {
  return rate(minutes * MINUTE_S)(most);
}
