// What the deletion of a file does to the exports of its team.

import type pg from 'pg';
import type { TeamId } from '#core/domain/ids.ts';

/** A deletion that is not committed yet is waited for, so that an export that begins afterwards does not hold the file. */
export function lockExports(client: pg.PoolClient, teamId: TeamId) {
  return client.query(`SELECT pg_advisory_xact_lock(hashtextextended('exports:' || $1::text, 0))`, [teamId]);
}

/** What different machines take for the same moment. */
const CLOCKS_APART = '1 minute';

/**
 * Part of the transaction that deletes a file: no export holds it afterwards. A finished one ends, and upkeep removes it from
 * storage; one under way begins anew without the file.
 */
export async function withoutFile(client: pg.PoolClient, file: { teamId: TeamId; createdAt: Date }, at: Date): Promise<void> {
  await lockExports(client, file.teamId);
  // One statement, since a worker may finish one at the same time. Those that wait are locked until the deletion is committed.
  await client.query(
    `UPDATE exports SET
       state = CASE WHEN state = 'working' THEN 'waiting' ELSE state END,
       worker = NULL,
       lease_until = CASE WHEN state = 'working' THEN NULL ELSE lease_until END,
       expires_at = CASE WHEN state = 'ready' THEN $2::timestamptz ELSE expires_at END,
       file_deleted_at = CASE WHEN state = 'ready' THEN $2::timestamptz END
     WHERE team_id = $1 AND (state IN ('waiting', 'working') OR state = 'ready' AND expires_at > $2::timestamptz AND ready_at >= $3::timestamptz - interval '${CLOCKS_APART}')`,
    [file.teamId, at, file.createdAt],
  );
}
