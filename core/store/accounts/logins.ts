// Who is logged in, in which of their teams they are, and how often something may be tried.

import { newId, type SessionId, type TeamId, type UserId, type WalletId } from '#core/domain/ids.ts';
import type { Role } from '#core/domain/team/permission.ts';
import type { Money } from '../database/money.ts';

export interface SessionRow {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly email: string;
  readonly name: string;
  readonly emailVerified: boolean;
  readonly twoFactor: boolean;
  /** Later than this it was prolonged last. */
  readonly renewedAt: Date;
  /** When the person last showed who they are. */
  readonly confirmedAt: Date;
}

export interface Place {
  readonly teamId: TeamId;
  readonly role: Role;
}

export interface TeamPlace extends Place {
  readonly name: string;
  /** The team that a person has of their own. */
  readonly personal: boolean;
}

export interface Logins {
  /** The session of this token while it lasts. */
  session(token: string, at: Date): Promise<SessionRow | null>;
  /** Answers when the session ends now: `until`, and `mostDays` after it began at the latest. null when it ended meanwhile. */
  prolong(sessionId: SessionId, until: Date, mostDays: number, at: Date): Promise<Date | null>;
  /** The person showed in this session who they are. False when it ended meanwhile. */
  confirm(sessionId: SessionId, at: Date): Promise<boolean>;
  confirmedAt(sessionId: SessionId): Promise<Date | null>;
  /** Where this session acts: the team that was chosen, else the person's own; null when there is none. */
  placeOf(sessionId: SessionId, userId: UserId): Promise<Place | null>;
  /** One's own first. */
  placesOf(userId: UserId): Promise<TeamPlace[]>;
  /** False when the person is no member of this team. */
  choose(sessionId: SessionId, userId: UserId, teamId: TeamId): Promise<boolean>;
  /** Makes sure that a person has a team and wallet of their own. */
  makeHome(userId: UserId, at: Date): Promise<{ teamId: TeamId; walletId: WalletId }>;
  hasPassword(userId: UserId): Promise<boolean>;
  /** Links that log in whoever has this address, and were not used. */
  endMagicLinks(email: string): Promise<void>;
  /** null until the person has shown that it is theirs. */
  verifiedEmail(userId: UserId): Promise<string | null>;
  /** Whether this person logged in before, and from such a device. */
  earlierLogins(userId: UserId, teamId: TeamId, device: string): Promise<{ before: boolean; known: boolean; email: string; name: string }>;
  /** Removes sessions, or one-time links and codes, that ended before then; answers how many. */
  forgetEnded(what: 'sessions' | 'verifications', before: Date, most: number): Promise<number>;
  /** Takes one of `most` attempts in a window of so many seconds. 0 when it is allowed, else how many seconds to wait. */
  take(key: string, most: number, windowS: number, at: Date): Promise<number>;
}

export function loginsOver(money: Money): Logins {
  return {
    async session(token, at) {
      const { rows } = await money.query<SessionColumns>(
        {
          name: 'session',
          text: `SELECT s.id, s.updated_at, u.id AS user_id, u.email, u.name, u.email_verified, u.two_factor_enabled, coalesce(s.confirmed_at, s.created_at) AS confirmed_at
                 FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token = $1 AND s.expires_at > $2`,
        },
        [token, at],
      );
      const row = rows[0];
      return row
        ? {
            sessionId: row.id,
            userId: row.user_id,
            email: row.email,
            name: row.name,
            emailVerified: row.email_verified,
            twoFactor: row.two_factor_enabled,
            renewedAt: row.updated_at,
            confirmedAt: row.confirmed_at,
          }
        : null;
    },

    async prolong(sessionId, until, mostDays, at) {
      const { rows } = await money.query<{ expires_at: Date }>(
        {
          text: `UPDATE sessions SET expires_at = least($2, created_at + make_interval(hours => 24 * $3)), updated_at = $4
                 WHERE id = $1 AND expires_at > $4 RETURNING expires_at`,
        },
        [sessionId, until, mostDays, at],
      );
      return rows[0]?.expires_at ?? null;
    },

    async confirm(sessionId, at) {
      const { rows } = await money.query({ text: 'UPDATE sessions SET confirmed_at = $2 WHERE id = $1 AND expires_at > $2 RETURNING id' }, [
        sessionId,
        at,
      ]);
      return rows.length > 0;
    },

    async confirmedAt(sessionId) {
      const { rows } = await money.query<{ at: Date }>(
        { text: 'SELECT coalesce(confirmed_at, created_at) AS at FROM sessions WHERE id = $1' },
        [sessionId],
      );
      return rows[0]?.at ?? null;
    },

    async placeOf(sessionId, userId) {
      const { rows } = await money.query<{ team_id: TeamId; role: Role }>(
        {
          name: 'place of session',
          text: `SELECT m.team_id, m.role FROM members m JOIN teams t ON t.id = m.team_id
                 WHERE m.user_id = $2 AND (t.personal_of = $2 OR t.id = (SELECT s.active_team_id FROM sessions s WHERE s.id = $1 AND s.user_id = $2))
                 ORDER BY (t.id = (SELECT s.active_team_id FROM sessions s WHERE s.id = $1)) IS TRUE DESC LIMIT 1`,
        },
        [sessionId, userId],
      );
      return rows[0] ? { teamId: rows[0].team_id, role: rows[0].role } : null;
    },

    async placesOf(userId) {
      const { rows } = await money.query<{ team_id: TeamId; role: Role; name: string; personal: boolean }>(
        {
          text: `SELECT m.team_id, m.role, t.name, (t.personal_of = $1) IS TRUE AS personal FROM members m JOIN teams t ON t.id = m.team_id
                 WHERE m.user_id = $1 ORDER BY personal DESC, lower(t.name), t.id`,
        },
        [userId],
      );
      return rows.map(({ team_id, ...place }) => ({ teamId: team_id, ...place }));
    },

    async choose(sessionId, userId, teamId) {
      const { rows } = await money.query(
        {
          text: `UPDATE sessions SET active_team_id = $3 WHERE id = $1 AND user_id = $2
                 AND EXISTS (SELECT 1 FROM members m WHERE m.user_id = $2 AND m.team_id = $3) RETURNING id`,
        },
        [sessionId, userId, teamId],
      );
      return rows.length > 0;
    },

    async makeHome(userId, at) {
      const { rows } = await money.query<{ team_id: TeamId; wallet_id: WalletId }>(
        {
          text: `SELECT h.team_id, w.id AS wallet_id FROM (SELECT make_home($1, $2, $3, $4, $5) AS team_id) h, LATERAL (SELECT id FROM wallets WHERE team_id = h.team_id) w`,
        },
        [userId, newId(), newId(), newId(), at],
      );
      return { teamId: rows[0]!.team_id, walletId: rows[0]!.wallet_id };
    },

    async hasPassword(userId) {
      const { rows } = await money.query(
        { text: `SELECT 1 FROM accounts WHERE user_id = $1 AND provider_id = 'credential' AND password IS NOT NULL` },
        [userId],
      );
      return rows.length > 0;
    },

    async endMagicLinks(email) {
      await money.query(
        {
          text: `DELETE FROM verifications WHERE user_id = (SELECT id FROM users WHERE email = lower($1)) AND value LIKE '{"type":"magic-link"%'`,
        },
        [email],
      );
    },

    async verifiedEmail(userId) {
      const { rows } = await money.query<{ email: string }>({ text: 'SELECT email FROM users WHERE id = $1 AND email_verified' }, [userId]);
      return rows[0]?.email ?? null;
    },

    async earlierLogins(userId, teamId, device) {
      const { rows } = await money.query<{ before: boolean; known: boolean; email: string; name: string }>(
        {
          text: `SELECT u.email, u.name, a.before, a.known FROM users u, LATERAL (
                   SELECT count(*) > 0 AS before, count(*) FILTER (WHERE e.facts ->> 'device' = $4) > 0 AS known
                   FROM audit_entries e WHERE e.team_id = $2 AND e.actor = $3 AND e.act = 'session.began') a WHERE u.id = $1`,
        },
        [userId, teamId, `user:${userId}`, device],
      );
      return rows[0]!;
    },

    async forgetEnded(what, before, most) {
      const { rows } = await money.query<{ count: number }>({ text: forgetting[what] }, [before, most]);
      return rows[0]!.count;
    },

    async take(key, most, windowS, at) {
      const { rows } = await money.query<{ wait: number }>({ name: 'rate limit', text: 'SELECT rate_limit_take($1, $2, $3, $4) AS wait' }, [
        key,
        most,
        windowS,
        at,
      ]);
      return rows[0]!.wait;
    },
  };
}

const forgetIn = (table: string) =>
  `WITH old AS (SELECT id FROM ${table} WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED),
     gone AS (DELETE FROM ${table} t USING old o WHERE t.id = o.id RETURNING 1)
   SELECT count(*)::int AS count FROM gone`;
const forgetting = { sessions: forgetIn('sessions'), verifications: forgetIn('verifications') } as const;

interface SessionColumns {
  readonly id: SessionId;
  readonly user_id: UserId;
  readonly email: string;
  readonly name: string;
  readonly email_verified: boolean;
  readonly two_factor_enabled: boolean;
  readonly updated_at: Date;
  readonly confirmed_at: Date;
}
