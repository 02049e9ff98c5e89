// What the buttons of the sandbox's page do: what at Stripe other people do.

import type { SandboxAct } from '#core/contracts/stripe-sandbox.ts';
import { idOf } from './ids.ts';
import { warnOfFraud } from './money/aftermath.ts';
import { newCoupon, newPromotionCode } from './money/discounts.ts';
import { moveDispute, openDispute } from './money/disputes.ts';
import { settleCheckout } from './money/pay.ts';
import { failRefund, refund } from './money/refunds.ts';
import { invalid, noSuch } from './wire/problem.ts';
import type { World } from './world.ts';

/** Within a change. Gives back what it made or changed; throws a Problem for what cannot be. */
export function act(world: World, wanted: SandboxAct): object {
  const { store } = world;
  switch (wanted.act) {
    case 'refund':
      return refund(world, chargeOf(world, wanted.payment), {
        amount: wanted.amount ?? null,
        reason: 'requested_by_customer',
        metadata: {},
      });
    case 'fail-refund': {
      const made = store.get('refund', wanted.refund);
      if (made === null) throw noSuch('refund', wanted.refund);
      return failRefund(world, made);
    }
    case 'dispute':
      return openDispute(world, chargeOf(world, wanted.payment).id, { isInquiry: wanted.inquiry });
    case 'move-dispute': {
      const dispute = store.get('dispute', wanted.dispute);
      if (dispute === null) throw noSuch('dispute', wanted.dispute);
      return moveDispute(world, dispute, wanted.to);
    }
    case 'warn':
      return warnOfFraud(world, chargeOf(world, wanted.payment));
    case 'settle': {
      const intent = intentOf(world, wanted.payment);
      if (intent?.status !== 'processing') throw invalid('This payment is not under way.');
      settleCheckout(world, intent.id, wanted.arrived);
      return store.get('payment_intent', intent.id)!;
    }
    case 'promotion':
      return newPromotionCode(world, newCoupon(world, { percent_off: wanted.percent }).id, wanted.code);
    case 'resend': {
      const event = store.get('event', wanted.event);
      if (event === null) throw noSuch('event', wanted.event);
      for (const delivery of [...store.all('delivery'), ...store.all('delivery_due')])
        if (delivery.eventId === event.id) {
          store.remove('delivery', delivery.id);
          store.put('delivery_due', { ...delivery, state: 'due', tries: 0, nextAtMs: world.nowMs() });
        }
      world.wake();
      return event;
    }
  }
}

function chargeOf(world: World, named: string) {
  const { store } = world;
  const charge = store.get('charge', named) ?? store.get('charge', idOf(intentOf(world, named)?.latest_charge));
  if (charge === null) throw noSuch('payment', named);
  return charge;
}

/** By its id, a charge's or a checkout's. */
function intentOf({ store }: World, named: string) {
  const session = store.get('session', named);
  const charge = store.get('charge', named);
  return store.get('payment_intent', idOf(session?.payment_intent) ?? idOf(charge?.payment_intent) ?? named);
}
