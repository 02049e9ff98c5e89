// What is there, how long it lasts, and which tasks stand on it.

import type { Actor } from '#core/domain/actor.ts';
import { daysLeftAt } from '#core/domain/credits/balance-colour.ts';
import { amountOf, micro } from '#core/domain/credits/credits.ts';
import { TYPICAL_TASK } from '#core/domain/credits/rates.ts';
import { saySource } from '#core/domain/credits/say-transaction.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { firstLine } from '#core/domain/text/text.ts';
import type { Core } from '../runtime/core.ts';
import { viewWallet } from './balance.ts';
import type { CreditsOverview } from './views.ts';

const HOLDING_MOST = 20;
const LOTS_MOST = 50;

export async function creditsOverview(core: Core, actor: Actor): Promise<CreditsOverview> {
  mustBeAllowed(actor, 'credits.see');
  const { people, credits, standings } = core.store;
  const [wallet, pace, holding, lots, heldBack] = await Promise.all([
    people.wallet(actor.teamId),
    core.paces.fresh(actor.teamId),
    credits.wallets.holding(actor.teamId, HOLDING_MOST),
    credits.wallets.lots(actor.teamId, LOTS_MOST),
    standings.heldBackOf(actor.teamId),
  ]);
  const available = micro(wallet.balance - wallet.held);
  return {
    ...viewWallet(wallet, pace),
    typicalTask: { credits: amountOf(pace.typicalTask ?? TYPICAL_TASK), ofTheTeam: pace.typicalTask !== null },
    pace: pace.days < 1 ? null : { perDay: amountOf(micro(pace.credits / BigInt(pace.days))), days: pace.days },
    daysLeft: daysLeftAt(available, pace) ?? null,
    holding: holding.tasks.map(({ id, text, type, status, credits: held, since }) => ({
      id,
      title: firstLine(text ?? ''),
      type,
      status,
      credits: amountOf(held),
      since: since.toISOString(),
    })),
    holdingTotal: holding.total,
    heldBack: heldBack === null ? null : amountOf(heldBack),
    lots: lots.lots.map(({ id, source, credits: given, remaining, pinned, at, expiresAt }) => ({
      id,
      words: saySource(source),
      credits: amountOf(given),
      remaining: amountOf(remaining),
      inUse: amountOf(pinned),
      at: at.toISOString(),
      expiresAt: expiresAt?.toISOString() ?? null,
    })),
    lotsTotal: lots.total,
    expiresNext: lots.next && { at: lots.next.at.toISOString(), credits: amountOf(lots.next.credits) },
  };
}
