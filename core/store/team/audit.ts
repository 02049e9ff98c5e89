import type { TeamId, UserId } from '#core/domain/ids.ts';
import type { Money } from '../database/money.ts';

/** Who did what to credits, people and settings. */
export interface AuditLine {
  readonly at: Date;
  /** `user:<id>`, `invited` (whoever opened an invitation, not logged in), `operator:<name>` or `system`. */
  readonly actor: string;
  readonly act: string;
  readonly teamId: TeamId | null;
  readonly subject: string | null;
  readonly facts: object;
}

/** The pool, or the client of a transaction: what is written down stands or falls with what it tells of. */
export interface Writes {
  query(statement: { text: string }, values: unknown[]): Promise<unknown>;
}

export async function writeAudit(on: Writes, line: AuditLine): Promise<void> {
  await on.query({ text: 'INSERT INTO audit_entries (at, actor, act, team_id, subject, facts) VALUES ($1, $2, $3, $4, $5, $6)' }, [
    line.at,
    line.actor,
    line.act,
    line.teamId,
    line.subject,
    JSON.stringify(line.facts),
  ]);
}

export interface Audit {
  /** Newest first. `before` is the id of the last entry of the page before. */
  read(
    teamId: TeamId,
    page: { before: string | null; limit: number; person: UserId | null; act: string | null },
  ): Promise<StoredAuditLine[]>;
  /** Which acts there are to look for. */
  acts(teamId: TeamId): Promise<string[]>;
}

export interface StoredAuditLine {
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  /** Of a person: their name now; null when they are not with us any more. */
  readonly actorName: string | null;
  readonly act: string;
  readonly subjectName: string | null;
  readonly facts: unknown;
  /** What it said about somebody is gone. */
  readonly erased: boolean;
}

export function auditOver(money: Money): Audit {
  return {
    async read(teamId, { before, limit, person, act }) {
      const { rows } = await money.query<AuditRow>(
        {
          // An id from elsewhere finds no place to go on from, and so nothing.
          text: `SELECT a.id::text, a.at, a.actor, doer.name AS actor_name, a.act, done.name AS subject_name, a.facts, a.erased_at IS NOT NULL AS erased FROM audit_entries a
                 LEFT JOIN users doer ON a.actor = 'user:' || doer.id LEFT JOIN users done ON a.subject = 'user:' || done.id
                 WHERE a.team_id = $1
                   AND ($2::bigint IS NULL OR (a.at, a.id) < (SELECT b.at, b.id FROM audit_entries b WHERE b.id = $2 AND b.team_id = $1))
                   AND ($3::text IS NULL OR a.actor = $3 OR a.subject = $3) AND ($4::text IS NULL OR a.act = $4)
                 ORDER BY a.at DESC, a.id DESC LIMIT $5`,
        },
        [teamId, before, person === null ? null : `user:${person}`, act, limit],
      );
      return rows.map(({ actor_name: actorName, subject_name: subjectName, ...line }) => ({ ...line, actorName, subjectName }));
    },
    async acts(teamId) {
      const { rows } = await money.query<{ act: string }>(
        { text: 'SELECT DISTINCT act FROM audit_entries WHERE team_id = $1 ORDER BY act' },
        [teamId],
      );
      return rows.map(({ act }) => act);
    },
  };
}

interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly actor_name: string | null;
  readonly act: string;
  readonly subject_name: string | null;
  readonly facts: unknown;
  readonly erased: boolean;
}
