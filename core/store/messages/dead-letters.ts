// Letters that could not be posted. Nothing here says anything to anybody: sending again gives a letter back to delivery
// under its old id, so that whatever was posted of it is found, and saying it elsewhere writes another letter there.

import { newId, type ConversationId, type LetterId, type TaskId, type TeamId } from '#core/domain/ids.ts';
import type { Saying } from '#core/domain/messages/letter.ts';
import type { Platform, ThreadRef } from '#core/domain/messages/thread-ref.ts';
import type { Trouble } from '#core/domain/messages/trouble.ts';
import { writeAudit, type AuditLine } from '../team/audit.ts';
import { toJson } from '../database/json.ts';
import { directLettersOver, type DirectLetters } from './direct-letters.ts';
import { BURIED } from './letters.ts';
import type { Money } from '../database/money.ts';

/** One answer, however many of its posts failed. */
export interface DeadLetter {
  /** Of its first post that failed. */
  readonly id: LetterId;
  readonly teamId: TeamId;
  readonly taskId: TaskId | null;
  readonly requestText: string | null;
  readonly saying: Saying;
  readonly why: Trouble;
  /** What the platform said. */
  readonly trouble: string | null;
  readonly mayBePosted: boolean;
  /** How many of its posts failed. */
  readonly posts: number;
  readonly platform: Platform;
  readonly channel: string | null;
  readonly diedAt: Date;
}

export interface Place {
  readonly conversationId: ConversationId;
  readonly platform: Platform;
  readonly channel: string | null;
  readonly threadRef: ThreadRef;
  /** What was last asked there. */
  readonly lastAsked: string | null;
  readonly lastAskedAt: Date | null;
}

export interface DeadLetters extends DirectLetters {
  /** Those nobody has marked as seen, newest first, behind `before`. Without a team, those of all. */
  list(teamId: TeamId | null, before: { readonly diedAt: Date; readonly id: string } | null, limit: number): Promise<DeadLetter[]>;
  count(teamId: TeamId): Promise<number>;
  /** Gives all dead posts of this answer back to delivery; how many. `twice`: also where nobody can know whether it was posted. */
  again(teamId: TeamId, id: LetterId, twice: boolean, at: Date, audit?: AuditLine): Promise<number>;
  /**
   * Of a task: its last words are given back when they are dead, and older ones are passed over; else what waits for its next
   * try has it now.
   */
  againOfTask(teamId: TeamId, taskId: TaskId, at: Date): Promise<'again' | 'trying' | 'nothing'>;
  /** Says it in another conversation of the team, once; null when it is not there to be said. `web` begins a new one in the portal. */
  sayElsewhere(
    teamId: TeamId,
    id: LetterId,
    to: ConversationId | 'web',
    readHere: ReadonlySet<Platform>,
    at: Date,
  ): Promise<ConversationId | null>;
  /** Where else the team talks with us. */
  places(teamId: TeamId, notOn: readonly Platform[], most: number): Promise<Place[]>;
  markSeen(teamId: TeamId, ids: readonly string[], at: Date): Promise<number>;
  /** Letters that nobody has come for since then: no process speaks on their platform any more. */
  buryForgotten(wantedBefore: Date, at: Date, most: number): Promise<number>;
  diedSince(since: Date): Promise<number>;
  /** Whether the team has such a letter, dead or not. */
  isOf(teamId: TeamId, id: LetterId): Promise<boolean>;
}

/** As its platform calls it; until we heard that, the last part of its ref. */
const CHANNEL_NAME = `coalesce((SELECT h.name FROM places h WHERE h.ref = c.channel), regexp_replace(c.channel, '^.*:', ''))`;

export function deadLettersOver(money: Money): DeadLetters {
  const again: DeadLetters['again'] = async (teamId, id, twice, at, audit) =>
    money.transaction(async (client) => {
      const { rows } = await client.query<{ again: number }>(`WITH ${GIVEN_BACK} SELECT ${AGAIN}`, [teamId, id, at, twice]);
      if (rows[0]!.again > 0 && audit !== undefined) await writeAudit(client, audit);
      return rows[0]!.again;
    });

  const markSeen: DeadLetters['markSeen'] = async (teamId, ids, at) => {
    const { rows } = await money.query<{ seen: number }>(
      {
        text: `WITH seen AS (
            UPDATE dead_letters d SET seen_at = $3 FROM letters l JOIN letters g ON g.conversation_id = l.conversation_id AND g.seq = l.seq
            WHERE d.letter_id = l.id AND g.id = ANY ($2) AND d.team_id = $1 AND d.seen_at IS NULL RETURNING l.conversation_id, l.seq
          ) SELECT count(DISTINCT (conversation_id, seq))::int AS seen FROM seen`,
      },
      [teamId, ids, at],
    );
    return rows[0]!.seen;
  };

  return {
    ...directLettersOver(money),
    async list(teamId, before, limit) {
      const { rows } = await money.query<DeadRow>(
        {
          name: 'dead letters',
          // The first dead post of each answer stands for all of them.
          text: `WITH dead AS (
              SELECT d.letter_id, d.team_id, d.why, d.died_at, d.may_be_posted, l.conversation_id, l.seq, l.part
              FROM dead_letters d JOIN letters l ON l.id = d.letter_id WHERE d.seen_at IS NULL AND ($1::uuid IS NULL OR d.team_id = $1)
            ), first AS (
              SELECT DISTINCT ON (d.conversation_id, d.seq) d.*, count(*) OVER whole AS posts, bool_or(d.may_be_posted) OVER whole AS any_posted
              FROM dead d WINDOW whole AS (PARTITION BY d.conversation_id, d.seq) ORDER BY d.conversation_id, d.seq, d.part
            )
            SELECT f.letter_id AS id, f.team_id, l.task_id, t.request_text, l.saying, f.why, l.trouble, f.any_posted AS may_be_posted, f.posts::int,
              l.platform, ${CHANNEL_NAME} AS channel, f.died_at
            FROM first f JOIN letters l ON l.id = f.letter_id JOIN conversations c ON c.id = f.conversation_id LEFT JOIN tasks t ON t.id = l.task_id
            WHERE $2::timestamptz IS NULL OR (f.died_at, f.letter_id) < ($2, $3::uuid)
            ORDER BY f.died_at DESC, f.letter_id DESC LIMIT $4`,
        },
        [teamId, before?.diedAt ?? null, before?.id ?? null, limit],
      );
      return rows.map((row) => ({
        id: row.id,
        teamId: row.team_id,
        taskId: row.task_id,
        requestText: row.request_text,
        saying: row.saying,
        why: row.why,
        trouble: row.trouble,
        mayBePosted: row.may_be_posted,
        posts: row.posts,
        platform: row.platform,
        channel: row.channel,
        diedAt: row.died_at,
      }));
    },

    async count(teamId) {
      const { rows } = await money.query<{ count: number }>(
        {
          name: 'dead letters count',
          text: `SELECT count(DISTINCT (l.conversation_id, l.seq))::int AS count FROM dead_letters d JOIN letters l ON l.id = d.letter_id
                 WHERE d.team_id = $1 AND d.seen_at IS NULL`,
        },
        [teamId],
      );
      return rows[0]!.count;
    },

    again,
    markSeen,

    async againOfTask(teamId, taskId, at) {
      const { rows } = await money.query<{ id: LetterId; answer: string; dead: boolean }>(
        {
          text: `SELECT l.id, l.conversation_id || ' ' || l.seq AS answer, l.state = 'dead' AS dead FROM letters l JOIN conversations c ON c.id = l.conversation_id
                 WHERE l.task_id = $2 AND c.team_id = $1 ORDER BY l.created_at DESC, l.seq DESC, l.part`,
        },
        [teamId, taskId],
      );
      // What was said before the last words of a task needs not be said any more.
      const last = rows.filter(({ answer }) => answer === rows[0]!.answer);
      const passedOver = rows.slice(last.length).filter(({ dead }) => dead);
      const dead = last.find((each) => each.dead);
      if (dead !== undefined && (await again(teamId, dead.id, false, at)) > 0) {
        const older = passedOver.map(({ id }) => id);
        if (older.length > 0) await markSeen(teamId, older, at);
        return 'again';
      }
      const { rows: trying } = await money.query<{ id: LetterId }>(
        {
          // One that is being sent has its lease in next_at, which is not ours to shorten.
          text: `WITH due AS (
              SELECT l.id FROM letters l JOIN conversations c ON c.id = l.conversation_id
              WHERE l.task_id = $2 AND c.team_id = $1 AND l.state IN ('planned', 'sending', 'unknown') ORDER BY l.seq, l.part FOR NO KEY UPDATE OF l
            ), soon AS (
              UPDATE letters l SET next_at = $3 FROM due WHERE l.id = due.id AND l.state = 'planned' AND l.next_at > $3
            )
            SELECT due.id, pg_notify('impacter', 'letter') FROM due`,
        },
        [teamId, taskId, at],
      );
      return trying.length > 0 ? 'trying' : 'nothing';
    },

    async sayElsewhere(teamId, id, to, readHere, at) {
      return money.transaction(async (client) => {
        const { rows } = await client.query<{ task_id: TaskId | null; saying: Saying; conversation_id: ConversationId; seq: number }>(
          `SELECT l.task_id, l.saying, l.conversation_id, l.seq FROM dead_letters d JOIN letters l ON l.id = d.letter_id
           WHERE d.letter_id = $2 AND d.team_id = $1 AND d.moved_to IS NULL AND l.state = 'dead' FOR NO KEY UPDATE OF d`,
          [teamId, id],
        );
        const letter = rows[0];
        if (letter === undefined) return null;
        const conversationId = to === 'web' ? newId<ConversationId>(at.getTime()) : to;
        if (to === 'web')
          await client.query(
            `INSERT INTO conversations (id, team_id, platform, thread_ref, address, created_at) VALUES ($1, $2, 'web', $4, $4, $3)`,
            [conversationId, teamId, at, `web:${conversationId}`],
          );
        const { rows: places } = await client.query<{ platform: Platform }>(
          'SELECT platform FROM conversations WHERE id = $1 AND team_id = $2 AND id <> $3',
          [conversationId, teamId, letter.conversation_id],
        );
        const place = places[0];
        if (place === undefined) return null;
        await client.query('SELECT write_letter($1, $2, $3, $4, $5, $6)', [
          conversationId,
          newId<LetterId>(at.getTime()),
          letter.task_id,
          toJson(letter.saying),
          readHere.has(place.platform),
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
        await client.query(`SELECT pg_notify('impacter', 'events:' || $1)`, [teamId]);
        return conversationId;
      });
    },

    async places(teamId, notOn, most) {
      const { rows } = await money.query<{
        id: ConversationId;
        platform: Platform;
        channel: string | null;
        thread_ref: ThreadRef;
        last_asked: string | null;
        last_asked_at: Date | null;
      }>(
        {
          text: `SELECT c.id, c.platform, ${CHANNEL_NAME} AS channel, c.thread_ref, t.request_text AS last_asked, t.created_at AS last_asked_at
                 FROM conversations c LEFT JOIN LATERAL (SELECT * FROM tasks t WHERE t.conversation_id = c.id ORDER BY t.created_at DESC, t.id DESC LIMIT 1) t ON true
                 WHERE c.team_id = $1 AND c.thread_ref IS NOT NULL AND c.platform <> ALL ($2)
                   AND NOT EXISTS (SELECT FROM letters l WHERE l.conversation_id = c.id AND l.state = 'dead')
                 ORDER BY c.created_at DESC, c.id DESC LIMIT $3`,
        },
        [teamId, notOn, most],
      );
      return rows.map((row) => ({
        conversationId: row.id,
        platform: row.platform,
        channel: row.channel,
        threadRef: row.thread_ref,
        lastAsked: row.last_asked,
        lastAskedAt: row.last_asked_at,
      }));
    },

    async buryForgotten(wantedBefore, at, most) {
      const { rows } = await money.query<{ id: LetterId }>(
        {
          text: `WITH marked AS (
              UPDATE letters l SET state = 'dead', trouble = coalesce(l.trouble, $3) FROM (
                SELECT id, state FROM letters WHERE state IN ('planned', 'sending', 'unknown') AND coalesce(again_at, created_at) < $1 AND next_at < $1
                ORDER BY next_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
              ) f WHERE l.id = f.id RETURNING l.id, l.conversation_id, l.task_id, 'disconnected' AS why, f.state <> 'planned' AS may_be_posted
            ), ${BURIED}
            SELECT id FROM marked`,
        },
        [wantedBefore, most, 'nobody speaks on this platform', at],
      );
      return rows.length;
    },

    async diedSince(since) {
      const { rows } = await money.query<{ died: number }>({ text: 'SELECT count(*)::int AS died FROM dead_letters WHERE died_at > $1' }, [
        since,
      ]);
      return rows[0]!.died;
    },

    async isOf(teamId, id) {
      const { rows } = await money.query(
        { text: 'SELECT FROM letters l JOIN conversations c ON c.id = l.conversation_id WHERE l.id = $2 AND c.team_id = $1' },
        [teamId, id],
      );
      return rows.length > 0;
    },
  };
}

// $1 team, $2 a dead letter, $3 now, $4 whether it may be seen twice. A letter that was never tried needs no look; every other
// one is looked for first, and where nobody may look it is only posted if we know, or somebody accepts, what that means.
const GIVEN_BACK = `wanted AS (
    SELECT l.id FROM letters g JOIN letters l ON l.conversation_id = g.conversation_id AND l.seq = g.seq JOIN dead_letters d ON d.letter_id = l.id
    WHERE g.id = $2 AND d.team_id = $1 AND l.state = 'dead' ORDER BY l.part FOR NO KEY UPDATE OF l
  ), back AS (
    UPDATE letters l SET state = CASE WHEN l.attempted_at IS NULL THEN 'planned' ELSE 'unknown' END,
      may_repeat = $4::boolean OR NOT d.may_be_posted, again_at = $3::timestamptz, next_at = $3::timestamptz, failures = 0, leased_until = NULL
    FROM wanted w JOIN dead_letters d ON d.letter_id = w.id WHERE l.id = w.id AND l.state = 'dead' RETURNING l.id, l.task_id
  ), no_longer_dead AS (
    DELETE FROM dead_letters d USING back b WHERE d.letter_id = b.id
  ), told AS (
    INSERT INTO task_events (task_id, team_id, kind, data, at)
    SELECT DISTINCT t.id, t.team_id, 'sent-again', '{}'::jsonb, $3::timestamptz FROM back b JOIN tasks t ON t.id = b.task_id
  )`;
const AGAIN = `(SELECT count(*)::int FROM back) AS again, pg_notify('impacter', 'letter'), pg_notify('impacter', 'events:' || $1::text)`;

interface DeadRow {
  id: LetterId;
  team_id: TeamId;
  task_id: TaskId | null;
  request_text: string | null;
  saying: Saying;
  why: Trouble;
  trouble: string | null;
  may_be_posted: boolean;
  posts: number;
  platform: Platform;
  channel: string | null;
  died_at: Date;
}
