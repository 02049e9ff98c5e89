// Events of chats that were acknowledged before they were handled. A row lives until its event is handled, and belongs to one process;
// once that one says no more that it lives, another takes the row over. Rows are locked in the order of their keys, or not waited for.

import { groupCommit, latest } from '../database/group-commit.ts';
import type { Money } from '../database/money.ts';

export interface InboxRow {
  /** The same each time the event is told. */
  readonly key: string;
  readonly platform: string;
  /** Rows of one place are handled in the order of `came`. */
  readonly place: string;
  readonly workspace: string | null;
  /** The account that did it, by the platform's id. */
  readonly author: string | null;
  /** JSON. */
  readonly body: string;
  /** Microseconds since 1970; grows with each event of a process. */
  readonly came: number;
}

/** A row that was taken over. */
export interface TakenOver extends InboxRow {
  /** How often that happened to it, this time included. */
  readonly takeovers: number;
}

/** Who has rows, and of which platform. */
export interface Holder {
  readonly owner: string;
  readonly platform: string;
}

export interface TakeOverLimits {
  readonly most: number;
  /** What was taken over so often may be what its processes ended of: one at most, and of its place nothing that came after it. */
  readonly suspectFrom: number;
  /** Whether one of those is taken, too. */
  readonly suspect: boolean;
}

export interface Inbox {
  /**
   * Once per key; also `kept` where the same owner has it, which may not have heard of it because the answer got lost. `known`: another
   * one has it, it was given up, or its message became a task or was not for us, so nothing more would come of it.
   * Rejects with `database.unavailable` where it could not be written down, soon after the signal aborts.
   */
  keep(row: InboxRow, owner: string, at: Date, dueAt: Date, signal?: AbortSignal): Promise<'kept' | 'known'>;
  /** It is handled. Nothing happens where another process has taken it over. */
  done(key: string, owner: string): Promise<void>;
  /** Its row, where another process has it and it was not given up. */
  ofOthers(key: string, owner: string): Promise<Omit<InboxRow, 'came'> | null>;
  /** Removes those that no other living process has; gives how many others have. */
  withdraw(keys: readonly string[], owner: string, at: Date): Promise<number>;
  /** Those that it still has in hand stay its own. */
  renew(keys: readonly string[], owner: string, dueAt: Date): Promise<void>;
  /** Leaves what it has to the next one. */
  release(holder: Holder, at: Date): Promise<void>;
  /** Takes over what nobody has any more, the oldest first. */
  takeOver(holder: Holder, at: Date, dueAt: Date, limits: TakeOverLimits): Promise<TakenOver[]>;
  /** Given up: its content goes, and the key stays for some days, so that it is not taken again. */
  giveUp(key: string, owner: string, at: Date): Promise<void>;
  /** How many were given up since then. */
  deadSince(at: Date): Promise<number>;
  /** How many wait that came before then. */
  waitingSince(before: Date): Promise<number>;
  /** Forgets what was given up before then. */
  tidy(before: Date): Promise<void>;
}

const LARGEST_BATCH = 256;

export function inboxOver(money: Money): Inbox {
  const keep = groupCommit<{ row: InboxRow; owner: string; at: Date; dueAt: Date }, 'kept' | 'known'>({
    most: LARGEST_BATCH,
    keyOf: ({ row }) => row.key,
    async run(batch, lane) {
      // In the same order in every process: two that keep the same events never wait for one another in a ring.
      const rows = batch.map(({ row, owner }) => ({ ...row, owner })).toSorted((a, b) => (a.key < b.key ? -1 : 1));
      const column = <T>(read: (row: (typeof rows)[number]) => T) => rows.map(read);
      const answer = await money.query<{ key: string }>(
        { name: 'inbox kept', text: KEEP },
        [
          column(({ key }) => key),
          column(({ platform }) => platform),
          column(({ place }) => place),
          column(({ workspace }) => workspace),
          column(({ author }) => author),
          column(({ body }) => body),
          column(({ came }) => came),
          column(({ owner }) => owner),
          latest(batch.map(({ at }) => at)),
          latest(batch.map(({ dueAt }) => dueAt)),
        ],
        lane,
      );
      const kept = new Set(answer.rows.map(({ key }) => key));
      return batch.map(({ row }) => (kept.has(row.key) ? 'kept' : 'known'));
    },
  });
  const done = groupCommit<{ key: string; owner: string }, void>({
    most: LARGEST_BATCH,
    keyOf: ({ key }) => key,
    async run(batch, lane) {
      await money.query(
        {
          name: 'inbox done',
          text: `DELETE FROM chat_inbox i USING (
              SELECT key FROM chat_inbox WHERE (key, owner) IN (SELECT * FROM unnest($1::text[], $2::text[])) ORDER BY key FOR UPDATE
            ) l WHERE i.key = l.key`,
        },
        [batch.map(({ key }) => key), batch.map(({ owner }) => owner)],
        lane,
      );
      return batch.map(() => undefined);
    },
  });

  return {
    keep: (row, owner, at, dueAt, signal) => keep({ row, owner, at, dueAt }, signal),
    done: (key, owner) => done({ key, owner }),

    async ofOthers(key, owner) {
      const { rows } = await money.query<Omit<InboxRow, 'came'>>(
        {
          name: 'inbox of others',
          text: `SELECT key, platform, place, workspace, author, body FROM chat_inbox WHERE key = $1 AND owner <> $2 AND dead_at IS NULL`,
        },
        [key, owner],
      );
      return rows[0] ?? null;
    },

    async withdraw(keys, owner, at) {
      const { rows } = await money.query<{ others: number }>(
        {
          name: 'inbox withdrawn',
          text: `WITH gone AS (
              DELETE FROM chat_inbox i USING (${locked('key = ANY ($1) AND dead_at IS NULL AND (owner = $2 OR due_at <= $3)')}) l
              WHERE i.key = l.key RETURNING i.key
            )
            SELECT count(*)::int AS others FROM chat_inbox i
            WHERE i.key = ANY ($1) AND i.dead_at IS NULL AND NOT EXISTS (SELECT FROM gone g WHERE g.key = i.key)`,
        },
        [keys, owner, at],
      );
      return rows[0]!.others;
    },

    async renew(keys, owner, dueAt) {
      await money.query(
        {
          name: 'inbox renewed',
          text: `UPDATE chat_inbox i SET due_at = $3
                 FROM (${locked('key = ANY ($1) AND owner = $2 AND dead_at IS NULL', 'SKIP LOCKED')}) l WHERE i.key = l.key`,
        },
        [keys, owner, dueAt],
      );
    },

    async release({ owner, platform }, at) {
      await money.query(
        {
          text: `UPDATE chat_inbox i SET due_at = $3
                 FROM (${locked('owner = $1 AND platform = $2 AND dead_at IS NULL AND due_at > $3')}) l WHERE i.key = l.key`,
        },
        [owner, platform, at],
      );
    },

    async takeOver({ owner, platform }, at, dueAt, { most, suspectFrom, suspect }) {
      const { rows } = await money.query<Omit<TakenOver, 'came'> & { came: string }>(
        {
          name: 'inbox taken over',
          text: `WITH due AS (
              SELECT key FROM chat_inbox i WHERE platform = $2 AND due_at <= $3 AND dead_at IS NULL AND takeovers < $6
                AND NOT EXISTS (
                  SELECT FROM chat_inbox s
                  WHERE s.place = i.place AND s.platform = i.platform AND s.dead_at IS NULL AND s.takeovers >= $6 AND s.came < i.came
                )
              ORDER BY came, key LIMIT $5 FOR UPDATE SKIP LOCKED
            ), suspect AS (
              SELECT key FROM chat_inbox WHERE $7 AND platform = $2 AND due_at <= $3 AND dead_at IS NULL AND takeovers >= $6
              ORDER BY came, key LIMIT 1 FOR UPDATE SKIP LOCKED
            )
            UPDATE chat_inbox i SET owner = $1, due_at = $4, takeovers = takeovers + 1
            FROM (SELECT key FROM due UNION ALL SELECT key FROM suspect) d WHERE i.key = d.key
            RETURNING i.key, i.platform, i.place, i.workspace, i.author, i.body, i.came, i.takeovers`,
        },
        [owner, platform, at, dueAt, most, suspectFrom, suspect],
      );
      return rows.map((row) => ({ ...row, came: Number(row.came) })).toSorted((a, b) => a.came - b.came || (a.key < b.key ? -1 : 1));
    },

    async giveUp(key, owner, at) {
      await money.query(
        {
          text: `UPDATE chat_inbox SET dead_at = $3, body = NULL, author = NULL WHERE key = $1 AND owner = $2 AND dead_at IS NULL`,
        },
        [key, owner, at],
      );
    },

    async deadSince(at) {
      const { rows } = await money.query<{ many: number }>({ text: 'SELECT count(*)::int AS many FROM chat_inbox WHERE dead_at > $1' }, [
        at,
      ]);
      return rows[0]!.many;
    },

    async waitingSince(before) {
      const { rows } = await money.query<{ many: number }>(
        { text: 'SELECT count(*)::int AS many FROM chat_inbox WHERE dead_at IS NULL AND received_at <= $1' },
        [before],
      );
      return rows[0]!.many;
    },

    async tidy(before) {
      await money.query({ text: 'DELETE FROM chat_inbox WHERE dead_at <= $1' }, [before]);
    },
  };
}

/** Rows of which these conditions hold, locked one after another by their keys. */
function locked(which: string, how = ''): string {
  return `SELECT key FROM chat_inbox WHERE ${which} ORDER BY key FOR UPDATE ${how}`;
}

const KEEP = `
  INSERT INTO chat_inbox (key, platform, place, workspace, author, body, came, owner, received_at, due_at)
  SELECT key, platform, place, workspace, author, body, came, owner, $9, $10
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[])
    AS given (key, platform, place, workspace, author, body, came, owner)
  WHERE NOT EXISTS (SELECT FROM asks a WHERE a.key = given.key AND a.outcome IN ('task', 'ignored'))
  ORDER BY key
  ON CONFLICT (key) DO UPDATE SET due_at = EXCLUDED.due_at
    WHERE chat_inbox.owner = EXCLUDED.owner AND chat_inbox.dead_at IS NULL
  RETURNING key`;
