// Reading and stopping tasks. Every read names the team, so that an id of somebody else finds nothing.

import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import { micro } from '#core/domain/credits/credits.ts';
import type { ConversationId, FileId, IdentityId, TaskId, TeamId, UserId } from '#core/domain/ids.ts';
import type { TaskRow } from '#core/domain/tasks/task-view.ts';
import type { TaskStatus } from '#core/domain/tasks/task.ts';
import type { Platform, ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { originalKeyOf } from '#core/domain/files/original-file.ts';
import type { TablePreview } from '#core/domain/messages/reply.ts';
import type { TaskResult } from './finish.ts';
import type { Money } from '../database/money.ts';

/** A task with where it came from. */
export interface StoredTask extends TaskRow {
  readonly teamId: TeamId;
  readonly threadRef: ThreadRef | null;
  readonly address: ThreadRef;
  readonly userId: UserId | null;
  readonly identityId: IdentityId | null;
  /** The user whom that chat account is linked to now. */
  readonly identityUserId: UserId | null;
  readonly platform: Platform;
  readonly channel: string | null;
}

export interface Tasks {
  find(teamId: TeamId, id: string): Promise<StoredTask | null>;
  /** The last tasks of a conversation, oldest first. */
  inConversation(teamId: TeamId, conversationId: string, most: number): Promise<StoredTask[]>;
  /** Newest first, behind the task `before`. */
  list(teamId: TeamId, before: string | null, limit: number): Promise<StoredTask[]>;
  /** Notes (once) that somebody wants it stopped, and tells its worker. Gives its status then; null when it is over. */
  requestCancel(teamId: TeamId, id: TaskId, at: Date): Promise<{ status: TaskStatus; isFirst: boolean } | null>;
  /** Which of these somebody wants stopped. */
  cancelRequested(ids: readonly TaskId[]): Promise<TaskId[]>;
  /** Live tasks past a deadline that no worker has in hand, and those that one has had in hand for far too long. */
  overdue(
    deadlineBefore: Date,
    inHandBefore: Date,
    at: Date,
    most: number,
  ): Promise<{ id: TaskId; teamId: TeamId; type: AgentType; platform: Platform; started: boolean }[]>;
}

export function tasksOver(money: Money): Tasks {
  return {
    async find(teamId, id) {
      const { rows } = await money.query<SqlRow>({ name: 'task', text: `${SELECT} WHERE t.id = $2 AND t.team_id = $1` }, [teamId, id]);
      return rows[0] ? fromSql(rows[0]) : null;
    },

    async inConversation(teamId, conversationId, most) {
      const { rows } = await money.query<SqlRow>(
        {
          name: 'tasks of conversation',
          text: `${SELECT} WHERE t.conversation_id = $2 AND t.team_id = $1 ORDER BY t.created_at DESC, t.id DESC LIMIT $3`,
        },
        [teamId, conversationId, most],
      );
      return rows.map(fromSql).toReversed();
    },

    async list(teamId, before, limit) {
      const order = 'ORDER BY t.created_at DESC, t.id DESC LIMIT $2';
      const { rows } =
        before === null
          ? await money.query<SqlRow>({ name: 'newest tasks', text: `${SELECT} WHERE t.team_id = $1 ${order}` }, [teamId, limit])
          : await money.query<SqlRow>(
              {
                name: 'tasks before',
                // The index knows the time alone, and only the first condition lets it begin there.
                text: `${SELECT} WHERE t.team_id = $1 AND t.created_at <= (SELECT b.created_at FROM tasks b WHERE b.id = $3 AND b.team_id = $1)
                       AND (t.created_at, t.id) < (SELECT b.created_at, b.id FROM tasks b WHERE b.id = $3) ${order}`,
              },
              [teamId, limit, before],
            );
      return rows.map(fromSql);
    },

    async requestCancel(teamId, id, at) {
      const { rows } = await money.query<{ status: TaskStatus; first: boolean }>(
        {
          text: `WITH wanted AS (
              UPDATE tasks SET cancel_requested_at = coalesce(cancel_requested_at, $3)
              WHERE id = $2 AND team_id = $1 AND status IN ('awaiting_approval', 'pending', 'processing') RETURNING id, team_id, status, old.cancel_requested_at IS NULL AS first
            ), told AS (
              INSERT INTO task_events (task_id, team_id, kind, data, at) SELECT id, team_id, 'cancel-requested', '{}', $3 FROM wanted WHERE first
            )
            SELECT status, first, pg_notify('impacter', 'cancel:' || id), pg_notify('impacter', 'events:' || team_id) FROM wanted`,
        },
        [teamId, id, at],
      );
      return rows[0] ? { status: rows[0].status, isFirst: rows[0].first } : null;
    },

    async cancelRequested(ids) {
      const { rows } = await money.query<{ id: TaskId }>(
        { text: 'SELECT id FROM tasks WHERE id = ANY ($1) AND cancel_requested_at IS NOT NULL' },
        [ids],
      );
      return rows.map((row) => row.id);
    },

    async overdue(deadlineBefore, inHandBefore, at, most) {
      const { rows } = await money.query<{ id: TaskId; teamId: TeamId; type: AgentType; platform: Platform; started: boolean }>(
        {
          text: `SELECT t.id, t.team_id AS "teamId", t.type, t.platform, t.started_at IS NOT NULL AS started FROM tasks t
                 WHERE t.status IN ('pending', 'processing') AND t.deadline_at < $1
                   AND (t.deadline_at < $2 OR NOT EXISTS (SELECT FROM attempts a WHERE a.task_id = t.id AND a.ended_at IS NULL AND a.lease_until > $3))
                 ORDER BY t.deadline_at, t.id LIMIT $4`,
        },
        [deadlineBefore, inHandBefore, at, most],
      );
      return rows;
    },
  };
}

const SELECT = `
  SELECT t.*, c.thread_ref, c.address, (SELECT i.user_id FROM identities i WHERE i.id = t.identity_id) AS identity_user_id,
    (SELECT coalesce(sum(h.credits), 0)::bigint FROM holds h WHERE h.task_id = t.id AND h.closed_seq IS NULL) AS held,
    (SELECT coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'mime', f.mime, 'sizeBytes', f.size_bytes, 'preview', f.preview, 'storageKey', f.storage_key, 'removedAt', f.removed_at, 'deletedAt', f.deleted_at) ORDER BY f.id), '[]')
       FROM files f WHERE f.task_id = t.id AND f.role = 'result') AS files
  FROM tasks t JOIN conversations c ON c.id = t.conversation_id`;

interface SqlRow {
  id: TaskId;
  team_id: TeamId;
  conversation_id: ConversationId;
  thread_ref: ThreadRef | null;
  address: ThreadRef;
  user_id: UserId | null;
  identity_id: IdentityId | null;
  identity_user_id: UserId | null;
  platform: Platform;
  channel: string | null;
  type: AgentType;
  because: string;
  request_text: string;
  status: TaskStatus;
  quantity: number | null;
  rate_version: number;
  estimate_low: string;
  estimate_high: string;
  held: string;
  credits_used: string;
  result: TaskResult | null;
  failure: TaskRow['failure'];
  retry_of: TaskId | null;
  deadline_at: Date;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  files: {
    id: FileId;
    name: string;
    mime: string;
    sizeBytes: number;
    preview: TablePreview | null;
    storageKey: string;
    removedAt: string | null;
    deletedAt: string | null;
  }[];
}

function fromSql(row: SqlRow): StoredTask {
  return {
    id: row.id,
    teamId: row.team_id,
    conversationId: row.conversation_id,
    threadRef: row.thread_ref,
    address: row.address,
    userId: row.user_id,
    identityId: row.identity_id,
    identityUserId: row.identity_user_id,
    platform: row.platform,
    channel: row.channel,
    type: row.type,
    because: row.because,
    requestText: row.request_text,
    status: row.status,
    quantity: row.quantity,
    rateVersion: row.rate_version,
    estimateLow: micro(row.estimate_low),
    estimateHigh: micro(row.estimate_high),
    approveBy: row.status === 'awaiting_approval' ? row.deadline_at : null,
    held: micro(row.held),
    creditsUsed: micro(row.credits_used),
    result: row.result,
    failure: row.failure,
    retryOf: row.retry_of,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    files: row.files.map(({ storageKey, ...file }) => ({
      ...file,
      hasOriginal: originalKeyOf(storageKey) !== null,
      removedAt: dateIn(file.removedAt),
      deletedAt: dateIn(file.deletedAt),
    })),
  };
}

function dateIn(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
