// Intake in the database: the function `intake` of the migrations, called once for everything that queued meanwhile.

import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import type { Credits } from '#core/domain/credits/credits.ts';
import type { ConversationId, FileId, HoldId, IdentityId, LetterId, TaskId, TeamId, UserId, WalletId } from '#core/domain/ids.ts';
import type { Saying } from '#core/domain/messages/letter.ts';
import type { Platform, ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { groupCommit, latest } from '../database/group-commit.ts';
import { toJson } from '../database/json.ts';
import type { Money } from '../database/money.ts';

/** One ask, ready to be written down. All ids are made before it comes here, so that a retry uses the same ones. */
export interface IntakeRow {
  readonly key: string;
  /** SHA-256 of who asked for what. */
  readonly fingerprint: string;
  /** The same of where, and of what else came with it; null where nobody says. */
  readonly context?: string | null;
  readonly letterId: LetterId;
  /** The conversation of this thread ref, if there is one; else the one with this id, which is made where it is missing. */
  readonly threadRef: ThreadRef | null;
  readonly conversationId: ConversationId;
  readonly address: string;
  readonly platform: Platform;
  readonly channel: string | null;
  readonly teamId: TeamId;
  readonly walletId: WalletId;
  readonly userId: UserId | null;
  readonly identityId: IdentityId | null;
  /** null: refused before it came here, and only its outcome is stored, and its letter where that is posted. */
  readonly task: NewTask | null;
  readonly saying:
    | Saying
    | Omit<Extract<Saying, { kind: 'accepted' }>, 'held' | 'available'>
    | Omit<Extract<Saying, { kind: 'approval' }>, 'available'>;
  readonly readHere: boolean;
}

export interface NewTask {
  readonly id: TaskId;
  readonly holdId: HoldId;
  readonly type: AgentType;
  readonly because: string;
  readonly requestText: string;
  readonly quantity: number | null;
  readonly rateVersion: number;
  readonly estimateLow: Credits;
  readonly estimateHigh: Credits;
  /** A repetition brings the files of this one. */
  readonly retryOf: TaskId | null;
  readonly deadlineAt: Date;
  /** Its person is asked before anything is held, and has until then; null: it starts. */
  readonly approveBy: Date | null;
  /** Files that the platform still has; they are fetched before the task starts. */
  readonly inputs?: readonly NewInput[];
  /** After it, the next failure to fetch one is the last. */
  readonly fetchUntil?: Date;
  /** Inputs that wait for a task. */
  readonly fileIds: readonly FileId[];
}

/** A file that is fetched later. */
export interface NewInput {
  readonly id: FileId;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  /** Sealed. */
  readonly ref: Buffer;
}

export interface IntakeAnswer {
  /**
   * `mismatch`: the key had been used for another request. `ignored` and `decision`, in chats alone: the message had been
   * judged before, and there is no saying.
   */
  readonly outcome: 'task' | 'refused' | 'mismatch' | 'ignored' | 'decision';
  readonly repeated: boolean;
  readonly taskId: TaskId | null;
  readonly conversationId: ConversationId | null;
  readonly saying: Saying;
}

/** Tasks that may wait in one conversation; more are refused, so that a runaway script is told rather than queued. */
const MOST_WAITING = 50;
const LARGEST_BATCH = 256;

/**
 * Resolves only after the commit. Rejects with code `database.unavailable` when nothing can be written down, at the latest
 * soon after the signal aborts; `mayBeDone` says that it may have been all the same.
 */
export type Intake = (row: IntakeRow, at: Date, signal?: AbortSignal) => Promise<IntakeAnswer>;

export function intakeOver(money: Money): Intake {
  const take = groupCommit<{ row: IntakeRow; at: Date }, IntakeAnswer>({
    most: LARGEST_BATCH,
    keyOf: ({ row }) => row.teamId,
    async run(batch, lane) {
      const { rows } = await money.query<AnswerRow>(
        { name: 'intake', text: 'SELECT n, outcome, repeated, task_id, conversation_id, saying FROM intake($1, $2) ORDER BY n' },
        [toJson(batch.map(({ row }, n) => asSql(row, n))), latest(batch.map(({ at }) => at))],
        lane,
      );
      return rows.map(readAnswer);
    },
  });
  return (row, at, signal) => take({ row, at }, signal);
}

export interface AnswerRow {
  readonly n: number;
  readonly outcome: IntakeAnswer['outcome'];
  readonly repeated: boolean;
  readonly task_id: TaskId | null;
  readonly conversation_id: ConversationId | null;
  readonly saying: Saying;
}

export function readAnswer({ outcome, repeated, task_id, conversation_id, saying }: AnswerRow): IntakeAnswer {
  return { outcome, repeated, taskId: task_id, conversationId: conversation_id, saying };
}

/** What the function `intake` takes for one ask. */
export function asSql(row: IntakeRow, n: number) {
  const { task } = row;
  return {
    n,
    key: row.key,
    fingerprint: row.fingerprint,
    context: row.context ?? null,
    letter_id: row.letterId,
    conversation_id: row.conversationId,
    thread_ref: row.threadRef,
    address: row.address,
    platform: row.platform,
    channel: row.channel,
    team_id: row.teamId,
    wallet_id: row.walletId,
    user_id: row.userId,
    identity_id: row.identityId,
    saying: row.saying,
    read_here: row.readHere,
    most_waiting: MOST_WAITING,
    ...(task && {
      task_id: task.id,
      hold_id: task.holdId,
      type: task.type,
      because: task.because,
      request_text: task.requestText,
      quantity: task.quantity,
      rate_version: task.rateVersion,
      estimate_low: task.estimateLow.toString(),
      estimate_high: task.estimateHigh.toString(),
      retry_of: task.retryOf,
      deadline_at: task.deadlineAt,
      ask_first: task.approveBy !== null,
      approve_by: task.approveBy,
      ...(task.inputs !== undefined &&
        task.inputs.length > 0 && {
          inputs: task.inputs.map(({ id, name, mime, sizeBytes, ref }) => ({
            id,
            name,
            mime,
            size_bytes: sizeBytes,
            ref: ref.toString('hex'),
          })),
          fetch_until: task.fetchUntil,
        }),
      file_ids: task.fileIds,
    }),
  };
}
