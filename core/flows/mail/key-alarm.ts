// Stripe does not take our key: nothing is charged, credited or refunded before an operator mends it, so they hear of it at once.

import { PaymentsError } from '#core/ports/payments.ts';
import type { Core } from '../runtime/core.ts';
import { raiseAlarm } from './alarm.ts';

/** Does nothing for any other error, and fails for none: whoever calls it has an error of their own to deal with. */
export async function tellOfKey(core: Core, error: unknown): Promise<void> {
  if (!(error instanceof PaymentsError) || !error.ofKey) return;
  await raiseAlarm(core, 'payments-key', {
    title: 'Stripe does not accept the key',
    words: `Stripe answered ${error.code}. Nobody can buy credits, and auto top-up waits.\nCheck STRIPE_SECRET_KEY and the permissions of that key in Stripe, and restart the product. What waits is done then.`,
  }).catch((trouble: unknown) => core.log.warn({ error: trouble }, 'no alarm of a refused key yet'));
}
