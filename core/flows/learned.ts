// What settled tasks of the last months cost, so that estimates come from experience once there is enough of it.

import type { AgentType } from '#core/domain/agent-type.ts';
import type { Learned } from '#core/domain/estimate.ts';
import { learnedCharges } from '#core/store/learned.ts';
import type { Money } from '#core/store/money.ts';

export interface LearnedCharges {
  of(type: AgentType): Learned | undefined;
  refresh(): Promise<void>;
}

export function learnFrom(money: Money): LearnedCharges {
  let known: ReadonlyMap<AgentType, Learned> = new Map();
  return {
    of: (type) => known.get(type),
    async refresh() {
      known = await learnedCharges(money);
    },
  };
}
