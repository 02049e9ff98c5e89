// Payments through Stripe, or through whatever speaks its language. Only our own types leave this room.

import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { PaymentsError, type Payments } from '#core/ports/payments.ts';
import { checkAccount } from './check.ts';
import { chargeCard, chargeOf, findCharge } from './charge.ts';
import { checkoutParams, type CheckoutOptions } from './checkout-params.ts';
import { CHECKOUT_PARTS, readCheckout } from './checkout.ts';
import { openClient } from './client.ts';
import { deleteCustomer, openPortal, readCard } from './customer.ts';
import { readNews } from './news.ts';
import { pricesAt } from './prices.ts';
import { couldBe, expectObject, textIn } from './read.ts';
import { recentAt } from './recent.ts';
import { readPaymentBehind, readStanding } from './standing.ts';

export interface StripeSettings extends CheckoutOptions {
  readonly secretKey: string;
  readonly webhookSecrets: readonly string[];
  /** null for Stripe itself. */
  readonly apiUrl: string | null;
  /** Where people pay, where the account has a domain of its own for that. */
  readonly checkoutOrigin: string | null;
  readonly clock: Clock;
  readonly log: Log;
}

export function createStripe({ secretKey, webhookSecrets, apiUrl, checkoutOrigin, clock, log, ...options }: StripeSettings): Payments {
  const client = openClient({ secretKey, apiUrl, log });
  const prices = pricesAt(client, clock);
  const livemode = /^[sr]k_live_/.test(secretKey);
  const origins = apiUrl === null ? stripesOrigins(checkoutOrigin) : [new URL(apiUrl).origin];

  return {
    livemode,
    origins,

    async openCheckout(wanted, key) {
      const params = checkoutParams(wanted, await prices.idOf(wanted.price), options);
      const session = await client.ask((stripe) => stripe.checkout.sessions.create(params, { idempotencyKey: key }));
      const { id, url } = expectObject(session, 'checkout.session');
      if (textIn(url) === null || !URL.canParse(url!))
        throw new PaymentsError('unknown', 'answer', 'Stripe opened a checkout without an address');
      // The portal sends nobody elsewhere.
      if (!origins.includes(new URL(url!).origin))
        throw new PaymentsError('refused', 'checkout-origin', 'Stripe opened a checkout under another domain; set STRIPE_CHECKOUT_ORIGIN');
      return { id, url: url! };
    },

    async checkout(id) {
      if (!couldBe(id, 'cs_')) return null;
      const session = await client.find((stripe) => stripe.checkout.sessions.retrieve(id, { expand: CHECKOUT_PARTS }));
      return session && readCheckout(session);
    },

    async checkoutOf(paymentId) {
      if (!couldBe(paymentId, 'pi_')) return null;
      const list = await client.find((stripe) => stripe.checkout.sessions.list({ payment_intent: paymentId, limit: 1 }));
      return list && (expectObject(list, 'list').data[0]?.id ?? null);
    },

    standing: (paymentId) => readStanding(client, paymentId),
    paymentBehind: (objectId) => readPaymentBehind(client, objectId),

    recent: recentAt(client),

    async makeCustomer({ teamId, email, name }, key) {
      const params = { email, ...(name !== '' && { name }), metadata: { team: teamId } };
      const customer = await client.ask((stripe) => stripe.customers.create(params, { idempotencyKey: key }));
      return expectObject(customer, 'customer').id;
    },

    card: (customerId) => readCard(client, customerId),
    charge: (wanted, key) => chargeCard(client, wanted, key),
    findCharge: (customerId, topUpId, since) => findCharge(client, customerId, topUpId, since),
    chargeOf: (paymentId) => chargeOf(client, paymentId),
    deleteCustomer: (customerId) => deleteCustomer(client, customerId),
    openPortal: (customerId, returnUrl) => openPortal(client, origins, customerId, returnUrl),

    readNews: (body, signature, at) => readNews(body, signature, webhookSecrets, at),
    check: (wanted, signal) => checkAccount({ client, prices, livemode }, wanted, signal),
    close: () => client.close(),
  };
}

function stripesOrigins(checkoutOrigin: string | null): string[] {
  return ['https://checkout.stripe.com', 'https://billing.stripe.com', ...(checkoutOrigin === null ? [] : [checkoutOrigin])];
}
