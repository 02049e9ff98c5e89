// What Stripe tells us: each notification kept once, and open until its object's state is ours. A row names an object; nothing
// of its body is ever acted on. `left` is what this version does not act on: what names nothing it follows, and what is about
// the other mode. Such rows keep their object's id, so that a version which follows it takes them up.

import { groupCommit } from '../database/group-commit.ts';
import type { Money } from '../database/money.ts';

export interface NewNews {
  /** Stripe's: the same each time it is told. */
  readonly id: string;
  readonly kind: string;
  readonly objectId: string | null;
  readonly livemode: boolean;
  /** As it came. */
  readonly body: string;
  /** Why nothing is done about it; null where something is. */
  readonly left: LeftBecause | null;
}

/** `other-mode`: about test payments where we take real ones, or the other way round. */
export type LeftBecause = 'not-followed' | 'other-mode';

/** What a process has in hand: an object, and the rows that were due about it. */
export interface OpenNews {
  readonly objectId: string;
  readonly rows: readonly { readonly id: string; readonly kind: string; readonly tries: number }[];
  /** Then another process may take them. */
  readonly leaseUntil: Date;
}

export interface StuckNews {
  readonly id: string;
  readonly kind: string;
  readonly objectId: string | null;
  readonly tries: number;
  /** A code; null while it is handled. */
  readonly trouble: string | null;
  readonly receivedAt: Date;
}

export interface NewsStore {
  /** Once per id. Where it is there already and could not be handled, it is tried again at once. */
  keep(news: NewNews, at: Date): Promise<void>;
  /**
   * Takes what is due about objects whose ids begin like these: at most so many rows, together where they are about one object.
   * What only a newer version follows is left to it.
   */
  claim(prefixes: readonly string[], at: Date, leaseMs: number, most: number): Promise<OpenNews[]>;
  /** The state of its object is ours now. Empties the bodies. */
  done(news: OpenNews, at: Date): Promise<void>;
  /** It is due again then. `trouble` is a code. */
  later(news: OpenNews, nextAt: Date, trouble: string): Promise<void>;
  /** Opens what an older version left that did not follow these objects yet. Says how many. */
  takeUp(prefixes: readonly string[], at: Date): Promise<number>;
  /** How many are open that came before then, and could not be handled or wait since then. */
  openSince(before: Date): Promise<number>;
  /** Those that were tried and could not be handled, the oldest first. */
  stuck(most: number): Promise<StuckNews[]>;
  /** It is tried no more. False where it is not open. */
  close(id: string): Promise<boolean>;
  /** Empties old bodies, and forgets what is long over. */
  tidy(at: Date): Promise<void>;
}

/** Bodies are up to 1 MB, so a full batch is not large in rows alone. */
const KEPT_AT_ONCE = 50;
/** Bodies hold addresses of people; a month is enough to look at what went wrong. */
const BODY_KEPT_MS = 30 * 24 * 60 * 60 * 1000;
/** Stripe tells again for three days, and its events can be sent again by hand for a month. */
const DONE_KEPT_MS = 90 * 24 * 60 * 60 * 1000;
const LEFT_KEPT_MS = 365 * 24 * 60 * 60 * 1000;

export function newsOver(money: Money): NewsStore {
  const keep = groupCommit<NewNews & { at: Date }, void>({
    most: KEPT_AT_ONCE,
    async run(batch, lane) {
      // One row each, and always in the same order: two processes that keep the same news never wait for one another in a ring.
      const rows = [...new Map(batch.map((one) => [one.id, one])).values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const column = <T>(read: (one: (typeof rows)[number]) => T) => rows.map(read);
      await money.query(
        { name: 'news kept', text: KEEP },
        [
          column(({ id }) => id),
          column(({ kind }) => kind),
          column(({ objectId }) => objectId),
          column(({ livemode }) => livemode),
          column(({ body }) => body),
          column(({ left }) => left),
          column(({ at }) => at),
        ],
        lane,
      );
      return batch.map(() => undefined);
    },
  });

  return {
    keep: (news, at) => keep({ ...news, at }),

    async claim(prefixes, at, leaseMs, most) {
      const { rows } = await money.query<{ id: string; kind: string; object_id: string; tries: number; next_at: Date }>(
        { name: 'news due', text: CLAIM },
        [at, leaseMs / 1000, most, prefixes],
      );
      const byObject = Map.groupBy(rows, ({ object_id }) => object_id);
      return [...byObject].map(([objectId, all]) => ({
        objectId,
        rows: all.map(({ id, kind, tries }) => ({ id, kind, tries })),
        leaseUntil: all[0]!.next_at,
      }));
    },

    async done({ rows }, at) {
      await money.query(
        { name: 'news done', text: `UPDATE stripe_news n SET state = 'done', done_at = $3, body = NULL, trouble = NULL ${OURS}` },
        [...inHand(rows), at],
      );
    },

    async later({ rows }, nextAt, trouble) {
      await money.query({ name: 'news later', text: `UPDATE stripe_news n SET next_at = $3, trouble = $4 ${OURS}` }, [
        ...inHand(rows),
        nextAt,
        trouble,
      ]);
    },

    async takeUp(prefixes, at) {
      const { rows } = await money.query(
        {
          text: `UPDATE stripe_news SET state = 'open', next_at = $2, trouble = NULL
                 WHERE state = 'left' AND trouble = 'not-followed' AND ${begins('$1')}
                 RETURNING id`,
        },
        [prefixes, at],
      );
      return rows.length;
    },

    async openSince(before) {
      const { rows } = await money.query<{ many: string }>(
        {
          text: `SELECT count(*) AS many FROM stripe_news WHERE state = 'open' AND received_at <= $1 AND (trouble IS NOT NULL OR next_at <= $1)`,
        },
        [before],
      );
      return Number(rows[0]!.many);
    },

    async stuck(most) {
      const { rows } = await money.query<{
        id: string;
        kind: string;
        object_id: string | null;
        tries: number;
        trouble: string | null;
        received_at: Date;
      }>(
        {
          text: `SELECT id, kind, object_id, tries, trouble, received_at FROM stripe_news WHERE state = 'open' AND tries > 1
                 ORDER BY received_at, id LIMIT $1`,
        },
        [most],
      );
      return rows.map(({ id, kind, object_id: objectId, tries, trouble, received_at: receivedAt }) => ({
        id,
        kind,
        objectId,
        tries,
        trouble,
        receivedAt,
      }));
    },

    async close(id) {
      const { rows } = await money.query(
        { text: `UPDATE stripe_news SET state = 'left', trouble = 'closed' WHERE id = $1 AND state = 'open' RETURNING 1` },
        [id],
      );
      return rows.length > 0;
    },

    async tidy(at) {
      const before = (ms: number) => new Date(at.getTime() - ms);
      await money.query({ text: 'UPDATE stripe_news SET body = NULL WHERE body IS NOT NULL AND received_at <= $1' }, [
        before(BODY_KEPT_MS),
      ]);
      await money.query(
        { text: `DELETE FROM stripe_news WHERE state = 'done' AND received_at <= $1 OR state = 'left' AND received_at <= $2` },
        [before(DONE_KEPT_MS), before(LEFT_KEPT_MS)],
      );
    },
  };
}

function begins(prefixes: string): string {
  return `EXISTS (SELECT FROM unnest(${prefixes}::text[]) p WHERE starts_with(object_id, p))`;
}

function inHand(rows: OpenNews['rows']): [string[], number[]] {
  return [rows.map(({ id }) => id), rows.map(({ tries }) => tries)];
}

/** Only what this process took: whoever slept through a lease says nothing any more. */
const OURS = `FROM unnest($1::text[], $2::int[]) AS ours(id, tries) WHERE n.id = ours.id AND n.tries = ours.tries AND n.state = 'open'`;

// `trouble` is set while a row waits for its next try, and NULL while a worker handles it. So an event that Stripe sends again
// brings a waiting row forward, and leaves one that is being handled alone.
const KEEP = `
  WITH kept AS (
    INSERT INTO stripe_news AS n (id, kind, object_id, livemode, body, state, trouble, next_at, received_at)
    SELECT id, kind, object_id, livemode, body, CASE WHEN because IS NULL THEN 'open' ELSE 'left' END, because, at, at
    FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::text[], $6::text[], $7::timestamptz[])
      AS given(id, kind, object_id, livemode, body, because, at)
    ON CONFLICT (id) DO UPDATE SET next_at = excluded.next_at
      WHERE n.state = 'open' AND n.trouble IS NOT NULL AND n.next_at > excluded.next_at
    RETURNING state
  )
  SELECT pg_notify('impacter', 'payment') FROM kept WHERE state = 'open' LIMIT 1`;

const CLAIM = `
  UPDATE stripe_news n SET tries = n.tries + 1, trouble = NULL, next_at = $1::timestamptz + make_interval(secs => $2)
  FROM (
    SELECT id FROM stripe_news WHERE state = 'open' AND next_at <= $1 AND ${begins('$4')}
    ORDER BY next_at, id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
  ) due
  WHERE n.id = due.id
  RETURNING n.id, n.kind, n.object_id, n.tries, n.next_at`;
