// What a request would cost, without taking it.

import type { Actor } from '#core/domain/actor.ts';
import type { Quantity } from '#core/domain/asks/quantity.ts';
import { readAsk } from '#core/domain/asks/read-ask.ts';
import { workIn, type WorkAsked } from '#core/domain/asks/work-in.ts';
import { amountOf, micro, NO_CREDITS, type Amount, type Credits } from '#core/domain/credits/credits.ts';
import { estimate } from '#core/domain/credits/estimate.ts';
import { isRefusal, refuse, refusedBy, type Refused } from '#core/domain/refusals/refusal.ts';
import { isAgentType, type AgentType } from '#core/domain/tasks/agent-type.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import type { Core } from '../../runtime/core.ts';

interface EstimateView {
  readonly type: AgentType;
  readonly because: string;
  /** What was understood; null where the type is charged by usage. */
  readonly quantity: Quantity | null;
  readonly low: Amount;
  readonly high: Amount;
  readonly available: Amount;
  readonly enough: boolean;
  readonly refused: Refused | null;
}

/** What a request would cost, without taking it. What would be refused says so in `refused`. */
export async function preview(core: Core, actor: Actor, request: { text: string; type?: string }): Promise<EstimateView> {
  mustBeAllowed(actor, 'tasks.ask');
  const { balance, held } = await core.store.people.wallet(actor.teamId);
  const available = micro(balance - held);
  const general = { type: 'general', because: '', quantity: null, low: NO_CREDITS, high: NO_CREDITS } as const;
  const show = ({ low, high, ...said }: WorkAsked & { low: Credits; high: Credits }, refused: Refused | null): EstimateView => ({
    ...said,
    low: amountOf(low),
    high: amountOf(high),
    available: amountOf(available),
    enough: high <= available,
    refused,
  });
  try {
    const { text, type: chosen } = readAsk(request.text);
    const wanted = request.type ?? chosen;
    if (wanted !== undefined && !isAgentType(wanted)) throw refuse('type.unknown', { given: wanted });
    const asked = workIn(text, wanted);
    const { low, high } = estimate(asked.type, asked.quantity?.count ?? null, core.learned.of(asked.type));
    const short = high > available ? refusedBy(refuse('credits.short', { need: amountOf(high), have: amountOf(available) })) : null;
    return show({ ...asked, low, high }, short);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return show(general, refusedBy(error));
  }
}
