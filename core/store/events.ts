// The log of what happened to tasks. Lines are ordered by (transaction, id), and a reader stops before the oldest
// transaction that is still open: ids are handed out before their transactions commit, so reading by id alone could
// pass over a line that appears later.

import type { TaskId, TeamId } from '#core/domain/ids.ts';
import { groupCommit } from './group-commit.ts';
import type { Money } from './money.ts';

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

export interface Events {
  write(event: NewEvent): Promise<void>;
  /** Committed lines of a team behind a cursor, oldest first. */
  read(teamId: TeamId, after: string, taskId: TaskId | null, most: number): Promise<StoredEvent[]>;
  /** A cursor behind everything that is committed now. */
  now(): Promise<string>;
}

export function eventsOver(money: Money): Events {
  const write = groupCommit<NewEvent, null>({
    most: 256,
    async run(batch) {
      await money.query(
        {
          name: 'events',
          text: `WITH written AS (
                   INSERT INTO task_events (task_id, team_id, kind, data, at)
                   SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::timestamptz[]))
                 SELECT pg_notify('impacter', 'events')`,
        },
        [
          batch.map((event) => event.taskId),
          batch.map((event) => event.teamId),
          batch.map((event) => event.kind),
          batch.map((event) => JSON.stringify(event.data)),
          batch.map((event) => event.at),
        ],
      );
      return batch.map(() => null);
    },
  });

  return {
    async write(event) {
      await write(event);
    },
    async read(teamId, after, taskId, most) {
      const { xid, id } = parseCursor(after);
      const { rows } = await money.query<{ xid: string; id: string; task_id: TaskId; kind: string; data: unknown; at: Date }>(
        {
          name: 'events since',
          text: `SELECT xid, id, task_id, kind, data, at FROM task_events
                 WHERE team_id = $1 AND (xid, id) > ($2, $3) AND ($4::uuid IS NULL OR task_id = $4) AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                 ORDER BY xid, id LIMIT $5`,
        },
        [teamId, xid, id, taskId, most],
      );
      return rows.map((row) => ({ cursor: `${row.xid}-${row.id}`, taskId: row.task_id, kind: row.kind, data: row.data, at: row.at }));
    },
    async now() {
      const { rows } = await money.query<{ xid: string }>({ name: 'events now', text: 'SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text AS xid' }, []);
      return `${rows[0]!.xid}-${LAST_ID}`;
    },
  };
}

const LAST_ID = '9223372036854775807';

/** Anything that is not one of our cursors reads from the beginning. */
function parseCursor(cursor: string): { xid: string; id: string } {
  const match = /^(\d{1,18})-(\d{1,19})$/.exec(cursor);
  return match ? { xid: match[1]!, id: BigInt(match[2]!) > BigInt(LAST_ID) ? LAST_ID : match[2]! } : { xid: '0', id: '0' };
}
