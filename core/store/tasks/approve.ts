// Approval in the database: the function `approve_task` of the migrations.

import type { HoldId, IdentityId, LetterId, TaskId, TeamId } from '#core/domain/ids.ts';
import type { Accepted } from '#core/domain/messages/letter.ts';
import type { Refused } from '#core/domain/refusals/refusal.ts';
import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { Money } from '../database/money.ts';

export interface Approving {
  readonly taskId: TaskId;
  /** Made before it comes here, so that a retry uses the same ones. */
  readonly holdId: HoldId;
  readonly letterId: LetterId;
  /** The task's deadline from now on. */
  readonly runUntil: Date;
  readonly readHere: boolean;
}

export type ApproveAnswer =
  | { readonly outcome: 'approved' | 'repeated'; readonly saying: Accepted }
  /** The hold was refused, or an input is gone; the task goes on waiting. */
  | { readonly outcome: 'refused'; readonly saying: Refused }
  | { readonly outcome: 'over' | 'expired' | 'unknown'; readonly saying: null };

export interface Unapproved {
  readonly id: TaskId;
  readonly teamId: TeamId;
  readonly type: AgentType;
  readonly platform: Platform;
}

export interface Approvals {
  approve(approving: Approving, at: Date): Promise<ApproveAnswer>;
  /** What an account of a chat asked for and has not approved. */
  unapprovedOf(identityId: IdentityId): Promise<Unapproved[]>;
  /** Takes tasks whose time is over: nobody can approve them from then on. Those of an earlier call come again until they are ended. */
  takeExpired(at: Date, most: number): Promise<Unapproved[]>;
}

export function approvalsOver(money: Money): Approvals {
  return {
    async approve({ taskId, holdId, letterId, runUntil, readHere }, at) {
      const { rows } = await money.query<ApproveAnswer>(
        { name: 'approve', text: 'SELECT outcome, saying FROM approve_task($1, $2, $3, $4, $5, $6)' },
        [taskId, holdId, letterId, runUntil, readHere, at],
      );
      return rows[0]!;
    },

    async unapprovedOf(identityId) {
      const { rows } = await money.query<Unapproved>(
        {
          text: `SELECT t.id, t.team_id AS "teamId", t.type, t.platform FROM tasks t WHERE t.identity_id = $1 AND t.status = 'awaiting_approval'`,
        },
        [identityId],
      );
      return rows;
    },

    async takeExpired(at, most) {
      const { rows } = await money.query<Unapproved>(
        {
          text: `WITH expired AS (
              SELECT t.id FROM tasks t WHERE t.status = 'awaiting_approval' AND t.deadline_at <= $1
              ORDER BY t.deadline_at, t.id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
            )
            UPDATE tasks t SET cancel_requested_at = coalesce(t.cancel_requested_at, $1) FROM expired e WHERE t.id = e.id
            RETURNING t.id, t.team_id AS "teamId", t.type, t.platform`,
        },
        [at, most],
      );
      return rows;
    },
  };
}
