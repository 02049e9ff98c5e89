// The end of a task in the database: the function `finish` of the migrations, called once for everything that queued meanwhile.

import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { LostFile } from '#core/domain/files/lost-input.ts';
import type { FailureCode } from '#core/domain/tasks/failure.ts';
import type { FileId, LetterId, TaskId, TeamId } from '#core/domain/ids.ts';
import type { Canceled, Failed, Result } from '#core/domain/messages/letter.ts';
import type { TablePreview } from '#core/domain/messages/reply.ts';
import type { AgentUsage } from '#core/ports/agents.ts';
import { groupCommit, latest } from '../database/group-commit.ts';
import { toJson } from '../database/json.ts';
import type { Money } from '../database/money.ts';

export interface Ending {
  readonly taskId: TaskId;
  readonly teamId: TeamId;
  /** Only this attempt may end the task; null for an end that no attempt brings (cancel, deadline). */
  readonly attempt: number | null;
  readonly status: 'completed' | 'failed' | 'canceled';
  /** Never more than what is held is taken, whatever stands here. */
  readonly charge: Credits;
  readonly result: TaskResult | null;
  readonly failure: { readonly code: FailureCode; readonly reason?: string; readonly lost?: readonly LostFile[] } | null;
  readonly usage: AgentUsage | null;
  /** How the attempt ended. */
  readonly outcome: 'done' | 'failed' | 'stopped' | 'lost' | 'unreachable' | null;
  readonly letterId: LetterId;
  /** The letter without its money, which the database knows better. */
  readonly saying:
    | Omit<Result, 'charged' | 'returned' | 'available'>
    | Omit<Failed, 'returned' | 'available'>
    | Omit<Canceled, 'used' | 'returned' | 'available'>;
  readonly readHere: boolean;
  readonly files: readonly KeptFile[];
}

/** What stands in tasks.result. */
export interface TaskResult {
  readonly summary: string;
  readonly sample: boolean;
  readonly units: number | null;
}

export interface KeptFile {
  readonly id: FileId;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly storageKey: string;
  readonly preview: TablePreview | null;
}

export interface Ended {
  /**
   * `over`: it had ended before. `stale`: another attempt has taken its place. `running`: only its worker may cancel it.
   * Nothing changed then.
   */
  readonly verdict: 'finished' | 'over' | 'stale' | 'running';
  readonly charged: Credits;
  readonly returned: Credits;
  readonly available: Credits | null;
}

export type Finish = (ending: Ending, at: Date) => Promise<Ended>;

const LARGEST_BATCH = 128;

export function finishOver(money: Money): Finish {
  const end = groupCommit<{ ending: Ending; at: Date }, Ended>({
    most: LARGEST_BATCH,
    keyOf: ({ ending }) => ending.teamId,
    async run(batch, lane) {
      const { rows } = await money.query<{
        n: number;
        outcome: Ended['verdict'];
        charged: string;
        returned: string;
        available: string | null;
      }>(
        { name: 'finish', text: 'SELECT n, outcome, charged, returned, available FROM finish($1, $2)' },
        [toJson(batch.map(({ ending }, n) => asSql(ending, n))), latest(batch.map(({ at }) => at))],
        lane,
      );
      const byNumber = new Map(rows.map((row) => [row.n, row]));
      return batch.map((_, n) => {
        const row = byNumber.get(n);
        // Two ends of one task in one batch: the first counts.
        if (!row) return { verdict: 'over', charged: micro(0), returned: micro(0), available: null };
        return {
          verdict: row.outcome,
          charged: micro(row.charged),
          returned: micro(row.returned),
          available: row.available === null ? null : micro(row.available),
        };
      });
    },
  });
  return (ending, at) => end({ ending, at });
}

function asSql(ending: Ending, n: number) {
  return {
    n,
    task_id: ending.taskId,
    attempt: ending.attempt,
    status: ending.status,
    charge: ending.charge.toString(),
    result: ending.result,
    failure: ending.failure,
    usage: ending.usage,
    cost_micro_usd: ending.usage?.costMicroUsd ?? 0,
    outcome: ending.outcome,
    letter_id: ending.letterId,
    saying: ending.saying,
    read_here: ending.readHere,
    files: ending.files.map((file) => ({
      id: file.id,
      name: file.name,
      mime: file.mime,
      size_bytes: file.sizeBytes,
      sha256: file.sha256,
      storage_key: file.storageKey,
      preview: file.preview,
    })),
  };
}
