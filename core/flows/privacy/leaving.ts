// A team or a person wants to go. Two weeks pass first, in which everything stays readable and one press takes it back;
// nothing new begins in a team that is going, because what it would cost and bring would be gone in days. What happens at
// the end of it stands in erase.ts.

import type { Actor } from '#core/domain/actor.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import type { Deletion } from '#core/store/privacy/custody.ts';
import { writeAudit, type AuditLine } from '#core/store/team/audit.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';
import { careFor, viewDeletion, type DeletionView } from './team-settings.ts';

interface OwnAccount {
  readonly name: string;
  readonly email: string;
  readonly deletion: DeletionView | null;
  /** Teams that would be left without an owner: first somebody else is made one there, or the team is deleted. */
  readonly onlyOwnerOf: readonly string[];
}

const GRACE_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * For an owner who types the team's name. It is deleted after two weeks, and nothing new begins in it until then. Asking twice
 * changes nothing.
 */
export async function requestTeamDeletion(core: Core, actor: Actor, typedName: string): Promise<DeletionView> {
  mustBePerson(actor);
  mustBeAllowed(actor, 'team.delete');
  const { name, personalOf } = await careFor(core, actor);
  if (personalOf !== null) throw refuse('team.personal');
  if (typedName.trim() !== name.trim()) throw wrongField('name', 'is not the name of this team');
  const owners = await core.store.custody.owners(actor.teamId);
  const wish = inTwoWeeks(core);
  const until = wish.at.toISOString();
  const url = `${core.settings.publicUrl}/team/data`;
  const deletion = await core.store.custody.askTeamDeletion(actor.teamId, actor.userId, wish, async (on) => {
    await writeAudit(on, auditLine(core, actor, 'team.deletion-asked', { until }));
    for (const { userId, email } of owners)
      await writeMail(
        core,
        { key: `deletion:${actor.teamId}:${until}:${userId}`, to: email, saying: { kind: 'deletion', team: name, until, url } },
        on,
      );
  });
  core.log.warn({ teamId: actor.teamId, userId: actor.userId }, 'team deletion asked for');
  return viewDeletion(deletion)!;
}

/** Rejects with `deletion.begun` when it is too late. */
export async function takeBackTeamDeletion(core: Core, actor: Actor): Promise<void> {
  mustBePerson(actor);
  mustBeAllowed(actor, 'team.delete');
  const { personalOf, deletion } = await careFor(core, actor);
  if (personalOf !== null) throw refuse('team.personal');
  if (deletion === null) return;
  const line = auditLine(core, actor, 'team.deletion-taken-back', {});
  if (!(await core.store.custody.takeBackTeamDeletion(actor.teamId, core.clock.now(), line))) throw refuse('deletion.begun');
  core.log.warn({ teamId: actor.teamId, userId: actor.userId }, 'team deletion taken back');
}

/** The person's account, whichever team they look at. */
export async function ownAccount(core: Core, actor: Actor): Promise<OwnAccount> {
  const [account, teams] = await Promise.all([accountOf(core, actor), core.store.custody.teamsOnlyOwnedBy(actor.userId)]);
  return { ...account, deletion: viewDeletion(account.deletion), onlyOwnerOf: teams.map(({ name }) => name) };
}

/**
 * For who types their mail address. Their own team goes along. Rejects with `account.last-owner` while a shared team has no
 * other owner. Asking twice changes nothing.
 */
export async function requestAccountDeletion(core: Core, actor: Actor, typedEmail: string): Promise<DeletionView> {
  mustBePerson(actor);
  const { name, email } = await accountOf(core, actor);
  if (typedEmail.trim().toLowerCase() !== email) throw wrongField('email', 'is not the email address of this account');
  const teams = await core.store.custody.teamsOnlyOwnedBy(actor.userId);
  if (teams.length > 0) throw refuse('account.last-owner', { teams: teams.map((team) => team.name) });
  const wish = inTwoWeeks(core);
  const until = wish.at.toISOString();
  const url = `${core.settings.publicUrl}/settings/account`;
  const deletion = await core.store.custody.askAccountDeletion(actor.userId, wish, async (on) => {
    await writeAudit(on, { ...auditLine(core, actor, 'account.deletion-asked', { until }), teamId: null });
    await writeMail(
      core,
      { key: `account-deletion:${actor.userId}:${until}`, to: email, saying: { kind: 'account-deletion', name, until, url } },
      on,
    );
  });
  core.log.warn({ userId: actor.userId }, 'account deletion asked for');
  return viewDeletion(deletion)!;
}

export async function takeBackAccountDeletion(core: Core, actor: Actor): Promise<void> {
  mustBePerson(actor);
  const { deletion } = await accountOf(core, actor);
  if (deletion === null) return;
  const line: AuditLine = { ...auditLine(core, actor, 'account.deletion-taken-back', {}), teamId: null };
  if (!(await core.store.custody.takeBackAccountDeletion(actor.userId, core.clock.now(), line))) throw refuse('deletion.begun');
  core.log.warn({ userId: actor.userId }, 'account deletion taken back');
}

/** A key that was stolen must not be able to end a team. */
function mustBePerson({ apiKeyId }: Actor): void {
  if (apiKeyId !== undefined) throw refuse('not.allowed');
}

async function accountOf(core: Core, { userId }: Actor) {
  const account = await core.store.custody.account(userId);
  if (account === null) throw refuse('login.needed');
  return account;
}

function inTwoWeeks(core: Core): Deletion {
  const askedAt = core.clock.now();
  return { askedAt, at: new Date(askedAt.getTime() + GRACE_MS) };
}

function auditLine(core: Core, actor: Actor, act: string, facts: object): AuditLine {
  return { at: core.clock.now(), actor: `user:${actor.userId}`, act, teamId: actor.teamId, subject: null, facts };
}

function wrongField(name: string, problem: string) {
  return refuse('request.invalid', { fields: [{ name, problem }] });
}
