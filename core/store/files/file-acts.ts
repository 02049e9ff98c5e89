// What a person does with a file that is there. Its content is removed from storage by upkeep, as when its time is over
// (files.ts): a deleted file's time is over at once, and what storage will not let go of is tried again.

import type { FileId, TaskId, TeamId, UserId } from '#core/domain/ids.ts';
import { writeAudit, type AuditLine } from '../team/audit.ts';
import { withoutFile } from '../privacy/exports-without.ts';
import type { Money } from '../database/money.ts';

export interface OwnedFile {
  readonly id: FileId;
  readonly teamId: TeamId;
  readonly taskId: TaskId | null;
  readonly role: 'input' | 'result';
  readonly name: string;
  readonly storageKey: string;
  /**
   * Whose it is: the person who asked for its task, or uploaded it. Of an input that several tasks share, the first one's.
   * null where a chat account asked that nobody is known by.
   */
  readonly askedBy: UserId | null;
  readonly removed: boolean;
  readonly deletedAt: Date | null;
}

export interface FileActs {
  find(teamId: TeamId, fileId: string): Promise<OwnedFile | null>;
  /**
   * With its first rows and those that a letter carries, and every other row that has the same content; exports of the team
   * that hold it end. null while a task with it runs.
   */
  remove(file: OwnedFile, at: Date, audit: AuditLine): Promise<Date | null>;
  /** Whether a file that was attached to this task is not there any more: it cannot run again with the same. */
  hasLostInput(taskId: TaskId, at: Date): Promise<boolean>;
  endLinks(file: OwnedFile, at: Date, audit: AuditLine): Promise<void>;
}

export function fileActsOver(money: Money): FileActs {
  return {
    async find(teamId, fileId) {
      const { rows } = await money.query<FileRow>(
        {
          text: `SELECT f.id, f.team_id, f.task_id, f.role, f.name, f.storage_key, f.removed_at IS NOT NULL AS removed, f.deleted_at,
                   (SELECT CASE WHEN o.task_id IS NULL THEN u.user_id ELSE coalesce(t.user_id, i.user_id) END
                    FROM files o LEFT JOIN uploads u ON u.id = o.id LEFT JOIN tasks t ON t.id = o.task_id LEFT JOIN identities i ON i.id = t.identity_id
                    WHERE o.storage_key = f.storage_key AND o.team_id = f.team_id ORDER BY o.created_at, o.id LIMIT 1) AS asked_by
                 FROM files f WHERE f.id = $1 AND f.team_id = $2`,
        },
        [fileId, teamId],
      );
      const row = rows[0];
      if (row === undefined) return null;
      const { id, role, name, removed } = row;
      return {
        id,
        teamId: row.team_id,
        taskId: row.task_id,
        role,
        name,
        storageKey: row.storage_key,
        askedBy: row.asked_by,
        removed,
        deletedAt: row.deleted_at,
      };
    },

    remove: ({ id, teamId, storageKey }, at, audit) =>
      money.transaction(async (client) => {
        const { rows } = await client.query<{ id: FileId; deleted_at: Date | null; created_at: Date }>(
          `SELECT id, deleted_at, created_at FROM files WHERE storage_key = $1 AND team_id = $2 ORDER BY id FOR UPDATE`,
          [storageKey, teamId],
        );
        const before = rows.find((row) => row.id === id)?.deleted_at ?? null;
        if (before !== null) return before; // somebody was quicker
        const ids = rows.map((row) => row.id);
        const { rows: running } = await client.query(
          `SELECT 1 FROM files f JOIN tasks t ON t.id = f.task_id
           WHERE f.id = ANY ($1) AND t.status NOT IN ('completed', 'failed', 'canceled') LIMIT 1`,
          [ids],
        );
        if (running.length > 0) return null;
        await client.query(
          `WITH gone AS (
              UPDATE files SET deleted_at = $2, expires_at = least(expires_at, $2), preview = NULL
              WHERE id = ANY ($1) AND removed_at IS NULL RETURNING id, task_id
            )
            UPDATE letters l SET saying = jsonb_set(l.saying, '{files}', (
              SELECT jsonb_agg(CASE WHEN f ->> 'fileId' IN (SELECT g.id::text FROM gone g) THEN f - 'preview' ELSE f END ORDER BY n)
              FROM jsonb_array_elements(l.saying -> 'files') WITH ORDINALITY AS e (f, n)))
            WHERE l.task_id IN (SELECT g.task_id FROM gone g) AND jsonb_array_length(l.saying -> 'files') > 0`,
          [ids, at],
        );
        const createdAt = new Date(Math.min(...rows.map((row) => row.created_at.getTime())));
        await withoutFile(client, { teamId, createdAt }, at);
        await writeAudit(client, audit);
        return at;
      }),

    async hasLostInput(taskId, at) {
      const { rows } = await money.query(
        {
          // Of a request whose attachments could not be fetched, something was lost before it was here.
          text: `SELECT FROM files WHERE task_id = $1 AND role = 'input' AND (removed_at IS NOT NULL OR expires_at <= $2)
                 UNION ALL SELECT FROM waiting_inputs WHERE task_id = $1
                 UNION ALL SELECT FROM tasks WHERE id = $1 AND failure ->> 'code' = 'inputs.missing' LIMIT 1`,
        },
        [taskId, at],
      );
      return rows.length > 0;
    },

    endLinks: ({ id }, at, audit) =>
      money.transaction(async (client) => {
        await client.query('UPDATE files SET links_from = greatest(links_from, $2) WHERE id = $1', [id, at]);
        await writeAudit(client, audit);
      }),
  };
}

interface FileRow {
  readonly id: FileId;
  readonly team_id: TeamId;
  readonly task_id: TaskId | null;
  readonly role: 'input' | 'result';
  readonly name: string;
  readonly storage_key: string;
  readonly removed: boolean;
  readonly deleted_at: Date | null;
  readonly asked_by: UserId | null;
}
