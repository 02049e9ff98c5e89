// What those who run the product look at, across all teams. Nothing here holds what people wrote: words of a request are
// read one at a time, with a line in the audit log that says so.

import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { FailureCode } from '#core/domain/tasks/failure.ts';
import { newId, type TaskId, type TeamId, type UserId, type WalletId } from '#core/domain/ids.ts';
import type { Role } from '#core/domain/team/permission.ts';
import type { TaskStatus } from '#core/domain/tasks/task.ts';
import type { Trouble } from '#core/domain/messages/trouble.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { writeAudit, type AuditLine } from '../team/audit.ts';
import type { TaskResult } from '../tasks/finish.ts';
import type { Money } from '../database/money.ts';

export interface Numbers {
  readonly users: number;
  readonly teams: number;
  /** Tasks asked for within the last day, by how they stand now. */
  readonly tasksOfDay: Readonly<Partial<Record<TaskStatus, number>>>;
  /** Tasks that are not over. */
  readonly tasksLive: number;
  readonly creditsBalance: Credits;
  readonly creditsHeld: Credits;
  /** Used within the last day. */
  readonly creditsUsedOfDay: Credits;
  readonly lettersOpen: number;
  readonly lettersDead: number;
  readonly mailsWaiting: number;
  readonly mailsUndelivered: number;
  readonly outbox: number;
  readonly outboxOldest: Date | null;
  readonly frozenTeams: number;
  readonly leavingTeams: number;
  /** Workspaces of chat platforms where the app is installed. */
  readonly installations: number;
  /** Those of them that no team pays for. */
  readonly installationsUnlinked: number;
  /** Those of them whose tokens have expired, or cannot be read any more: nothing is heard or said there. */
  readonly installationsMute: number;
}

export interface TeamLine {
  readonly id: TeamId;
  readonly name: string;
  readonly personal: boolean;
  readonly members: number;
  readonly balance: Credits;
  readonly held: Credits;
  readonly debt: Credits;
  readonly lastTaskAt: Date | null;
  readonly createdAt: Date;
  readonly frozenAt: Date | null;
  readonly deletionAt: Date | null;
  readonly erasedAt: Date | null;
}

export interface TeamDetails extends TeamLine {
  readonly walletId: WalletId;
  readonly retentionDays: number;
  readonly people: readonly {
    readonly userId: UserId;
    readonly name: string;
    readonly email: string;
    readonly role: Role;
    readonly since: Date;
  }[];
  readonly workspaces: readonly {
    readonly platform: Platform;
    readonly externalId: string;
    readonly name: string;
    readonly uninstalledAt: Date | null;
    /** null where the platform's app has one token for all workspaces. */
    readonly installation: { readonly version: number; readonly scopes: readonly string[]; readonly tokensExpireAt: Date | null } | null;
  }[];
  readonly audit: readonly {
    readonly at: Date;
    readonly actor: string;
    readonly act: string;
    readonly subject: string | null;
    readonly facts: object;
  }[];
}

/** A task without its words. */
export interface TaskLine {
  readonly id: TaskId;
  readonly teamId: TeamId;
  readonly teamName: string;
  readonly type: AgentType;
  readonly status: TaskStatus;
  readonly platform: Platform;
  readonly held: Credits;
  readonly used: Credits;
  readonly failure: FailureCode | null;
  readonly attempts: number;
  /** Who works on it, and until when that is believed. */
  readonly worker: string | null;
  readonly leaseUntil: Date | null;
  readonly cancelRequested: boolean;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly deadlineAt: Date;
}

export type TaskSight = 'running' | 'stuck' | 'failed';

export interface LetterQueue {
  readonly platform: Platform;
  readonly state: string;
  readonly letters: number;
  readonly oldest: Date;
}

/** Channels that took no posts when they were last tried. */
export interface ClosedChannels {
  readonly platform: Platform;
  readonly why: Trouble;
  readonly channels: number;
  readonly oldest: Date;
}

/** Attachments that are still with their platform. */
export interface WaitingInputs {
  readonly files: number;
  readonly oldest: Date | null;
}

export interface WorkerLine {
  readonly worker: string;
  readonly attempts: number;
  readonly leaseUntil: Date | null;
}

export interface OpenedRequest {
  readonly taskId: TaskId;
  readonly teamId: TeamId;
  readonly requestText: string;
  readonly result: TaskResult | null;
  readonly failure: { readonly code: FailureCode; readonly reason?: string } | null;
}

export interface Operate {
  /** The person's address, when they have shown that it is theirs. */
  verifiedPerson(userId: UserId): Promise<{ email: string; twoFactor: boolean } | null>;
  numbers(at: Date): Promise<Numbers>;
  /** By name, by the address of a member, or by id; newest first, behind the team `before`. */
  teams(search: string, before: string | null, limit: number): Promise<TeamLine[]>;
  team(id: string): Promise<TeamDetails | null>;
  tasks(sight: TaskSight, teamId: string | null, before: string | null, limit: number, at: Date): Promise<TaskLine[]>;
  teamOfTask(id: string): Promise<{ id: TaskId; teamId: TeamId; status: TaskStatus } | null>;
  /** The words of a request, and the line that says who read them, together. */
  openRequest(id: TaskId, audit: Omit<AuditLine, 'teamId'>): Promise<OpenedRequest | null>;
  /** False when it is over. */
  requeue(id: TaskId, at: Date, audit: AuditLine): Promise<boolean>;
  /** Committed tasks on their way into the queue. */
  outbox(): Promise<{ tasks: number; oldest: Date | null }>;
  letters(): Promise<LetterQueue[]>;
  closedChannels(): Promise<ClosedChannels[]>;
  waitingInputs(): Promise<WaitingInputs>;
  workers(): Promise<WorkerLine[]>;
  /** The credits and the line in the audit log, once per key. */
  grant(grant: { key: string; walletId: WalletId; credits: Credits; actor: string }, at: Date, audit: AuditLine): Promise<Granted>;
  /** False when it was so before. */
  freeze(teamId: TeamId, frozen: boolean, at: Date, audit: AuditLine): Promise<boolean>;
}

/** What the journal says of a grant. Its reason is in the audit log, which can forget it; the journal forgets nothing. */
export const GRANT_NOTE = 'granted by the operator';

export interface Granted {
  readonly outcome: 'credited' | 'repeated' | 'conflict' | 'unknown';
  readonly available: Credits;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Failed tasks are shown for so long. */
const FAILED_DAYS = 7;
/** A task that nobody has begun, although it is its turn, or that somebody works on who does not say so any more. */
const STUCK_MS = 2 * 60_000;
const PEOPLE_MOST = 200;
const AUDIT_MOST = 50;

export function operateOver(money: Money): Operate {
  return {
    async verifiedPerson(userId) {
      const { rows } = await money.query<{ email: string; twoFactor: boolean }>(
        {
          name: 'verified person',
          text: 'SELECT email, two_factor_enabled AS "twoFactor" FROM users WHERE id = $1 AND email_verified',
        },
        [userId],
      );
      return rows[0] ?? null;
    },

    async numbers(at) {
      const dayAgo = new Date(at.getTime() - DAY_MS);
      const [{ rows }, { rows: statuses }] = await Promise.all([
        money.query<NumbersRow>(
          {
            text: `SELECT (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM teams WHERE erased_at IS NULL) AS teams,
                w.balance, w.held, (SELECT coalesce(sum(credits_used), 0)::bigint FROM tasks WHERE id >= $1) AS used,
                (SELECT count(*)::int FROM tasks WHERE status IN ('awaiting_approval', 'pending', 'processing')) AS live,
                (SELECT count(*)::int FROM letters WHERE state IN ('planned', 'sending', 'unknown')) AS letters_open,
                (SELECT count(*)::int FROM dead_letters WHERE seen_at IS NULL) AS letters_dead,
                (SELECT count(*)::int FROM mails WHERE state IN ('planned', 'sending')) AS mails_waiting,
                (SELECT count(*)::int FROM mails WHERE state IN ('unknown', 'dead')) AS mails_undelivered,
                o.outbox, o.oldest,
                (SELECT count(*)::int FROM teams WHERE frozen_at IS NOT NULL AND erased_at IS NULL) AS frozen,
                (SELECT count(*)::int FROM teams WHERE deletion_at IS NOT NULL AND erased_at IS NULL) AS leaving,
                c.installations, c.unlinked, c.mute
              FROM (SELECT coalesce(sum(balance), 0)::bigint AS balance, coalesce(sum(held), 0)::bigint AS held FROM wallets) w,
                (SELECT count(*)::int AS outbox, min(at) AS oldest FROM outbox) o,
                (SELECT count(*)::int AS installations,
                   count(*) FILTER (WHERE NOT EXISTS (SELECT FROM workspaces x WHERE x.platform = i.platform AND x.external_id = i.external_id))::int AS unlinked,
                   count(*) FILTER (WHERE i.tokens IS NULL OR i.tokens_expire_at <= $2)::int AS mute
                 FROM installations i WHERE i.uninstalled_at IS NULL) c`,
          },
          [firstIdOf(dayAgo), at],
        ),
        money.query<{ status: TaskStatus; tasks: number }>(
          { text: 'SELECT status, count(*)::int AS tasks FROM tasks WHERE id >= $1 GROUP BY status' },
          [firstIdOf(dayAgo)],
        ),
      ]);
      const row = rows[0]!;
      return {
        users: row.users,
        teams: row.teams,
        tasksOfDay: Object.fromEntries(statuses.map(({ status, tasks }) => [status, tasks])),
        tasksLive: row.live,
        creditsBalance: micro(row.balance),
        creditsHeld: micro(row.held),
        creditsUsedOfDay: micro(row.used),
        lettersOpen: row.letters_open,
        lettersDead: row.letters_dead,
        mailsWaiting: row.mails_waiting,
        mailsUndelivered: row.mails_undelivered,
        outbox: row.outbox,
        outboxOldest: row.oldest,
        frozenTeams: row.frozen,
        leavingTeams: row.leaving,
        installations: row.installations,
        installationsUnlinked: row.unlinked,
        installationsMute: row.mute,
      };
    },

    async teams(search, before, limit) {
      const { rows } = await money.query<TeamRow>(
        {
          text: `${TEAM_LINES}
            WHERE ($1 = '' OR t.id::text = $1 OR t.name ILIKE $2
                OR EXISTS (SELECT FROM members m JOIN users u ON u.id = m.user_id WHERE m.team_id = t.id AND u.email LIKE lower($2)))
              AND ($3::uuid IS NULL OR (t.created_at, t.id) < (SELECT b.created_at, b.id FROM teams b WHERE b.id = $3))
            ORDER BY t.created_at DESC, t.id DESC LIMIT $4`,
        },
        [search, `%${search.replace(/[\\%_]/g, '\\$&')}%`, before, limit],
      );
      return rows.map(teamLine);
    },

    async team(id) {
      const [{ rows }, { rows: people }, { rows: workspaces }, { rows: audit }] = await Promise.all([
        money.query<TeamRow>({ text: `${TEAM_LINES} WHERE t.id = $1` }, [id]),
        money.query<{ user_id: UserId; name: string; email: string; role: Role; created_at: Date }>(
          {
            text: `SELECT m.user_id, u.name, u.email, m.role, m.created_at FROM members m JOIN users u ON u.id = m.user_id
                   WHERE m.team_id = $1 ORDER BY m.created_at, m.id LIMIT ${PEOPLE_MOST}`,
          },
          [id],
        ),
        money.query<WorkspaceRow>(
          {
            text: `SELECT w.platform, w.external_id, w.name, w.uninstalled_at, i.version, i.scopes, i.tokens_expire_at FROM workspaces w
                   LEFT JOIN installations i ON i.platform = w.platform AND i.external_id = w.external_id WHERE w.team_id = $1 ORDER BY w.installed_at, w.id`,
          },
          [id],
        ),
        money.query<{ at: Date; actor: string; act: string; subject: string | null; facts: object }>(
          {
            text: `SELECT at, actor, act, subject, facts FROM audit_entries WHERE team_id = $1 ORDER BY at DESC, id DESC LIMIT ${AUDIT_MOST}`,
          },
          [id],
        ),
      ]);
      const row = rows[0];
      if (row === undefined) return null;
      return {
        ...teamLine(row),
        walletId: row.wallet_id,
        retentionDays: row.retention_days,
        people: people.map((each) => ({
          userId: each.user_id,
          name: each.name,
          email: each.email,
          role: each.role,
          since: each.created_at,
        })),
        workspaces: workspaces.map(workspaceLine),
        audit,
      };
    },

    async tasks(sight, teamId, before, limit, at) {
      const { where, values } = sights[sight](at);
      const { rows } = await money.query<TaskLineRow>(
        {
          text: `SELECT t.id, t.team_id, m.name AS team_name, t.type, t.status, t.platform, t.credits_used, t.failure ->> 'code' AS failure, t.cancel_requested_at,
              t.created_at, t.started_at, t.finished_at, t.deadline_at, a.number AS attempts, a.worker, a.lease_until,
              (SELECT coalesce(sum(h.credits), 0)::bigint FROM holds h WHERE h.task_id = t.id AND h.closed_seq IS NULL) AS held
            FROM tasks t JOIN teams m ON m.id = t.team_id
            LEFT JOIN LATERAL (SELECT * FROM attempts x WHERE x.task_id = t.id ORDER BY x.number DESC LIMIT 1) a ON true
            WHERE ${where} AND ($1::uuid IS NULL OR t.team_id = $1) AND ($2::uuid IS NULL OR t.id < $2) ORDER BY t.id DESC LIMIT $3`,
        },
        [teamId, before, limit, ...values],
      );
      return rows.map((row) => ({
        id: row.id,
        teamId: row.team_id,
        teamName: row.team_name,
        type: row.type,
        status: row.status,
        platform: row.platform,
        held: micro(row.held),
        used: micro(row.credits_used),
        failure: row.failure,
        attempts: row.attempts ?? 0,
        worker: row.worker,
        leaseUntil: row.lease_until,
        cancelRequested: row.cancel_requested_at !== null,
        createdAt: row.created_at,
        startedAt: row.started_at,
        finishedAt: row.finished_at,
        deadlineAt: row.deadline_at,
      }));
    },

    async teamOfTask(id) {
      const { rows } = await money.query<{ id: TaskId; team_id: TeamId; status: TaskStatus }>(
        { text: 'SELECT id, team_id, status FROM tasks WHERE id = $1' },
        [id],
      );
      return rows[0] ? { id: rows[0].id, teamId: rows[0].team_id, status: rows[0].status } : null;
    },

    async openRequest(id, audit) {
      return money.transaction(async (client) => {
        const { rows } = await client.query<{
          team_id: TeamId;
          request_text: string;
          result: TaskResult | null;
          failure: OpenedRequest['failure'];
        }>('SELECT team_id, request_text, result, failure FROM tasks WHERE id = $1', [id]);
        const row = rows[0];
        if (row === undefined) return null;
        await writeAudit(client, { ...audit, teamId: row.team_id });
        return { taskId: id, teamId: row.team_id, requestText: row.request_text, result: row.result, failure: row.failure };
      });
    },

    async requeue(id, at, audit) {
      return money.transaction(async (client) => {
        const { rows } = await client.query<{ team_id: TeamId; generation: number }>(
          `UPDATE tasks SET generation = generation + 1 WHERE id = $1 AND status IN ('pending', 'processing') RETURNING team_id, generation`,
          [id],
        );
        const task = rows[0];
        if (task === undefined) return false;
        await client.query(
          `INSERT INTO task_events (task_id, team_id, kind, data, at) VALUES ($1, $2, 'requeued', jsonb_build_object('generation', $3::int), $4)`,
          [id, task.team_id, task.generation, at],
        );
        await client.query('INSERT INTO outbox (task_id, generation, at) VALUES ($1, $2, $3)', [id, task.generation, at]);
        await client.query(`SELECT pg_notify('impacter', 'intake:' || $1)`, [task.team_id]);
        await writeAudit(client, audit);
        return true;
      });
    },

    async outbox() {
      const { rows } = await money.query<{ tasks: number; oldest: Date | null }>(
        { text: 'SELECT count(*)::int AS tasks, min(at) AS oldest FROM outbox' },
        [],
      );
      return rows[0]!;
    },

    async letters() {
      const { rows } = await money.query<{ platform: Platform; state: string; letters: number; oldest: Date }>(
        {
          text: `SELECT platform, state, count(*)::int AS letters, min(created_at) AS oldest FROM letters WHERE state IN ('planned', 'sending', 'unknown')
                 GROUP BY platform, state ORDER BY platform, state`,
        },
        [],
      );
      return rows;
    },

    async closedChannels() {
      const { rows } = await money.query<ClosedChannels>(
        {
          text: `SELECT platform, broken_why AS why, count(*)::int AS channels, min(broken_at) AS oldest FROM routes WHERE broken_why IS NOT NULL
                 GROUP BY platform, broken_why ORDER BY platform, broken_why`,
        },
        [],
      );
      return rows;
    },

    async waitingInputs() {
      const { rows } = await money.query<WaitingInputs>(
        { text: 'SELECT count(*)::int AS files, min(created_at) AS oldest FROM waiting_inputs' },
        [],
      );
      return rows[0]!;
    },

    async workers() {
      const { rows } = await money.query<{ worker: string; attempts: number; lease_until: Date | null }>(
        {
          text: `SELECT coalesce(worker, '') AS worker, count(*)::int AS attempts, max(lease_until) AS lease_until FROM attempts WHERE ended_at IS NULL
                 GROUP BY 1 ORDER BY 1`,
        },
        [],
      );
      return rows.map((row) => ({ worker: row.worker, attempts: row.attempts, leaseUntil: row.lease_until }));
    },

    async grant({ key, walletId, credits, actor }, at, audit) {
      const origin = { type: 'grant', source: 'operator', actor, note: GRANT_NOTE };
      const request = { n: 0, key, wallet: walletId, lot: newId(at.getTime()), credits: credits.toString(), ...origin };
      return money.transaction(async (client) => {
        const { rows } = await client.query<{ outcome: Granted['outcome']; available: string | null }>(
          'SELECT outcome, available FROM ledger_credit($1, $2)',
          [JSON.stringify([request]), at],
        );
        const { outcome, available } = rows[0]!;
        if (outcome === 'credited') await writeAudit(client, audit);
        return { outcome, available: micro(available ?? 0) };
      });
    },

    async freeze(teamId, frozen, at, audit) {
      return money.transaction(async (client) => {
        const { rows } = await client.query(
          'UPDATE teams SET frozen_at = $2 WHERE id = $1 AND (frozen_at IS NULL) = ($2::timestamptz IS NOT NULL) AND erased_at IS NULL RETURNING id',
          [teamId, frozen ? at : null],
        );
        if (rows.length === 0) return false;
        await writeAudit(client, audit);
        return true;
      });
    },
  };
}

const sights: Record<TaskSight, (at: Date) => { where: string; values: readonly unknown[] }> = {
  running: () => ({ where: `t.status IN ('awaiting_approval', 'pending', 'processing')`, values: [] }),
  stuck: (at) => ({
    where: `t.status IN ('pending', 'processing') AND (t.deadline_at < $4
    OR t.status = 'processing' AND t.started_at < $4 AND (a.id IS NULL OR a.ended_at IS NOT NULL OR a.lease_until IS NULL OR a.lease_until < $4)
    OR t.status = 'pending' AND t.created_at < $4 AND NOT EXISTS (SELECT FROM waiting_inputs i WHERE i.task_id = t.id) AND NOT EXISTS (
      SELECT FROM tasks e WHERE e.conversation_id = t.conversation_id AND e.status IN ('pending', 'processing') AND e.id <> t.id
        AND (e.status = 'processing' OR (e.created_at, e.id) < (t.created_at, t.id))))`,
    values: [new Date(at.getTime() - STUCK_MS)],
  }),
  failed: (at) => ({ where: `t.status = 'failed' AND t.id >= $4`, values: [firstIdOf(new Date(at.getTime() - FAILED_DAYS * DAY_MS))] }),
};

/** Ids begin with their time, so that the newest rows of a large table are found without another index. */
function firstIdOf(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

const TEAM_LINES = `
  SELECT t.id, t.name, t.personal_of IS NOT NULL AS personal, t.retention_days, t.created_at, t.frozen_at, t.deletion_at, t.erased_at,
    w.id AS wallet_id, w.balance, w.held, w.debt, (SELECT count(*)::int FROM members m WHERE m.team_id = t.id) AS members,
    (SELECT x.created_at FROM tasks x WHERE x.team_id = t.id ORDER BY x.created_at DESC LIMIT 1) AS last_task_at
  FROM teams t JOIN wallets w ON w.team_id = t.id`;

interface TeamRow {
  id: TeamId;
  name: string;
  personal: boolean;
  retention_days: number;
  created_at: Date;
  frozen_at: Date | null;
  deletion_at: Date | null;
  erased_at: Date | null;
  wallet_id: WalletId;
  balance: string;
  held: string;
  debt: string;
  members: number;
  last_task_at: Date | null;
}

function teamLine(row: TeamRow): TeamLine {
  return {
    id: row.id,
    name: row.name,
    personal: row.personal,
    members: row.members,
    balance: micro(row.balance),
    held: micro(row.held),
    debt: micro(row.debt),
    lastTaskAt: row.last_task_at,
    createdAt: row.created_at,
    frozenAt: row.frozen_at,
    deletionAt: row.deletion_at,
    erasedAt: row.erased_at,
  };
}

interface WorkspaceRow {
  platform: Platform;
  external_id: string;
  name: string;
  uninstalled_at: Date | null;
  version: string | null;
  scopes: string[];
  tokens_expire_at: Date | null;
}

function workspaceLine({ platform, external_id, name, uninstalled_at, version, scopes, tokens_expire_at }: WorkspaceRow) {
  return {
    platform,
    externalId: external_id,
    name,
    uninstalledAt: uninstalled_at,
    installation: version === null ? null : { version: Number(version), scopes, tokensExpireAt: tokens_expire_at },
  };
}

interface NumbersRow {
  users: number;
  teams: number;
  balance: string;
  held: string;
  used: string;
  live: number;
  letters_open: number;
  letters_dead: number;
  mails_waiting: number;
  mails_undelivered: number;
  outbox: number;
  oldest: Date | null;
  frozen: number;
  leaving: number;
  installations: number;
  unlinked: number;
  mute: number;
}

interface TaskLineRow {
  id: TaskId;
  team_id: TeamId;
  team_name: string;
  type: AgentType;
  status: TaskStatus;
  platform: Platform;
  credits_used: string;
  held: string;
  failure: FailureCode | null;
  cancel_requested_at: Date | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  deadline_at: Date;
  attempts: number | null;
  worker: string | null;
  lease_until: Date | null;
}
