// One try of an agent at a task. The row is written before anything is sent, and decides what may be tried again.

import type { TaskId } from '#core/domain/ids.ts';
import type { AgentUsage } from '#core/ports/agents.ts';
import { groupCommit, latest } from '../database/group-commit.ts';
import type { Money } from '../database/money.ts';
import { WORK_COLUMNS, workFrom, type Work, type WorkRow } from './work.ts';

export type Started =
  /** This worker has it now. `resume`: an earlier process left the attempt behind. */
  | { readonly verdict: 'run' | 'resume'; readonly attempt: Attempt; readonly work: Work }
  /** `wait`: an earlier task of the conversation goes first. `held`: another worker has it. `over`: nothing is left to do. */
  | { readonly verdict: 'wait' | 'held' | 'over' | 'gone' };

export interface Attempt {
  readonly taskId: TaskId;
  readonly number: number;
  readonly runId: string;
  readonly sessionKey: string;
  readonly phase: 'reserved' | 'dispatched';
  readonly bootId: string | null;
}

export interface Attempts {
  start(taskId: TaskId, at: Date): Promise<Started>;
  /** Durable before the request leaves: from now on the agent may have it. Rejects with AttemptOver when it must not leave any more. */
  dispatched(attempt: Attempt, to: { gateway: string; bootId: string }): Promise<void>;
  /** Ends an attempt without ending its task; a lost session is not used again. */
  lost(attempt: Attempt, at: Date): Promise<void>;
  /** The same, after its agent said that it failed. */
  failed(attempt: Attempt, usage: AgentUsage, at: Date): Promise<void>;
  /** Of a task that somebody else ended meanwhile. */
  stopped(attempt: Attempt, usage: AgentUsage | null, at: Date): Promise<void>;
  /** Says of the running attempts of this worker that it is alive. */
  renew(runIds: readonly string[], at: Date): Promise<void>;
  /** Lets another worker take it up at once. */
  release(attempt: Attempt, at: Date): Promise<void>;
}

/** Somebody else ended the attempt meanwhile: its task was given up, or another attempt took its place. */
export class AttemptOver extends Error {
  constructor(runId: string) {
    super(`${runId} is over`);
    this.name = 'AttemptOver';
  }
}

const LARGEST_BATCH = 128;

export function attemptsOver(money: Money, worker: string, leaseMs: number): Attempts {
  const start = groupCommit<{ taskId: TaskId; at: Date }, Started>({
    most: LARGEST_BATCH,
    keyOf: ({ taskId }) => taskId,
    async run(batch, lane) {
      const at = latest(batch.map((each) => each.at));
      const { rows } = await money.query<StartRow>(
        {
          name: 'start',
          // One look-up for each: a join would be planned while there are hardly any tasks, and read them all later.
          text: `SELECT s.*, ${WORK_COLUMNS} FROM start_tasks($1, $2, $3, $4) s CROSS JOIN LATERAL (SELECT * FROM tasks t WHERE t.id = s.task_id OFFSET 0) t`,
        },
        [batch.map(({ taskId }) => taskId), worker, new Date(at.getTime() + leaseMs), at],
        lane,
      );
      const byTask = new Map(rows.map((row) => [row.task_id, row]));
      return batch.map(({ taskId }) => startedFrom(byTask.get(taskId)));
    },
  });

  const dispatched = groupCommit<{ runId: string; gateway: string; bootId: string }, 'alive' | 'over'>({
    most: LARGEST_BATCH,
    keyOf: ({ runId }) => runId,
    async run(batch, lane) {
      const { rows } = await money.query<{ run_id: string }>(
        {
          name: 'dispatched',
          // Asked for those without an end, the planner would read all that run, whose index is so small.
          text: `UPDATE attempts a SET phase = 'dispatched', gateway = g.gateway, boot_id = g.boot_id
                 FROM unnest($1::text[], $2::text[], $3::text[]) AS g(run_id, gateway, boot_id)
                 WHERE a.run_id = g.run_id AND a.run_id = ANY ($1) AND a.phase <> 'ended' RETURNING a.run_id`,
        },
        [batch.map((each) => each.runId), batch.map((each) => each.gateway), batch.map((each) => each.bootId)],
        lane,
      );
      const alive = new Set(rows.map((row) => row.run_id));
      return batch.map(({ runId }) => (alive.has(runId) ? 'alive' : 'over'));
    },
  });

  async function leave({ taskId, runId }: Attempt, outcome: 'lost' | 'failed', usage: AgentUsage | null, at: Date) {
    await money.query(
      {
        text: `WITH home AS (
                 SELECT c.id FROM conversations c WHERE c.id = (SELECT conversation_id FROM tasks WHERE id = $1) FOR NO KEY UPDATE
               ), ended AS (
                 UPDATE attempts a SET phase = 'ended', outcome = $4, usage = $5, ended_at = $3, lease_until = NULL FROM home WHERE a.run_id = $2 AND a.ended_at IS NULL RETURNING home.id
               )
               UPDATE conversations c SET session_generation = session_generation + 1 FROM ended WHERE c.id = ended.id`,
      },
      [taskId, runId, at, outcome, usage === null ? null : JSON.stringify(usage)],
    );
  }

  return {
    start: (taskId, at) => start({ taskId, at }),
    async dispatched({ runId }, to) {
      if ((await dispatched({ runId, ...to })) === 'over') throw new AttemptOver(runId);
    },
    lost: (attempt, at) => leave(attempt, 'lost', null, at),
    failed: (attempt, usage, at) => leave(attempt, 'failed', usage, at),
    async stopped({ runId }, usage, at) {
      await money.query(
        {
          text: `UPDATE attempts SET phase = 'ended', outcome = coalesce(outcome, 'stopped'), usage = coalesce(usage, $2), ended_at = coalesce(ended_at, $3), lease_until = NULL WHERE run_id = $1`,
        },
        [runId, usage === null ? null : JSON.stringify(usage), at],
      );
    },
    async renew(runIds, at) {
      // One whose row is being written just now needs no sign of life. One that was put back while nobody could tell that we
      // are alive is ours again, unless another worker was quicker.
      await money.query(
        {
          text: `UPDATE attempts SET worker = $2, lease_until = $3 WHERE id IN (
                   SELECT id FROM attempts WHERE run_id = ANY ($1) AND (worker = $2 OR worker IS NULL) AND ended_at IS NULL FOR NO KEY UPDATE SKIP LOCKED)`,
        },
        [runIds, worker, new Date(at.getTime() + leaseMs)],
      );
    },
    async release({ runId }, at) {
      await money.query({ text: 'UPDATE attempts SET lease_until = $3 WHERE run_id = $1 AND worker = $2 AND ended_at IS NULL' }, [
        runId,
        worker,
        at,
      ]);
    },
  };
}

interface StartRow extends WorkRow {
  task_id: TaskId;
  verdict: 'run' | 'resume' | 'wait' | 'held' | 'over';
  attempt: number | null;
  run_id: string | null;
  session_key: string | null;
  phase: 'reserved' | 'dispatched' | null;
  boot_id: string | null;
}

function startedFrom(row: StartRow | undefined): Started {
  if (!row) return { verdict: 'gone' };
  if (row.verdict !== 'run' && row.verdict !== 'resume') return { verdict: row.verdict };
  return {
    verdict: row.verdict,
    attempt: {
      taskId: row.task_id,
      number: row.attempt!,
      runId: row.run_id!,
      sessionKey: row.session_key!,
      phase: row.phase!,
      bootId: row.boot_id,
    },
    work: workFrom(row.task_id, row),
  };
}
