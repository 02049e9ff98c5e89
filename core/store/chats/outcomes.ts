// What came of gestures that made no task: presses, commands, edits, removals, refusals for one person's eyes, and messages that
// were not for us. Each key has one outcome, and whoever repeats it gets the first.

import type { ConversationId, TaskId, TeamId } from '#core/domain/ids.ts';
import type { Saying } from '#core/domain/messages/letter.ts';
import { groupCommit, latest } from '../database/group-commit.ts';
import { toJson } from '../database/json.ts';
import type { Money } from '../database/money.ts';

/** Facts and codes only: no words of people, and no links. */
export interface Decision {
  readonly kind: 'decision';
  readonly [fact: string]: unknown;
}

export interface StoredAnswer {
  readonly key: string;
  readonly outcome: 'task' | 'refused' | 'ignored' | 'decision' | 'steer';
  readonly taskId: TaskId | null;
  /** The first letter of a task, a refusal, or a decision. */
  readonly saying: Saying | Decision | null;
}

export interface NewOutcome {
  readonly key: string;
  readonly twin?: string | null;
  readonly outcome: 'refused' | 'ignored' | 'decision';
  readonly answer: object | null;
  readonly teamId: TeamId | null;
  /** Where somebody else than the asker spoke, and when. */
  readonly spoken?: { readonly conversationId: ConversationId; readonly at: Date };
}

export type KeepOutcome = (outcome: NewOutcome, at: Date, signal?: AbortSignal) => Promise<StoredAnswer & { readonly repeated: boolean }>;

const LARGEST_BATCH = 256;

export function outcomesOver(money: Money): KeepOutcome {
  const keep = groupCommit<{ row: NewOutcome; at: Date }, StoredAnswer & { repeated: boolean }>({
    most: LARGEST_BATCH,
    keyOf: ({ row }) => row.key,
    async run(batch, lane) {
      const { rows } = await money.query<{
        n: number;
        repeated: boolean;
        outcome: StoredAnswer['outcome'];
        task_id: TaskId | null;
        saying: StoredAnswer['saying'];
      }>(
        { name: 'outcomes', text: 'SELECT n, repeated, outcome, task_id, saying FROM keep_outcomes($1, $2) ORDER BY n' },
        [toJson(batch.map(({ row }, n) => asSql(row, n))), latest(batch.map(({ at }) => at))],
        lane,
      );
      const byNumber = new Map(rows.map((row) => [row.n, row]));
      return batch.map(({ row: { key } }, n) => {
        const kept = byNumber.get(n);
        // Its old outcome was forgotten in this moment, a month after it.
        if (kept === undefined) return { key, repeated: true, outcome: 'ignored', taskId: null, saying: null };
        const { repeated, outcome, task_id: taskId, saying } = kept;
        return { key, repeated, outcome, taskId, saying };
      });
    },
  });
  return (row, at, signal) => keep({ row, at }, signal);
}

function asSql({ key, twin = null, outcome, answer, teamId, spoken }: NewOutcome, n: number) {
  return {
    n,
    key,
    twin,
    outcome,
    answer,
    team_id: teamId,
    conversation_id: spoken?.conversationId ?? null,
    said_at: spoken?.at ?? null,
  };
}
