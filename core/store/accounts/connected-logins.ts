// Accounts of chat platforms that log a person in. Such a row names whom the platform vouches for and keeps no token of theirs;
// whoever is connected is also linked, so that they ask in their own name there.

import type pg from 'pg';
import { newId, type TeamId, type UserId } from '#core/domain/ids.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { Money } from '../database/money.ts';
import { writeAudit, type Writes } from '../team/audit.ts';
import { claimIdentity } from '../workspaces/claim-identity.ts';
import type { Client } from './accounts.ts';

/** An account as its platform knows it. */
export interface PlatformLogin {
  readonly platform: Platform;
  /** null where accounts are the same everywhere. */
  readonly workspace: string | null;
  readonly externalId: string;
  readonly name: string;
  readonly workspaceName: string | null;
}

export interface ConnectedLoginRow {
  readonly id: string;
  readonly platform: Platform;
  readonly name: string | null;
  readonly workspaceName: string | null;
  readonly since: Date;
}

export interface LoginOwner {
  readonly userId: UserId;
  readonly teamId: TeamId;
  readonly email: string;
  readonly name: string;
}

/** Tells the person about it within the same transaction. */
export type WriteToOwner = (owner: LoginOwner, on: Writes) => Promise<void>;

export interface ConnectedLogins {
  /** Whom this account logs in; null for nobody. */
  ownerOf(login: PlatformLogin): Promise<UserId | null>;
  /** Whose account has this address, whether that was confirmed or not. */
  hasAccount(email: string): Promise<boolean>;
  /** Who asks in the name of this account; null for nobody. */
  linkedTo(login: PlatformLogin): Promise<UserId | null>;
  /** In the order in which they were connected. */
  of(userId: UserId): Promise<ConnectedLoginRow[]>;
  /**
   * A new person with a team and a wallet, whose address the platform has verified. `again`: meanwhile somebody has this address, or
   * this account logs somebody in.
   */
  signUp(
    person: { readonly email: string; readonly name: string; readonly login: PlatformLogin },
    write: WriteToOwner,
    at: Date,
  ): Promise<{ readonly userId: UserId } | 'linked-elsewhere' | 'again'>;
  /** `taken`: it logs somebody else in. `linked-elsewhere`: it asks in somebody else's name. Nothing is changed then. */
  connect(
    userId: UserId,
    login: PlatformLogin,
    write: WriteToOwner,
    at: Date,
  ): Promise<'connected' | 'same' | 'taken' | 'linked-elsewhere' | 'too-many'>;
  /** `last`: nothing else would let the person in. */
  remove(
    userId: UserId,
    id: string,
    write: (owner: LoginOwner, platform: Platform, on: Client) => Promise<void>,
    at: Date,
  ): Promise<'removed' | 'last' | 'none'>;
  /** All of them, and what they ask in the person's name. Gives their platforms. */
  removeAll(client: Client, by: { readonly userId: UserId; readonly teamId: TeamId }, at: Date): Promise<Platform[]>;
}

/** Of one person. */
const LOGINS_MOST = 10;

/** As `accounts.account_id`: unique on its platform. */
export function accountIdOf({ workspace, externalId }: Pick<PlatformLogin, 'workspace' | 'externalId'>): string {
  return workspace === null ? externalId : `${workspace}/${externalId}`;
}

export function connectedLoginsOver(money: Money): ConnectedLogins {
  return {
    async ownerOf(login) {
      const { rows } = await money.query<{ user_id: UserId }>(
        { text: 'SELECT user_id FROM accounts WHERE provider_id = $1 AND account_id = $2' },
        [login.platform, accountIdOf(login)],
      );
      return rows[0]?.user_id ?? null;
    },

    async hasAccount(email) {
      const { rows } = await money.query({ text: 'SELECT FROM users WHERE email = $1' }, [email]);
      return rows.length > 0;
    },

    async linkedTo({ platform, workspace, externalId }) {
      const { rows } = await money.query<{ user_id: UserId | null }>(
        { text: `SELECT user_id FROM identities WHERE platform = $1 AND space = coalesce($2, '') AND external_id = $3` },
        [platform, workspace, externalId],
      );
      return rows[0]?.user_id ?? null;
    },

    async of(userId) {
      const { rows } = await money.query<{ id: string; platform: Platform; name: string | null; place: string | null; since: Date }>(
        {
          text: `SELECT id, provider_id AS platform, display_name AS name, place_name AS place, created_at AS since FROM accounts
                 WHERE user_id = $1 AND provider_id <> 'credential' ORDER BY created_at, id`,
        },
        [userId],
      );
      return rows.map(({ place: workspaceName, ...row }) => ({ ...row, workspaceName }));
    },

    async signUp({ email, name, login }, write, at) {
      const work = money.transaction(async (client) => {
        const { rows } = await client.query<{ id: UserId }>(
          `INSERT INTO users (id, email, name, email_verified, created_at, updated_at) VALUES ($1, $2, $3, true, $4, $4)
           ON CONFLICT (email) DO NOTHING RETURNING id`,
          [newId(at.getTime()), email, name, at],
        );
        if (rows[0] === undefined) return 'again';
        const userId = rows[0].id;
        await client.query('SELECT make_home($1, $2, $3, $4, $5)', [userId, newId(), newId(), newId(), at]);
        const outcome = await connect(client, userId, login, write, at);
        if (outcome !== 'connected') throw new Undone(outcome === 'linked-elsewhere' ? outcome : 'again');
        return { userId };
      });
      try {
        return await work;
      } catch (error) {
        if (error instanceof Undone) return error.why;
        throw error;
      }
    },

    connect: (userId, login, write, at) => money.transaction((client) => connect(client, userId, login, write, at)),

    remove: (userId, id, write, at) =>
      money.transaction(async (client) => {
        // Who removes two at once must not remove the last.
        const owner = await lockOwner(client, userId);
        const { rows } = await client.query<{ id: string; platform: Platform; name: string; password: boolean }>(
          `SELECT id, provider_id AS platform, coalesce(display_name, account_id) AS name, provider_id = 'credential' AS password
           FROM accounts WHERE user_id = $1 AND (provider_id <> 'credential' OR password IS NOT NULL)`,
          [userId],
        );
        const gone = rows.find((row) => row.id === id && !row.password);
        if (owner === null || gone === undefined) return 'none';
        if (rows.length === 1) return 'last';
        await client.query('DELETE FROM accounts WHERE id = $1', [id]);
        await write(owner, gone.platform, client);
        const { platform, name } = gone;
        await writeAudit(client, { at, ...by(owner), act: 'login.removed', facts: { platform, name } });
        return 'removed';
      }),

    async removeAll(client, owner, at) {
      const { rows } = await client.query<{ platform: Platform; name: string; identity_id: string | null }>(
        {
          text: `WITH gone AS (
           DELETE FROM accounts WHERE user_id = $1 AND provider_id <> 'credential'
           RETURNING provider_id, account_id, coalesce(display_name, account_id) AS name
         ), unlinked AS (
           UPDATE identities i SET user_id = NULL FROM gone g
           WHERE i.user_id = $1 AND i.platform = g.provider_id AND g.account_id = concat_ws('/', nullif(i.space, ''), i.external_id)
           RETURNING i.id, g.provider_id, g.account_id
         )
         SELECT g.provider_id AS platform, g.name, u.id AS identity_id FROM gone g LEFT JOIN unlinked u USING (provider_id, account_id)
         ORDER BY g.provider_id, g.account_id`,
        },
        [owner.userId],
      );
      for (const { platform, name, identity_id: identity } of rows) {
        const facts = { platform, name };
        await writeAudit(client, { at, ...by(owner), act: 'login.removed', facts });
        if (identity !== null)
          await writeAudit(client, { at, ...by(owner), act: 'identity.unlinked', subject: `identity:${identity}`, facts });
      }
      return rows.map(({ platform }) => platform);
    },
  };
}

/** Looks at everything before it writes; whoever connects the same account at the same time waits for the end of this. */
async function connect(client: pg.PoolClient, userId: UserId, login: PlatformLogin, write: WriteToOwner, at: Date) {
  const owner = await lockOwner(client, userId);
  if (owner === null) throw new Error('there is no such person to connect a login to');
  const { platform, name, workspaceName } = login;
  const accountId = accountIdOf(login);
  const { rows } = await client.query<{ user_id: UserId; same: boolean }>(
    `SELECT user_id, account_id = $3 AND provider_id = $2 AS same FROM accounts
     WHERE user_id = $1 AND provider_id <> 'credential' OR provider_id = $2 AND account_id = $3`,
    [userId, platform, accountId],
  );
  const before = rows.find(({ same }) => same);
  if (before !== undefined) return before.user_id === userId ? 'same' : 'taken';
  if (rows.length >= LOGINS_MOST) return 'too-many';
  const { outcome, identityId } = await claimIdentity(client, login, userId, at);
  if (outcome === 'taken') return 'linked-elsewhere';
  await client.query(
    `INSERT INTO accounts (id, user_id, provider_id, account_id, display_name, place_name, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
    [newId(at.getTime()), userId, platform, accountId, name, workspaceName, at],
  );
  await write(owner, client);
  await writeAudit(client, { at, ...by(owner), act: 'login.connected', facts: { platform, name } });
  if (outcome === 'linked')
    await writeAudit(client, { at, ...by(owner), act: 'identity.linked', subject: `identity:${identityId}`, facts: { platform, name } });
  return 'connected';
}

async function lockOwner(client: pg.PoolClient, userId: UserId): Promise<LoginOwner | null> {
  const { rows } = await client.query<{ email: string; name: string; team_id: TeamId }>(
    `SELECT u.email, u.name, t.id AS team_id FROM users u JOIN teams t ON t.personal_of = u.id WHERE u.id = $1 FOR UPDATE OF u`,
    [userId],
  );
  const [row] = rows;
  return row === undefined ? null : { userId, teamId: row.team_id, email: row.email, name: row.name };
}

function by({ userId, teamId }: Pick<LoginOwner, 'userId' | 'teamId'>) {
  return { actor: `user:${userId}`, teamId, subject: `user:${userId}` };
}

/** Makes nobody: the transaction ends without anything done. */
class Undone extends Error {
  readonly why: 'linked-elsewhere' | 'again';

  constructor(why: Undone['why']) {
    super(why);
    this.why = why;
  }
}
