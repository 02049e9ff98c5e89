// Starting credits, given or withheld once for each person, in one transaction with the counts that decide it.

import type { Credits } from '#core/domain/credits/credits.ts';
import { newId, type TeamId, type UserId, type WalletId } from '#core/domain/ids.ts';
import { STARTING_CREDITS_WINDOW_S, type NoStartingCredits } from '#core/domain/credits/starting-credits.ts';
import { writeAudit } from '../team/audit.ts';
import type { Money } from '../database/money.ts';

export interface Newcomer {
  readonly userId: UserId;
  readonly teamId: TeamId;
  readonly walletId: WalletId;
  /** Names the mailbox, so that it gets them once, whoever has an account with it. */
  readonly mailbox: string;
  /** What the person counts for, each by a name that tells nothing, and how many of it may have them in a day. */
  readonly shares: readonly { readonly of: NoStartingCredits; readonly name: string; readonly most: number }[];
}

/** `decided`: given or withheld before. `mailbox`: somebody with this mailbox had them. */
export type StartingCreditsOutcome = 'given' | 'decided' | 'mailbox' | NoStartingCredits;

export interface StartingCreditsStore {
  give(to: Newcomer, credits: Credits, at: Date): Promise<StartingCreditsOutcome>;
  /** Why this team began without credits, while it never had any. */
  withheld(teamId: TeamId): Promise<NoStartingCredits | null>;
}

export function startingCreditsOver(money: Money): StartingCreditsStore {
  return {
    give({ userId, teamId, walletId, mailbox, shares }, credits, at) {
      const key = `welcome:${mailbox}`;
      return money.transaction(async (client) => {
        // The same person in two browsers, and two people with one mailbox, take turns.
        await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
        const { rows: before } = await client.query<{ decided: boolean; mailbox: boolean }>(
          `SELECT t.starting_credits_withheld IS NOT NULL OR EXISTS (SELECT FROM lots WHERE wallet_id = $2 AND source = 'welcome') AS decided,
                  EXISTS (SELECT FROM transactions WHERE key = $3) AS mailbox
           FROM teams t WHERE t.id = $1 FOR NO KEY UPDATE`,
          [teamId, walletId, key],
        );
        if (before[0] === undefined || before[0].decided) return 'decided';
        if (before[0].mailbox) return 'mailbox';

        const { rows: takes } = await client.query<{ used_up: number }>('SELECT rate_limits_take_all($1, $2, $3, $4) AS used_up', [
          shares.map(({ of, name }) => `starting-credits|${of}|${name}`),
          shares.map(({ most }) => most),
          STARTING_CREDITS_WINDOW_S,
          at,
        ]);
        const usedUp = shares[takes[0]!.used_up - 1];
        if (usedUp !== undefined) {
          await client.query('UPDATE teams SET starting_credits_withheld = $2 WHERE id = $1', [teamId, usedUp.of]);
          const facts = { reason: usedUp.of, most: usedUp.most };
          await writeAudit(client, { at, actor: 'system', act: 'starting-credits.withheld', teamId, subject: `user:${userId}`, facts });
          return usedUp.of;
        }

        const origin = { type: 'grant', source: 'welcome', note: 'To begin with.' };
        const request = { n: 0, key, wallet: walletId, lot: newId(at.getTime()), credits: credits.toString(), ...origin };
        const { rows: credited } = await client.query<{ outcome: string }>('SELECT outcome FROM ledger_credit($1, $2)', [
          JSON.stringify([request]),
          at,
        ]);
        if (credited[0]!.outcome !== 'credited') throw new Error(`starting credits were answered with ${credited[0]!.outcome}`);
        return 'given';
      });
    },

    async withheld(teamId) {
      const { rows } = await money.query<{ withheld: NoStartingCredits }>(
        {
          text: `SELECT t.starting_credits_withheld AS withheld FROM teams t JOIN wallets w ON w.team_id = t.id
                 WHERE t.id = $1 AND t.starting_credits_withheld IS NOT NULL AND NOT EXISTS (SELECT FROM lots l WHERE l.wallet_id = w.id)`,
        },
        [teamId],
      );
      return rows[0]?.withheld ?? null;
    },
  };
}
