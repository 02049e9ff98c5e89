// Whether people could buy credits now.

import { pricesIn, problemsOf } from '#core/domain/billing/payments-check.ts';
import { systemClock } from '#core/engines/clock.ts';
import { createLog } from '#core/engines/log/log.ts';
import { createStripe } from '#core/engines/stripe/stripe.ts';
import { PaymentsError } from '#core/ports/payments.ts';
import { realStripe } from '#core/product/sandboxes.ts';
import { ok, warning, type Finding, type Patient } from './finding.ts';

export async function payments({ config }: Patient): Promise<Finding | readonly Finding[]> {
  const settings = realStripe(config);
  if (settings === null) return ok(config.stripe.kind === 'off' ? 'off: nothing is sold' : 'a sandbox, which starts with the product');
  const stripe = createStripe({ ...settings, clock: systemClock, log: createLog({ level: 'silent' }) });
  try {
    const standing = await stripe.check(pricesIn(config.billing.currencies));
    const problems = problemsOf(standing);
    if (problems.length > 0) return problems.map(({ state, words, mend }) => ({ state, words, mend }));
    return ok(`Stripe answers for ${standing.account}, ${standing.livemode ? 'with real money' : 'in test mode'}, with all prices`);
  } catch (error) {
    if (!(error instanceof PaymentsError) || error.code !== 'more_permissions_required') throw error;
    return warning(
      'this key may not read the account, so it was not looked at',
      'allow the key to read the account, prices and webhook endpoints',
    );
  } finally {
    stripe.close();
  }
}
