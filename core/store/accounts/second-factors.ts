// Second factors as they are kept: encrypted by the login engine, which alone can read them.

import type { TeamId, UserId } from '#core/domain/ids.ts';
import { writeAudit, type Writes } from '../team/audit.ts';
import type { Money } from '../database/money.ts';

export interface SecondFactor {
  readonly userId: UserId;
  readonly email: string;
  readonly name: string;
  /** The team that the person has of their own, where the audit log says what was done. */
  readonly home: TeamId;
  /** False while somebody is still setting it up. */
  readonly inUse: boolean;
  readonly secret: string;
  readonly backupCodes: string;
}

/** Of everybody, or of one person. */
export async function secondFactors(money: Money, of: UserId | null = null): Promise<SecondFactor[]> {
  const { rows } = await money.query<{
    user_id: UserId;
    email: string;
    name: string;
    home: TeamId;
    in_use: boolean;
    secret: string;
    backup_codes: string;
  }>(
    {
      text: `SELECT f.user_id, u.email, u.name, t.id AS home, u.two_factor_enabled AS in_use, f.secret, f.backup_codes
             FROM two_factors f JOIN users u ON u.id = f.user_id JOIN teams t ON t.personal_of = u.id
             WHERE $1::uuid IS NULL OR f.user_id = $1 ORDER BY f.user_id`,
    },
    [of],
  );
  return rows.map((row) => ({
    userId: row.user_id,
    email: row.email,
    name: row.name,
    home: row.home,
    inUse: row.in_use,
    secret: row.secret,
    backupCodes: row.backup_codes,
  }));
}

/** Unless the person changed it meanwhile: then it was written with the newest secret already. */
export async function encryptSecondFactor(money: Money, before: SecondFactor, anew: Pick<SecondFactor, 'secret' | 'backupCodes'>) {
  await money.query(
    { text: 'UPDATE two_factors SET secret = $4, backup_codes = $5 WHERE user_id = $1 AND secret = $2 AND backup_codes = $3' },
    [before.userId, before.secret, before.backupCodes, anew.secret, anew.backupCodes],
  );
}

export interface TurningOff {
  /** As the audit log names them. */
  readonly by: string;
  readonly act: 'two-factor.lost' | 'two-factor.reset';
  /** Sessions of the person, and everything that would begin one. */
  readonly endsSessions: boolean;
}

/** Turns it off, and tells its person by whatever `tell` writes: both or neither. False when the person changed it meanwhile. */
export async function turnOffSecondFactor(
  money: Money,
  { userId, home, secret, backupCodes, inUse }: SecondFactor,
  { by, act, endsSessions }: TurningOff,
  at: Date,
  tell: (on: Writes) => Promise<void>,
): Promise<boolean> {
  return money.transaction(async (client) => {
    const { rowCount } = await client.query('DELETE FROM two_factors WHERE user_id = $1 AND secret = $2 AND backup_codes = $3', [
      userId,
      secret,
      backupCodes,
    ]);
    if (rowCount === 0) return false;
    if (!inUse) return true;
    await client.query('UPDATE users SET two_factor_enabled = false, updated_at = $2 WHERE id = $1', [userId, at]);
    if (endsSessions) {
      await client.query('DELETE FROM sessions WHERE user_id = $1', [userId]);
      // Logins that wait for their second factor, and links to choose a password.
      await client.query('DELETE FROM verifications WHERE user_id = $1', [userId]);
    }
    await writeAudit(client, { at, actor: by, act, teamId: home, subject: `user:${userId}`, facts: {} });
    await tell(client);
    return true;
  });
}
