// Files of a request that its person takes back to change it: they wait for a new request, as uploads do. Content is not
// copied; a row of the new request stands for the same content, as when a task is run again.

import type { FileId, TaskId, TeamId, UserId } from '#core/domain/ids.ts';
import type { Money } from '../database/money.ts';

export interface PutBackFile {
  readonly name: string;
  /** What a new request can name; null where the file has to be attached again. */
  readonly id: FileId | null;
}

export interface PutBack {
  /** Once, however often it is called: files that wait already stay the same. Those that are not kept any more stay away. */
  putBack(from: { taskId: TaskId; teamId: TeamId; userId: UserId }, at: Date, until: Date): Promise<void>;
  /** All files that came with the task, in the order in which they came. */
  of(teamId: TeamId, taskId: TaskId, at: Date): Promise<PutBackFile[]>;
}

export function putBackOver(money: Money): PutBack {
  return {
    putBack: ({ taskId, teamId, userId }, at, until) =>
      money.transaction(async (client) => {
        // Two that come at once would each see that nothing waits yet.
        await client.query('SELECT FROM tasks WHERE id = $1 AND team_id = $2 FOR NO KEY UPDATE', [taskId, teamId]);
        await client.query(
          `WITH wanted AS MATERIALIZED (
             SELECT uuidv7() AS id, g.* FROM (
               SELECT DISTINCT ON (f.storage_key) f.name, f.mime, f.size_bytes, f.sha256, f.storage_key, f.preview FROM files f
               WHERE f.task_id = $1 AND f.team_id = $2 AND f.role = 'input' AND ${isKept('f')} AND NOT EXISTS (${waiting('f')})
               ORDER BY f.storage_key, f.id
             ) g
           ), placed AS (
             INSERT INTO uploads (id, team_id, user_id, size_bytes, begun_at, arrived_at, expires_at)
             SELECT w.id, $2, $5, w.size_bytes, $3, $3, $4 FROM wanted w
           )
           INSERT INTO files (id, team_id, role, name, mime, size_bytes, sha256, storage_key, preview, created_at, expires_at)
           SELECT w.id, $2, 'input', w.name, w.mime, w.size_bytes, w.sha256, w.storage_key, w.preview, $3, $4 FROM wanted w`,
          [taskId, teamId, at, until, userId],
        );
      }),

    async of(teamId, taskId, at) {
      const { rows } = await money.query<PutBackFile>(
        {
          text: `SELECT DISTINCT ON (f.storage_key) f.name, (${waiting('f')}) AS id FROM files f
                 WHERE f.task_id = $1 AND f.team_id = $2 AND f.role = 'input' ORDER BY f.storage_key, f.id`,
        },
        [taskId, teamId, at],
      );
      return rows;
    },
  };
}

const isKept = (row: string) => `${row}.removed_at IS NULL AND ${row}.deleted_at IS NULL AND ${row}.expires_at > $3`;

/** The row that waits with the same content; `$3` is now. */
const waiting = (row: string) =>
  `SELECT n.id FROM files n WHERE n.storage_key = ${row}.storage_key AND n.team_id = ${row}.team_id AND n.task_id IS NULL
     AND n.role = 'input' AND ${isKept('n')} ORDER BY n.created_at, n.id LIMIT 1`;
