// Tasks as a history shows them: many at a time, narrowed down, and with no more of each than a line needs.

import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { ConversationId, FileId, IdentityId, TaskId, TeamId, UserId } from '#core/domain/ids.ts';
import type { TaskStatus } from '#core/domain/tasks/task.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { Money } from '../database/money.ts';

export interface TaskFilter {
  readonly status?: string;
  readonly type?: string;
  readonly platform?: string;
  /** `user:<id>` or `identity:<id>`. */
  readonly person?: string;
  /** Words of the request, in any case. */
  readonly search?: string;
  /** Behind this task. */
  readonly before?: string;
}

export interface ListedTask {
  readonly id: TaskId;
  readonly conversationId: ConversationId;
  /** The beginning of the request. */
  readonly requestText: string;
  readonly status: TaskStatus;
  readonly type: AgentType;
  readonly platform: Platform;
  /** null for somebody who is gone. */
  readonly who: string | null;
  readonly held: Credits;
  readonly creditsUsed: Credits;
  readonly createdAt: Date;
}

/** What stands around a task. */
export interface TaskSurroundings {
  readonly taskId: TaskId;
  readonly who: string | null;
  readonly userId: UserId | null;
  readonly platform: Platform;
  /** The Slack workspace or Discord server. */
  readonly workspace: string | null;
  readonly attempts: number;
  /** What this person thought of it. */
  readonly verdict: 'good' | 'bad' | null;
}

export interface InputFile {
  readonly id: FileId;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  readonly removedAt: Date | null;
  readonly deletedAt: Date | null;
}

export interface TaskLists {
  /** Newest first. */
  list(teamId: TeamId, filter: TaskFilter, most: number): Promise<ListedTask[]>;
  /** Members, and people of the team's workspaces who have no account. */
  people(teamId: TeamId): Promise<{ key: string; name: string }[]>;
  /** For each of these tasks of the team. */
  around(teamId: TeamId, taskIds: readonly TaskId[], viewer: UserId): Promise<Map<TaskId, TaskSurroundings>>;
  inputs(teamId: TeamId, taskId: TaskId): Promise<InputFile[]>;
  /** The latest word counts. What somebody said before they linked their account is theirs too. */
  judge(
    taskId: TaskId,
    by: { userId: UserId | null; identityId?: IdentityId | null },
    verdict: 'good' | 'bad',
    words: string | null,
    at: Date,
  ): Promise<void>;
}

export function taskListsOver(money: Money): TaskLists {
  return {
    async list(teamId, { status, type, platform, person, search, before }, most) {
      const [kind, personId] = person?.split(':', 2) ?? [];
      const { rows } = await money.query<ListRow>(
        {
          text: `SELECT t.id, t.conversation_id, left(t.request_text, 300) AS request_text, t.status, t.type, t.platform, ${WHO} AS who,
              t.credits_used, t.created_at, (SELECT coalesce(sum(h.credits), 0)::bigint FROM holds h WHERE h.task_id = t.id AND h.closed_seq IS NULL) AS held
            FROM tasks t LEFT JOIN users u ON u.id = t.user_id LEFT JOIN identities i ON i.id = t.identity_id
            WHERE t.team_id = $1 AND ($2::text IS NULL OR t.status = $2) AND ($3::text IS NULL OR t.type = $3) AND ($4::text IS NULL OR t.platform = $4)
              AND ($5::uuid IS NULL OR t.user_id = $5) AND ($6::uuid IS NULL OR t.identity_id = $6)
              AND ($7::text IS NULL OR t.request_text ILIKE $7)
              AND ($8::uuid IS NULL OR (t.created_at <= (SELECT b.created_at FROM tasks b WHERE b.id = $8 AND b.team_id = $1)
                AND (t.created_at, t.id) < (SELECT b.created_at, b.id FROM tasks b WHERE b.id = $8)))
            ORDER BY t.created_at DESC, t.id DESC LIMIT $9`,
        },
        [
          teamId,
          status ?? null,
          type ?? null,
          platform ?? null,
          kind === 'user' ? personId : null,
          kind === 'identity' ? personId : null,
          search === undefined ? null : `%${search.replace(/[\\%_]/g, '\\$&')}%`,
          before ?? null,
          most,
        ],
      );
      return rows.map((row) => ({
        id: row.id,
        conversationId: row.conversation_id,
        requestText: row.request_text,
        status: row.status,
        type: row.type,
        platform: row.platform,
        who: row.who,
        held: micro(row.held),
        creditsUsed: micro(row.credits_used),
        createdAt: row.created_at,
      }));
    },

    async people(teamId) {
      const { rows } = await money.query<{ key: string; name: string }>(
        {
          name: 'people who ask',
          text: `SELECT 'user:' || u.id AS key, u.name FROM members m JOIN users u ON u.id = m.user_id WHERE m.team_id = $1
            UNION ALL
            SELECT 'identity:' || i.id, coalesce(i.display_name, i.external_id) FROM workspaces s
            JOIN identities i ON i.platform = s.platform AND i.space = s.external_id WHERE s.team_id = $1 AND i.user_id IS NULL
            ORDER BY 2, 1 LIMIT 200`,
        },
        [teamId],
      );
      return rows;
    },

    async around(teamId, taskIds, viewer) {
      const { rows } = await money.query<{
        id: TaskId;
        who: string | null;
        user_id: UserId | null;
        platform: Platform;
        workspace: string | null;
        attempts: number;
        verdict: 'good' | 'bad' | null;
      }>(
        {
          name: 'around tasks',
          text: `SELECT t.id, ${WHO} AS who, t.user_id, t.platform, s.name AS workspace, f.verdict,
              (SELECT count(*)::int FROM attempts a WHERE a.task_id = t.id) AS attempts
            FROM tasks t LEFT JOIN users u ON u.id = t.user_id LEFT JOIN identities i ON i.id = t.identity_id
            LEFT JOIN workspaces s ON s.platform = t.platform AND s.team_id = t.team_id AND s.external_id = split_part(t.channel, ':', 2)
            LEFT JOIN LATERAL (
              SELECT b.verdict FROM feedback b WHERE b.task_id = t.id AND (b.user_id = $3 OR b.identity_id IN (SELECT o.id FROM identities o WHERE o.user_id = $3))
              ORDER BY b.at DESC, b.id DESC LIMIT 1
            ) f ON true
            WHERE t.team_id = $1 AND t.id = ANY ($2)`,
        },
        [teamId, taskIds, viewer],
      );
      return new Map(rows.map(({ id, user_id, ...row }) => [id, { taskId: id, userId: user_id, ...row }]));
    },

    async inputs(teamId, taskId) {
      const { rows } = await money.query<{
        id: FileId;
        name: string;
        mime: string;
        size_bytes: string;
        removed_at: Date | null;
        deleted_at: Date | null;
      }>(
        {
          name: 'inputs of task',
          text: `SELECT id, name, mime, size_bytes, removed_at, deleted_at FROM files WHERE task_id = $2 AND team_id = $1 AND role = 'input' ORDER BY storage_key, id`,
        },
        [teamId, taskId],
      );
      return rows.map(({ id, name, mime, size_bytes, removed_at, deleted_at }) => ({
        id,
        name,
        mime,
        sizeBytes: Number(size_bytes),
        removedAt: removed_at,
        deletedAt: deleted_at,
      }));
    },

    async judge(taskId, { userId, identityId = null }, verdict, words, at) {
      const whose = userId === null ? 'identity_id' : 'user_id';
      await money.query(
        {
          text: `WITH before AS (
              DELETE FROM feedback f USING identities i WHERE f.task_id = $1 AND i.id = f.identity_id AND i.user_id = $6 RETURNING f.words
            )
            INSERT INTO feedback (task_id, ${whose}, verdict, words, at) VALUES ($1, $2, $3, coalesce($4, (SELECT b.words FROM before b LIMIT 1)), $5)
            ON CONFLICT (task_id, ${whose}) DO UPDATE SET verdict = excluded.verdict, words = coalesce(excluded.words, feedback.words), at = excluded.at`,
        },
        [taskId, userId ?? identityId, verdict, words, at, userId],
      );
    },
  };
}

const WHO = 'coalesce(u.name, i.display_name)';

interface ListRow {
  id: TaskId;
  conversation_id: ConversationId;
  request_text: string;
  status: TaskStatus;
  type: AgentType;
  platform: Platform;
  who: string | null;
  held: string;
  credits_used: string;
  created_at: Date;
}
