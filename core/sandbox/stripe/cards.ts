// Cards and accounts for tests, by the numbers that Stripe gives them. No other number is taken, so that nobody types their
// own. What a card does when it is charged is the whole difference between them.

import { createHash } from 'node:crypto';
import type { Stripe } from 'stripe';

export interface TestMethod {
  readonly number: string;
  readonly type: 'card' | 'sepa_debit';
  readonly brand: string;
  /** What a person is told that it does. */
  readonly words: string;
  /** `pm_card_…`, which stands for a new method of this kind. */
  readonly tokens: readonly string[];
  readonly charge: Outcome;
  /** Where nobody is there to confirm; as `charge` when left out. */
  readonly offSession?: Outcome;
  /** What follows the payment. */
  readonly after?: 'dispute' | 'inquiry' | 'fraud-warning' | 'refund-fails';
}

export type Outcome = 'paid' | 'later' | 'fails-later' | 'confirm' | Decline;

export interface Decline {
  readonly code: string;
  readonly declineCode: string;
  readonly message: string;
}

const declined = (declineCode: string, message = 'Your card was declined.', code = 'card_declined'): Decline => ({
  code,
  declineCode,
  message,
});
export const mustConfirm = declined(
  'authentication_required',
  'Your card was declined. This transaction requires authentication.',
  'authentication_required',
);

export const testMethods: readonly TestMethod[] = [
  card('4242424242424242', 'Pays', 'paid', ['pm_card_visa']),
  card('5555555555554444', 'Pays', 'paid', ['pm_card_mastercard'], { brand: 'mastercard' }),
  card('4000000000000002', 'Is declined', declined('generic_decline'), ['pm_card_chargeDeclined', 'pm_card_visa_chargeDeclined']),
  card('4000000000009995', 'Has insufficient funds', declined('insufficient_funds', 'Your card has insufficient funds.'), [
    'pm_card_chargeDeclinedInsufficientFunds',
    'pm_card_visa_chargeDeclinedInsufficientFunds',
  ]),
  card('4000000000000069', 'Is expired', declined('expired_card', 'Your card has expired.', 'expired_card'), [
    'pm_card_chargeDeclinedExpiredCard',
  ]),
  card('4000000000000127', 'Has a wrong CVC', declined('incorrect_cvc', 'Your card’s security code is incorrect.', 'incorrect_cvc'), [
    'pm_card_chargeDeclinedIncorrectCvc',
  ]),
  card('4000002500003155', 'Asks to confirm', 'confirm', ['pm_card_authenticationRequiredOnSetup'], { offSession: 'paid' }),
  card('4000002760003184', 'Asks to confirm every time', 'confirm', ['pm_card_authenticationRequired'], { offSession: mustConfirm }),
  card('4000000000000341', 'Pays now, is declined when it was saved', 'paid', ['pm_card_chargeCustomerFail'], {
    offSession: declined('generic_decline'),
  }),
  card('4000000000000259', 'Pays, then is disputed', 'paid', ['pm_card_createDispute'], { after: 'dispute' }),
  card('4000000000001976', 'Pays, then the bank inquires', 'paid', ['pm_card_createDisputeInquiry'], { after: 'inquiry' }),
  card('4000000000005423', 'Pays, then fraud is reported', 'paid', ['pm_card_createIssuerFraudRecord'], { after: 'fraud-warning' }),
  card('4000000000005126', 'Pays; a refund fails', 'paid', ['pm_card_refundFail'], { after: 'refund-fails' }),
  debit('AT611904300234573201', 'Pays after some minutes', 'later', ['pm_sepaDebit_success_delayed']),
  debit('AT861904300235473202', 'Fails after some minutes', 'fails-later', ['pm_sepaDebit_failed_delayed']),
];

function card(number: string, words: string, charge: Outcome, tokens: readonly string[], more: Partial<TestMethod> = {}): TestMethod {
  return { number, type: 'card', brand: 'visa', words, charge, tokens, ...more };
}

function debit(number: string, words: string, charge: Outcome, tokens: readonly string[]): TestMethod {
  return { number, type: 'sepa_debit', brand: 'sepa', words, charge, tokens };
}

/** null where it is none of them. Spaces do not count. */
export function testMethod(number: string): TestMethod | null {
  const plain = number.replace(/[\s-]/g, '').toUpperCase();
  return testMethods.find((method) => method.number === plain) ?? null;
}

export function methodOfToken(token: string): TestMethod | null {
  return testMethods.find(({ tokens }) => tokens.includes(token)) ?? null;
}

/** The same for the same number, and for no other. */
function fingerprintOf(number: string): string {
  return createHash('sha256').update(number).digest('base64url').replace(/[-_]/g, '').slice(0, 16);
}

type Details = Pick<Stripe.PaymentMethod, 'type' | 'card' | 'sepa_debit'>;

export function detailsOf({ type, number, brand }: TestMethod): Details {
  const last4 = number.slice(-4);
  const fingerprint = fingerprintOf(number);
  if (type === 'sepa_debit')
    return {
      type,
      sepa_debit: {
        bank_code: '19043',
        branch_code: '',
        country: 'AT',
        fingerprint,
        last4,
        generated_from: { charge: null, setup_attempt: null },
      },
    };
  return {
    type,
    card: {
      brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      display_brand: brand,
      exp_month: 12,
      exp_year: 2034,
      fingerprint,
      funding: 'credit',
      generated_from: null,
      last4,
      networks: { available: [brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
  };
}
