// Whether people could buy now is asked once, at start, and said in the log: a wrong account is found before somebody has paid.

import { pricesIn, problemsOf } from '#core/domain/billing/payments-check.ts';
import type { Core } from '../runtime/core.ts';

/** Never rejects: Stripe may be away, and that is no reason not to start. */
export async function checkPayments({ payments, settings, log }: Core, signal: AbortSignal): Promise<void> {
  if (payments === null) return;
  try {
    const standing = await payments.check(pricesIn(settings.selling.currencies), signal);
    for (const { state, words, mend } of problemsOf(standing))
      log[state === 'failing' ? 'error' : 'warn']({ problem: words, mend }, 'Stripe account needs attention');
    log.info({ account: standing.account, livemode: standing.livemode }, 'payments are taken');
  } catch (error) {
    if (!signal.aborted) log.warn({ error }, 'Stripe could not be asked how its account is');
  }
}
