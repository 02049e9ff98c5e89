// Exports of teams: the orders for them, and what is in the database of a team, a page at a time.

import { newId, type FileId, type Id, type TaskId, type TeamId, type UserId } from '#core/domain/ids.ts';
import { writeAudit, type AuditLine } from '../team/audit.ts';
import { lockExports } from './exports-without.ts';
import type { Money } from '../database/money.ts';

export type ExportId = Id<'export'>;
export type ExportState = 'waiting' | 'working' | 'ready' | 'failed' | 'gone';

export interface StoredExport {
  readonly id: ExportId;
  readonly teamId: TeamId;
  readonly state: ExportState;
  /** Counts from 1; each try writes parts of its own. */
  readonly tries: number;
  /** How many parts each try has written or begun. */
  readonly parts: readonly number[];
  readonly sizeBytes: number | null;
  readonly filesMissing: number;
  readonly askedAt: Date;
  readonly readyAt: Date | null;
  readonly expiresAt: Date | null;
  /** It ended then, because somebody deleted a file that it holds. */
  readonly fileDeletedAt: Date | null;
}

/** One file of an export that holds rows: each page is JSON, a line a row. */
export interface ExportTable {
  readonly file: string;
  pages(teamId: TeamId): AsyncIterable<readonly object[]>;
}

export interface ExportedFile {
  readonly id: FileId;
  readonly taskId: TaskId | null;
  readonly name: string;
  readonly storageKey: string;
  readonly createdAt: Date;
}

export interface Exports {
  /** The one that is under way, or a new one. */
  ask(teamId: TeamId, by: UserId, at: Date, audit: AuditLine): Promise<StoredExport>;
  list(teamId: TeamId, most: number): Promise<StoredExport[]>;
  find(teamId: TeamId, id: string): Promise<StoredExport | null>;
  /** Takes one that waits, or that somebody left behind. */
  claim(worker: string, at: Date, leaseMs: number): Promise<StoredExport | null>;
  /** Before each part: notes that it is begun and that its worker lives. False when somebody else has it. */
  begin(work: StoredExport, part: number, worker: string, at: Date, leaseMs: number): Promise<boolean>;
  ready(work: StoredExport, done: { sizeBytes: number; filesMissing: number }, worker: string, at: Date, until: Date): Promise<boolean>;
  /** Tries again then, or gives up after `most` tries. */
  putBack(work: StoredExport, worker: string, notBefore: Date, most: number): Promise<'waiting' | 'failed' | 'not-ours'>;
  /** What storage need not keep any more: exports whose time is over, failed ones, and all of a team that is being erased. */
  toRemove(at: Date, teamId: TeamId | null, most: number): Promise<StoredExport[]>;
  removed(id: ExportId): Promise<void>;

  readonly tables: readonly ExportTable[];
  /** Every file of the team that is still kept. */
  files(teamId: TeamId): AsyncIterable<readonly ExportedFile[]>;
}

const COLUMNS = 'id, team_id, state, tries, parts, size_bytes, files_missing, asked_at, ready_at, expires_at, file_deleted_at';

export function exportsOver(money: Money): Exports {
  const mine = `id = $1 AND state = 'working' AND tries = $2 AND worker = $3`;
  return {
    async ask(teamId, by, at, audit) {
      return money.transaction(async (client) => {
        await lockExports(client, teamId);
        const { rows } = await client.query<ExportRow>(
          `INSERT INTO exports (id, team_id, asked_by, state, asked_at) VALUES ($1, $2, $3, 'waiting', $4)
           ON CONFLICT (team_id) WHERE state IN ('waiting', 'working') DO NOTHING RETURNING ${COLUMNS}`,
          [newId(at.getTime()), teamId, by, at],
        );
        if (rows[0] !== undefined) {
          await writeAudit(client, audit);
          return fromSql(rows[0]);
        }
        const { rows: open } = await client.query<ExportRow>(
          `SELECT ${COLUMNS} FROM exports WHERE team_id = $1 ORDER BY state IN ('waiting', 'working') DESC, asked_at DESC, id DESC LIMIT 1`,
          [teamId],
        );
        return fromSql(open[0]!);
      });
    },

    async list(teamId, most) {
      const { rows } = await money.query<ExportRow>(
        { text: `SELECT ${COLUMNS} FROM exports WHERE team_id = $1 ORDER BY asked_at DESC, id DESC LIMIT $2` },
        [teamId, most],
      );
      return rows.map(fromSql);
    },

    async find(teamId, id) {
      const { rows } = await money.query<ExportRow>({ text: `SELECT ${COLUMNS} FROM exports WHERE id = $2 AND team_id = $1` }, [
        teamId,
        id,
      ]);
      return rows[0] ? fromSql(rows[0]) : null;
    },

    async claim(worker, at, leaseMs) {
      const { rows } = await money.query<ExportRow>(
        {
          text: `UPDATE exports SET state = 'working', tries = tries + 1, parts = parts || 0, worker = $1, lease_until = $3 WHERE id = (
              SELECT id FROM exports WHERE state IN ('waiting', 'working') AND coalesce(lease_until, asked_at) <= $2
              ORDER BY asked_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
            ) RETURNING ${COLUMNS}`,
        },
        [worker, at, new Date(at.getTime() + leaseMs)],
      );
      return rows[0] ? fromSql(rows[0]) : null;
    },

    async begin({ id, tries }, part, worker, at, leaseMs) {
      const { rows } = await money.query({ text: `UPDATE exports SET parts[tries] = $4, lease_until = $5 WHERE ${mine} RETURNING id` }, [
        id,
        tries,
        worker,
        part,
        new Date(at.getTime() + leaseMs),
      ]);
      return rows.length > 0;
    },

    async ready({ id, tries }, { sizeBytes, filesMissing }, worker, at, until) {
      const { rows } = await money.query(
        {
          text: `UPDATE exports SET state = 'ready', size_bytes = $4, files_missing = $5, ready_at = $6, expires_at = $7, worker = NULL, lease_until = NULL
                 WHERE ${mine} RETURNING id`,
        },
        [id, tries, worker, sizeBytes, filesMissing, at, until],
      );
      return rows.length > 0;
    },

    async putBack({ id, tries }, worker, notBefore, most) {
      const { rows } = await money.query<{ state: 'waiting' | 'failed' }>(
        {
          text: `UPDATE exports SET state = CASE WHEN tries < $5 THEN 'waiting' ELSE 'failed' END, worker = NULL, lease_until = $4
                 WHERE ${mine} RETURNING state`,
        },
        [id, tries, worker, notBefore, most],
      );
      return rows[0]?.state ?? 'not-ours';
    },

    async toRemove(at, teamId, most) {
      const { rows } = await money.query<ExportRow>(
        {
          text: `SELECT ${COLUMNS} FROM exports
                 WHERE CASE WHEN $2::uuid IS NULL THEN state = 'ready' AND expires_at <= $1 OR state = 'failed' AND parts <> '{}' ELSE team_id = $2 AND parts <> '{}' END
                 ORDER BY asked_at, id LIMIT $3`,
        },
        [at, teamId, most],
      );
      return rows.map(fromSql);
    },

    async removed(id) {
      await money.query(
        {
          text: `UPDATE exports SET state = CASE WHEN state = 'failed' THEN 'failed' ELSE 'gone' END, parts = '{}', worker = NULL WHERE id = $1`,
        },
        [id],
      );
    },

    tables: tablesOver(money),

    async *files(teamId) {
      for await (const ids of tasksOf(money, teamId)) {
        const { rows } = await money.query<FileRow>(
          {
            text: `SELECT id, task_id, name, storage_key, created_at FROM files WHERE task_id = ANY ($1) AND team_id = $2 AND removed_at IS NULL AND deleted_at IS NULL ORDER BY task_id, id`,
          },
          [ids, teamId],
        );
        yield rows.map(exportedFile);
      }
      // What no request has named yet: a few hundred at the most.
      const { rows } = await money.query<FileRow>(
        {
          text: `SELECT id, task_id, name, storage_key, created_at FROM files WHERE task_id IS NULL AND team_id = $1 AND removed_at IS NULL AND deleted_at IS NULL ORDER BY id`,
        },
        [teamId],
      );
      yield rows.map(exportedFile);
    },
  };
}

const PAGE = 500;
const TASKS_AT_ONCE = 50;

// Everything that a team's people know, or could ask us for. What opens something (hashes of keys and tokens, sessions) and
// what is about our own machines stays out.
function tablesOver(money: Money): ExportTable[] {
  /** Few rows: read at once. */
  const few = (file: string, sql: string): ExportTable => ({
    file,
    async *pages(teamId) {
      yield await rowsOf(sql, [teamId]);
    },
  });
  /** Rows that belong to a team's tasks. */
  const byTask = (file: string, sql: string): ExportTable => ({
    file,
    async *pages(teamId) {
      for await (const ids of tasksOf(money, teamId)) yield await rowsOf(sql, [ids, teamId]);
    },
  });
  const rowsOf = async (sql: string, values: readonly unknown[]) =>
    (await money.query<{ row: object }>({ text: `SELECT to_jsonb(x) AS row FROM (${sql}) x` }, values)).rows.map(({ row }) => row);

  return [
    few('team.jsonl', 'SELECT id, name, retention_days, confirm_above, created_at, deletion_at, frozen_at FROM teams WHERE id = $1'),
    few(
      'members.jsonl',
      `SELECT u.id AS user_id, u.name, u.email, m.role, m.created_at AS since, m.last_seen_at FROM members m JOIN users u ON u.id = m.user_id
       WHERE m.team_id = $1 ORDER BY m.created_at, m.id`,
    ),
    // Of the person alone whose own team it is.
    few(
      'logins.jsonl',
      `SELECT a.id, a.user_id, a.provider_id AS platform, a.account_id, a.display_name, a.place_name, a.created_at FROM teams t
       JOIN accounts a ON a.user_id = t.personal_of AND a.provider_id <> 'credential' WHERE t.id = $1 ORDER BY a.created_at, a.id`,
    ),
    few(
      'invitations.jsonl',
      'SELECT id, email, role, invited_by, sends, sent_at, expires_at, created_at, outcome, ended_at FROM invitations WHERE team_id = $1 ORDER BY id',
    ),
    few(
      'api-keys.jsonl',
      'SELECT id, user_id, name, prefix, scope, created_at, last_used_at, expires_at, revoked_at FROM api_keys WHERE team_id = $1 ORDER BY created_at, id',
    ),
    few(
      'workspaces.jsonl',
      'SELECT id, platform, external_id, name, installed_at, uninstalled_at, guests_may_ask FROM workspaces WHERE team_id = $1 ORDER BY installed_at, id',
    ),
    few(
      'installations.jsonl',
      `SELECT i.platform, i.external_id, i.enterprise_id, i.name, i.bot_user_id, i.scopes, i.installed_at, i.installed_by, i.uninstalled_at FROM workspaces w
       JOIN installations i ON i.platform = w.platform AND i.external_id = w.external_id WHERE w.team_id = $1 ORDER BY i.installed_at, i.id`,
    ),
    few(
      'places.jsonl',
      `SELECT p.ref, p.platform, p.workspace, p.kind, p.name, p.private, p.answers, p.muted, p.guests_may_ask, p.roles, p.role_names, p.only_listed, p.open FROM workspaces w
       JOIN places p ON p.platform = w.platform AND p.workspace = w.external_id WHERE w.team_id = $1 ORDER BY p.ref`,
    ),
    few(
      'identities.jsonl',
      `SELECT i.id, i.platform, i.space, i.external_id, i.display_name, i.user_id, i.created_at FROM workspaces w
       JOIN identities i ON i.platform = w.platform AND i.space = w.external_id WHERE w.team_id = $1 ORDER BY i.created_at, i.id`,
    ),
    few(
      'limits.jsonl',
      `SELECT l.id, l.kind, l.subject, l.credits, l.period, l.time_zone, l.created_at, l.removed_at FROM limits l
       JOIN wallets w ON w.id = l.wallet_id WHERE w.team_id = $1 ORDER BY l.created_at, l.id`,
    ),
    few(
      'purchases.jsonl',
      `SELECT id, kind, checkout_id, payment_id, opened_by, pack, pack_version, credits, currency, paid, refunded, dispute,
         soft_taken, state, opened_at, paid_at, ended_at FROM purchases
       WHERE team_id = $1 ORDER BY opened_at, id`,
    ),
    few(
      'top-up-settings.jsonl',
      `SELECT enabled, below, pack, pack_version, currency, monthly_cap, daily_most, pause_s, agreed_by, agreed_at FROM topup_settings WHERE team_id = $1`,
    ),
    few(
      'top-ups.jsonl',
      `SELECT id, pack, pack_version, credits, amount, currency, state, why, payment_id, planned_at, sent_at, ended_at FROM topups
       WHERE team_id = $1 ORDER BY planned_at, id`,
    ),
    few('alerts.jsonl', 'SELECT kind, raised_at, cleared_at FROM alerts WHERE team_id = $1 ORDER BY raised_at, id'),
    {
      file: 'conversations.jsonl',
      async *pages(teamId) {
        for await (const ids of conversationsOf(money, teamId))
          yield await rowsOf(
            'SELECT id, platform, thread_ref, address, channel, created_at FROM conversations WHERE id = ANY ($1) ORDER BY created_at, id',
            [ids],
          );
      },
    },
    byTask(
      'tasks.jsonl',
      `SELECT id, conversation_id, user_id, identity_id, platform, channel, type, because, request_text, status, quantity, rate_version, estimate_low,
         estimate_high, credits_used, result, failure, retry_of, created_at, started_at, finished_at
       FROM tasks WHERE id = ANY ($1) AND team_id = $2 ORDER BY created_at, id`,
    ),
    byTask(
      'attempts.jsonl',
      `SELECT a.id, a.task_id, a.number, a.outcome, a.usage - 'costMicroUsd' AS usage, a.started_at, a.ended_at FROM attempts a
       JOIN tasks t ON t.id = a.task_id WHERE a.task_id = ANY ($1) AND t.team_id = $2 ORDER BY a.task_id, a.number`,
    ),
    byTask(
      'task-events.jsonl',
      'SELECT task_id, kind, data, at FROM task_events WHERE task_id = ANY ($1) AND team_id = $2 ORDER BY task_id, id',
    ),
    byTask(
      'feedback.jsonl',
      `SELECT f.task_id, f.user_id, f.identity_id, f.verdict, f.words, f.at FROM feedback f JOIN tasks t ON t.id = f.task_id
       WHERE f.task_id = ANY ($1) AND t.team_id = $2 ORDER BY f.task_id, f.at, f.user_id`,
    ),
    {
      file: 'letters.jsonl',
      async *pages(teamId) {
        for await (const ids of conversationsOf(money, teamId)) {
          // A conversation may be as long as it likes.
          for (let last: LetterPlace | null = { conversation_id: NO_ID, seq: 0, part: 0 }; last !== null;) {
            const rows: (LetterPlace & object)[] = (await rowsOf(
              `SELECT id, conversation_id, seq, part, platform, task_id, saying, state, sent_at, created_at FROM letters
               WHERE conversation_id = ANY ($1) AND (conversation_id, seq, part) > ($2, $3, $4) ORDER BY conversation_id, seq, part LIMIT ${PAGE}`,
              [ids, last.conversation_id, last.seq, last.part],
            )) as LetterPlace[];
            yield rows;
            last = rows.length < PAGE ? null : rows.at(-1)!;
          }
        }
      },
    },
    byTask(
      'files.jsonl',
      `SELECT id, task_id, role, name, mime, size_bytes, sha256, preview, created_at, expires_at, removed_at
       FROM files WHERE task_id = ANY ($1) AND team_id = $2 ORDER BY task_id, id`,
    ),
    {
      file: 'audit-log.jsonl',
      async *pages(teamId) {
        for (let last: { at: string; id: number } | null = { at: '-infinity', id: 0 }; last !== null;) {
          const rows: { at: string; id: number }[] = (await rowsOf(
            `SELECT id, at, actor, act, subject, facts FROM audit_entries WHERE team_id = $1 AND at >= $2 AND (at, id) > ($2::timestamptz, $3::bigint)
             ORDER BY at, id LIMIT ${PAGE}`,
            [teamId, last.at, last.id],
          )) as { at: string; id: number }[];
          yield rows;
          last = rows.length < PAGE ? null : rows.at(-1)!;
        }
      },
    },
  ];
}

const NO_ID = '00000000-0000-0000-0000-000000000000';

function tasksOf(money: Money, teamId: TeamId): AsyncGenerator<readonly string[]> {
  return idsOf(money, 'tasks', teamId);
}

function conversationsOf(money: Money, teamId: TeamId): AsyncGenerator<readonly string[]> {
  return idsOf(money, 'conversations', teamId);
}

/** In the order of their time, by an index that knows the time. */
async function* idsOf(money: Money, table: 'tasks' | 'conversations', teamId: TeamId): AsyncGenerator<readonly string[]> {
  for (let last: { id: string; at: Date } | null = { id: NO_ID, at: new Date(0) }; last !== null;) {
    const { rows }: { rows: { id: string; at: Date }[] } = await money.query<{ id: string; at: Date }>(
      {
        text: `SELECT id, created_at AS at FROM ${table} WHERE team_id = $1 AND created_at >= $2 AND (created_at, id) > ($2, $3)
               ORDER BY created_at, id LIMIT ${TASKS_AT_ONCE}`,
      },
      [teamId, last.at, last.id],
    );
    if (rows.length > 0) yield rows.map(({ id }) => id);
    last = rows.length < TASKS_AT_ONCE ? null : rows.at(-1)!;
  }
}

interface LetterPlace {
  conversation_id: string;
  seq: number;
  part: number;
}

interface FileRow {
  id: FileId;
  task_id: TaskId | null;
  name: string;
  storage_key: string;
  created_at: Date;
}

function exportedFile(row: FileRow): ExportedFile {
  return { id: row.id, taskId: row.task_id, name: row.name, storageKey: row.storage_key, createdAt: row.created_at };
}

interface ExportRow {
  id: ExportId;
  team_id: TeamId;
  state: ExportState;
  tries: number;
  parts: number[];
  size_bytes: string | null;
  files_missing: number;
  asked_at: Date;
  ready_at: Date | null;
  expires_at: Date | null;
  file_deleted_at: Date | null;
}

function fromSql(row: ExportRow): StoredExport {
  return {
    id: row.id,
    teamId: row.team_id,
    state: row.state,
    tries: row.tries,
    parts: row.parts,
    sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
    filesMissing: row.files_missing,
    askedAt: row.asked_at,
    readyAt: row.ready_at,
    expiresAt: row.expires_at,
    fileDeletedAt: row.file_deleted_at,
  };
}
