// What operators see of payments: what differs from Stripe, what waits for a decision, and events that could not be handled.

import type { Actor } from '#core/domain/actor.ts';
import { sayMoney } from '#core/domain/billing/money.ts';
import { amountOf, type Amount } from '#core/domain/credits/credits.ts';
import type { TeamId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { reconciledUntil } from '../billing/reconcile.ts';
import type { Core } from '../runtime/core.ts';
import { mustBeOperator } from './operate.ts';

export interface OperatorBilling {
  /** false: nothing is sold, so nothing is compared. */
  readonly isOn: boolean;
  /** When the last comparison with Stripe ended; null where none did. ISO 8601. */
  readonly comparedAt: string | null;
  readonly differences: readonly { readonly key: string; readonly what: string; readonly rounds: number; readonly since: string }[];
  /** Paid, as far as Stripe says, and not credited. */
  readonly undecided: readonly {
    readonly id: string;
    readonly checkoutId: string | null;
    readonly teamId: TeamId | null;
    readonly why: string;
    readonly credits: Amount;
    readonly at: string;
  }[];
  readonly events: readonly {
    readonly id: string;
    readonly kind: string;
    readonly objectId: string | null;
    readonly tries: number;
    readonly trouble: string | null;
    readonly at: string;
  }[];
  /** Within the last week. */
  readonly failedTopUps: readonly {
    readonly id: string;
    readonly teamId: TeamId;
    readonly money: string;
    readonly why: string;
    readonly at: string;
  }[];
}

const SHOWN = 50;
const WEEK_MS = 7 * 24 * 60 * 60_000;

export function operateBillingVerbs(core: Core) {
  const { purchases, differences, news, topUps, leases } = core.store;
  return {
    async billing(actor: Actor): Promise<OperatorBilling> {
      await mustBeOperator(core, actor);
      const since = new Date(core.clock.now().getTime() - WEEK_MS);
      const [until, differing, undecided, stuck, failed] = await Promise.all([
        reconciledUntil(leases),
        differences.list(SHOWN),
        purchases.inTrouble(SHOWN),
        news.stuck(SHOWN),
        topUps.failedSince(since, SHOWN),
      ]);
      return {
        isOn: core.payments !== null,
        comparedAt: until?.toISOString() ?? null,
        differences: differing.map(({ key, what, rounds, firstSeen }) => ({ key, what, rounds, since: firstSeen.toISOString() })),
        undecided: undecided.map(({ id, checkoutId, teamId, trouble, credits, openedAt }) => ({
          id,
          checkoutId,
          teamId,
          why: trouble ?? '',
          credits: amountOf(credits),
          at: openedAt.toISOString(),
        })),
        events: stuck.map(({ id, kind, objectId, tries, trouble, receivedAt }) => ({
          id,
          kind,
          objectId,
          tries,
          trouble,
          at: receivedAt.toISOString(),
        })),
        failedTopUps: failed.map(({ id, teamId, amount, currency, why, plannedAt }) => ({
          id,
          teamId,
          money: sayMoney(amount, currency),
          why: why ?? '',
          at: plannedAt.toISOString(),
        })),
      };
    },

    /** An event that can never be handled is tried no more. Told again by Stripe it stays closed. */
    async closeEvent(actor: Actor, id: string): Promise<void> {
      await mustBeOperator(core, actor);
      if (!(await news.close(id))) throw refuse('request.invalid', { fields: [{ name: 'id', problem: 'is no open event' }] });
      core.log.info({ newsId: id, userId: actor.userId }, 'news of payments closed by an operator');
    },
  };
}
