// Messages that were edited or removed, and what of them is forgotten: the functions `remove_message` and `forget_removed`.

import type { IdentityId, LetterId, TaskId, UserId } from '#core/domain/ids.ts';
import type { Notice } from '#core/domain/messages/letter.ts';
import { toJson } from '../database/json.ts';
import type { Money } from '../database/money.ts';
import type { StoredAnswer } from './outcomes.ts';

export interface AskedUnder {
  /** The message's first name. */
  readonly key: string;
  readonly outcome: StoredAnswer['outcome'];
  /** Both null where it made no task, or its person was erased. */
  readonly asker: { readonly userId: UserId | null; readonly identityId: IdentityId | null };
}

export interface MessageChanges {
  /** A further name of a message. */
  name(name: string, key: string, at: Date): Promise<void>;
  /** What came of a message, and who asked for it; null for one that we do not know. */
  askedUnder(name: string): Promise<AskedUnder | null>;
  /** The task of a message's latest edit, if it was edited. */
  latestEdit(key: string): Promise<TaskId | null>;
  /** Notes the removal, and gives the tasks that came of the message. Their text goes once they are over. */
  remove(key: string, at: Date): Promise<TaskId[]>;
  /** Writes a letter about a task, once of its kind. */
  noticeOnce(taskId: TaskId, letterId: LetterId, notice: Notice, readHere: boolean, at: Date): Promise<void>;
  /** Forgets the text of removed requests that are over, and says how many. */
  forget(at: Date, most: number): Promise<number>;
}

export function messageChangesOver(money: Money): MessageChanges {
  return {
    async name(name, key, at) {
      await money.query({ text: 'INSERT INTO message_names (name, key, at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING' }, [
        name,
        key,
        at,
      ]);
    },

    async askedUnder(name) {
      const { rows } = await money.query<{
        key: string;
        outcome: StoredAnswer['outcome'];
        user_id: UserId | null;
        identity_id: IdentityId | null;
      }>(
        {
          name: 'asked under',
          text: `SELECT a.key, a.outcome, t.user_id, t.identity_id
                 FROM asks a LEFT JOIN tasks t ON t.id = a.task_id
                 WHERE a.key = coalesce((SELECT m.key FROM message_names m WHERE m.name = $1), $1)`,
        },
        [name],
      );
      return (
        rows.map(({ key, outcome, user_id: userId, identity_id: identityId }) => ({ key, outcome, asker: { userId, identityId } }))[0] ??
        null
      );
    },

    async latestEdit(key) {
      const { rows } = await money.query<{ task_id: TaskId | null }>(
        { name: 'latest edit', text: 'SELECT task_id FROM message_changes WHERE key = $1' },
        [key],
      );
      return rows[0]?.task_id ?? null;
    },

    async remove(key, at) {
      const { rows } = await money.query<{ task_id: TaskId }>({ text: 'SELECT task_id FROM remove_message($1, $2)' }, [key, at]);
      return rows.map(({ task_id }) => task_id);
    },

    async noticeOnce(taskId, letterId, notice, readHere, at) {
      await money.query({ text: 'SELECT notice_once($1, $2, $3, $4, $5)' }, [taskId, letterId, toJson(notice), readHere, at]);
    },

    async forget(at, most) {
      const { rows } = await money.query<{ count: number }>({ text: 'SELECT forget_removed($1, $2) AS count' }, [at, most]);
      return rows[0]!.count;
    },
  };
}
