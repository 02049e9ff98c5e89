// Posts that ask for approval, from the moment they are confirmed (`approval_posts_begin` in the migration) until they say what was
// decided. Whoever takes one has it until its lease is over.

import type { TaskId } from '#core/domain/ids.ts';
import type { Approval } from '#core/domain/messages/letter.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { TaskStatus } from '#core/domain/tasks/task.ts';
import type { Money } from '../database/money.ts';

/** One whose task was decided. */
export interface DecidedPost {
  readonly taskId: TaskId;
  readonly threadRef: string;
  readonly messageRef: string;
  /** What it says; null where that was removed meanwhile. */
  readonly saying: Approval | null;
  readonly status: TaskStatus;
  /** Why the task is over, where nobody canceled it. */
  readonly failure: string | null;
  /** Another request took its place. */
  readonly replaced: boolean;
  /** How often it was tried before. */
  readonly tries: number;
}

export interface ApprovalPosts {
  /** Takes those whose task was decided, oldest first. */
  takeDecided(platform: Platform, leaseMs: number, most: number, at: Date): Promise<DecidedPost[]>;
  /** Nothing more is to be done with it. */
  done(taskId: TaskId): Promise<void>;
  again(taskId: TaskId, from: Date): Promise<void>;
  /** Removes those that no process of their platform has edited for long. Gives how many. */
  forget(dueBefore: Date, most: number): Promise<number>;
}

export function approvalPostsOver(money: Money): ApprovalPosts {
  return {
    async takeDecided(platform, leaseMs, most, at) {
      const { rows } = await money.query<Row>(
        {
          name: 'take decided posts',
          text: `WITH chosen AS (
                   SELECT p.task_id FROM approval_posts p JOIN tasks t ON t.id = p.task_id
                   WHERE p.platform = $1 AND p.due_at <= $2 AND t.status <> 'awaiting_approval'
                   ORDER BY p.due_at, p.task_id LIMIT $4 FOR UPDATE OF p SKIP LOCKED
                 ), taken AS (
                   UPDATE approval_posts p SET due_at = $2::timestamptz + make_interval(secs => $3), tries = p.tries + 1 FROM chosen c
                   WHERE p.task_id = c.task_id RETURNING p.*
                 )
                 SELECT p.task_id, p.message_ref, p.tries - 1 AS tries, coalesce(c.thread_ref, c.address) AS thread_ref, l.saying, t.status,
                   t.failure ->> 'code' AS failure,
                   EXISTS (SELECT FROM letters r WHERE r.task_id = t.id AND (r.saying ->> 'replaced')::boolean) AS replaced
                 FROM taken p JOIN tasks t ON t.id = p.task_id JOIN conversations c ON c.id = t.conversation_id
                 LEFT JOIN letters l ON l.id = p.letter_id ORDER BY p.task_id`,
        },
        [platform, at, leaseMs / 1000, most],
      );
      return rows.map(({ task_id: taskId, thread_ref: threadRef, message_ref: messageRef, ...row }) => ({
        taskId,
        threadRef,
        messageRef,
        ...row,
      }));
    },

    async done(taskId) {
      await money.query({ text: 'DELETE FROM approval_posts WHERE task_id = $1' }, [taskId]);
    },

    async again(taskId, from) {
      await money.query({ text: 'UPDATE approval_posts SET due_at = $2 WHERE task_id = $1' }, [taskId, from]);
    },

    async forget(dueBefore, most) {
      const { rows } = await money.query(
        {
          text: `DELETE FROM approval_posts WHERE task_id IN (
                   SELECT p.task_id FROM approval_posts p JOIN tasks t ON t.id = p.task_id
                   WHERE t.status <> 'awaiting_approval' AND p.due_at < $1 AND coalesce(t.finished_at, t.started_at, t.created_at) < $1
                   ORDER BY p.task_id LIMIT $2
                 ) RETURNING 1`,
        },
        [dueBefore, most],
      );
      return rows.length;
    },
  };
}

interface Row {
  readonly task_id: TaskId;
  readonly thread_ref: string;
  readonly message_ref: string;
  readonly tries: number;
  readonly saying: Approval | null;
  readonly status: TaskStatus;
  readonly failure: string | null;
  readonly replaced: boolean;
}
