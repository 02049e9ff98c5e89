// Invitations: a place in a team, offered to a mailbox. Of the link in the mail we keep the hash; each mail has a link of its
// own, and the newest one is the one that works. Everything here waits at the lock of the team (teams.ts), so an invitation
// ends once, in one way.

import type pg from 'pg';
import { newId, type InvitationId, type TeamId, type UserId } from '#core/domain/ids.ts';
import { may, type Role } from '#core/domain/team/permission.ts';
import type { InvitationEnd } from '#core/domain/refusals/refusal.ts';
import { mayGive } from '#core/domain/team/roles.ts';
import { teamLimits } from '#core/domain/team/team-limits.ts';
import { writeAudit, type Writes } from './audit.ts';
import { hashBearer } from '../database/bearer.ts';
import type { Money } from '../database/money.ts';
import { nameOf } from '../accounts/people.ts';
import { whyNoMail } from './invitation-mails.ts';
import { addMember, lockTeam } from './teams.ts';

export interface Invitations {
  make(invitation: { teamId: TeamId; by: UserId; email: string; role: Role; token: string }, write: WriteMail, at: Date): Promise<Invited>;
  /** Another mail with a new link, good for another week. */
  again(invitation: { teamId: TeamId; by: UserId; id: InvitationId; token: string }, write: WriteMail, at: Date): Promise<Invited>;
  revoke(invitation: { teamId: TeamId; by: UserId; id: InvitationId }, at: Date): Promise<Revoked>;
  /** Those that wait for an answer, newest first; what is past its time is left out. */
  open(teamId: TeamId, at: Date): Promise<OpenInvitation[]>;
  look(token: string, at: Date): Promise<LookedAt>;
  /** Takes it up for a person whose mail address is the invited one, and known to be theirs. */
  accept(token: string, userId: UserId, at: Date): Promise<AcceptAnswer>;
  decline(token: string, at: Date): Promise<LookedAt>;
}

/** Writes the mail down within the same transaction: there is no invitation without one. */
export type WriteMail = (mail: InvitationMail, on: Writes) => Promise<void>;

export type Invited =
  | { readonly outcome: 'sent'; readonly id: InvitationId }
  | {
      readonly outcome:
        | 'not.allowed'
        | 'role.above'
        | 'member.already'
        | 'invitation.already'
        | 'invitation.soon'
        | 'invitation.not-found'
        | 'invitation.unanswered'
        | 'invitations.too-many'
        | 'invitations.too-often';
    };

export type Revoked = 'revoked' | 'not.allowed' | 'role.above' | 'invitation.not-found';

/** What the mail needs to say. */
export interface InvitationMail {
  readonly id: InvitationId;
  /** Which mail of this invitation it is, from 1. */
  readonly number: number;
  readonly email: string;
  readonly role: Role;
  readonly team: string;
  readonly by: string;
  readonly expiresAt: Date;
}

export interface OpenInvitation {
  readonly id: InvitationId;
  readonly email: string;
  readonly role: Role;
  readonly by: string;
  readonly sentAt: Date;
  readonly expiresAt: Date;
}

export type LookedAt =
  | ({ readonly outcome: 'open'; readonly teamId: TeamId; readonly team: string } & OpenInvitation)
  | { readonly outcome: 'over'; readonly why: InvitationEnd };

export type AcceptAnswer =
  /** `joined` is false for somebody who was a member already; their role stays as it is. */
  | { readonly outcome: 'accepted'; readonly teamId: TeamId; readonly joined: boolean }
  | { readonly outcome: 'elsewhere'; readonly email: string }
  | { readonly outcome: 'unconfirmed' }
  | { readonly outcome: 'over'; readonly why: InvitationEnd };

export function invitationsOver(money: Money): Invitations {
  return {
    make: ({ teamId, by, email, role, token }, write, at) =>
      money.transaction(async (client): Promise<Invited> => {
        const team = await lockTeam(client, teamId, by);
        const no = whyNotInvite(team, role) ?? (await whyNoMore(client, { teamId, by, email }, at));
        if (team === null || no !== null) return { outcome: no ?? 'not.allowed' };
        const id = newId<InvitationId>(at.getTime());
        const expiresAt = daysFrom(at);
        await client.query(
          `INSERT INTO invitations (id, team_id, email, role, token_hash, invited_by, sent_at, expires_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7)`,
          [id, teamId, email, role, hashBearer(token), by, at, expiresAt],
        );
        await writeDown(client, 'invitation.sent', { teamId, by, id, email, role }, at);
        await write({ id, number: 1, email, role, team: team.name, by: (await nameOf(client, by)) ?? '', expiresAt }, client);
        return { outcome: 'sent', id };
      }),

    again: ({ teamId, by, id, token }, write, at) =>
      money.transaction(async (client): Promise<Invited> => {
        const found = await findToChange(client, teamId, by, id);
        if (typeof found === 'string') return { outcome: found };
        const { email, role, sends, sentAt, team } = found;
        if (at.getTime() - sentAt.getTime() < teamLimits.resendMinutes * MINUTE_MS) return { outcome: 'invitation.soon' };
        const no = await whyNoMail(client, { teamId, by, email }, at);
        if (no !== null) return { outcome: no };
        const expiresAt = daysFrom(at);
        await client.query(
          'UPDATE invitations SET token_hash = $2, invited_by = $3, sends = sends + 1, sent_at = $4, expires_at = $5 WHERE id = $1',
          [id, hashBearer(token), by, at, expiresAt],
        );
        await writeDown(client, 'invitation.resent', { teamId, by, id, email, role }, at);
        await write({ id, number: sends + 1, email, role, team, by: (await nameOf(client, by)) ?? '', expiresAt }, client);
        return { outcome: 'sent', id };
      }),

    revoke: ({ teamId, by, id }, at) =>
      money.transaction(async (client): Promise<Revoked> => {
        const found = await findToChange(client, teamId, by, id);
        if (typeof found === 'string') return found;
        await end(client, id, 'revoked', at);
        await writeDown(client, 'invitation.revoked', { teamId, by, id, ...found }, at);
        return 'revoked';
      }),

    async open(teamId, at) {
      const { rows } = await money.query<InvitationRow>(
        {
          text: `${SELECT} WHERE i.team_id = $1 AND i.outcome IS NULL AND i.expires_at > $2 AND u.id IS NOT NULL ORDER BY i.created_at DESC, i.id DESC`,
        },
        [teamId, at],
      );
      return rows.map((row) => openInvitation(row, row.by ?? ''));
    },

    async look(token, at) {
      const { rows } = await money.query<InvitationRow>({ text: `${SELECT} WHERE i.token_hash = $1` }, [hashBearer(token)]);
      return lookedAt(rows[0], at);
    },

    accept: (token, userId, at) =>
      money.transaction(async (client): Promise<AcceptAnswer> => {
        const invitation = await lockInvitation(client, token, at);
        if (invitation.outcome === 'over') return (await acceptedBefore(client, token, userId)) ?? invitation;
        const { rows } = await client.query<{ email: string; email_verified: boolean }>(
          'SELECT email, email_verified FROM users WHERE id = $1',
          [userId],
        );
        if (rows[0]?.email !== invitation.email) return { outcome: 'elsewhere', email: invitation.email };
        if (!rows[0].email_verified) return { outcome: 'unconfirmed' };
        const { teamId, role, id } = invitation;
        const joined = await addMember(client, { teamId, userId, role }, at);
        await end(client, id, 'accepted', at);
        if (joined) {
          await writeAudit(client, {
            at,
            actor: `user:${userId}`,
            act: 'member.joined',
            teamId,
            subject: `user:${userId}`,
            facts: { role, invitation: id },
          });
        }
        return { outcome: 'accepted', teamId, joined };
      }),

    decline: (token, at) =>
      money.transaction(async (client) => {
        const invitation = await lockInvitation(client, token, at);
        if (invitation.outcome === 'over') return invitation;
        const { id, teamId, email, role } = invitation;
        await end(client, id, 'declined', at);
        await writeDown(client, 'invitation.declined', { teamId, by: null, id, email, role }, at);
        return invitation;
      }),
  };
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

function daysFrom(at: Date): Date {
  return new Date(at.getTime() + teamLimits.invitationDays * DAY_MS);
}

function whyNotInvite(team: { role: Role } | null, role: Role) {
  if (team === null || !may(team.role, 'team.manage')) return 'not.allowed';
  return mayGive(team.role, role) ? null : 'role.above';
}

/** An open invitation of a team, for somebody who may do something about it; or why not. */
async function findToChange(client: pg.PoolClient, teamId: TeamId, by: UserId, id: InvitationId) {
  const team = await lockTeam(client, teamId, by);
  const { rows } = await client.query<{ email: string; role: Role; sends: number; sent_at: Date }>(
    'SELECT email, role, sends, sent_at FROM invitations WHERE team_id = $1 AND id = $2 AND outcome IS NULL',
    [teamId, id],
  );
  if (team === null) return 'not.allowed';
  if (rows[0] === undefined) return 'invitation.not-found';
  const { email, role, sends, sent_at: sentAt } = rows[0];
  return whyNotInvite(team, role) ?? { email, role, sends, sentAt, team: team.name };
}

/** Within the lock of the team, so that what is counted here still holds when the new row is there. */
async function whyNoMore(client: pg.PoolClient, mail: { teamId: TeamId; by: UserId; email: string }, at: Date) {
  const { teamId, email } = mail;
  await client.query(
    `UPDATE invitations SET outcome = 'expired', ended_at = expires_at WHERE team_id = $1 AND outcome IS NULL AND expires_at <= $2`,
    [teamId, at],
  );
  const { rows } = await client.query<{ member: boolean; invited: boolean; open: number }>(
    `SELECT EXISTS (SELECT FROM members m JOIN users u ON u.id = m.user_id WHERE m.team_id = $1 AND u.email = $2) AS member,
       EXISTS (SELECT FROM invitations i WHERE i.team_id = $1 AND i.email = $2 AND i.outcome IS NULL) AS invited,
       (SELECT count(*)::int FROM invitations i WHERE i.team_id = $1 AND i.outcome IS NULL) AS open`,
    [teamId, email],
  );
  const { member, invited, open } = rows[0]!;
  if (member) return 'member.already';
  if (invited) return 'invitation.already';
  if (open >= teamLimits.openInvitations) return 'invitations.too-many';
  return whyNoMail(client, mail, at);
}

/** Its team first, as everywhere, then the invitation as it is by then. */
async function lockInvitation(client: pg.PoolClient, token: string, at: Date): Promise<LookedAt> {
  const hash = hashBearer(token);
  await client.query('SELECT 1 FROM teams WHERE id = (SELECT team_id FROM invitations WHERE token_hash = $1) FOR NO KEY UPDATE', [hash]);
  const { rows } = await client.query<InvitationRow>(`${SELECT} WHERE i.token_hash = $1 FOR UPDATE OF i`, [hash]);
  return lookedAt(rows[0], at);
}

/** Who presses twice is in the team all the same. */
async function acceptedBefore(client: pg.PoolClient, token: string, userId: UserId): Promise<AcceptAnswer | null> {
  const { rows } = await client.query<{ team_id: TeamId }>(
    `SELECT i.team_id FROM invitations i JOIN users u ON u.email = i.email JOIN members m ON m.team_id = i.team_id AND m.user_id = u.id
     WHERE i.token_hash = $1 AND i.outcome = 'accepted' AND u.id = $2`,
    [hashBearer(token), userId],
  );
  return rows[0] ? { outcome: 'accepted', teamId: rows[0].team_id, joined: false } : null;
}

async function end(client: pg.PoolClient, id: InvitationId, outcome: 'accepted' | 'declined' | 'revoked', at: Date) {
  await client.query('UPDATE invitations SET outcome = $2, ended_at = $3 WHERE id = $1', [id, outcome, at]);
}

interface Written {
  readonly teamId: TeamId;
  /** null for whoever has the link. */
  readonly by: UserId | null;
  readonly id: InvitationId;
  readonly email: string;
  readonly role: Role;
}

async function writeDown(client: pg.PoolClient, act: string, { teamId, by, id, email, role }: Written, at: Date) {
  const actor = by === null ? 'invited' : `user:${by}`;
  await writeAudit(client, { at, actor, act, teamId, subject: `invitation:${id}`, facts: { email, role } });
}

const SELECT = `SELECT i.id, i.team_id, t.name AS team, i.email, i.role, u.name AS by, i.sent_at, i.expires_at, i.outcome
  FROM invitations i JOIN teams t ON t.id = i.team_id AND t.erased_at IS NULL LEFT JOIN users u ON u.id = i.invited_by`;

interface InvitationRow {
  readonly id: InvitationId;
  readonly team_id: TeamId;
  readonly team: string;
  readonly email: string;
  readonly role: Role;
  readonly by: string | null;
  readonly sent_at: Date;
  readonly expires_at: Date;
  readonly outcome: 'accepted' | 'declined' | 'revoked' | 'expired' | null;
}

function openInvitation({ id, email, role, sent_at: sentAt, expires_at: expiresAt }: InvitationRow, by: string): OpenInvitation {
  return { id, email, role, by, sentAt, expiresAt };
}

function lookedAt(row: InvitationRow | undefined, at: Date): LookedAt {
  if (row === undefined) return { outcome: 'over', why: 'unknown' };
  if (row.outcome !== null) return { outcome: 'over', why: row.outcome };
  // What somebody sent who is not with us any more, nobody answers for.
  if (row.by === null) return { outcome: 'over', why: 'revoked' };
  if (row.expires_at <= at) return { outcome: 'over', why: 'expired' };
  return { outcome: 'open', teamId: row.team_id, team: row.team, ...openInvitation(row, row.by) };
}
