// One try of an agent at a task. The row is written before anything is sent, and decides what may be tried again.

import type { TaskId } from '#core/domain/ids.ts';
import type { AgentUsage } from '#core/ports/agents.ts';
import { groupCommit } from './group-commit.ts';
import { latest } from './intake.ts';
import type { Money } from './money.ts';
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
  /** Durable before the request leaves: from now on the agent may have it. */
  dispatched(attempt: Attempt, to: { gateway: string; bootId: string }): Promise<void>;
  /** Ends an attempt without ending its task; a lost session is not used again. */
  lost(attempt: Attempt, at: Date): Promise<void>;
  /** Of a task that somebody else ended meanwhile. */
  stopped(attempt: Attempt, usage: AgentUsage | null, at: Date): Promise<void>;
  /** Says of the running attempts of this worker that it is alive. */
  renew(runIds: readonly string[], at: Date): Promise<void>;
}

const LARGEST_BATCH = 128;

export function attemptsOver(money: Money, worker: string, leaseMs: number): Attempts {
  const start = groupCommit<{ taskId: TaskId; at: Date }, Started>({
    most: LARGEST_BATCH,
    async run(batch) {
      const at = latest(batch.map((each) => each.at));
      const { rows } = await money.query<StartRow>({ name: 'start', text: `SELECT s.*, ${WORK_COLUMNS} FROM start_tasks($1, $2, $3, $4) s JOIN tasks t ON t.id = s.task_id` }, [
        batch.map(({ taskId }) => taskId),
        worker,
        new Date(at.getTime() + leaseMs),
        at,
      ]);
      const byTask = new Map(rows.map((row) => [row.task_id, row]));
      return batch.map(({ taskId }) => startedFrom(byTask.get(taskId)));
    },
  });

  const dispatched = groupCommit<{ runId: string; gateway: string; bootId: string }, null>({
    most: LARGEST_BATCH,
    async run(batch) {
      await money.query(
        {
          name: 'dispatched',
          text: `UPDATE attempts a SET phase = 'dispatched', gateway = g.gateway, boot_id = g.boot_id
                 FROM unnest($1::text[], $2::text[], $3::text[]) AS g(run_id, gateway, boot_id) WHERE a.run_id = g.run_id AND a.phase <> 'ended'`,
        },
        [batch.map((each) => each.runId), batch.map((each) => each.gateway), batch.map((each) => each.bootId)],
      );
      return batch.map(() => null);
    },
  });

  return {
    start: (taskId, at) => start({ taskId, at }),
    async dispatched(attempt, to) {
      await dispatched({ runId: attempt.runId, ...to });
    },
    async lost(attempt, at) {
      await money.query(
        {
          text: `WITH ended AS (
                   UPDATE attempts SET phase = 'ended', outcome = 'lost', ended_at = $2, lease_until = NULL WHERE run_id = $1 AND ended_at IS NULL RETURNING task_id
                 )
                 UPDATE conversations c SET session_generation = session_generation + 1 FROM ended JOIN tasks t ON t.id = ended.task_id WHERE c.id = t.conversation_id`,
        },
        [attempt.runId, at],
      );
    },
    async stopped(attempt, usage, at) {
      await money.query(
        { text: `UPDATE attempts SET phase = 'ended', outcome = coalesce(outcome, 'stopped'), usage = coalesce(usage, $2), ended_at = coalesce(ended_at, $3), lease_until = NULL WHERE run_id = $1` },
        [attempt.runId, usage === null ? null : JSON.stringify(usage), at],
      );
    },
    async renew(runIds, at) {
      await money.query({ text: 'UPDATE attempts SET lease_until = $3 WHERE run_id = ANY ($1) AND worker = $2 AND ended_at IS NULL' }, [
        runIds,
        worker,
        new Date(at.getTime() + leaseMs),
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
    attempt: { taskId: row.task_id, number: row.attempt!, runId: row.run_id!, sessionKey: row.session_key!, phase: row.phase!, bootId: row.boot_id },
    work: workFrom(row.task_id, row),
  };
}
