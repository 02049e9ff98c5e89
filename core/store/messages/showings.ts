// Posts with our first words that are edited while an agent works. A row is there from the moment the post is confirmed
// (`showings_begin` in the migration) until shortly after it shows the end. Whoever holds a showing's lease edits it; a
// process that slept through its lease has no say any more.

import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { TaskId } from '#core/domain/ids.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { TaskStatus } from '#core/domain/tasks/task.ts';
import { groupCommit, latest } from '../database/group-commit.ts';
import type { Money } from '../database/money.ts';

/** One that looks different by now, in the hands of this process. */
export interface OpenShowing {
  readonly taskId: TaskId;
  readonly threadRef: string;
  readonly messageRef: string;
  readonly version: number;
  /** How often this version was tried in vain. */
  readonly tries: number;
  /** Then another process may take it. */
  readonly leaseUntil: Date;
  readonly type: AgentType;
  readonly status: TaskStatus;
  readonly held: Credits;
  /** What events said of its steps, oldest first: a step appears each time it moved. */
  readonly steps: readonly ShownStep[];
  /** As the shower gave it the last time. */
  readonly streamRef: string | null;
  /** The account on this platform that asked; null where it was asked elsewhere. */
  readonly asker: { readonly externalId: string; readonly space: string } | null;
}

export interface ShownStep {
  readonly id: string;
  readonly title: string;
  readonly state: 'running' | 'done' | 'failed';
}

export interface Claim {
  readonly platform: Platform;
  readonly worker: string;
  /** Edits of one channel begin this far apart. */
  readonly everyMs: number;
  readonly leaseMs: number;
  /** How long an edit whose process died may still come. */
  readonly lateMs: number;
  readonly most: number;
}

export interface PutBack {
  readonly nextAt: Date;
  /** How often this version was tried by now. */
  readonly tries: number;
  /** The whole channel has to wait until then. */
  readonly channelFreeAt?: Date | null;
  /** An edit that got no answer may still be done by then. */
  readonly unsureUntil?: Date | null;
}

export interface ShownNow {
  /** The post that it is now, where that is another one. */
  readonly movedTo: string | null;
  /** null: as before. */
  readonly streamRef: string | null;
  /** null: not before something happens. */
  readonly againAt: Date | null;
}

type Held = Pick<OpenShowing, 'taskId' | 'version'>;

export interface Showings {
  /** Takes what looks different by now, at most one of each channel; what is over goes first. Empty while another process chooses. */
  claim(claim: Claim, at: Date): Promise<OpenShowing[]>;
  /**
   * It looks like this version now. Where that is the end, it is closed; but while an edit from before may still come, it is
   * shown once more after that.
   */
  shown(showing: Held, worker: string, at: Date, now: ShownNow): Promise<void>;
  /** This version is tried again from `nextAt` on, unless there is a newer one by then. */
  putBack(showing: Held, worker: string, how: PutBack): Promise<void>;
  /** Nothing of this version is tried any more. The next version is, unless this one is the end. */
  passedOver(showing: Held, worker: string, at: Date): Promise<void>;
  /** The post is not there any more, or may not be edited: nothing of it is shown any more. */
  gone(showing: Held, worker: string, at: Date): Promise<void>;
  /** Whether one of them has, or had a moment ago, this stream. */
  isStream(platform: Platform, streamRef: string): Promise<boolean>;
  /** Removes those that were closed by then, and those whose task was over long before. Gives how many. */
  forget(closedBefore: Date, overBefore: Date, most: number): Promise<number>;
}

const MINE = 'task_id = $1 AND version = $2 AND holder = $3';
const GIVEN_BACK = 'holder = NULL, lease_until = NULL';

export function showingsOver(money: Money): Showings {
  const shown = groupCommit<Held & ShownNow & { readonly worker: string; readonly at: Date }, null>({
    most: 100,
    async run(batch, lane) {
      await money.query(
        {
          name: 'showings shown',
          // An edit that still may come would overwrite the end: then the end stays to be shown.
          text: `UPDATE showings s SET ${GIVEN_BACK}, tries = 0, message_ref = coalesce(g.moved_to, s.message_ref),
                   shown_version = CASE WHEN s.closing AND s.unsure_until > $4 THEN s.shown_version ELSE s.version END,
                   next_at = CASE WHEN s.closing AND s.unsure_until > $4 THEN s.unsure_until ELSE s.next_at END,
                   unsure_until = CASE WHEN s.closing THEN NULL ELSE s.unsure_until END,
                   closed_at = CASE WHEN s.closing AND coalesce(s.unsure_until <= $4, true) THEN $4 END,
                   stream_ref = coalesce(g.stream_ref, s.stream_ref), again_at = CASE WHEN NOT s.closing THEN g.again_at END
                 FROM unnest($1::uuid[], $2::bigint[], $3::text[], $5::text[], $6::text[], $7::timestamptz[])
                   AS g(task_id, version, holder, moved_to, stream_ref, again_at)
                 WHERE s.task_id = g.task_id AND s.version = g.version AND s.holder = g.holder`,
        },
        [
          batch.map(({ taskId }) => taskId),
          batch.map(({ version }) => version),
          batch.map(({ worker }) => worker),
          latest(batch.map(({ at }) => at)),
          batch.map(({ movedTo }) => movedTo),
          batch.map(({ streamRef }) => streamRef),
          batch.map(({ againAt }) => againAt),
        ],
        lane,
      );
      return batch.map(() => null);
    },
  });

  return {
    async claim({ platform, worker, everyMs, leaseMs, lateMs, most }, at) {
      const { rows } = await money.query<ClaimRow>(
        {
          name: 'claim showings',
          text: `SELECT * FROM claim_showings($1, $2, make_interval(secs => $3), make_interval(secs => $4), make_interval(secs => $5), $6, $7)`,
        },
        [platform, worker, everyMs / 1000, leaseMs / 1000, lateMs / 1000, most, at],
      );
      return rows.map((row) => ({
        taskId: row.task_id,
        threadRef: row.thread_ref,
        messageRef: row.message_ref,
        version: Number(row.version),
        tries: row.tries,
        leaseUntil: row.lease_until,
        type: row.type,
        status: row.status,
        held: micro(row.held),
        steps: row.steps,
        streamRef: row.stream_ref,
        asker: row.asker === null ? null : { externalId: row.asker, space: row.asker_space! },
      }));
    },

    async shown({ taskId, version }, worker, at, now) {
      await shown({ taskId, version, worker, at, ...now });
    },

    async putBack({ taskId, version }, worker, { nextAt, tries, channelFreeAt = null, unsureUntil = null }) {
      await money.query(
        {
          text: `UPDATE showings SET ${GIVEN_BACK}, tries = $7, next_at = $4, again_at = CASE WHEN shown_version = version THEN $4::timestamptz END, free_at = greatest(free_at, $5), unsure_until = greatest(unsure_until, $6)
                 WHERE ${MINE}`,
        },
        [taskId, version, worker, nextAt, channelFreeAt, unsureUntil, tries],
      );
    },

    async passedOver({ taskId, version }, worker, at) {
      await money.query(
        {
          text: `UPDATE showings SET ${GIVEN_BACK}, tries = 0, shown_version = version, again_at = NULL, closed_at = CASE WHEN closing THEN $4::timestamptz END WHERE ${MINE}`,
        },
        [taskId, version, worker, at],
      );
    },

    async gone({ taskId, version }, worker, at) {
      await money.query({ text: `UPDATE showings SET ${GIVEN_BACK}, closed_at = $4 WHERE ${MINE}` }, [taskId, version, worker, at]);
    },

    async isStream(platform, streamRef) {
      const { rows } = await money.query(
        { name: 'showing of a stream', text: 'SELECT 1 FROM showings WHERE stream_ref = $2 AND platform = $1 LIMIT 1' },
        [platform, streamRef],
      );
      return rows.length > 0;
    },

    async forget(closedBefore, overBefore, most) {
      const { rows } = await money.query(
        {
          text: `DELETE FROM showings WHERE task_id IN (
                   SELECT s.task_id FROM showings s JOIN tasks t ON t.id = s.task_id
                   WHERE (s.closed_at < $1 AND s.free_at < $1) OR t.finished_at < $2 LIMIT $3
                 ) RETURNING 1`,
        },
        [closedBefore, overBefore, most],
      );
      return rows.length;
    },
  };
}

interface ClaimRow {
  task_id: TaskId;
  message_ref: string;
  thread_ref: string;
  version: string;
  tries: number;
  lease_until: Date;
  type: AgentType;
  status: TaskStatus;
  held: string;
  steps: ShownStep[];
  stream_ref: string | null;
  asker: string | null;
  asker_space: string | null;
}
