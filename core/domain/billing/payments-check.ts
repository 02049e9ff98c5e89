// What is wrong with a Stripe account before anybody has paid: said at start, and by the doctor.

import { offersIn, type Currency } from '../credits/packs.ts';

export interface PaymentsProblem {
  /** `failing`: people cannot buy, or what they bought is not understood. */
  readonly state: 'failing' | 'warning';
  readonly words: string;
  readonly mend: string;
}

/** The part of PaymentsStanding (core/ports/payments.ts) that this rests on. */
interface Standing {
  readonly apiVersion: string;
  readonly endpoints: readonly { readonly url: string; readonly apiVersion: string | null }[];
  readonly missingPrices: readonly string[];
  readonly hasPortal: boolean | null;
}

/** Names of the prices that must be there. */
export function pricesIn(currencies: readonly Currency[]): string[] {
  return currencies.flatMap((currency) => offersIn(currency)).map(({ price }) => price);
}

/** Where Stripe tells us. */
export const NEWS_PATH = '/api/webhooks/stripe';

export function problemsOf({ apiVersion, endpoints, missingPrices, hasPortal }: Standing): PaymentsProblem[] {
  const ours = endpoints.filter(({ url }) => URL.canParse(url) && new URL(url).pathname === NEWS_PATH);
  const problems: PaymentsProblem[] = ours
    .filter((endpoint) => endpoint.apiVersion !== apiVersion)
    .map((endpoint) => ({
      state: 'failing',
      words: `the webhook endpoint ${endpoint.url} uses API version ${endpoint.apiVersion ?? 'of the account'}, not ${apiVersion}`,
      mend: `npm run stripe -- init, set the new secret, then delete the old endpoint in the Stripe dashboard (API version ${apiVersion} is needed)`,
    }));
  if (ours.length === 0)
    problems.push({
      state: 'warning',
      words: `no webhook endpoint points to ${NEWS_PATH}, so purchases are credited only when people come back from paying`,
      mend: 'npm run stripe -- init',
    });
  if (missingPrices.length > 0)
    problems.push({
      state: 'failing',
      words: `these prices are missing: ${missingPrices.join(', ')}`,
      mend: 'npm run stripe -- init',
    });
  if (hasPortal === false)
    problems.push({
      state: 'warning',
      words: 'the customer portal is not set up, so teams can’t see invoices or save cards',
      mend: 'save its settings in the Stripe dashboard (Settings, Billing, Customer portal)',
    });
  return problems;
}
