// What a person sees and changes about their own account: name, sessions.

import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { SessionId, TeamId, UserId } from '#core/domain/ids.ts';
import type { Money } from '../database/money.ts';

export interface AccountRow {
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly hasPassword: boolean;
  readonly twoFactor: boolean;
  readonly createdAt: Date;
  /** The team that the person has of their own, where what they do to their account is written down. */
  readonly home: TeamId;
}

export interface SessionLine {
  readonly sessionId: SessionId;
  readonly userAgent: string | null;
  readonly address: string | null;
  readonly beganAt: Date;
  /** To the day. */
  readonly usedAt: Date;
}

/** The client of a transaction. */
export interface Client {
  query<Row>(statement: { text: string }, values: unknown[]): Promise<{ rows: Row[] }>;
}

export interface Accounts {
  read(userId: UserId): Promise<AccountRow | null>;
  /** Above which estimate the person is asked first; null for never. */
  confirmAbove(userId: UserId): Promise<Credits | null>;
  setConfirmAbove(userId: UserId, above: Credits | null): Promise<void>;
  unwantedMails(userId: UserId): Promise<string[]>;
  setUnwantedMails(userId: UserId, kinds: readonly string[]): Promise<void>;
  rename(client: Client, userId: UserId, name: string, at: Date): Promise<void>;
  /** The newest first; those that are over are not among them. */
  sessions(userId: UserId, at: Date): Promise<SessionLine[]>;
  /** Ends this session of the person, or all but `except`. Answers those that it ended. */
  end(client: Client, userId: UserId, which: { session: SessionId } | { except: SessionId | null }): Promise<SessionLine[]>;
  /** Ends logins of the person that wait for their second factor, and unused links to choose a password. */
  endHalfLogins(client: Client, userId: UserId): Promise<void>;
}

export function accountsOver(money: Money): Accounts {
  return {
    async read(userId) {
      const { rows } = await money.query<AccountColumns>(
        {
          name: 'account',
          text: `SELECT u.name, u.email, u.email_verified, u.two_factor_enabled, u.created_at, t.id AS home,
                   EXISTS (SELECT 1 FROM accounts a WHERE a.user_id = u.id AND a.provider_id = 'credential' AND a.password IS NOT NULL) AS has_password
                 FROM users u JOIN teams t ON t.personal_of = u.id WHERE u.id = $1`,
        },
        [userId],
      );
      const row = rows[0];
      return row
        ? {
            name: row.name,
            email: row.email,
            emailVerified: row.email_verified,
            hasPassword: row.has_password,
            twoFactor: row.two_factor_enabled,
            createdAt: row.created_at,
            home: row.home,
          }
        : null;
    },

    async confirmAbove(userId) {
      const { rows } = await money.query<{ confirm_above: string | null }>({ text: 'SELECT confirm_above FROM users WHERE id = $1' }, [
        userId,
      ]);
      const above = rows[0]?.confirm_above ?? null;
      return above === null ? null : micro(above);
    },

    async unwantedMails(userId) {
      const { rows } = await money.query<{ kinds: string[] }>({ text: 'SELECT unwanted_mails AS kinds FROM users WHERE id = $1' }, [
        userId,
      ]);
      return rows[0]?.kinds ?? [];
    },

    async setUnwantedMails(userId, kinds) {
      await money.query({ text: 'UPDATE users SET unwanted_mails = $2 WHERE id = $1' }, [userId, kinds]);
    },

    async setConfirmAbove(userId, above) {
      await money.query({ text: 'UPDATE users SET confirm_above = $2 WHERE id = $1' }, [userId, above]);
    },

    async rename(client, userId, name, at) {
      await client.query({ text: 'UPDATE users SET name = $2, updated_at = $3 WHERE id = $1' }, [userId, name, at]);
    },

    async sessions(userId, at) {
      const { rows } = await money.query<SessionColumns>(
        {
          text: `SELECT id, user_agent, ip_address, created_at, updated_at FROM sessions
                 WHERE user_id = $1 AND expires_at > $2 ORDER BY updated_at DESC, id DESC LIMIT 100`,
        },
        [userId, at],
      );
      return rows.map(sessionLine);
    },

    async end(client, userId, which) {
      const all = 'except' in which;
      const { rows } = await client.query<SessionColumns>(
        {
          text: `DELETE FROM sessions WHERE user_id = $1 AND id ${all ? 'IS DISTINCT FROM' : '='} $2
                 RETURNING id, user_agent, ip_address, created_at, updated_at`,
        },
        [userId, all ? which.except : which.session],
      );
      return rows.map(sessionLine);
    },

    async endHalfLogins(client, userId) {
      await client.query({ text: 'DELETE FROM verifications WHERE value = $1' }, [userId]);
    },
  };
}

function sessionLine(row: SessionColumns): SessionLine {
  return {
    sessionId: row.id,
    userAgent: row.user_agent || null,
    address: row.ip_address || null,
    beganAt: row.created_at,
    usedAt: row.updated_at,
  };
}

interface AccountColumns {
  readonly name: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly two_factor_enabled: boolean;
  readonly has_password: boolean;
  readonly created_at: Date;
  readonly home: TeamId;
}

interface SessionColumns {
  readonly id: SessionId;
  readonly user_agent: string | null;
  readonly ip_address: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}
