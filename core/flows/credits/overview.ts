// What is there, how long it lasts, and which tasks stand on it.

import { balanceColour, daysLeftAt } from '#core/domain/balance-colour.ts';
import { amountOf, micro, type Credits } from '#core/domain/credits.ts';
import type { TeamId } from '#core/domain/ids.ts';
import { mustBeAllowed } from '#core/domain/permission.ts';
import { TYPICAL_TASK } from '#core/domain/rates.ts';
import { saySource } from '#core/domain/say-transaction.ts';
import { firstLine } from '#core/domain/text.ts';
import type { CreditsBadge, CreditsOverview } from '#core/domain/wallet-view.ts';
import type { Pace } from '#core/store/usage.ts';
import type { Actor } from '../app.ts';
import type { Core } from '../core.ts';

const HOLDING_MOST = 20;
const LOTS_MOST = 50;

export async function creditsOverview(core: Core, actor: Actor): Promise<CreditsOverview> {
  mustBeAllowed(actor, 'credits.see');
  const at = core.clock.now();
  const { usage, wallets } = core.store.credits;
  const [wallet, pace, holding, lots] = await Promise.all([
    wallets.state(actor.teamId),
    usage.pace(actor.teamId, at),
    wallets.holding(actor.teamId, HOLDING_MOST),
    wallets.lots(actor.teamId, LOTS_MOST),
  ]);
  const available = micro(wallet.balance - wallet.held);
  return {
    ...badgeOf(wallet, pace),
    typicalTask: { credits: amountOf(pace.typicalTask ?? TYPICAL_TASK), ofTheTeam: pace.typicalTask !== null },
    pace: pace.days < 1 ? null : { perDay: amountOf(micro(pace.credits / BigInt(pace.days))), days: pace.days },
    daysLeft: daysLeftAt(available, pace) ?? null,
    holding: holding.tasks.map(({ id, text, type, status, credits, since }) => ({
      id,
      title: firstLine(text ?? ''),
      type,
      status,
      credits: amountOf(credits),
      since: since.toISOString(),
    })),
    holdingTotal: holding.total,
    lots: lots.lots.map(({ id, source, credits, remaining, pinned, at: since, expiresAt }) => ({
      id,
      words: saySource(source),
      credits: amountOf(credits),
      remaining: amountOf(remaining),
      inUse: amountOf(pinned),
      at: since.toISOString(),
      expiresAt: expiresAt?.toISOString() ?? null,
    })),
    lotsTotal: lots.total,
    expiresNext: lots.next && { at: lots.next.at.toISOString(), credits: amountOf(lots.next.credits) },
  };
}

/** How fast a team goes changes slowly, and every page shows the badge; the balance in it is of this moment. */
const PACE_GOOD_FOR_MS = 5 * 60_000;
const TEAMS_KEPT = 1_000;

export function keepBadges(core: Core): (actor: Actor) => Promise<CreditsBadge> {
  const known = new Map<TeamId, { readonly pace: Promise<Pace>; readonly untilMs: number }>();

  function paceOf(teamId: TeamId): Promise<Pace> {
    const now = core.clock.now();
    const kept = known.get(teamId);
    if (kept !== undefined && now.getTime() < kept.untilMs) return kept.pace;
    const pace = core.store.credits.usage.pace(teamId, now);
    known.delete(teamId);
    known.set(teamId, { pace, untilMs: now.getTime() + PACE_GOOD_FOR_MS });
    if (known.size > TEAMS_KEPT) known.delete(known.keys().next().value!);
    pace.catch(() => known.delete(teamId));
    return pace;
  }

  return async (actor) => {
    mustBeAllowed(actor, 'tasks.see');
    const [wallet, pace] = await Promise.all([core.store.credits.wallets.state(actor.teamId), paceOf(actor.teamId)]);
    return badgeOf(wallet, pace);
  };
}

function badgeOf({ balance, held, debt }: { balance: Credits; held: Credits; debt: Credits }, pace: Pace): CreditsBadge {
  const available = micro(balance - held);
  return {
    available: amountOf(available),
    inUse: amountOf(held),
    debt: amountOf(debt),
    ...balanceColour({
      available,
      daysLeft: daysLeftAt(available, pace),
      ...(pace.typicalTask !== null && { typicalTask: pace.typicalTask }),
    }),
  };
}
