// Charges of saved cards, and the cards themselves: the real SDK, and a server on loopback that answers as it is told.

import { expect, test } from 'vitest';
import type { ChargeWanted } from '#core/ports/payments.ts';
import { answering, listOf, type Answer } from './testing/answering.ts';

const at = answering();
const wanted: ChargeWanted = {
  topUpId: 'our top-up',
  site: 'https://impacter.example',
  customerId: 'cus_1',
  cardId: 'pm_1',
  amount: 2_500n,
  currency: 'usd',
  description: 'Impacter auto top-up: 500 credits',
};
const intent = {
  id: 'pi_1',
  object: 'payment_intent',
  livemode: false,
  status: 'succeeded',
  amount_received: 2_500,
  currency: 'usd',
  metadata: { topup: 'our top-up', site: 'https://impacter.example' },
  last_payment_error: null,
};

test('a charge is made under our key, off session, and names its top-up', async () => {
  at.answers['POST /v1/payment_intents'] = { body: intent };
  expect(await at.connect().charge(wanted, 'topup:1')).toEqual({
    paymentId: 'pi_1',
    topUpId: 'our top-up',
    site: 'https://impacter.example',
    livemode: false,
    status: 'paid',
    received: 2_500n,
    currency: 'usd',
  });
  expect(at.asked[0]!.headers['idempotency-key']).toBe('topup:1');
  expect(Object.fromEntries(at.asked[0]!.body)).toEqual({
    amount: '2500',
    currency: 'usd',
    customer: 'cus_1',
    payment_method: 'pm_1',
    'automatic_payment_methods[enabled]': 'true',
    'automatic_payment_methods[allow_redirects]': 'never',
    off_session: 'true',
    confirm: 'true',
    description: 'Impacter auto top-up: 500 credits',
    'metadata[topup]': 'our top-up',
    'metadata[site]': 'https://impacter.example',
  });
});

const declined = (code: string, declineCode: string): Answer => ({
  status: 402,
  body: {
    error: {
      type: 'card_error',
      code,
      decline_code: declineCode,
      payment_intent: {
        ...intent,
        status: 'requires_payment_method',
        amount_received: 0,
        last_payment_error: { code, decline_code: declineCode },
      },
    },
  },
});

test.each([
  ['a declined card', declined('card_declined', 'insufficient_funds'), 'declined'],
  ['a card that asks for confirmation', declined('authentication_required', 'authentication_required'), 'authentication'],
  ['a bank that says so in the second code', declined('card_declined', 'authentication_required'), 'authentication'],
  ['a step that nobody can take', { body: { ...intent, status: 'requires_action' } }, 'authentication'],
  ['a payment under way', { body: { ...intent, status: 'processing' } }, 'processing'],
  ['a payment for which no bank was asked', { body: { ...intent, status: 'requires_payment_method' } }, 'other'],
  ['a canceled payment', { body: { ...intent, status: 'canceled' } }, 'canceled'],
  ['a status of tomorrow', { body: { ...intent, status: 'considering' } }, 'other'],
] as const)('%s is an answer, and read as such', async (_, answer, status) => {
  at.answers['POST /v1/payment_intents'] = answer;
  expect(await at.connect().charge(wanted, 'topup:1')).toMatchObject({ paymentId: 'pi_1', status });
});

test.each([
  [
    'a customer that is gone',
    { type: 'invalid_request_error', code: 'resource_missing', param: 'customer' },
    400,
    'refused',
    'unknown-customer',
  ],
  [
    'a card that is gone',
    { type: 'invalid_request_error', code: 'resource_missing', param: 'payment_method' },
    400,
    'refused',
    'resource_missing',
  ],
  ['a declined card without its payment', { type: 'card_error', code: 'card_declined' }, 402, 'refused', 'card_declined'],
  ['trouble inside', { type: 'api_error' }, 500, 'unknown', 'api_error|StripeAPIError'],
] as const)('%s is an error', async (_, error, status, kind, code) => {
  at.answers['POST /v1/payment_intents'] = { status, body: { error } };
  await expect(at.connect().charge(wanted, 'topup:1')).rejects.toMatchObject({ kind, code: expect.stringMatching(code) });
});

test('a charge whose answer was lost is found among those of its customer, and no other is taken for it', async () => {
  const other = { ...intent, id: 'pi_0', metadata: { topup: 'another' } };
  at.answers['GET /v1/payment_intents'] = { body: listOf(other, intent) };
  expect(await at.connect().findCharge('cus_1', 'our top-up', new Date(5_000_500))).toMatchObject({ paymentId: 'pi_1', status: 'paid' });
  expect(Object.fromEntries(at.asked[0]!.body)).toMatchObject({ customer: 'cus_1', 'created[gte]': '5000' });
  expect(await at.connect().findCharge('cus_1', 'a third', new Date(0))).toBeNull();
  at.answers['GET /v1/payment_intents'] = { status: 404, body: { message: 'Not Found' } };
  await expect(at.connect().findCharge('cus_1', 'our top-up', new Date(0))).rejects.toMatchObject({ kind: 'unknown', code: 'answer' });
});

test('the default card is charged, else the newest, and none where there is none', async () => {
  const card = (id: string, created: number) => ({
    id,
    object: 'payment_method',
    created,
    card: { brand: 'visa', last4: '4242', fingerprint: `of ${id}`, exp_month: 4, exp_year: 2030 },
  });
  const customer = (usual: string | null) => ({ object: 'customer', id: 'cus_1', invoice_settings: { default_payment_method: usual } });
  at.answers['GET /v1/customers/cus_1'] = { body: customer('pm_1') };
  at.answers['GET /v1/customers/cus_1/payment_methods'] = { body: listOf(card('pm_1', 1), card('pm_2', 2)) };
  const expires = { month: 4, year: 2030 };
  expect(await at.connect().card('cus_1')).toEqual({ id: 'pm_1', fingerprint: 'of pm_1', brand: 'visa', last4: '4242', expires });
  at.answers['GET /v1/customers/cus_1'] = { body: customer('pm_removed') };
  expect(await at.connect().card('cus_1')).toMatchObject({ id: 'pm_2' });
  at.answers['GET /v1/customers/cus_1/payment_methods'] = { body: listOf() };
  expect(await at.connect().card('cus_1')).toBeNull();
  at.answers['GET /v1/customers/cus_1'] = { body: { object: 'customer', id: 'cus_1', deleted: true } };
  expect(await at.connect().card('cus_1')).toBeNull();
  expect(await at.connect().card('../prices')).toBeNull();
});

test('the customer portal is opened only where people may be sent', async () => {
  const stripe = at.connect();
  at.answers['POST /v1/billing_portal/sessions'] = { body: { object: 'billing_portal.session', url: `${stripe.origins[0]}/p/session/1` } };
  expect(await stripe.openPortal('cus_1', 'https://impacter.example/credits')).toEqual({ url: `${stripe.origins[0]}/p/session/1` });
  at.answers['POST /v1/billing_portal/sessions'] = { body: { object: 'billing_portal.session', url: 'https://elsewhere.example/p' } };
  await expect(stripe.openPortal('cus_1', 'https://impacter.example/credits')).rejects.toMatchObject({ code: 'portal-origin' });
});
