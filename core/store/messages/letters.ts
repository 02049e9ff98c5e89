// Letters on their way. A row says what is known of its post: `sending` may or may not have happened when its process
// died, so whoever takes it up then has to look first. The number of its tries tells whose it is: a process that slept
// through its lease may no longer say what becomes of the letter. Of each channel (`route`) one letter is on its way at a time.

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
  /** How many of the tries before failed. */
  readonly failures: number;
  /** Why the last try failed. */
  readonly trouble: string | null;
  readonly threadRef: ThreadRef | null;
  readonly address: string;
  /** Its channel: posts leave one at a time there. */
  readonly route: string;
  /** When it was written, or last wanted sent again: it has a day from then. */
  readonly wantedAt: Date;
  /** Its place among the letters of its channel. */
  readonly dueAt: Date;
  /** When it was first tried; set when an earlier try ended without an answer. */
  readonly attemptedAt: Date | null;
  /** When its last post was begun; null when there was none, or nobody knows. */
  readonly lastTriedAt: Date | null;
  readonly mustLook: boolean;
  /** Once: where nobody may look, it is posted all the same. */
  readonly mayRepeat: boolean;
  /** Why its channel takes no posts, where that was found after somebody asked for this letter: it ends with that, without a call. */
  readonly brokenWhy: Trouble | null;
  /** Its channel took no posts when it was last tried, and this letter is to show whether it does again. */
  readonly probes: boolean;
  /** Then another process may take it. */
  readonly leaseUntil: Date;
}

export interface Letters {
  /**
   * Takes letters that are due, at most one of each channel, and none of a channel where one is under way or that is paused.
   * Within a conversation they come in order: part n waits for part n-1.
   */
  claim(platform: Platform, at: Date, leaseMs: number, most: number): Promise<OpenLetter[]>;
  /** Makes rows of their own of the parts 1..n-1. */
  split(letter: OpenLetter, parts: number, at: Date): Promise<void>;
  /** Who looked for it first is about to post it. False when it is not theirs any more, or was posted meanwhile. */
  trying(letter: OpenLetter, at: Date): Promise<boolean>;
  sent(letter: OpenLetter, posted: Posted, at: Date): Promise<void>;
  /** The platform told of a post with this key (letter_heard in the migration). */
  heard(id: LetterId, posted: Posted, at: Date): Promise<Heard>;
  /** It was not posted, or nobody knows: try (or look) again then. */
  later(letter: OpenLetter, again: Again): Promise<void>;
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

/** `confirmed`: the letter is posted, and this is its post. `double`: it has another one. `unknown`: it is no letter of ours. */
export type Heard = 'confirmed' | 'double' | 'unknown';

export interface Again {
  readonly state: 'planned' | 'unknown';
  readonly nextAt: Date;
  readonly trouble: string;
  /** The next try then comes later than after the last failure. Waiting for a limit is none. */
  readonly failed: boolean;
  /** Until then nobody posts in its channel. */
  readonly pausedUntil?: Date;
}

export interface Death {
  readonly why: Trouble;
  /** What the platform said, for those who run the product. */
  readonly trouble: string;
  readonly mayBePosted: boolean;
  /** Nothing was called for it, ever. */
  readonly neverTried?: boolean;
}

export interface SaidLetter {
  readonly seq: number;
  readonly part: number;
  readonly taskId: TaskId | null;
  readonly saying: Saying;
  readonly sentAt: Date;
}

export function lettersOver(money: Money): Letters {
  // Where the last walk from channel to channel ended, by platform.
  const walked = new Map<Platform, string>();

  return {
    async claim(platform, at, leaseMs, most) {
      const { rows } = await money.query<ClaimRow | NothingRow>(
        { name: 'claim letters', text: 'SELECT * FROM claim_letters($1, make_interval(secs => $2), $3, $4, $5)' },
        [platform, leaseMs / 1000, most, walked.get(platform) ?? '', at],
      );
      return rows.flatMap((row) => {
        if (row.letter_id !== null) return [openLetter(row)];
        walked.set(platform, row.walked_to);
        return [];
      });
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

    async trying(letter, at) {
      const { rows } = await money.query(
        { text: `UPDATE letters SET last_tried_at = $3 WHERE id = $1 AND tries = $2 AND state IN ('sending', 'unknown') RETURNING 1` },
        [letter.id, letter.tries, at],
      );
      return rows.length > 0;
    },

    async heard(id, { messageRef, threadRef }, at) {
      const { rows } = await money.query<{ heard: Heard }>({ name: 'letter heard', text: 'SELECT letter_heard($1, $2, $3, $4) AS heard' }, [
        id,
        messageRef,
        threadRef ?? null,
        at,
      ]);
      return rows[0]!.heard;
    },

    async later(letter, { state, nextAt, trouble, failed, pausedUntil }) {
      await money.query(
        {
          text: `WITH paused AS (
              INSERT INTO routes AS r (route, platform, paused_until) SELECT $7::text, $8::text, $9::timestamptz WHERE $9 IS NOT NULL
              ON CONFLICT (route) DO UPDATE SET paused_until = greatest(r.paused_until, excluded.paused_until)
            )
            UPDATE letters SET state = $3, next_at = $4, trouble = $5, failures = failures + $6::int, leased_until = NULL
            WHERE id = $1 AND tries = $2 AND state IN ('sending', 'unknown')`,
        },
        [letter.id, letter.tries, state, nextAt, trouble, failed ? 1 : 0, letter.route, letter.platform, pausedUntil ?? null],
      );
    },

    async dead(letter, { why, trouble, mayBePosted, neverTried = false }, at) {
      await money.query(
        {
          text: `WITH marked AS (
                   UPDATE letters SET state = 'dead', trouble = $3, attempted_at = CASE WHEN NOT $7 THEN attempted_at END,
                     last_tried_at = CASE WHEN NOT $7 THEN last_tried_at END
                   WHERE id = $1 AND tries = $2 AND state IN ('sending', 'unknown')
                   RETURNING id, conversation_id, task_id, $5::text AS why, $6::boolean AS may_be_posted
                 ), ${BURIED}
                 SELECT 1`,
        },
        [letter.id, letter.tries, trouble, at, why, mayBePosted, neverTried],
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

function openLetter(row: ClaimRow): OpenLetter {
  return {
    id: row.letter_id,
    conversationId: row.conversation_id,
    seq: row.seq,
    part: row.part,
    platform: row.platform,
    taskId: row.task_id,
    saying: row.saying,
    tries: row.tries,
    failures: row.failures,
    trouble: row.trouble,
    threadRef: row.thread_ref,
    address: row.address,
    route: row.route,
    wantedAt: row.wanted_at,
    dueAt: row.due_at,
    attemptedAt: row.attempted_at,
    lastTriedAt: row.last_tried_at,
    mustLook: row.must_look,
    mayRepeat: row.may_repeat,
    brokenWhy: row.broken_why,
    probes: row.was_broken && row.broken_why === null,
    leaseUntil: row.lease_until,
  };
}

interface ClaimRow {
  letter_id: LetterId;
  conversation_id: ConversationId;
  seq: number;
  part: number;
  platform: Platform;
  task_id: TaskId | null;
  saying: Saying;
  tries: number;
  failures: number;
  trouble: string | null;
  thread_ref: ThreadRef | null;
  address: string;
  route: string;
  wanted_at: Date;
  due_at: Date;
  lease_until: Date;
  attempted_at: Date | null;
  last_tried_at: Date | null;
  must_look: boolean;
  may_repeat: boolean;
  broken_why: Trouble | null;
  was_broken: boolean;
}

interface NothingRow {
  letter_id: null;
  walked_to: string;
}
