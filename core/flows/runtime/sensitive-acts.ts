// Which verbs of the core ask a person to confirm who they are, and which are told to the security log: the one table, over
// every verb there is, so that a new one is decided about. It is kept where the verbs are bound (core/flows/make-app.ts), so
// every front door has it. An API key never may do what asks for a confirmation: a key acts for a program, and a stolen one
// must not make itself at home.

import { isFresh } from '#core/domain/accounts/fresh-login.ts';
import type { SecurityEvent } from '#core/domain/accounts/security-event.ts';
import type { Actor } from '#core/domain/actor.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed, type Permission } from '#core/domain/team/permission.ts';
import type { App } from '../app.ts';
import { isOfSomebodyElse } from '../files/file-acts.ts';
import { isOperator } from '../operator/operate.ts';
import type { Core } from './core.ts';
import { eachVerb, type AnyVerb, type VerbName } from './each-verb.ts';

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
  'privacy.requestAccountDeletion': confirmed('account.act'),
  'privacy.requestTeamDeletion': confirmed('account.act', 'team.delete'),
  'privacy.exportTeam': confirmed('account.act', 'team.export'),
  'privacy.openExport': confirmed('account.act', 'team.export'),
  // Removes files sooner. From which estimate on a task needs approval is no such thing.
  'privacy.setTeamSettings': {
    confirm: (_: Core, _actor: Actor, change: { retentionDays?: number }) => change.retentionDays !== undefined,
    needs: 'team.settings',
    event: 'account.act',
  },
  // Cannot be undone. What a person brought or asked for is theirs, so they and their programs need no confirmation for it.
  'files.delete': { confirm: isOfSomebodyElse, needs: 'files.delete', event: 'account.act' },
  // Whoever holds a key or a linked account acts as the person, long after the session has ended.
  'team.makeApiKey': confirmed('key.made', 'keys.own'),
  'team.revokeApiKey': confirmed('key.revoked', 'keys.own'),
  'workspaces.confirmLink': confirmed('account.act'),
  // Takes away a way in, perhaps the one that its owner uses.
  'accounts.removeLogin': confirmed('login.changed'),
  // Gives or takes what somebody may do in a team.
  'team.changeRole': confirmed('account.act', 'team.manage'),
  'team.removeMember': confirmed('account.act', 'team.manage'),
  'team.leave': { confirm: (_: Core, { role }: Actor) => role === 'owner', event: 'account.act' },
  'team.invite': {
    confirm: (_: Core, _actor: Actor, { role }: { role: string }) => role === 'owner' || role === 'admin',
    needs: 'team.manage',
    event: 'account.act',
  },
  // An operator moves credits, stops a team, or reads what somebody asked for.
  'operator.grantCredits': confirmed('operator.act', 'operator'),
  'operator.freezeTeam': confirmed('operator.act', 'operator'),
  'operator.unfreezeTeam': confirmed('operator.act', 'operator'),
  'operator.openRequest': confirmed('operator.act', 'operator'),
  'operator.cancel': confirmed('operator.act', 'operator'),
  'operator.endSessions': confirmed('operator.act', 'operator'),
  'operator.revokeKeys': confirmed('operator.act', 'operator'),
  // Money is taken from a card while nobody is there.
  'billing.setTopUp': confirmed('account.act', 'credits.buy'),
  'operator.requeue': noted('operator.act'),
  'operator.sendAgain': noted('operator.act'),
  'operator.sendMail': noted('operator.act'),
  'operator.checkLedger': noted('operator.act'),
  'operator.closeEvent': noted('operator.act'),

  // Taking back a deletion and ending sessions protects somebody, so nothing stands in the way of it.
  'privacy.takeBackAccountDeletion': noted('account.act'),
  'privacy.takeBackTeamDeletion': noted('account.act'),
  'billing.endTopUp': noted('account.act'),
  // Stripe shows invoices and the last digits of cards there, and takes new ones.
  'billing.portal': noted('account.act'),
  'accounts.endSession': noted('account.act'),
  'accounts.endOtherSessions': noted('account.act'),
  'accounts.revokeOwnKeys': noted('key.revoked'),
  'workspaces.unlinkAccount': noted('account.act'),
  'workspaces.unlinkWorkspace': noted('account.act'),
  'team.acceptInvitation': noted('account.act'),
  'team.revokeInvitation': noted('account.act'),
  'team.resendInvitation': noted('account.act'),
  'files.endLinks': noted('account.act'),

  'tasks.ask': everyday,
  // Who speaks is what the platform says; each verb looks at what they may.
  'chats.hear': everyday,
  'chats.act': everyday,
  'chats.command': everyday,
  'chats.changed': everyday,
  'chats.removed': everyday,
  'chats.follows': everyday,
  'chats.settled': everyday,
  'workspaces.mayWelcome': everyday,
  'workspaces.welcomed': everyday,
  'chats.home': everyday,
  'chats.gone': everyday,
  'tasks.approve': everyday,
  'tasks.change': everyday,
  'tasks.draft': everyday,
  'tasks.cancel': everyday,
  'tasks.retry': everyday,
  'tasks.get': everyday,
  'tasks.history': everyday,
  'credits.balance': everyday,
  'messages.thread': everyday,
  'messages.letters': everyday,
  'files.keepInput': everyday,
  'files.openLink': everyday,
  'operator.health': everyday,
  'operator.gauges': everyday,
  'live.events': everyday,
  'live.items': everyday,
  'live.cursor': everyday,
  'live.onSessionEnd': everyday,
  'messages.undelivered': everyday,
  'messages.undeliveredCount': everyday,
  'messages.sendAgain': everyday,
  'messages.sendElsewhere': everyday,
  'messages.placesElsewhere': everyday,
  'messages.markUndeliveredSeen': everyday,
  'messages.retryDelivery': everyday,
  'messages.heardOurs': everyday,
  'messages.decisionShown': everyday,
  'messages.isStream': everyday,
  'accounts.actorOf': everyday,
  'accounts.teamsOf': everyday,
  'accounts.chooseTeam': everyday,
  'team.get': everyday,
  'team.make': everyday,
  'team.rename': everyday,
  'team.members': everyday,
  'team.invitations': everyday,
  'team.lookAtInvitation': everyday,
  'team.declineInvitation': everyday,
  'team.actorByKey': everyday,
  'team.apiKeys': everyday,
  'accounts.ownKeys': everyday,
  'team.audit': everyday,
  'team.auditActs': everyday,
  'team.auditCsv': everyday,
  'workspaces.makeIdentityLink': everyday,
  'workspaces.makeWorkspaceLink': everyday,
  'workspaces.lookAtLink': everyday,
  'workspaces.linkedAccounts': everyday,
  'workspaces.linkedWorkspaces': everyday,
  'workspaces.changeWorkspace': everyday,
  'workspaces.changeWhereToAsk': everyday,
  'workspaces.installed': everyday,
  'workspaces.uninstalled': everyday,
  'workspaces.scopesSeen': everyday,
  'workspaces.installation': everyday,
  'workspaces.expiringInstallations': everyday,
  'workspaces.installedOn': everyday,
  'workspaces.rotate': everyday,
  'workspaces.placeNamed': everyday,
  'workspaces.place': everyday,
  'workspaces.rulePlace': everyday,
  'workspaces.openIn': everyday,
  'privacy.teamSettings': everyday,
  'privacy.retentionPreview': everyday,
  'privacy.exports': everyday,
  'privacy.ownAccount': everyday,
  // The person behind a chat account has no login here; their link is what shows who they are.
  'privacy.makeErasureLink': everyday,
  'privacy.lookAtErasure': everyday,
  'privacy.confirmErasure': everyday,
  'credits.overview': everyday,
  // Buying costs nobody's credits, and Stripe asks whoever pays. It turns nothing on.
  'billing.packs': everyday,
  'billing.pack': everyday,
  'billing.terms': everyday,
  'billing.buy': everyday,
  'billing.buyAsStranger': everyday,
  'billing.done': everyday,
  'billing.hear': everyday,
  'billing.payments': everyday,
  'billing.topUp': everyday,
  'credits.startingCreditsWithheld': everyday,
  'credits.usage': everyday,
  'credits.transactions': everyday,
  'credits.transactionsCsv': everyday,
  'credits.statementMonths': everyday,
  'credits.statement': everyday,
  'credits.statementFile': everyday,
  'credits.limits': everyday,
  'credits.limitSubjects': everyday,
  // Spends nothing, and who may set limits may ask for work anyway.
  'credits.setLimit': everyday,
  'credits.removeLimit': everyday,
  'accounts.profile': everyday,
  'accounts.connectedLogins': everyday,
  'accounts.rename': everyday,
  'accounts.confirmAbove': everyday,
  'accounts.setConfirmAbove': everyday,
  'accounts.sessions': everyday,
  'accounts.unwantedMails': everyday,
  'accounts.setUnwantedMails': everyday,
  'operator.isOperator': everyday,
  'operator.overview': everyday,
  'operator.teams': everyday,
  'operator.team': everyday,
  'operator.tasks': everyday,
  'operator.access': everyday,
  'operator.queues': everyday,
  'operator.undelivered': everyday,
  'operator.mails': everyday,
  'operator.ledgerChecks': everyday,
  'operator.billing': everyday,
  'tasks.estimate': everyday,
  'tasks.examples': everyday,
  'tasks.list': everyday,
  'tasks.people': everyday,
  'messages.conversation': everyday,
  'tasks.details': everyday,
  'files.open': everyday,
  'files.openOriginal': everyday,
  'tasks.feedback': everyday,
} as const satisfies Record<VerbName<App>, Rule | null>;

/** The same verbs, with what the table says about each. */
export function withSensitiveActs(core: Core, app: App): App {
  return eachVerb(app, (name, verb) => {
    const rule: Rule | null = sensitiveActs[name];
    return rule === null ? verb : watch(core, name, rule, verb);
  });
}

function watch(core: Core, name: string, rule: Rule, verb: AnyVerb): AnyVerb {
  return async (actor: Actor, ...given) => {
    if (rule.confirm === true || (rule.confirm !== false && (await rule.confirm(core, actor, ...(given as never[])))))
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
