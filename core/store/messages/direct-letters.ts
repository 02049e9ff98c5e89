// Letters whose channel is gone or closed, and the direct messages in which their asker gets them instead.

import { newId, type ConversationId, type LetterId, type TaskId, type TeamId } from '#core/domain/ids.ts';
import type { Saying } from '#core/domain/messages/letter.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { toJson } from '../database/json.ts';
import type { Money } from '../database/money.ts';

export interface DirectLetters {
  /** The account that asked for a task on the platform where it was asked for, by the platform's id; null where there is none. */
  askerThere(taskId: TaskId): Promise<string | null>;
  /**
   * Says a dead letter in a direct message (`slack:T1:D1:`), once, and takes it off the list of undelivered ones. All letters of one
   * thread go into one conversation. null where it was said elsewhere before, or died there itself.
   */
  sayDirectly(id: LetterId, ref: string, at: Date): Promise<ConversationId | null>;
}

interface Dead {
  readonly task_id: TaskId | null;
  readonly saying: Saying;
  readonly conversation_id: ConversationId;
  readonly seq: number;
  readonly part: number;
  readonly team_id: TeamId;
  readonly platform: Platform;
}

export function directLettersOver(money: Money): DirectLetters {
  return {
    async askerThere(taskId) {
      const { rows } = await money.query<{ external_id: string }>(
        { text: 'SELECT i.external_id FROM tasks t JOIN identities i ON i.id = t.identity_id AND i.platform = t.platform WHERE t.id = $1' },
        [taskId],
      );
      return rows[0]?.external_id ?? null;
    },

    sayDirectly: (id, ref, at) =>
      money.transaction(async (client) => {
        const { rows } = await client.query<Dead>(
          `SELECT l.task_id, l.saying, l.conversation_id, l.seq, l.part, d.team_id, c.platform
           FROM dead_letters d JOIN letters l ON l.id = d.letter_id JOIN conversations c ON c.id = l.conversation_id
           WHERE d.letter_id = $1 AND d.moved_to IS NULL AND l.state = 'dead' AND NOT starts_with(coalesce(c.thread_ref, c.address), $2)
           FOR NO KEY UPDATE OF d`,
          [id, ref],
        );
        const letter = rows[0];
        if (letter === undefined) return null;
        const moved = await client.query<{ id: ConversationId; whole: boolean }>(
          `SELECT c.id, l.seq = $2 AS whole FROM letters l JOIN dead_letters d ON d.letter_id = l.id JOIN conversations c ON c.id = d.moved_to
           WHERE l.conversation_id = $1 AND c.platform = $3 AND starts_with(coalesce(c.thread_ref, c.address), $4) ORDER BY whole DESC, c.id LIMIT 1`,
          [letter.conversation_id, letter.seq, letter.platform, ref],
        );
        // Its first part brings all of it.
        const isThere = moved.rows[0]?.whole === true;
        if (!isThere && letter.part > 0) return null;
        const conversationId = moved.rows[0]?.id ?? newId<ConversationId>(at.getTime());
        if (moved.rows[0] === undefined)
          await client.query(
            `INSERT INTO conversations (id, team_id, platform, thread_ref, address, channel, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
            [conversationId, letter.team_id, letter.platform, ref.endsWith(':') ? null : ref, ref, ref.replace(/:[^:]*$/, ''), at],
          );
        if (!isThere)
          await client.query('SELECT write_letter($1, $2, $3, $4, false, $5)', [
            conversationId,
            newId<LetterId>(at.getTime()),
            letter.task_id,
            toJson(letter.saying),
            at,
          ]);
        await client.query(
          `UPDATE dead_letters d SET seen_at = coalesce(d.seen_at, $4), moved_to = $3 FROM letters l
           WHERE l.id = d.letter_id AND l.conversation_id = $1 AND l.seq = $2 AND l.state = 'dead'`,
          [letter.conversation_id, letter.seq, conversationId, at],
        );
        await client.query(
          `INSERT INTO task_events (task_id, team_id, kind, data, at)
           SELECT t.id, t.team_id, 'said-elsewhere', jsonb_build_object('conversationId', $2::text), $3 FROM tasks t WHERE t.id = $1`,
          [letter.task_id, conversationId, at],
        );
        await client.query(`SELECT pg_notify('impacter', 'events:' || $1)`, [letter.team_id]);
        return conversationId;
      }),
  };
}
