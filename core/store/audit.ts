import type { TeamId } from '#core/domain/ids.ts';

/** Who did what to credits, people and settings. */
export interface AuditLine {
  readonly at: Date;
  /** `user:<id>`, `operator:<name>` or `system`. */
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
