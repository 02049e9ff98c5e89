// Tasks as people in a chat act on them: by the task alone, since a press tells neither team nor person.

import { SOMEBODY } from '#core/domain/acting.ts';
import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { IdentityId, TaskId, TeamId, UserId, WalletId } from '#core/domain/ids.ts';
import type { HistoryLine, RequestSaid } from '#core/domain/messages/letter.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { firstLine } from '#core/domain/text/text.ts';
import type { Money } from '../database/money.ts';

export interface PersonInChat {
  readonly userId: UserId | null;
  readonly identityId: IdentityId | null;
}

export interface LiveTask {
  readonly id: TaskId;
  readonly teamId: TeamId;
}

export interface ChatTasks {
  /** Whose task it is; null when there is none. */
  teamOf(taskId: string): Promise<TeamId | null>;
  /** Whether anybody asked in this thread, as far as it is known by this ref. */
  isKnown(threadRef: ThreadRef): Promise<boolean>;
  /** What was asked by a command, and by whom; null for every other task. */
  requestByCommand(taskId: TaskId): Promise<RequestSaid | null>;
  /** What was not over in a thread at `before` or is not now, and was asked by then, oldest first. */
  liveIn(threadRef: ThreadRef, before: Date): Promise<LiveTask[]>;
  /** The newest task of theirs that is not over, else the newest that was not at `at`. */
  newestLiveOf(person: PersonInChat, teamId: TeamId, at: Date): Promise<LiveTask | null>;
  /** What limits leave this person to spend in a workspace (`slack:T1:`), as a hold would find it; null where there are none. */
  leftFor(person: PersonInChat, walletId: WalletId, workspace: string, at: Date): Promise<Credits | null>;
  /** Their own, newest first. */
  ownOf(person: PersonInChat, teamId: TeamId, most: number): Promise<HistoryLine[]>;
}

/** Characters of a request that our first words repeat. */
const REQUEST_CHARACTERS = 200;
/** A thread with more tasks under way than it may have is none of ours. */
const LIVE_MOST = 100;

/** Also what was canceled since then: whoever is told of one gesture twice stops the same task. */
const liveAt = (at: string) =>
  `(t.status IN ('awaiting_approval', 'pending', 'processing') OR t.status = 'canceled' AND t.cancel_requested_at >= ${at})`;

export function chatTasksOver(money: Money): ChatTasks {
  return {
    async teamOf(taskId) {
      const { rows } = await money.query<{ team_id: TeamId }>({ name: 'team of task', text: 'SELECT team_id FROM tasks WHERE id = $1' }, [
        taskId,
      ]);
      return rows[0]?.team_id ?? null;
    },

    async isKnown(threadRef) {
      const { rows } = await money.query({ name: 'thread is known', text: 'SELECT 1 FROM conversations WHERE thread_ref = $1 LIMIT 1' }, [
        threadRef,
      ]);
      return rows.length > 0;
    },

    async requestByCommand(taskId) {
      const { rows } = await money.query<{ text: string; by: string | null }>(
        {
          name: 'request by command',
          text: `SELECT t.request_text AS text, coalesce(i.display_name, u.name) AS by
                 FROM tasks t LEFT JOIN identities i ON i.id = t.identity_id LEFT JOIN users u ON u.id = t.user_id
                 WHERE t.id = $1 AND t.request_text <> '' AND EXISTS (SELECT FROM letters l WHERE l.task_id = t.id AND l.saying ? 'byCommand')`,
        },
        [taskId],
      );
      return rows.map(({ text, by }) => ({ text: firstLine(text, REQUEST_CHARACTERS), by: by ?? SOMEBODY }))[0] ?? null;
    },

    async liveIn(threadRef, before) {
      const { rows } = await money.query<LiveRow>(
        {
          text: `SELECT t.id, t.team_id FROM conversations c JOIN tasks t ON t.conversation_id = c.id
                 WHERE c.thread_ref = $1 AND ${liveAt('$2')} AND coalesce(t.said_at, t.created_at) <= $2
                 ORDER BY t.created_at, t.id LIMIT ${LIVE_MOST}`,
        },
        [threadRef, before],
      );
      return rows.map(liveTask);
    },

    async newestLiveOf({ userId, identityId }, teamId, at) {
      const { rows } = await money.query<LiveRow>(
        {
          text: `SELECT t.id, t.team_id FROM tasks t WHERE t.team_id = $3 AND (t.user_id = $1 OR t.identity_id = $2) AND ${liveAt('$4')}
                 ORDER BY t.status = 'canceled', t.created_at DESC, t.id DESC LIMIT 1`,
        },
        [userId, identityId, teamId, at],
      );
      return rows[0] ? liveTask(rows[0]) : null;
    },

    async leftFor({ userId, identityId }, walletId, workspace, at) {
      const { rows } = await money.query<{ left: string | null }>(
        { text: `SELECT ((ledger_room($1, coalesce($2, $3), $4, $5, '{}', '{}'))[1])."left" AS "left"` },
        [walletId, userId, identityId, workspace, at],
      );
      const left = rows[0]?.left ?? null;
      return left === null ? null : micro(left);
    },

    async ownOf({ userId, identityId }, teamId, most) {
      const { rows } = await money.query<{
        id: TaskId;
        text: string;
        status: HistoryLine['status'];
        credits_used: string;
        created_at: Date;
      }>(
        {
          text: `SELECT t.id, left(t.request_text, 300) AS text, t.status, t.credits_used, t.created_at FROM tasks t
                 WHERE t.team_id = $3 AND (t.user_id = $1 OR t.identity_id = $2) ORDER BY t.created_at DESC, t.id DESC LIMIT $4`,
        },
        [userId, identityId, teamId, most],
      );
      return rows.map(({ id, text, status, credits_used, created_at }) => ({
        taskId: id,
        text,
        status,
        creditsUsed: credits_used,
        at: created_at.toISOString(),
      }));
    },
  };
}

interface LiveRow {
  readonly id: TaskId;
  readonly team_id: TeamId;
}

function liveTask({ id, team_id: teamId }: LiveRow): LiveTask {
  return { id, teamId };
}
