// Installations: tokens are sealed, each change of them has a number, and two processes that want to refresh the same tokens
// meet at the row's lock, where the second one finds what the first one got.

import type pg from 'pg';
import type { TaskId, TeamId, UserId, WorkspaceId } from '#core/domain/ids.ts';
import { newId } from '#core/domain/ids.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import type { Installation, NewInstallation, Tokens } from '#core/domain/workspaces/installation.ts';
import type { Money } from '../database/money.ts';
import { keyId, openWithAny, seal } from '../database/secrets.ts';
import { writeAudit, type Writes } from '../team/audit.ts';

/** Which installation, and which of its tokens. */
export type Version = Pick<Installation, 'platform' | 'externalId' | 'version'>;

export interface Installations {
  /** null when the app is not there, was removed, or its tokens were sealed with a key that is gone. */
  find(platform: Platform, externalId: string): Promise<Installation | null>;
  /** Keeps it, also where the app was before: other tokens take the place of the earlier ones. Answers the version. */
  install(given: NewInstallation, at: Date): Promise<number>;
  /**
   * True when the app is gone, now or before; false when it was installed after `happenedAt`. `tell` writes to the owners of a team
   * that pays there, once for each removal, in the same transaction.
   */
  uninstall(platform: Platform, externalId: string, happenedAt: Date, at: Date, tell: TellOwner): Promise<boolean>;
  /**
   * Keeps which scopes the app has there, where they are others than were known. `tell` writes to the owners of the team that pays
   * there, in the same transaction. False where nothing changed, or the app is gone.
   */
  keepScopes(platform: Platform, externalId: string, scopes: readonly string[], tell: TellOwner): Promise<boolean>;
  /**
   * Calls `refresh` while nobody else can and keeps what it gives, unless the tokens are not those of `version` any more: then
   * they are the answer. null when the app is gone. The row stays locked meanwhile, so `refresh` must soon end.
   */
  rotate(of: Version, refresh: (tokens: Tokens) => Promise<Tokens>): Promise<Installation | null>;
  /** Keeps tokens in the place of those of `version`; where these are gone, gives what is there. */
  replace(of: Version, tokens: Tokens): Promise<Installation | null>;
  /** Those whose tokens expire before then, soonest first. */
  expiring(platform: Platform, before: Date, most: number): Promise<Version[]>;
  /** Where the app is, by the platform's id. */
  installedOn(platform: Platform): Promise<InstalledThere[]>;
  /** Tasks that were asked for there and are not over. */
  liveTasks(platform: Platform, externalId: string, most: number): Promise<LiveTask[]>;
  /** Workers that have tasks in hand which are over stop them. */
  stopWorkers(ids: readonly TaskId[], at: Date): Promise<void>;
}

/** A workspace with the app in it. */
export interface InstalledThere {
  readonly externalId: string;
  readonly name: string;
}

/** An owner of a team that pays in a workspace. */
export interface WorkspaceOwner {
  readonly workspaceId: WorkspaceId;
  readonly workspace: string;
  readonly team: string;
  readonly userId: UserId;
  readonly email: string;
}

export type TellOwner = (owner: WorkspaceOwner, on: Writes) => Promise<void>;

export interface LiveTask {
  readonly id: TaskId;
  readonly teamId: TeamId;
  readonly type: AgentType;
  readonly platform: Platform;
}

export function installationsOver(money: Money, keys: readonly string[]): Installations {
  const sealed = (of: Pick<Installation, 'platform' | 'externalId'>, tokens: Tokens): [Buffer, string] => {
    if (keys[0] === undefined) throw new Error('this process was started without ENCRYPTION_KEY and can keep no tokens');
    return [seal(keys[0], tokensSealedAs(of), JSON.stringify({ bot: tokens.bot, refresh: tokens.refresh })), keyId(keys[0])];
  };

  function opened(row: Row | undefined): Installation | null {
    if (row === undefined || row.tokens === null) return null;
    const of = { platform: row.platform, externalId: row.external_id };
    const { secret } = openWithAny(keys, tokensSealedAs(of), row.tokens);
    if (secret === null) return null;
    return {
      ...of,
      enterpriseId: row.enterprise_id,
      name: row.name,
      botUserId: row.bot_user_id,
      scopes: row.scopes,
      installedBy: row.installed_by,
      version: Number(row.version),
      tokens: { ...(JSON.parse(secret) as Pick<Tokens, 'bot' | 'refresh'>), expiresAt: row.tokens_expire_at },
    };
  }

  async function keep(on: Writes, of: Version, tokens: Tokens): Promise<Row | undefined> {
    const { rows } = (await on.query(
      {
        text: `UPDATE installations SET tokens = $4, key_id = $5, tokens_expire_at = $6, version = version + 1
               WHERE platform = $1 AND external_id = $2 AND version = $3 AND tokens IS NOT NULL RETURNING ${COLUMNS}`,
      },
      [of.platform, of.externalId, of.version, ...sealed(of, tokens), tokens.expiresAt],
    )) as { rows: Row[] };
    if (rows.length > 0) await tell(on, of);
    return rows[0];
  }

  const find: Installations['find'] = async (platform, externalId) => {
    const { rows } = await money.query<Row>({ name: 'installation', text: `SELECT ${COLUMNS} FROM installations WHERE ${THIS}` }, [
      platform,
      externalId,
    ]);
    return opened(rows[0]);
  };

  return {
    find,

    install: (given, at) =>
      money.transaction(async (client) => {
        const { platform, externalId, enterpriseId, name, botUserId, scopes, tokens, installedBy } = given;
        const about = [platform, externalId, enterpriseId, name, botUserId, scopes, installedBy];
        const fresh = await client.query<{ version: string }>(
          `INSERT INTO installations (platform, external_id, enterprise_id, name, bot_user_id, scopes, installed_by, id, installed_at, tokens, key_id, tokens_expire_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (platform, external_id) DO NOTHING RETURNING version`,
          [...about, newId(at.getTime()), at, ...sealed(given, tokens), tokens.expiresAt],
        );
        let version = fresh.rows[0]?.version;
        if (version === undefined) {
          const { rows } = await client.query<Row>(`SELECT ${COLUMNS} FROM installations WHERE ${THIS} FOR UPDATE`, [platform, externalId]);
          const before = opened(rows[0])?.tokens;
          version = rows[0]!.version;
          // Told again of the same: the version that others know stays.
          if (before === undefined || before.bot !== tokens.bot || before.refresh !== tokens.refresh) {
            const changed = await client.query<{ version: string }>(
              `UPDATE installations SET enterprise_id = $3, name = $4, bot_user_id = $5, scopes = $6, installed_by = $7, installed_at = $8,
                 tokens = $9, key_id = $10, tokens_expire_at = $11, version = version + 1, uninstalled_at = NULL WHERE ${THIS} RETURNING version`,
              [...about, at, ...sealed(given, tokens), tokens.expiresAt],
            );
            version = changed.rows[0]!.version;
          } else if (rows[0]!.name !== name || rows[0]!.bot_user_id !== botUserId)
            await client.query(`UPDATE installations SET name = $3, bot_user_id = $4 WHERE ${THIS}`, [
              platform,
              externalId,
              name,
              botUserId,
            ]);
        }
        // A team that paid there goes on with it.
        const linked = await client.query<Linked>(
          `UPDATE workspaces SET uninstalled_at = NULL WHERE ${THIS} AND uninstalled_at IS NOT NULL RETURNING id, team_id, name`,
          [platform, externalId],
        );
        await audit(client, 'workspace.reinstalled', platform, linked.rows, at);
        await tell(client, given);
        return Number(version);
      }),

    uninstall: (platform, externalId, happenedAt, at, tellOwner) =>
      money.transaction(async (client) => {
        const { rows } = await client.query<{ installed_at: Date; uninstalled_at: Date | null }>(
          `SELECT installed_at, uninstalled_at FROM installations WHERE ${THIS} FOR UPDATE`,
          [platform, externalId],
        );
        // The news may be hours old, and the app there again.
        if (rows[0]?.uninstalled_at === null && rows[0].installed_at > happenedAt) return false;
        await client.query(
          `UPDATE installations SET uninstalled_at = $3, tokens = NULL, key_id = NULL, tokens_expire_at = NULL, version = version + 1
           WHERE ${THIS} AND uninstalled_at IS NULL`,
          [platform, externalId, at],
        );
        const linked = await client.query<Linked>(
          `UPDATE workspaces SET uninstalled_at = $3 WHERE ${THIS} AND uninstalled_at IS NULL AND ($4 OR installed_at <= $5) RETURNING id, team_id, name`,
          [platform, externalId, at, rows.length > 0, happenedAt],
        );
        await client.query('DELETE FROM chat_welcomes WHERE platform = $1 AND workspace = $2', [platform, externalId]);
        await audit(client, 'workspace.uninstalled', platform, linked.rows, at);
        await tellOwners(
          client,
          linked.rows.map(({ id }) => id),
          tellOwner,
        );
        await tell(client, { platform, externalId });
        return true;
      }),

    keepScopes: (platform, externalId, scopes, tellOwner) =>
      money.transaction(async (client) => {
        const changed = await client.query(
          `UPDATE installations SET scopes = $3 WHERE ${THIS} AND tokens IS NOT NULL
             AND ARRAY(SELECT DISTINCT unnest(scopes) ORDER BY 1) IS DISTINCT FROM ARRAY(SELECT DISTINCT unnest($3::text[]) ORDER BY 1)`,
          [platform, externalId, scopes],
        );
        if (changed.rowCount === 0) return false;
        const { rows } = await client.query<{ id: WorkspaceId }>(`SELECT id FROM workspaces WHERE ${THIS} AND uninstalled_at IS NULL`, [
          platform,
          externalId,
        ]);
        await tellOwners(
          client,
          rows.map(({ id }) => id),
          tellOwner,
        );
        await tell(client, { platform, externalId });
        return true;
      }),

    rotate: (of, refresh) =>
      money.transaction(async (client) => {
        const { rows } = await client.query<Row>(`SELECT ${COLUMNS} FROM installations WHERE ${THIS} FOR UPDATE`, [
          of.platform,
          of.externalId,
        ]);
        const present = opened(rows[0]);
        if (present === null || present.version !== of.version) return present;
        return opened(await keep(client, of, await refresh(present.tokens)));
      }),

    async replace(of, tokens) {
      return opened(await keep(money, of, tokens)) ?? find(of.platform, of.externalId);
    },

    async expiring(platform, before, most) {
      const { rows } = await money.query<{ external_id: string; version: string }>(
        {
          text: `SELECT external_id, version FROM installations WHERE platform = $1 AND tokens IS NOT NULL AND tokens_expire_at < $2
                 ORDER BY tokens_expire_at, external_id LIMIT $3`,
        },
        [platform, before, most],
      );
      return rows.map((row) => ({ platform, externalId: row.external_id, version: Number(row.version) }));
    },

    async installedOn(platform) {
      const all: InstalledThere[] = [];
      for (;;) {
        const { rows } = await money.query<InstalledThere>(
          {
            text: `SELECT external_id AS "externalId", name FROM installations
                   WHERE platform = $1 AND uninstalled_at IS NULL AND external_id > $2 ORDER BY external_id LIMIT ${PAGE}`,
          },
          [platform, all.at(-1)?.externalId ?? ''],
        );
        all.push(...rows);
        if (rows.length < PAGE) return all;
      }
    },

    async liveTasks(platform, externalId, most) {
      const { rows } = await money.query<LiveTask>(
        {
          text: `SELECT t.id, t.team_id AS "teamId", t.type, t.platform FROM tasks t JOIN conversations c ON c.id = t.conversation_id
                 WHERE t.status IN ('awaiting_approval', 'pending', 'processing') AND t.platform = $1 AND starts_with(c.address, $2)
                 ORDER BY t.created_at DESC, t.id LIMIT $3`,
        },
        [platform, `${platform}:${externalId}:`, most],
      );
      return rows;
    },

    async stopWorkers(ids, at) {
      await money.query(
        {
          text: `WITH stopped AS (UPDATE tasks SET cancel_requested_at = coalesce(cancel_requested_at, $2) WHERE id = ANY ($1) RETURNING id)
                 SELECT pg_notify('impacter', 'cancel:' || id) FROM stopped`,
        },
        [ids, at],
      );
    },
  };
}

/** The name under which tokens are sealed, so that they open in no other row. */
export function tokensSealedAs({ platform, externalId }: Pick<Installation, 'platform' | 'externalId'>): string {
  return `installation ${platform}:${externalId}`;
}

/** Rows of one read. */
const PAGE = 1_000;
const THIS = 'platform = $1 AND external_id = $2';
const COLUMNS = 'platform, external_id, enterprise_id, name, bot_user_id, scopes, installed_by, tokens, tokens_expire_at, version';

interface Row {
  readonly platform: Platform;
  readonly external_id: string;
  readonly enterprise_id: string | null;
  readonly name: string;
  readonly bot_user_id: string | null;
  readonly scopes: string[];
  readonly installed_by: string | null;
  readonly tokens: Buffer | null;
  readonly tokens_expire_at: Date | null;
  readonly version: string;
}

interface Linked {
  readonly id: WorkspaceId;
  readonly team_id: TeamId;
  readonly name: string;
}

async function tellOwners(on: pg.PoolClient, workspaces: readonly WorkspaceId[], tellOwner: TellOwner): Promise<void> {
  const owners = await on.query<WorkspaceOwner>(
    `SELECT w.id AS "workspaceId", w.name AS workspace, t.name AS team, u.id AS "userId", u.email
     FROM workspaces w JOIN teams t ON t.id = w.team_id JOIN members m ON m.team_id = t.id AND m.role = 'owner' JOIN users u ON u.id = m.user_id
     WHERE w.id = ANY ($1) ORDER BY u.id`,
    [workspaces],
  );
  for (const owner of owners.rows) await tellOwner(owner, on);
}

/** Whoever keeps it in memory reads it again. */
function tell(on: Writes, { platform, externalId }: Pick<Installation, 'platform' | 'externalId'>) {
  return on.query({ text: `SELECT pg_notify('impacter', 'installation:' || $1::text)` }, [`${platform}:${externalId}`]);
}

async function audit(on: Writes, act: string, platform: Platform, linked: readonly Linked[], at: Date) {
  for (const { id, team_id: teamId, name } of linked)
    await writeAudit(on, { at, actor: 'system', act, teamId, subject: `workspace:${id}`, facts: { platform, name } });
}
