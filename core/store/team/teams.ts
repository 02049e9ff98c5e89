// Teams and who is in them. Whoever changes the people of a team first locks its row, so that changes wait for one another
// and each is decided on what is true when it is written. Nobody else locks it in a way that conflicts.

import type pg from 'pg';
import { micro, type Credits } from '#core/domain/credits/credits.ts';
import { newId, type ApiKeyId, type MemberId, type TeamId, type UserId, type WalletId } from '#core/domain/ids.ts';
import type { Role } from '#core/domain/team/permission.ts';
import { rolesGivenBy, whyNot, type RoleRefusal } from '#core/domain/team/roles.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { writeAudit } from './audit.ts';
import type { Money } from '../database/money.ts';

export interface Teams {
  find(teamId: TeamId): Promise<StoredTeam | null>;
  /** A team with its wallet, and its person as owner. null when they own `most` already. */
  make(team: { name: string; owner: UserId; most: number }, at: Date): Promise<TeamId | null>;
  rename(teamId: TeamId, name: string, by: UserId, at: Date): Promise<void>;
  /** Those who have been there longest first. `monthFrom` is where what they spent begins. */
  members(teamId: TeamId, monthFrom: Date): Promise<StoredMember[]>;
  /** Gives a role, or takes out of the team (`to: null`), as far as `by` may. */
  change(change: { teamId: TeamId; by: UserId; whom: MemberId | 'self'; to: Role | null }, at: Date): Promise<Changed>;
}

export interface StoredTeam {
  readonly name: string;
  readonly personal: boolean;
  readonly createdAt: Date;
}

export interface StoredMember {
  readonly id: MemberId;
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly since: Date;
  readonly lastSeenAt: Date | null;
  /** It is their own personal team. */
  readonly personal: boolean;
  /** Of their accounts on chat platforms, those that are at home in a workspace of this team. */
  readonly identities: readonly { readonly platform: Platform; readonly name: string | null }[];
  readonly spent: Credits;
}

export type Changed =
  | { readonly outcome: 'changed' | 'same'; readonly userId: UserId }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'refused'; readonly code: RoleRefusal };

export function teamsOver(money: Money): Teams {
  return {
    async find(teamId) {
      const { rows } = await money.query<{ name: string; personal: boolean; created_at: Date }>(
        { text: 'SELECT name, personal_of IS NOT NULL AS personal, created_at FROM teams WHERE id = $1' },
        [teamId],
      );
      return rows[0] ? { name: rows[0].name, personal: rows[0].personal, createdAt: rows[0].created_at } : null;
    },

    make: ({ name, owner, most }, at) =>
      money.transaction(async (client) => {
        await client.query('SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE', [owner]);
        const { rows } = await client.query<{ owned: number }>(
          "SELECT count(*)::int AS owned FROM members WHERE user_id = $1 AND role = 'owner'",
          [owner],
        );
        if (rows[0]!.owned >= most) return null;
        const teamId = newId<TeamId>(at.getTime());
        await client.query('INSERT INTO teams (id, name, created_at) VALUES ($1, $2, $3)', [teamId, name, at]);
        await addMember(client, { teamId, userId: owner, role: 'owner' }, at);
        await client.query('SELECT ledger_open($1, $2, $3)', [newId<WalletId>(at.getTime()), teamId, at]);
        await writeAudit(client, { at, actor: `user:${owner}`, act: 'team.made', teamId, subject: null, facts: { name } });
        return teamId;
      }),

    rename: (teamId, name, by, at) =>
      money.transaction(async (client) => {
        const { rows } = await client.query<{ name: string }>('SELECT name FROM teams WHERE id = $1 FOR NO KEY UPDATE', [teamId]);
        if (rows[0] === undefined || rows[0].name === name) return;
        await client.query('UPDATE teams SET name = $2 WHERE id = $1', [teamId, name]);
        await writeAudit(client, {
          at,
          actor: `user:${by}`,
          act: 'team.renamed',
          teamId,
          subject: null,
          facts: { from: rows[0].name, to: name },
        });
      }),

    async members(teamId, monthFrom) {
      const { rows } = await money.query<MemberRow>(
        {
          text: `SELECT m.id, m.user_id, u.name, u.email, m.role, m.created_at, m.last_seen_at, (t.personal_of = m.user_id) IS TRUE AS personal,
                   coalesce(spent.credits, 0) AS spent,
                   (SELECT coalesce(json_agg(json_build_object('platform', i.platform, 'name', i.display_name) ORDER BY i.platform, i.id), '[]')
                    FROM identities i WHERE i.user_id = m.user_id AND EXISTS
                      (SELECT FROM workspaces w WHERE w.team_id = m.team_id AND w.platform = i.platform AND i.space IN ('', w.external_id))) AS identities
                 FROM members m JOIN users u ON u.id = m.user_id JOIN teams t ON t.id = m.team_id
                 LEFT JOIN (SELECT k.user_id, sum(k.credits_used)::bigint AS credits FROM tasks k
                            -- A task lasts an hour at the most; its beginning is what the index knows.
                            WHERE k.team_id = $1 AND k.created_at >= $2::timestamptz - interval '1 day' AND k.finished_at >= $2 GROUP BY k.user_id) spent
                   ON spent.user_id = m.user_id
                 WHERE m.team_id = $1 ORDER BY m.created_at, m.id`,
        },
        [teamId, monthFrom],
      );
      return rows.map((row) => ({
        id: row.id,
        userId: row.user_id,
        name: row.name,
        email: row.email,
        role: row.role,
        since: row.created_at,
        lastSeenAt: row.last_seen_at,
        personal: row.personal,
        identities: row.identities,
        spent: micro(row.spent),
      }));
    },

    change: ({ teamId, by, whom, to }, at) =>
      money.transaction(async (client): Promise<Changed> => {
        const team = await lockTeam(client, teamId, by);
        if (team === null) return { outcome: 'refused', code: 'not.allowed' };
        const { rows } = await client.query<{ id: MemberId; user_id: UserId; role: Role; owners: number }>(
          `SELECT m.id, m.user_id, m.role, (SELECT count(*)::int FROM members o WHERE o.team_id = $1 AND o.role = 'owner') AS owners
           FROM members m WHERE m.team_id = $1 AND CASE WHEN $2::uuid IS NULL THEN m.user_id = $3 ELSE m.id = $2 END`,
          [teamId, whom === 'self' ? null : whom, by],
        );
        const member = rows[0];
        if (member === undefined) return { outcome: 'unknown' };
        const self = member.user_id === by;
        const personal = team.personalOf === member.user_id;
        const code = whyNot({ by: team.role, self, from: member.role, to, owners: member.owners, personal });
        if (code !== null) return { outcome: 'refused', code };
        if (to === member.role) return { outcome: 'same', userId: member.user_id };

        const facts = to === null ? await takeOut(client, teamId, member, at) : await giveRole(client, member, to);
        const invitations = await takeBackInvitations(
          client,
          { teamId, of: member.user_id, mayGive: to === null ? [] : rolesGivenBy(to) },
          at,
        );
        await writeAudit(client, {
          at,
          actor: `user:${by}`,
          act: to !== null ? 'member.role' : self ? 'member.left' : 'member.removed',
          teamId,
          subject: `user:${member.user_id}`,
          facts: { ...facts, ...(invitations > 0 && { invitations }) },
        });
        await endStreams(client, member.user_id);
        return { outcome: 'changed', userId: member.user_id };
      }),
  };
}

interface MemberRow {
  readonly id: MemberId;
  readonly user_id: UserId;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly created_at: Date;
  readonly last_seen_at: Date | null;
  readonly personal: boolean;
  readonly identities: StoredMember['identities'];
  readonly spent: string;
}

/** Locks a team, and says what `by` is in it by then; null when they are no member any more. */
export async function lockTeam(
  client: pg.PoolClient,
  teamId: TeamId,
  by: UserId,
): Promise<{ role: Role; name: string; personalOf: UserId | null } | null> {
  const { rows: teams } = await client.query<{ name: string; personal_of: UserId | null }>(
    'SELECT name, personal_of FROM teams WHERE id = $1 FOR NO KEY UPDATE',
    [teamId],
  );
  // A statement of its own: it has to see what others wrote while we waited for the lock.
  const { rows: members } = await client.query<{ role: Role }>('SELECT role FROM members WHERE team_id = $1 AND user_id = $2', [
    teamId,
    by,
  ]);
  return teams[0] && members[0] ? { role: members[0].role, name: teams[0].name, personalOf: teams[0].personal_of } : null;
}

/** False when they are a member already; their role stays as it is. */
export async function addMember(
  client: pg.PoolClient,
  { teamId, userId, role }: { teamId: TeamId; userId: UserId; role: Role },
  at: Date,
): Promise<boolean> {
  const { rowCount } = await client.query(
    'INSERT INTO members (id, team_id, user_id, role, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (team_id, user_id) DO NOTHING',
    [newId<MemberId>(at.getTime()), teamId, userId, role, at],
  );
  return rowCount === 1;
}

/** What a session or key of this person was allowed is asked again, in all processes. */
export async function endStreams(client: pg.PoolClient, userId: UserId): Promise<void> {
  await client.query("SELECT pg_notify('impacter', 'session:' || $1::text)", [userId]);
}

async function giveRole(client: pg.PoolClient, member: { id: MemberId; role: Role }, to: Role) {
  await client.query('UPDATE members SET role = $2 WHERE id = $1', [member.id, to]);
  return { from: member.role, to };
}

/** Their keys for this team end with it. */
async function takeOut(client: pg.PoolClient, teamId: TeamId, member: { id: MemberId; user_id: UserId; role: Role }, at: Date) {
  await client.query('DELETE FROM members WHERE id = $1', [member.id]);
  const { rows } = await client.query<{ id: ApiKeyId }>(
    'UPDATE api_keys SET revoked_at = $3 WHERE team_id = $1 AND user_id = $2 AND revoked_at IS NULL RETURNING id',
    [teamId, member.user_id, at],
  );
  return { role: member.role, keys: rows.length };
}

/** Nobody is let in later by an invitation that its author could not send any more. */
async function takeBackInvitations(
  client: pg.PoolClient,
  { teamId, of, mayGive }: { teamId: TeamId; of: UserId; mayGive: readonly Role[] },
  at: Date,
): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE invitations SET outcome = 'revoked', ended_at = $4
     WHERE team_id = $1 AND invited_by = $2 AND outcome IS NULL AND NOT role = ANY ($3)`,
    [teamId, of, mayGive, at],
  );
  return rowCount ?? 0;
}
