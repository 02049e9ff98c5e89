// Asks from chats in the database: the functions `chat_intake`, `replace_unapproved` and `edit_message` of the migrations.

import type { IdentityId, LetterId, TaskId } from '#core/domain/ids.ts';
import { groupCommit, latest } from '../database/group-commit.ts';
import { toJson } from '../database/json.ts';
import type { Money } from '../database/money.ts';
import { asSql, readAnswer, type AnswerRow, type IntakeAnswer, type IntakeRow } from '../tasks/intake.ts';

/** What a chat tells beside the ask itself. */
export interface Said {
  /** A second name of the message. */
  readonly twin: string | null;
  readonly askedBy: IdentityId | null;
  /** By the platform's clock; null for what was pressed rather than said. */
  readonly at: Date | null;
}

export interface TakeFromChats {
  /** As `Intake`, by the message's key alone: whatever else is in a repeat, it gets the first answer. */
  take(row: IntakeRow, said: Said, at: Date, signal?: AbortSignal): Promise<IntakeAnswer>;
  /** In the place of a task that waits for approval; `over` when it does not wait any more, and then nothing happens. */
  replace(row: IntakeRow, said: Said, old: Replaced, at: Date): Promise<IntakeAnswer | 'over'>;
  /** The latest edit of a message, in the place of what waits; `late` when a later edit was taken, or the message is gone. */
  edit(row: IntakeRow, said: Said, edit: Edited, at: Date): Promise<IntakeAnswer | 'late'>;
}

export interface Replaced {
  readonly taskId: TaskId;
  /** Of its last words. */
  readonly letterId: LetterId;
}

export interface Edited {
  readonly message: string;
  readonly at: Date;
  /** Of the last words of a task that is replaced. */
  readonly letterId: LetterId;
}

const LARGEST_BATCH = 256;
const COLUMNS = 'n, outcome, repeated, task_id, conversation_id, saying';

export function takeFromChatsOver(money: Money): TakeFromChats {
  const take = groupCommit<{ row: IntakeRow; said: Said; at: Date }, IntakeAnswer>({
    most: LARGEST_BATCH,
    keyOf: ({ row }) => row.teamId,
    async run(batch, lane) {
      const { rows } = await money.query<AnswerRow>(
        { name: 'chat intake', text: `SELECT ${COLUMNS} FROM chat_intake($1, $2) ORDER BY n` },
        [toJson(batch.map(({ row, said }, n) => heard(row, said, n))), latest(batch.map(({ at }) => at))],
        lane,
      );
      return rows.map(readAnswer);
    },
  });

  return {
    take: (row, said, at, signal) => take({ row, said, at }, signal),

    async replace(row, said, { taskId, letterId }, at) {
      const { rows } = await money.query<Omit<AnswerRow, 'outcome'> & { outcome: AnswerRow['outcome'] | 'over' }>(
        { name: 'replace', text: `SELECT ${COLUMNS} FROM replace_unapproved($1, true, $2, $3, $4, $5)` },
        [taskId, toJson([heard(row, said, 0)]), letterId, row.readHere, at],
      );
      const { outcome, ...rest } = rows[0]!;
      return outcome === 'over' ? 'over' : readAnswer({ ...rest, outcome });
    },

    async edit(row, said, { message, at: editedAt, letterId }, at) {
      const { rows } = await money.query<Omit<AnswerRow, 'outcome'> & { outcome: AnswerRow['outcome'] | 'late' }>(
        { name: 'edit message', text: `SELECT ${COLUMNS} FROM edit_message($1, $2, $3, $4, $5, $6)` },
        [message, editedAt, toJson([heard(row, said, 0)]), letterId, row.readHere, at],
      );
      const { outcome, ...rest } = rows[0]!;
      return outcome === 'late' ? 'late' : readAnswer({ ...rest, outcome });
    },
  };
}

function heard(row: IntakeRow, { twin, askedBy, at }: Said, n: number) {
  return { ...asSql(row, n), twin, asked_by: at === null ? null : askedBy, said_at: at };
}
