// What the credits in a team's wallet stand for: where they come from, and which tasks they are set aside for.

import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { TaskId, TeamId } from '#core/domain/ids.ts';
import type { TaskStatus } from '#core/domain/tasks/task.ts';
import type { LotId } from './ledger.ts';
import type { Money } from '../database/money.ts';

export interface HoldingRow {
  readonly id: TaskId;
  /** The beginning of the request; null where the task is gone. */
  readonly text: string | null;
  readonly type: AgentType | null;
  readonly status: TaskStatus | null;
  readonly credits: Credits;
  readonly since: Date;
}

export interface LotRow {
  readonly id: LotId;
  readonly source: string;
  readonly credits: Credits;
  readonly remaining: Credits;
  readonly pinned: Credits;
  readonly at: Date;
  readonly expiresAt: Date | null;
}

export interface Wallets {
  /** Tasks that credits are set aside for, the newest first. */
  holding(teamId: TeamId, most: number): Promise<{ total: number; tasks: HoldingRow[] }>;
  /** Lots with something in them, in the order of spending, and what expires first. */
  lots(teamId: TeamId, most: number): Promise<{ total: number; lots: LotRow[]; next: { at: Date; credits: Credits } | null }>;
}

export function walletsOver(money: Money): Wallets {
  return {
    async holding(teamId, most) {
      const { rows } = await money.query<{
        task_id: TaskId;
        text: string | null;
        type: AgentType | null;
        status: TaskStatus | null;
        credits: string;
        since: Date;
        total: number;
      }>(
        {
          name: 'holding',
          text: `WITH open AS (
              SELECT h.task_id, sum(h.credits) AS credits, min(h.opened_at) AS since FROM holds h
              WHERE h.closed_seq IS NULL AND h.wallet_id = (SELECT w.id FROM wallets w WHERE w.team_id = $1) GROUP BY h.task_id
            )
            SELECT o.*, left(t.request_text, 400) AS text, t.type, t.status, (SELECT count(*)::int FROM open) AS total
            FROM (SELECT * FROM open ORDER BY since DESC, task_id DESC LIMIT $2) o LEFT JOIN tasks t ON t.id = o.task_id AND t.team_id = $1
            ORDER BY o.since DESC, o.task_id DESC`,
        },
        [teamId, most],
      );
      return {
        total: rows[0]?.total ?? 0,
        tasks: rows.map(({ task_id, text, type, status, credits, since }) => ({
          id: task_id,
          text,
          type,
          status,
          credits: micro(credits),
          since,
        })),
      };
    },

    async lots(teamId, most) {
      const { rows } = await money.query<{
        id: LotId;
        source: string;
        credits: string;
        remaining: string;
        pinned: string;
        created_at: Date;
        expires_at: Date | null;
        total: number;
        next_at: Date | null;
        next_credits: string | null;
      }>(
        {
          name: 'lots',
          text: `WITH there AS (
              SELECT l.* FROM lots l WHERE l.wallet_id = (SELECT w.id FROM wallets w WHERE w.team_id = $1) AND NOT l.spent
            ), next AS (
              SELECT t.expires_at, sum(t.remaining) AS credits FROM there t WHERE t.expires_at IS NOT NULL GROUP BY t.expires_at ORDER BY t.expires_at LIMIT 1
            )
            SELECT t.id, t.source, t.credits, t.remaining, t.pinned, t.created_at, t.expires_at, (SELECT count(*)::int FROM there) AS total,
              n.expires_at AS next_at, n.credits AS next_credits
            FROM there t LEFT JOIN next n ON true ORDER BY t.priority, t.expires_at NULLS LAST, t.id LIMIT $2`,
        },
        [teamId, most],
      );
      const first = rows[0];
      return {
        total: first?.total ?? 0,
        lots: rows.map((row) => ({
          id: row.id,
          source: row.source,
          credits: micro(row.credits),
          remaining: micro(row.remaining),
          pinned: micro(row.pinned),
          at: row.created_at,
          expiresAt: row.expires_at,
        })),
        next: first?.next_at && first.next_credits !== null ? { at: first.next_at, credits: micro(first.next_credits) } : null,
      };
    },
  };
}
