// What a team decides about its data, and who wants to go. What is done about it stands in exports.ts and erase.ts.

import type { TeamId, UserId } from '#core/domain/ids.ts';
import { writeAudit, type AuditLine, type Writes } from '../team/audit.ts';
import type { Money } from '../database/money.ts';

export interface TeamCare {
  readonly id: TeamId;
  readonly name: string;
  readonly personalOf: UserId | null;
  readonly retentionDays: number;
  readonly confirmAbove: bigint | null;
  readonly frozenAt: Date | null;
  readonly deletion: Deletion | null;
  readonly erased: boolean;
}

export interface Deletion {
  readonly askedAt: Date;
  /** Until then it can be taken back. */
  readonly at: Date;
}

export interface Custody {
  team(teamId: TeamId): Promise<TeamCare | null>;
  /** With its audit line. Files are aligned afterwards (alignRetention). */
  change(teamId: TeamId, change: { retentionDays?: number; confirmAbove?: bigint | null }, audit: AuditLine): Promise<void>;
  /** Brings the time of kept files in line with the team's days. None goes before `notBefore`. */
  alignRetention(teamId: TeamId, days: number, notBefore: Date): Promise<void>;
  /** What would go at `at` with so many days, and would else be kept longer. */
  goingWith(teamId: TeamId, days: number, at: Date): Promise<{ files: number; bytes: number }>;
  /** Owners of the team with their mail addresses. */
  owners(teamId: TeamId): Promise<{ userId: UserId; email: string }[]>;
  /**
   * Gives the deletion that holds: an earlier wish stays as it is. `andThen` belongs to the same transaction, and runs only
   * for a new one.
   */
  askTeamDeletion(teamId: TeamId, by: UserId, deletion: Deletion, andThen: (on: Writes) => Promise<void>): Promise<Deletion>;
  /** False when it is too late, or nobody asked. */
  takeBackTeamDeletion(teamId: TeamId, now: Date, audit: AuditLine): Promise<boolean>;
  /** Of teams of several people: those that would be left without an owner. */
  teamsOnlyOwnedBy(userId: UserId): Promise<{ id: TeamId; name: string }[]>;
  account(userId: UserId): Promise<{ name: string; email: string; deletion: Deletion | null } | null>;
  /** The account, and the team of its own with it. */
  askAccountDeletion(userId: UserId, deletion: Deletion, andThen: (on: Writes) => Promise<void>): Promise<Deletion>;
  takeBackAccountDeletion(userId: UserId, now: Date, audit: AuditLine): Promise<boolean>;
}

/** Tasks whose files are changed in one statement. */
const STEP = 2_000;
const NO_ID = '00000000-0000-0000-0000-000000000000';

export function custodyOver(money: Money): Custody {
  return {
    async team(teamId) {
      const { rows } = await money.query<CareRow>(
        {
          name: 'team care',
          text: `SELECT id, name, personal_of, retention_days, confirm_above, frozen_at, deletion_asked_at, deletion_at, erased_at FROM teams WHERE id = $1`,
        },
        [teamId],
      );
      const row = rows[0];
      if (row === undefined) return null;
      return {
        id: row.id,
        name: row.name,
        personalOf: row.personal_of,
        retentionDays: row.retention_days,
        confirmAbove: row.confirm_above === null ? null : BigInt(row.confirm_above),
        frozenAt: row.frozen_at,
        deletion: deletionOf(row),
        erased: row.erased_at !== null,
      };
    },

    async change(teamId, { retentionDays, confirmAbove }, audit) {
      await money.transaction(async (client) => {
        await client.query(
          `UPDATE teams SET retention_days = coalesce($2, retention_days), confirm_above = CASE WHEN $3 THEN $4::bigint ELSE confirm_above END WHERE id = $1`,
          [teamId, retentionDays ?? null, confirmAbove !== undefined, confirmAbove ?? null],
        );
        await writeAudit(client, audit);
      });
    },

    async alignRetention(teamId, days, notBefore) {
      for (let last: { at: Date; id: string } | null = { at: new Date(0), id: NO_ID }; last !== null;) {
        const { rows }: { rows: { at: Date; id: string }[] } = await money.query<{ at: Date; id: string }>(
          {
            text: `WITH step AS (
                SELECT id, created_at FROM tasks WHERE team_id = $1 AND created_at >= $4 AND (created_at, id) > ($4, $5) ORDER BY created_at, id LIMIT ${STEP}
              ), aligned AS (
                UPDATE files f SET expires_at = CASE
                  WHEN f.created_at + make_interval(days => $2) >= f.expires_at THEN f.created_at + make_interval(days => $2)
                  ELSE least(f.expires_at, greatest(f.created_at + make_interval(days => $2), $3)) END
                FROM step s WHERE f.task_id = s.id AND f.removed_at IS NULL AND f.deleted_at IS NULL
              )
              SELECT created_at AS at, id FROM step ORDER BY created_at DESC, id DESC LIMIT 1`,
          },
          [teamId, days, notBefore, last.at, last.id],
        );
        last = rows[0] ?? null;
      }
    },

    async goingWith(teamId, days, at) {
      const { rows } = await money.query<{ files: number; bytes: string }>(
        {
          text: `SELECT count(*)::int AS files, coalesce(sum(f.size_bytes), 0)::bigint AS bytes FROM tasks t JOIN files f ON f.task_id = t.id
                 WHERE t.team_id = $1 AND f.removed_at IS NULL AND f.deleted_at IS NULL AND f.created_at + make_interval(days => $2) <= $3 AND f.expires_at > $3`,
        },
        [teamId, days, at],
      );
      return { files: rows[0]!.files, bytes: Number(rows[0]!.bytes) };
    },

    async owners(teamId) {
      const { rows } = await money.query<{ user_id: UserId; email: string }>(
        { text: `SELECT m.user_id, u.email FROM members m JOIN users u ON u.id = m.user_id WHERE m.team_id = $1 AND m.role = 'owner'` },
        [teamId],
      );
      return rows.map((row) => ({ userId: row.user_id, email: row.email }));
    },

    async askTeamDeletion(teamId, by, deletion, andThen) {
      return money.transaction(async (client) => {
        const { rows } = await client.query<DeletionRow>(
          `SELECT deletion_asked_at, deletion_at FROM teams WHERE id = $1 FOR NO KEY UPDATE`,
          [teamId],
        );
        const earlier = deletionOf(rows[0]!);
        if (earlier !== null) return earlier;
        await client.query('UPDATE teams SET deletion_asked_at = $2, deletion_at = $3, deletion_asked_by = $4 WHERE id = $1', [
          teamId,
          deletion.askedAt,
          deletion.at,
          by,
        ]);
        await andThen(client);
        return deletion;
      });
    },

    async takeBackTeamDeletion(teamId, now, audit) {
      return money.transaction(async (client) => {
        const { rows } = await client.query(
          `UPDATE teams SET deletion_asked_at = NULL, deletion_at = NULL, deletion_asked_by = NULL
           WHERE id = $1 AND deletion_at > $2 AND personal_of IS NULL RETURNING id`,
          [teamId, now],
        );
        if (rows.length === 0) return false;
        await writeAudit(client, audit);
        return true;
      });
    },

    async teamsOnlyOwnedBy(userId) {
      const { rows } = await money.query<{ id: TeamId; name: string }>(
        {
          text: `SELECT t.id, t.name FROM members m JOIN teams t ON t.id = m.team_id
                 WHERE m.user_id = $1 AND m.role = 'owner' AND t.personal_of IS NULL AND t.deletion_at IS NULL
                   AND NOT EXISTS (SELECT FROM members o WHERE o.team_id = t.id AND o.role = 'owner' AND o.user_id <> $1)
                 ORDER BY t.name, t.id`,
        },
        [userId],
      );
      return rows;
    },

    async account(userId) {
      const { rows } = await money.query<{ name: string; email: string } & DeletionRow>(
        { text: 'SELECT name, email, deletion_asked_at, deletion_at FROM users WHERE id = $1' },
        [userId],
      );
      const row = rows[0];
      return row === undefined ? null : { name: row.name, email: row.email, deletion: deletionOf(row) };
    },

    async askAccountDeletion(userId, deletion, andThen) {
      return money.transaction(async (client) => {
        const { rows } = await client.query<DeletionRow>(
          `SELECT deletion_asked_at, deletion_at FROM users WHERE id = $1 FOR NO KEY UPDATE`,
          [userId],
        );
        const earlier = deletionOf(rows[0]!);
        if (earlier !== null) return earlier;
        const dates = [userId, deletion.askedAt, deletion.at];
        await client.query('UPDATE users SET deletion_asked_at = $2, deletion_at = $3 WHERE id = $1', dates);
        await client.query(
          'UPDATE teams SET deletion_asked_at = $2, deletion_at = $3, deletion_asked_by = $1 WHERE personal_of = $1 AND erased_at IS NULL',
          dates,
        );
        await andThen(client);
        return deletion;
      });
    },

    async takeBackAccountDeletion(userId, now, audit) {
      return money.transaction(async (client) => {
        const { rows } = await client.query(
          'UPDATE users SET deletion_asked_at = NULL, deletion_at = NULL WHERE id = $1 AND deletion_at > $2 RETURNING id',
          [userId, now],
        );
        if (rows.length === 0) return false;
        await client.query(
          'UPDATE teams SET deletion_asked_at = NULL, deletion_at = NULL, deletion_asked_by = NULL WHERE personal_of = $1 AND erased_at IS NULL',
          [userId],
        );
        await writeAudit(client, audit);
        return true;
      });
    },
  };
}

interface DeletionRow {
  deletion_asked_at: Date | null;
  deletion_at: Date | null;
}

interface CareRow extends DeletionRow {
  id: TeamId;
  name: string;
  personal_of: UserId | null;
  retention_days: number;
  confirm_above: string | null;
  frozen_at: Date | null;
  erased_at: Date | null;
}

function deletionOf({ deletion_asked_at, deletion_at }: DeletionRow): Deletion | null {
  return deletion_asked_at === null || deletion_at === null ? null : { askedAt: deletion_asked_at, at: deletion_at };
}
