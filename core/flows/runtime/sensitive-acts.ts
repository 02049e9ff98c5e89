// Which verbs of the core ask a person to confirm who they are, and which are told to the security log: the one table, over
// every verb there is, so that a new one is decided about. It is kept where the verbs are bound (make-app.ts), so every front
// door has it. An API key never may do what asks for a confirmation: a key acts for a program, and a stolen one must not make
// itself at home.

import { isFresh } from '#core/domain/accounts/fresh-login.ts';
import { mustBeAllowed, type Permission } from '#core/domain/team/permission.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { SecurityEvent } from '#core/domain/accounts/security-event.ts';
import type { App } from '../app.ts';
import type { Core } from './core.ts';
import { isOfSomebodyElse } from '../files/file-acts.ts';
import { isOperator } from '../operator/operate.ts';
import type { Actor } from '#core/domain/actor.ts';

interface Rule {
  /** Asks for a confirmation: always, or when the verb is called with these. */
  readonly confirm: boolean | ((core: Core, actor: Actor, ...given: never[]) => boolean | Promise<boolean>);
  /** Who may not do it at all is told so, rather than asked to confirm first. */
  readonly needs?: Permission | 'operator';
  /** What the security log calls it once it was done. */
  readonly event: SecurityEvent;
}

const confirmed = (event: SecurityEvent, needs?: Rule['needs']): Rule => ({ confirm: true, event, ...(needs && { needs }) });
const noted = (event: SecurityEvent): Rule => ({ confirm: false, event });
/** Reads, or does what is undone as easily, or is about work alone. */
const everyday = null;

export const sensitiveActs = {
  // Ends an account or a team, or takes all of a team's data away.
  requestAccountDeletion: confirmed('account.act'),
  requestTeamDeletion: confirmed('account.act', 'team.delete'),
  exportTeam: confirmed('account.act', 'team.export'),
  openExport: confirmed('account.act', 'team.export'),
  // Removes files sooner. From which price on the portal asks is no such thing.
  setTeamSettings: {
    confirm: (_: Core, _actor: Actor, change: { retentionDays?: number }) => change.retentionDays !== undefined,
    needs: 'team.settings',
    event: 'account.act',
  },
  // Cannot be undone. What a person brought or asked for is theirs, so they and their programs need no confirmation for it.
  deleteFile: { confirm: isOfSomebodyElse, needs: 'files.delete', event: 'account.act' },
  // Whoever holds a key or a linked account acts as the person, long after the session has ended.
  makeApiKey: confirmed('key.made', 'keys.own'),
  revokeApiKey: confirmed('key.revoked', 'keys.own'),
  confirmLink: confirmed('account.act'),
  // Gives or takes what somebody may do in a team.
  changeRole: confirmed('account.act', 'team.manage'),
  removeMember: confirmed('account.act', 'team.manage'),
  leaveTeam: { confirm: (_: Core, { role }: Actor) => role === 'owner', event: 'account.act' },
  invite: {
    confirm: (_: Core, _actor: Actor, { role }: { role: string }) => role === 'owner' || role === 'admin',
    needs: 'team.manage',
    event: 'account.act',
  },
  // An operator moves credits, stops a team, or reads what somebody asked for.
  grantCredits: confirmed('operator.act', 'operator'),
  freezeTeam: confirmed('operator.act', 'operator'),
  unfreezeTeam: confirmed('operator.act', 'operator'),
  openRequest: confirmed('operator.act', 'operator'),
  operatorCancel: confirmed('operator.act', 'operator'),
  operatorEndSessions: confirmed('operator.act', 'operator'),
  operatorRevokeKeys: confirmed('operator.act', 'operator'),
  operatorRequeue: noted('operator.act'),
  operatorSendAgain: noted('operator.act'),
  operatorSendMail: noted('operator.act'),
  checkLedger: noted('operator.act'),

  // Taking back a deletion and ending sessions protects somebody, so nothing stands in the way of it.
  takeBackAccountDeletion: noted('account.act'),
  takeBackTeamDeletion: noted('account.act'),
  endSession: noted('account.act'),
  endOtherSessions: noted('account.act'),
  revokeOwnKeys: noted('key.revoked'),
  unlinkAccount: noted('account.act'),
  unlinkWorkspace: noted('account.act'),
  acceptInvitation: noted('account.act'),
  revokeInvitation: noted('account.act'),
  resendInvitation: noted('account.act'),
  endFileLinks: noted('account.act'),

  ask: everyday,
  cancel: everyday,
  retry: everyday,
  task: everyday,
  history: everyday,
  balance: everyday,
  conversation: everyday,
  letters: everyday,
  keepInput: everyday,
  openLink: everyday,
  health: everyday,
  gauges: everyday,
  events: everyday,
  live: everyday,
  cursor: everyday,
  onSessionEnd: everyday,
  undelivered: everyday,
  undeliveredCount: everyday,
  sendAgain: everyday,
  sendElsewhere: everyday,
  placesElsewhere: everyday,
  markUndeliveredSeen: everyday,
  retryDelivery: everyday,
  actorOf: everyday,
  teamsOf: everyday,
  chooseTeam: everyday,
  team: everyday,
  makeTeam: everyday,
  renameTeam: everyday,
  members: everyday,
  invitations: everyday,
  lookAtInvitation: everyday,
  declineInvitation: everyday,
  actorByKey: everyday,
  apiKeys: everyday,
  ownKeys: everyday,
  audit: everyday,
  auditActs: everyday,
  auditCsv: everyday,
  makeIdentityLink: everyday,
  makeWorkspaceLink: everyday,
  lookAtLink: everyday,
  linkedAccounts: everyday,
  linkedWorkspaces: everyday,
  teamSettings: everyday,
  retentionPreview: everyday,
  teamExports: everyday,
  ownAccount: everyday,
  // The person behind a chat account has no login here; their link is what shows who they are.
  makeErasureLink: everyday,
  lookAtErasure: everyday,
  confirmErasure: everyday,
  creditsOverview: everyday,
  startingCreditsWithheld: everyday,
  usage: everyday,
  transactions: everyday,
  transactionsCsv: everyday,
  statementMonths: everyday,
  statement: everyday,
  statementFile: everyday,
  limits: everyday,
  limitSubjects: everyday,
  // Spends nothing, and who may set limits may ask for work anyway.
  setLimit: everyday,
  removeLimit: everyday,
  account: everyday,
  renamePerson: everyday,
  sessions: everyday,
  inviteToSetPassword: everyday,
  isOperator: everyday,
  operatorOverview: everyday,
  operatorTeams: everyday,
  operatorTeam: everyday,
  operatorTasks: everyday,
  operatorAccess: everyday,
  operatorQueues: everyday,
  operatorUndelivered: everyday,
  operatorMails: everyday,
  ledgerChecks: everyday,
  estimate: everyday,
  examples: everyday,
  tasks: everyday,
  people: everyday,
  conversationView: everyday,
  taskDetails: everyday,
  openFile: everyday,
  openOriginal: everyday,
  feedback: everyday,
} as const satisfies Record<keyof App, Rule | null>;

type Verb = (actor: Actor, ...given: never[]) => Promise<unknown>;

/** The same verbs, with what the table says about each. */
export function withSensitiveActs(core: Core, verbs: App): App {
  const watched = Object.entries<Rule | null>(sensitiveActs).flatMap(([name, rule]) =>
    rule === null ? [] : [[name, watch(core, name, rule, verbs[name as keyof App] as Verb)]],
  );
  return { ...verbs, ...(Object.fromEntries(watched) as Partial<App>) };
}

function watch(core: Core, name: string, rule: Rule, verb: Verb): Verb {
  return async (actor, ...given) => {
    if (rule.confirm === true || (rule.confirm !== false && (await rule.confirm(core, actor, ...given))))
      await mustBeConfirmed(core, rule, actor);
    const answer = await verb(actor, ...given);
    core.security.note(rule.event, { ...named(actor), what: name });
    return answer;
  };
}

/** Rejects with `login.confirm`; with `not.allowed` for a program. */
async function mustBeConfirmed(core: Core, { needs }: Rule, actor: Actor): Promise<void> {
  if (needs === 'operator' && !(await isOperator(core, actor))) return; // the verb refuses in its own words
  if (actor.apiKeyId !== undefined) throw refuse('not.allowed');
  if (needs !== undefined && needs !== 'operator') mustBeAllowed(actor, needs);
  if (!isFresh(actor.confirmedAt, core.clock.now())) throw refuse('login.confirm');
}

function named({ userId, teamId, sessionId, apiKeyId, caller }: Actor) {
  return {
    caller: caller ?? null,
    userId,
    teamId,
    ...(sessionId !== undefined && { sessionId }),
    ...(apiKeyId !== undefined && { apiKeyId }),
  };
}
