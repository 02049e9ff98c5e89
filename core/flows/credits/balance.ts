// What a team can spend, and how that looks.

import type { Acting } from '#core/domain/acting.ts';
import { balanceColour, daysLeftAt } from '#core/domain/credits/balance-colour.ts';
import { amountOf, micro } from '#core/domain/credits/credits.ts';
import type { TeamId } from '#core/domain/ids.ts';
import type { People } from '#core/store/accounts/people.ts';
import type { Pace } from '#core/store/credits/usage.ts';
import type { Core } from '../runtime/core.ts';
import type { WalletView } from './views.ts';

export function balance(core: Core, actor: Pick<Acting, 'teamId'>): Promise<WalletView> {
  return balanceOf(core, actor.teamId);
}

export async function balanceOf(core: Core, teamId: TeamId): Promise<WalletView> {
  const [wallet, pace] = await Promise.all([core.store.people.wallet(teamId), core.paces.of(teamId)]);
  return viewWallet(wallet, pace);
}

export function viewWallet({ balance, held, debt, version }: Awaited<ReturnType<People['wallet']>>, pace: Pace): WalletView {
  const available = micro(balance - held);
  return {
    available: amountOf(available),
    inUse: amountOf(micro(held)),
    debt: amountOf(micro(debt)),
    version,
    ...balanceColour({
      available,
      daysLeft: daysLeftAt(available, pace),
      ...(pace.typicalTask !== null && { typicalTask: pace.typicalTask }),
    }),
  };
}
