// What somebody could ask for with the credits of their team, with what it would cost.

import type { Actor } from '#core/domain/actor.ts';
import { suggestedAsks } from '#core/domain/asks/examples.ts';
import { asNumber, micro } from '#core/domain/credits/credits.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import type { Core } from '../runtime/core.ts';

/** Credits. */
export interface ExamplesView {
  readonly available: number;
  readonly asks: readonly { readonly text: string; readonly low: number; readonly high: number }[];
  /** What the smallest example may cost, for whoever can pay none of them. */
  readonly least: number;
}

/** What the team's credits pay for, as suggestions. */
export async function examples(core: Core, actor: Actor): Promise<ExamplesView> {
  mustBeAllowed(actor, 'tasks.ask');
  const { balance, held } = await core.store.people.wallet(actor.teamId);
  const available = micro(balance - held);
  const { asks, least } = suggestedAsks(available, core.learned.of);
  return {
    available: asNumber(available),
    asks: asks.map(({ text, low, high }) => ({ text, low: asNumber(low), high: asNumber(high) })),
    least: asNumber(least),
  };
}
