// A paid checkout that is nothing we sell: nothing is credited, and operators decide what becomes of the money.

import type { Unfit } from '#core/domain/billing/judge-checkout.ts';
import type { Purchase } from '#core/domain/billing/purchase.ts';
import { isPriceKey } from '#core/domain/credits/packs.ts';
import type { Checkout } from '#core/ports/payments.ts';
import { raiseAlarm } from '../mail/alarm.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';

/** Tells operators of it once, and marks its purchase. The reconciler meets foreign sales again and again, and tells of none. */
export async function askForDecision(core: Core, checkout: Checkout, purchase: Purchase | null, why: Unfit, by: string): Promise<void> {
  if (purchase?.trouble === why) return;
  if (purchase !== null || isOurs(checkout)) await tellOperators(core, checkout.id, why);
  else if (by !== 'reconciler') await tellOfForeign(core, checkout.id, why);
  if (purchase !== null) await core.store.purchases.trouble(purchase.id, why);
}

/** Somebody else may sell in the same account of Stripe; what they sell names neither our prices nor a purchase. */
function isOurs({ reference, lines }: Checkout): boolean {
  return reference !== null || lines.some(({ price }) => price !== null && isPriceKey(price));
}

/** One email for each checkout and reason: none is held back because another one was told of. */
export async function tellOperators(core: Core, checkoutId: string, why: Unfit): Promise<void> {
  core.log.error({ checkoutId, why }, 'paid checkout does not fit what is sold');
  for (const to of core.settings.operatorEmails)
    await writeMail(core, {
      key: `alarm:purchase-unfit:${checkoutId}:${why}:${to}`,
      to,
      saying: { kind: 'alarm', ...wordsFor(checkoutId, why), url: `${core.settings.publicUrl}/operator/billing` },
    });
}

/** One email an hour for all of them, so that sales that are not ours fill no mailbox. */
async function tellOfForeign(core: Core, checkoutId: string, why: Unfit): Promise<void> {
  core.log.error({ checkoutId, why }, 'paid checkout does not fit what is sold');
  await raiseAlarm(core, 'purchase-unfit', wordsFor(checkoutId, why));
}

function wordsFor(checkoutId: string, why: Unfit): { title: string; words: string } {
  return {
    title: 'A payment needs a decision',
    words: `The ${checkoutId.startsWith('pi_') ? 'payment' : 'checkout'} ${checkoutId} at Stripe does not fit what is sold here: ${why}.\nLook at it in the Stripe dashboard, and refund it if nobody should have paid.`,
  };
}
