// Tasks on their way into the queue, and those that got lost on it.

import type { TaskId } from '#core/domain/ids.ts';
import type { Job } from '#core/ports/queue.ts';
import type { Money } from '../database/money.ts';

export interface Outbox {
  /** Hands the oldest rows over and removes them once `add` succeeded. One process does it at a time; to the others it is empty. */
  relay(most: number, add: (jobs: Job[]) => Promise<void>): Promise<number>;
  /** Puts attempts whose worker went silent back, so that another one takes them up. */
  putBackSilent(at: Date, leaseMs: number): Promise<TaskId[]>;
  /** Tasks that should be in the queue for a while now: next in their conversation, and no attempt is alive. */
  waiting(since: Date, most: number): Promise<Job[]>;
  putBack(ids: readonly TaskId[], at: Date): Promise<void>;
}

/** Adds the tasks of `again` to the outbox, with a line in the log of each. */
const PUT_BACK = `told AS (
    INSERT INTO task_events (task_id, team_id, kind, data, at) SELECT id, team_id, 'requeued', jsonb_build_object('generation', generation), $1::timestamptz FROM again
  )
  INSERT INTO outbox (task_id, generation, at) SELECT id, generation, $1::timestamptz FROM again RETURNING task_id`;

export function outboxOver(money: Money): Outbox {
  return {
    async relay(most, add) {
      // Notifications hint more often than there is something to do.
      const { rows: some } = await money.query({ name: 'outbox empty', text: 'SELECT 1 FROM outbox LIMIT 1' }, []);
      if (some.length === 0) return 0;
      // Nothing is written before the queue has answered: readers of events wait for every open transaction that wrote.
      return money.transaction(
        async (client) => {
          const { rows } = await client.query<{ id: string; task_id: TaskId; generation: number }>({
            name: 'to relay',
            text: `SELECT id, task_id, generation FROM outbox WHERE (SELECT pg_try_advisory_xact_lock(hashtextextended('impacter relay', 0))) ORDER BY id LIMIT $1`,
            values: [most],
          });
          if (rows.length === 0) return 0;
          await add(rows.map((row) => ({ taskId: row.task_id, generation: row.generation })));
          await client.query({ name: 'relayed', text: 'DELETE FROM outbox WHERE id = ANY ($1)', values: [rows.map((row) => row.id)] });
          return rows.length;
        },
        { quick: true },
      );
    },

    async putBackSilent(at, leaseMs) {
      const { rows } = await money.query<{ task_id: TaskId }>(
        {
          // A task that is locked is being started or ended just now, and so not silent.
          text: `WITH left_behind AS (
              SELECT t.id FROM tasks t
              WHERE t.id IN (SELECT a.task_id FROM attempts a WHERE a.ended_at IS NULL AND a.lease_until < $1) AND t.status = 'processing'
              ORDER BY t.id FOR NO KEY UPDATE SKIP LOCKED
            ), silent AS (
              UPDATE attempts a SET worker = NULL, lease_until = $2 FROM left_behind l WHERE a.task_id = l.id AND a.ended_at IS NULL AND a.lease_until < $1 RETURNING a.task_id
            ), again AS (
              UPDATE tasks t SET generation = t.generation + 1 FROM silent s WHERE t.id = s.task_id RETURNING t.id, t.team_id, t.generation
            ), ${PUT_BACK}`,
        },
        [at, new Date(at.getTime() + leaseMs)],
      );
      return rows.map((row) => row.task_id);
    },

    async waiting(since, most) {
      const { rows } = await money.query<{ id: TaskId; generation: number }>(
        {
          text: `SELECT t.id, t.generation FROM tasks t
            WHERE t.status IN ('pending', 'processing') AND coalesce(t.started_at, t.created_at) < $1
              AND NOT EXISTS (SELECT FROM outbox o WHERE o.task_id = t.id)
              AND NOT EXISTS (SELECT FROM attempts a WHERE a.task_id = t.id AND a.ended_at IS NULL)
              AND NOT EXISTS (SELECT FROM waiting_inputs i WHERE i.task_id = t.id)
              AND NOT EXISTS (SELECT FROM tasks e WHERE e.conversation_id = t.conversation_id AND e.status IN ('pending', 'processing') AND e.id <> t.id
                AND (e.status = 'processing' AND t.status = 'pending' OR (e.created_at, e.id) < (t.created_at, t.id)))
            ORDER BY t.created_at, t.id LIMIT $2`,
        },
        [since, most],
      );
      return rows.map((row) => ({ taskId: row.id, generation: row.generation }));
    },

    async putBack(ids, at) {
      await money.query(
        {
          text: `WITH known AS (
              SELECT t.id FROM tasks t WHERE t.id = ANY ($2) AND t.status IN ('pending', 'processing') ORDER BY t.id FOR NO KEY UPDATE SKIP LOCKED
            ), again AS (
              UPDATE tasks t SET generation = t.generation + 1 FROM known k WHERE t.id = k.id RETURNING t.id, t.team_id, t.generation
            ), ${PUT_BACK}`,
        },
        [at, ids],
      );
    },
  };
}
