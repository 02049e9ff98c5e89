// What some cards bring about once they have paid: a dispute, an inquiry, a report of fraud.

import type { Stripe } from 'stripe';
import type { TestMethod } from '../cards.ts';
import { idOf, newObjectId } from '../ids.ts';
import { tell } from '../news/event.ts';
import type { World } from '../world.ts';
import { openDispute } from './disputes.ts';

export function followUp(world: World, charge: Stripe.Charge, what: TestMethod['after'] | null): void {
  if (what === 'dispute' || what === 'inquiry') openDispute(world, charge.id, { isInquiry: what === 'inquiry' });
  if (what === 'fraud-warning') warnOfFraud(world, charge);
}

export function warnOfFraud(world: World, charge: Stripe.Charge): Stripe.Radar.EarlyFraudWarning {
  const intentId = idOf(charge.payment_intent);
  const warning = world.store.put('fraud_warning', {
    id: newObjectId('issfr_1'),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: charge.id,
    created: world.now(),
    fraud_type: 'made_with_stolen_card',
    livemode: false,
    ...(intentId !== null && { payment_intent: intentId }),
  });
  tell(world, 'radar.early_fraud_warning.created', warning);
  return warning;
}
