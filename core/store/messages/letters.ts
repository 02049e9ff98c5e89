// Letters on their way. A row says what is known of its post: `sending` may or may not have happened when its process
// died, so whoever takes it up then has to look first. The number of its tries tells whose it is: a process that slept
// through its lease may no longer say what becomes of the letter.

import type { ConversationId, LetterId, TaskId, TeamId } from '#core/domain/ids.ts';
import type { Saying } from '#core/domain/messages/letter.ts';
import type { Platform, ThreadRef } from '#core/domain/messages/thread-ref.ts';
import type { Trouble } from '#core/domain/messages/trouble.ts';
import type { Posted } from '#core/ports/poster.ts';
import { toJson } from '../database/json.ts';
import type { Money } from '../database/money.ts';

export interface OpenLetter {
  readonly id: LetterId;
  readonly conversationId: ConversationId;
  readonly seq: number;
  readonly part: number;
  readonly platform: Platform;
  readonly taskId: TaskId | null;
  readonly saying: Saying;
  readonly tries: number;
  /** Why the last try failed. */
  readonly trouble: string | null;
  readonly threadRef: ThreadRef | null;
  readonly address: string;
  /** When it was written, or last wanted sent again: it has a day from then. */
  readonly wantedAt: Date;
  /** When it was first tried; set when an earlier try ended without an answer. */
  readonly attemptedAt: Date | null;
  readonly mustLook: boolean;
  /** Once: where nobody may look, it is posted all the same. */
  readonly mayRepeat: boolean;
  /** Then another process may take it. */
  readonly leaseUntil: Date;
}

export interface Letters {
  /** Takes letters that are due, at most one of each conversation: part n waits for part n-1. */
  claim(platforms: readonly Platform[], at: Date, leaseMs: number, most: number): Promise<OpenLetter[]>;
  /** Makes rows of their own of the parts 1..n-1. */
  split(letter: OpenLetter, parts: number, at: Date): Promise<void>;
  sent(letter: OpenLetter, posted: Posted, at: Date): Promise<void>;
  /** It was not posted, or nobody knows: try (or look) again then. */
  later(letter: OpenLetter, state: 'planned' | 'unknown', nextAt: Date, trouble: string): Promise<void>;
  /** Frees the thread; shown under undelivered results (dead-letters.ts). */
  dead(letter: OpenLetter, death: Death, at: Date): Promise<void>;
  write(
    letter: { id: LetterId; conversationId: ConversationId; taskId: TaskId | null; saying: Saying; readHere: boolean },
    at: Date,
  ): Promise<number>;
  /** Where a conversation of this team is, or will be once its root is posted; null when it has no such conversation. */
  threadOf(teamId: TeamId, conversationId: string): Promise<ThreadRef | null>;
  /** What was said in a conversation of this team. */
  said(teamId: TeamId, conversationId: string, after: number): Promise<SaidLetter[]>;
}

export interface Death {
  readonly why: Trouble;
  /** What the platform said, for those who run the product. */
  readonly trouble: string;
  readonly mayBePosted: boolean;
}

export interface SaidLetter {
  readonly seq: number;
  readonly part: number;
  readonly taskId: TaskId | null;
  readonly saying: Saying;
  readonly sentAt: Date;
}

export function lettersOver(money: Money): Letters {
  return {
    async claim(platforms, at, leaseMs, most) {
      const { rows } = await money.query<ClaimRow>(
        {
          name: 'claim letters',
          text: `WITH due AS (
              SELECT l.id FROM letters l
              WHERE l.state IN ('planned', 'sending', 'unknown') AND l.platform = ANY ($1) AND l.next_at <= $2
                AND NOT EXISTS (
                  SELECT FROM letters e WHERE e.conversation_id = l.conversation_id AND (e.seq, e.part) < (l.seq, l.part) AND e.state IN ('planned', 'sending', 'unknown'))
              ORDER BY l.next_at LIMIT $4 FOR NO KEY UPDATE OF l SKIP LOCKED
            )
            UPDATE letters l SET state = CASE WHEN l.state = 'planned' THEN 'sending' ELSE 'unknown' END, tries = l.tries + 1, may_repeat = false,
              attempted_at = coalesce(l.attempted_at, $2), next_at = $2 + make_interval(secs => $3)
            FROM due, conversations c WHERE l.id = due.id AND c.id = l.conversation_id
            RETURNING l.id, l.conversation_id, l.seq, l.part, l.platform, l.task_id, l.saying, l.tries, l.trouble, c.thread_ref, c.address, coalesce(l.again_at, l.created_at) AS wanted_at,
              l.next_at, old.attempted_at, old.state <> 'planned' AS must_look, old.may_repeat`,
        },
        [platforms, at, leaseMs / 1000, most],
      );
      return rows.map((row) => ({
        id: row.id,
        conversationId: row.conversation_id,
        seq: row.seq,
        part: row.part,
        platform: row.platform,
        taskId: row.task_id,
        saying: row.saying,
        tries: row.tries,
        trouble: row.trouble,
        threadRef: row.thread_ref,
        address: row.address,
        wantedAt: row.wanted_at,
        attemptedAt: row.attempted_at,
        mustLook: row.must_look,
        mayRepeat: row.may_repeat,
        leaseUntil: row.next_at,
      }));
    },

    async split(letter, parts, at) {
      await money.query(
        {
          text: `INSERT INTO letters (id, conversation_id, seq, part, platform, task_id, saying, state, next_at, created_at)
                 SELECT uuidv7(), l.conversation_id, l.seq, p, l.platform, l.task_id, l.saying, 'planned', $3, l.created_at
                 FROM letters l, generate_series(1, $2::int - 1) p WHERE l.id = $1 ON CONFLICT (conversation_id, seq, part) DO NOTHING`,
        },
        [letter.id, parts, at],
      );
    },

    async sent(letter, posted, at) {
      await money.query({ name: 'letter sent', text: 'SELECT letter_sent($1, $2, $3, $4)' }, [
        letter.id,
        posted.messageRef,
        posted.threadRef ?? null,
        at,
      ]);
    },

    async later(letter, state, nextAt, trouble) {
      await money.query(
        {
          text: `UPDATE letters SET state = $3, next_at = $4, trouble = $5 WHERE id = $1 AND tries = $2 AND state IN ('sending', 'unknown')`,
        },
        [letter.id, letter.tries, state, nextAt, trouble],
      );
    },

    async dead(letter, { why, trouble, mayBePosted }, at) {
      await money.query(
        {
          text: `WITH marked AS (
                   UPDATE letters SET state = 'dead', trouble = $3 WHERE id = $1 AND tries = $2 AND state IN ('sending', 'unknown')
                   RETURNING id, conversation_id, task_id, $5::text AS why, $6::boolean AS may_be_posted
                 ), ${BURIED}
                 SELECT 1`,
        },
        [letter.id, letter.tries, trouble, at, why, mayBePosted],
      );
    },

    async write(letter, at) {
      const { rows } = await money.query<{ seq: number }>({ text: 'SELECT write_letter($1, $2, $3, $4, $5, $6) AS seq' }, [
        letter.conversationId,
        letter.id,
        letter.taskId,
        toJson(letter.saying),
        letter.readHere,
        at,
      ]);
      return rows[0]!.seq;
    },

    async threadOf(teamId, conversationId) {
      const { rows } = await money.query<{ thread: ThreadRef }>(
        { name: 'thread of', text: 'SELECT coalesce(thread_ref, address) AS thread FROM conversations WHERE id = $1 AND team_id = $2' },
        [conversationId, teamId],
      );
      return rows[0]?.thread ?? null;
    },

    async said(teamId, conversationId, after) {
      const { rows } = await money.query<{ seq: number; part: number; task_id: TaskId | null; saying: Saying; sent_at: Date }>(
        {
          name: 'letters said',
          text: `SELECT l.seq, l.part, l.task_id, l.saying, l.sent_at FROM letters l JOIN conversations c ON c.id = l.conversation_id
                 WHERE c.id = $1 AND c.team_id = $2 AND l.seq > $3 AND l.part = 0 AND l.state = 'sent' ORDER BY l.seq LIMIT 200`,
        },
        [conversationId, teamId, after],
      );
      return rows.map((row) => ({ seq: row.seq, part: row.part, taskId: row.task_id, saying: row.saying, sentAt: row.sent_at }));
    },
  };
}

/** What follows for letters that were `marked` dead; $3 is the trouble with them, $4 the time. */
export const BURIED = `buried AS (
    INSERT INTO dead_letters (letter_id, team_id, why, may_be_posted, died_at)
    SELECT m.id, c.team_id, m.why, m.may_be_posted, $4::timestamptz FROM marked m JOIN conversations c ON c.id = m.conversation_id
  ), told AS (
    INSERT INTO task_events (task_id, team_id, kind, data, at)
    SELECT t.id, t.team_id, 'undelivered', jsonb_build_object('trouble', $3::text, 'why', m.why), $4::timestamptz
    FROM marked m JOIN tasks t ON t.id = m.task_id
  )`;

interface ClaimRow {
  id: LetterId;
  conversation_id: ConversationId;
  seq: number;
  part: number;
  platform: Platform;
  task_id: TaskId | null;
  saying: Saying;
  tries: number;
  trouble: string | null;
  thread_ref: ThreadRef | null;
  address: string;
  wanted_at: Date;
  next_at: Date;
  attempted_at: Date | null;
  must_look: boolean;
  may_repeat: boolean;
}
