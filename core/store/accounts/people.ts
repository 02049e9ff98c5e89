// Users, their teams, and who pays for what is said where.

import type pg from 'pg';
import type { PrismaClient } from '#prisma/generated/client.ts';
import type { KeyScope } from '#core/domain/team/api-key.ts';
import { newId, type ApiKeyId, type IdentityId, type TeamId, type UserId, type WalletId } from '#core/domain/ids.ts';
import type { Role } from '#core/domain/team/permission.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { hashBearer, newBearer, PREFIX_CHARACTERS } from '../database/bearer.ts';
import { groupCommit } from '../database/group-commit.ts';
import type { Money } from '../database/money.ts';
import { termsIn, type Payer, type TermsRow } from './payer.ts';

export interface KeyHolder {
  readonly apiKeyId: ApiKeyId;
  readonly userId: UserId;
  readonly teamId: TeamId;
  readonly role: Role;
  readonly email: string;
  readonly scope: KeyScope;
  /** null: never. The key is found afterwards too, so that its program can be told. */
  readonly expiresAt: Date | null;
}

export interface People {
  /** Makes a user with a team and wallet of their own, or finds the one with this mail address. */
  addUser(
    user: { email: string; name: string; emailVerified: boolean },
    at: Date,
  ): Promise<{ userId: UserId; teamId: TeamId; walletId: WalletId; existed: boolean }>;
  findByEmail(email: string): Promise<{ userId: UserId; teamId: TeamId; walletId: WalletId } | null>;
  /** With full access and no end. The key is given back once, and kept only as a hash. */
  addApiKey(userId: UserId, teamId: TeamId, name: string): Promise<{ id: ApiKeyId; key: string }>;
  holderOf(key: string): Promise<KeyHolder | null>;
  /** Who pays for a logged-in user in a team; null when they are no member of it. */
  payerFor(userId: UserId, teamId: TeamId): Promise<Payer | null>;
  /** Remembers an account of a platform under its name of now. */
  rememberAccount(account: { platform: Platform; space: string | null; externalId: string; name: string }): Promise<IdentityId>;
  /** null when there is no such person. */
  nameOf(userId: UserId): Promise<string | null>;
  /** `version` grows with each movement: it is the last line of the journal. */
  wallet(teamId: TeamId): Promise<{ balance: bigint; held: bigint; debt: bigint; version: number }>;
}

export function peopleOver(prisma: PrismaClient, money: Money): People {
  const findByEmail: People['findByEmail'] = async (email) => {
    const { rows } = await money.query<{ user_id: UserId; team_id: TeamId; wallet_id: WalletId }>(
      {
        text: 'SELECT u.id AS user_id, m.id AS team_id, w.id AS wallet_id FROM users u JOIN teams m ON m.personal_of = u.id JOIN wallets w ON w.team_id = m.id WHERE u.email = $1',
      },
      [email.toLowerCase()],
    );
    return rows[0] ? { userId: rows[0].user_id, teamId: rows[0].team_id, walletId: rows[0].wallet_id } : null;
  };

  // Every ask of a logged-in person reads this, so what queued meanwhile is read together.
  const payerFor = groupCommit<{ userId: UserId; teamId: TeamId }, Payer | null>({
    most: 256,
    async run(asked) {
      const { rows } = await money.query<{ n: string; wallet_id: WalletId; role: Role } & TermsRow>(
        {
          name: 'payers',
          text: `SELECT g.n, w.id AS wallet_id, m.role, t.frozen_at, t.deletion_at, t.confirm_above AS team_above, u.confirm_above AS own_above
                 FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS g(user_id, team_id, n)
                 JOIN members m ON m.user_id = g.user_id AND m.team_id = g.team_id JOIN wallets w ON w.team_id = m.team_id JOIN teams t ON t.id = m.team_id
                 JOIN users u ON u.id = m.user_id`,
        },
        [asked.map(({ userId }) => userId), asked.map(({ teamId }) => teamId)],
      );
      const byNumber = new Map(rows.map((row) => [Number(row.n), row]));
      return asked.map(({ userId, teamId }, i) => {
        const row = byNumber.get(i + 1);
        return row ? { teamId, walletId: row.wallet_id, userId, identityId: null, role: row.role, ...termsIn(row) } : null;
      });
    },
  });

  // After a restart, everybody who has a stream open comes back at the same moment.
  const holderOf = groupCommit<string, KeyHolder | null>({
    most: 256,
    async run(hashes) {
      const { rows } = await money.query<HolderRow>(
        {
          name: 'key holders',
          text: `SELECT k.hash, k.id, k.user_id, k.team_id, m.role, u.email, k.scope, k.expires_at FROM api_keys k JOIN users u ON u.id = k.user_id
                 JOIN members m ON m.user_id = k.user_id AND m.team_id = k.team_id WHERE k.hash = ANY ($1) AND k.revoked_at IS NULL`,
        },
        [hashes],
      );
      const byHash = new Map(rows.map((row) => [row.hash, row]));
      return hashes.map((hash) => {
        const row = byHash.get(hash);
        if (!row) return null;
        const { id: apiKeyId, user_id: userId, team_id: teamId, role, email, scope, expires_at: expiresAt } = row;
        return { apiKeyId, userId, teamId, role, email, scope, expiresAt };
      });
    },
  });

  // Everybody who looks at a balance of theirs after a grant to many does so at the same moment.
  const wallet = groupCommit<TeamId, Awaited<ReturnType<People['wallet']>>>({
    most: 1_000,
    async run(teams) {
      const { rows } = await money.query<{ team_id: TeamId; balance: string; held: string; debt: string; seq: string }>(
        { name: 'wallets', text: 'SELECT team_id, balance, held, debt, seq FROM wallets WHERE team_id = ANY ($1)' },
        [teams],
      );
      const byTeam = new Map(rows.map((row) => [row.team_id, row]));
      return teams.map((teamId) => {
        const row = byTeam.get(teamId);
        if (!row) throw new Error(`team ${teamId} has no wallet`);
        return { balance: BigInt(row.balance), held: BigInt(row.held), debt: BigInt(row.debt), version: Number(row.seq) };
      });
    },
  });

  const remember = async (platform: Platform, workspace: string | null, externalId: string, displayName: string) => {
    const { rows } = await money.query<{ id: IdentityId }>(
      {
        text: `INSERT INTO identities (id, platform, space, external_id, display_name) VALUES ($1, $2, coalesce($3, ''), $4, $5)
               ON CONFLICT (platform, space, external_id) DO UPDATE SET display_name = excluded.display_name RETURNING id`,
      },
      [newId(), platform, workspace, externalId, displayName],
    );
    return rows[0]!.id;
  };

  return {
    findByEmail,

    async addUser({ email, name, emailVerified }, at) {
      const found = await findByEmail(email);
      if (found) return { ...found, existed: true };
      const [userId, teamId, walletId] = [newId<UserId>(), newId<TeamId>(), newId<WalletId>()];
      const make = money.transaction(async (client) => {
        await client.query('INSERT INTO users (id, name, email, email_verified, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)', [
          userId,
          name,
          email.toLowerCase(),
          emailVerified,
          at,
        ]);
        await client.query('SELECT make_home($1, $2, $3, $4, $5)', [userId, teamId, newId(), walletId, at]);
      });
      try {
        await make;
      } catch (error) {
        const first = isMailTaken(error) ? await findByEmail(email) : null;
        if (first === null) throw error;
        return { ...first, existed: true };
      }
      return { userId, teamId, walletId, existed: false };
    },

    async addApiKey(userId, teamId, name) {
      const key = newBearer('imp_');
      const id = newId<ApiKeyId>();
      await prisma.apiKey.create({ data: { id, userId, teamId, name, prefix: key.slice(0, PREFIX_CHARACTERS), hash: hashBearer(key) } });
      return { id, key };
    },

    holderOf: (key) => holderOf(hashBearer(key)),

    payerFor: (userId, teamId) => payerFor({ userId, teamId }),

    rememberAccount: ({ platform, space, externalId, name }) => remember(platform, space, externalId, name),

    async nameOf(userId) {
      const { rows } = await money.query<{ name: string }>({ text: NAME }, [userId]);
      return rows[0]?.name ?? null;
    },

    wallet,
  };
}

/** Within a transaction. */
export async function nameOf(client: pg.PoolClient, userId: UserId): Promise<string | null> {
  const { rows } = await client.query<{ name: string }>(NAME, [userId]);
  return rows[0]?.name ?? null;
}

const NAME = 'SELECT name FROM users WHERE id = $1';

interface HolderRow {
  readonly hash: string;
  readonly id: ApiKeyId;
  readonly user_id: UserId;
  readonly team_id: TeamId;
  readonly role: Role;
  readonly email: string;
  readonly scope: KeyScope;
  readonly expires_at: Date | null;
}

function isMailTaken(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'users_email_key';
}
