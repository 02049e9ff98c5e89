// Goodwill, given once for each task and within what is left of the team's month. The wallet is locked before that is looked at.

import { GOODWILL_MOST, GOODWILL_PRIORITY } from '#core/domain/credits/goodwill.ts';
import { least, micro, type Credits } from '#core/domain/credits/credits.ts';
import { newId, type TaskId, type TeamId } from '#core/domain/ids.ts';
import { writeAudit } from '../team/audit.ts';
import type { Money } from '../database/money.ts';

export interface Goodwill {
  readonly taskId: TaskId;
  readonly teamId: TeamId;
  /** As in the audit log. */
  readonly actor: string;
  readonly credits: Credits;
  readonly expiresAt: Date;
}

/** Gives what came back. null where it came back before, or the month's limit is reached. */
export type GiveGoodwill = (goodwill: Goodwill, at: Date) => Promise<Credits | null>;

export function goodwillOver(money: Money): GiveGoodwill {
  return ({ taskId, teamId, actor, credits, expiresAt }, at) =>
    money.transaction(async (client) => {
      const key = `goodwill:${taskId}`;
      const { rows } = await client.query<{ id: string }>('SELECT id FROM wallets WHERE team_id = $1 FOR NO KEY UPDATE', [teamId]);
      const wallet = rows[0]!.id;
      const month = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1));
      const { rows: before } = await client.query<{ given: string; again: boolean }>(
        `SELECT coalesce(sum(l.credits), 0)::text AS given, EXISTS (SELECT FROM transactions WHERE key = $3) AS again
         FROM lots l WHERE l.wallet_id = $1 AND l.source = 'goodwill' AND l.created_at >= $2`,
        [wallet, month, key],
      );
      const { given, again } = before[0]!;
      const left = micro(GOODWILL_MOST - BigInt(given));
      if (again || left <= 0n) return null;
      const give = least(credits, left);
      const origin = { type: 'grant', source: 'goodwill', priority: GOODWILL_PRIORITY, expires_at: expiresAt, actor };
      const request = { n: 0, key, wallet, lot: newId(at.getTime()), credits: give.toString(), ...origin };
      const { rows: credited } = await client.query<{ outcome: string }>('SELECT outcome FROM ledger_credit($1, $2)', [
        JSON.stringify([request]),
        at,
      ]);
      if (credited[0]!.outcome !== 'credited') throw new Error(`goodwill was answered with ${credited[0]!.outcome}`);
      const facts = { credits: give.toString() };
      await writeAudit(client, { at, actor, act: 'credits.goodwill', teamId, subject: taskId, facts });
      return give;
    });
}
