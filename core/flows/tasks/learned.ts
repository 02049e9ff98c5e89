// What settled tasks of the last months cost, so that estimates come from experience once there is enough of it. Every
// process that takes asks knows it: what it knows grows old, and whoever needs it then has it read again meanwhile.

import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import type { Learned } from '#core/domain/credits/estimate.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { learnedCharges } from '#core/store/tasks/learned.ts';
import type { Money } from '#core/store/database/money.ts';

export interface LearnedCharges {
  /** What is known now, which may be nothing yet. */
  of(type: AgentType): Learned | undefined;
}

const GOOD_FOR_MS = 10 * 60_000;

export function learnFrom(money: Money, clock: Clock, log: Log): LearnedCharges {
  let known: ReadonlyMap<AgentType, Learned> = new Map();
  let readAtMs = Number.NEGATIVE_INFINITY;

  async function read() {
    try {
      known = await learnedCharges(money);
    } catch (error) {
      log.warn({ error }, 'nothing learned');
    }
  }

  return {
    of(type) {
      const nowMs = clock.now().getTime();
      if (nowMs - readAtMs >= GOOD_FOR_MS) {
        readAtMs = nowMs;
        void read();
      }
      return known.get(type);
    },
  };
}
