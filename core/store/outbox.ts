// Tasks on their way into the queue, and those that got lost on it.

import type { TaskId } from '#core/domain/ids.ts';
import type { Job } from '#core/ports/queue.ts';
import type { Money } from './money.ts';

export interface Outbox {
  /** Hands the oldest rows over and removes them once `add` succeeded. Rows another process has in hand are left to it. */
  relay(most: number, add: (jobs: Job[]) => Promise<void>): Promise<number>;
  /** Puts attempts whose worker went silent back, so that another one takes them up. */
  putBackSilent(at: Date, leaseMs: number): Promise<TaskId[]>;
  /** Puts tasks back that no queue knows any more: next in their conversation, or without any attempt that is alive. */
  putBackLost(olderThan: Date, at: Date, most: number): Promise<TaskId[]>;
}

/** A line in the log of each task that was put back. */
const TOLD = (at: string) => `
              INSERT INTO task_events (task_id, team_id, kind, data, at) SELECT id, team_id, 'requeued', jsonb_build_object('generation', generation), ${at} FROM again`;

export function outboxOver(money: Money): Outbox {
  return {
    async relay(most, add) {
      // Notifications hint more often than there is something to do.
      const { rows: some } = await money.query({ name: 'outbox empty', text: 'SELECT 1 FROM outbox LIMIT 1' }, []);
      if (some.length === 0) return 0;
      return money.transaction(async (client) => {
        const { rows } = await client.query<{ task_id: TaskId; generation: number }>({
          name: 'relay',
          text: 'DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING task_id, generation',
          values: [most],
        });
        if (rows.length > 0) await add(rows.map((row) => ({ taskId: row.task_id, generation: row.generation })));
        return rows.length;
      });
    },

    async putBackSilent(at, leaseMs) {
      const { rows } = await money.query<{ task_id: TaskId }>(
        {
          text: `WITH silent AS (
              UPDATE attempts SET worker = NULL, lease_until = $2 WHERE ended_at IS NULL AND lease_until < $1 RETURNING task_id
            ), again AS (
              UPDATE tasks t SET generation = t.generation + 1 FROM silent s WHERE t.id = s.task_id AND t.status = 'processing' RETURNING t.id, t.team_id, t.generation
            ), told AS (${TOLD('$1')}
            )
            INSERT INTO outbox (task_id, generation, at) SELECT id, generation, $1 FROM again RETURNING task_id`,
        },
        [at, new Date(at.getTime() + leaseMs)],
      );
      return rows.map((row) => row.task_id);
    },

    async putBackLost(olderThan, at, most) {
      const { rows } = await money.query<{ task_id: TaskId }>(
        {
          text: `WITH lost AS (
              SELECT t.id FROM tasks t
              WHERE t.status IN ('pending', 'processing') AND coalesce(t.started_at, t.created_at) < $1
                AND NOT EXISTS (SELECT FROM outbox o WHERE o.task_id = t.id)
                AND NOT EXISTS (SELECT FROM attempts a WHERE a.task_id = t.id AND a.ended_at IS NULL)
                AND NOT EXISTS (SELECT FROM tasks e WHERE e.conversation_id = t.conversation_id AND e.status IN ('pending', 'processing') AND (e.created_at, e.id) < (t.created_at, t.id))
              ORDER BY t.created_at LIMIT $3 FOR UPDATE SKIP LOCKED
            ), again AS (
              UPDATE tasks t SET generation = t.generation + 1 FROM lost WHERE t.id = lost.id RETURNING t.id, t.team_id, t.generation
            ), told AS (${TOLD('$2')}
            )
            INSERT INTO outbox (task_id, generation, at) SELECT id, generation, $2 FROM again RETURNING task_id`,
        },
        [olderThan, at, most],
      );
      return rows.map((row) => row.task_id);
    },
  };
}
