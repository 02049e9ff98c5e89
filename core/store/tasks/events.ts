// The log of what happened to tasks. Lines are ordered by (transaction, id), and a reader stops before the oldest
// transaction that is still open: ids are handed out before their transactions commit, so reading by id alone could
// pass over a line that appears later.

import type { TaskId, TeamId } from '#core/domain/ids.ts';
import { groupCommit } from '../database/group-commit.ts';
import { toJson } from '../database/json.ts';
import type { Money } from '../database/money.ts';

export interface NewEvent {
  readonly taskId: TaskId;
  readonly teamId: TeamId;
  readonly kind: string;
  readonly data: object;
  readonly at: Date;
}

export interface StoredEvent {
  /** `<transaction>-<id>`. */
  readonly cursor: string;
  readonly taskId: TaskId;
  readonly kind: string;
  readonly data: unknown;
  readonly at: Date;
}

export interface Look {
  readonly lines: readonly StoredEvent[];
  /** More is committed, and can be read once an older transaction has ended too: soon. */
  readonly heldBack: boolean;
}

export interface Events {
  write(event: NewEvent): Promise<void>;
  /** Committed lines of a team behind a cursor, oldest first. */
  read(teamId: TeamId, after: string, taskId: TaskId | null, most: number): Promise<StoredEvent[]>;
  /** The same of a whole team, for a reader who looks again and again; whoever looks at that moment is answered together. */
  look(teamId: TeamId, after: string, most: number): Promise<Look>;
  /** All committed lines of one task, oldest first, for who shows the task as it is now and reads on from no cursor. */
  ofTask(teamId: TeamId, taskId: TaskId, most: number): Promise<StoredEvent[]>;
  /** A cursor behind everything that is committed now, and no further than what may still come. */
  now(): Promise<string>;
}

export function eventsOver(money: Money): Events {
  const write = groupCommit<NewEvent, null>({
    most: 256,
    keyOf: ({ teamId }) => teamId,
    async run(batch, lane) {
      await money.query(
        {
          name: 'events',
          text: `WITH written AS (
                   INSERT INTO task_events (task_id, team_id, kind, data, at)
                   SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::timestamptz[]))
                 SELECT pg_notify('impacter', 'events:' || team) FROM (SELECT DISTINCT unnest($2::uuid[]) AS team)`,
        },
        [
          batch.map((event) => event.taskId),
          batch.map((event) => event.teamId),
          batch.map((event) => event.kind),
          batch.map((event) => toJson(event.data)),
          batch.map((event) => event.at),
        ],
        lane,
      );
      return batch.map(() => null);
    },
  });

  const look = groupCommit<{ teamId: TeamId; after: string; most: number }, Look>({
    most: 250, // while their lines are handed on, the next are read
    async run(asked) {
      const from = asked.map(({ after }) => parseCursor(after));
      const { rows } = await money.query<EventRow & { n: string; held_back: boolean }>(
        {
          name: 'events of teams',
          text: `SELECT g.n, e.*, e.xid >= s.oldest AS held_back
                 FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::int[]) WITH ORDINALITY AS g(team_id, xid, id, most, n)
                 CROSS JOIN (SELECT ${OLDEST_OPEN} AS oldest) s
                 CROSS JOIN LATERAL (
                   SELECT ${COLUMNS} FROM task_events e WHERE (e.xid, e.id) > (g.xid, g.id) AND e.team_id = g.team_id ORDER BY e.xid, e.id LIMIT g.most
                 ) e ORDER BY g.n, e.xid, e.id`,
        },
        [asked.map(({ teamId }) => teamId), from.map(({ xid }) => xid), from.map(({ id }) => id), asked.map(({ most }) => most)],
      );
      const looks = asked.map(() => ({ lines: [] as StoredEvent[], heldBack: false }));
      for (const row of rows) {
        const one = looks[Number(row.n) - 1]!;
        if (row.held_back) one.heldBack = true;
        else one.lines.push(fromSql(row));
      }
      return looks;
    },
  });

  const now = groupCommit<null, string>({
    most: 1_000,
    async run(asked) {
      const { rows } = await money.query<{ xid: string }>({ name: 'events now', text: `SELECT (${OLDEST_OPEN} - 1)::text AS xid` }, []);
      return asked.map(() => `${rows[0]!.xid}-${LAST_ID}`);
    },
  });

  return {
    async write(event) {
      await write(event);
    },
    look: (teamId, after, most) => look({ teamId, after, most }),
    now: () => now(null),
    async ofTask(teamId, taskId, most) {
      const { rows } = await money.query<EventRow>(
        {
          name: 'all events of task',
          text: `SELECT ${COLUMNS} FROM task_events WHERE task_id = $1 AND team_id = $2 ORDER BY xid, id LIMIT $3`,
        },
        [taskId, teamId, most],
      );
      return rows.map(fromSql);
    },
    async read(teamId, after, taskId, most) {
      const { xid, id } = parseCursor(after);
      // Of one task there are few lines, of a team there may be millions: each is found by an index of its own.
      const { rows } =
        taskId === null
          ? await money.query<EventRow>({ name: 'events of team', text: `${BEHIND} AND team_id = $3 ${IN_ORDER}` }, [xid, id, teamId, most])
          : await money.query<EventRow>({ name: 'events of task', text: `${BEHIND} AND task_id = $3 AND team_id = $5 ${IN_ORDER}` }, [
              xid,
              id,
              taskId,
              most,
              teamId,
            ]);
      return rows.map(fromSql);
    },
  };
}

interface EventRow {
  xid: string;
  id: string;
  task_id: TaskId;
  kind: string;
  data: unknown;
  at: Date;
}

function fromSql({ xid, id, task_id, kind, data, at }: EventRow): StoredEvent {
  return { cursor: `${xid}-${id}`, taskId: task_id, kind, data, at };
}

const COLUMNS = 'xid, id, task_id, kind, data, at';
const OLDEST_OPEN = 'pg_snapshot_xmin(pg_current_snapshot())::text::bigint';
const BEHIND = `SELECT ${COLUMNS} FROM task_events WHERE (xid, id) > ($1, $2) AND xid < ${OLDEST_OPEN}`;
const IN_ORDER = 'ORDER BY xid, id LIMIT $4';

const LAST_ID = '9223372036854775807';

/** Anything that is not one of our cursors reads from the beginning. */
function parseCursor(cursor: string): { xid: string; id: string } {
  const match = shape.exec(cursor);
  return match ? { xid: match[1]!, id: BigInt(match[2]!) > BigInt(LAST_ID) ? LAST_ID : match[2]! } : { xid: '0', id: '0' };
}

const shape = /^(\d{1,18})-(\d{1,19})$/;

export function isCursor(text: string): boolean {
  return shape.test(text);
}

/** True when the line of the one comes after the line of the other. */
export function isLater(cursor: string, other: string): boolean {
  const [one, two] = [parseCursor(cursor), parseCursor(other)];
  return one.xid === two.xid ? BigInt(one.id) > BigInt(two.id) : BigInt(one.xid) > BigInt(two.xid);
}

/** True when a cursor is of times to come: it was given out by another server, before the database was moved to this one. */
export function isAhead(cursor: string, now: string): boolean {
  return BigInt(parseCursor(cursor).xid) > BigInt(parseCursor(now).xid);
}
