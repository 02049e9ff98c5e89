import type { TeamId } from '#core/domain/ids.ts';

/**
 * Takes money for credits, at somebody else's (Stripe). Objects are read by id into the small types below; amounts are whole
 * numbers in the smallest unit of their currency, as the service counts it. Ids are the service's, opaque.
 * Every call that fails ends with a PaymentsError. The idempotency key of a call is its caller's: the same key with the same
 * parameters is the same act, also after a lost answer.
 */
export interface Payments {
  /** Whether real money moves. */
  readonly livemode: boolean;
  /** Origins of the pages where people pay: the portal may send them there. */
  readonly origins: readonly string[];
  /** Refused with the code `unknown-customer` where the service does not know that customer (any more). */
  openCheckout(wanted: CheckoutWanted, key: string): Promise<OpenedCheckout>;
  /** null: the service knows no such checkout. */
  checkout(id: string): Promise<Checkout | null>;
  /** The id of the checkout that made a payment. null: none did. */
  checkoutOf(paymentId: string): Promise<string | null>;
  /** What became of a payment. null: the service knows no such payment. */
  standing(paymentId: string): Promise<PaymentStanding | null>;
  /** The payment that a charge, a refund, a dispute or a report of fraud is about. null: none, or the service knows no such object. */
  paymentBehind(objectId: string): Promise<string | null>;
  /** What the service lists, the newest first, to compare it with what we have. Each page is a call. */
  readonly recent: {
    /** Ids of the complete checkouts that were opened in this time. */
    checkouts(since: Date, until: Date): AsyncIterable<string>;
    /** Payments with a refund, a dispute or a report of fraud that was made since then; one may come several times. */
    changedPayments(since: Date): AsyncIterable<string>;
    /** Notifications of these kinds, at most 20, that were made since then and not delivered. */
    undelivered(kinds: readonly string[], since: Date): AsyncIterable<News>;
  };
  /** The id of the new customer. */
  makeCustomer(of: { readonly teamId: TeamId; readonly email: string; readonly name: string }, key: string): Promise<string>;
  /**
   * The card that is charged when nobody is there: the customer's default, or else the newest one. null: there is none, or the
   * service knows no such customer (any more).
   */
  card(customerId: string): Promise<SavedCard | null>;
  /**
   * Charges a saved card while nobody is there to confirm. A decline is an answer, not an error. Refused with the code
   * `unknown-customer` or `resource_missing` where the customer or the card is gone.
   */
  charge(wanted: ChargeWanted, key: string): Promise<Charge>;
  /** The charge of a top-up whose answer was lost, among those of the customer since then. null: there is none. */
  findCharge(customerId: string, topUpId: string, since: Date): Promise<Charge | null>;
  /** null: the service knows no such payment. */
  chargeOf(paymentId: string): Promise<Charge | null>;
  /** With cards and personal data; payments stay. One that the service does not know (any more) is fine. */
  deleteCustomer(customerId: string): Promise<void>;
  /** Opens the page where a customer sees receipts and invoices, and keeps cards. Its address is one of `origins`. */
  openPortal(customerId: string, returnUrl: string): Promise<{ readonly url: string }>;
  /** What a notification names, if its signature is ours and not older or newer than 300 s. null: it is not. Never throws. */
  readNews(body: Uint8Array, signature: unknown, at: Date): News | null;
  /** Whether credits could be sold now, with prices under these names. Rejects where nobody can say. */
  check(prices: readonly string[], signal?: AbortSignal): Promise<PaymentsStanding>;
  close(): void;
}

/** All of it comes from a stored row: a repeated call must have the same parameters. */
export interface CheckoutWanted {
  /** Comes back as the checkout's `reference`. */
  readonly purchaseId: string;
  /** Our own address. Comes back as the checkout's `site`. */
  readonly site: string;
  readonly pack: string;
  /** Name of the price (Stripe's lookup key). */
  readonly price: string;
  /** null: the checkout makes one. */
  readonly customerId: string | null;
  /** Typed in beforehand where there is no customer yet. */
  readonly email: string | null;
  /** Keep the card for payments that nobody is there to confirm. */
  readonly saveCard: boolean;
  /** 30 minutes to 24 hours after the call, as Stripe has it. */
  readonly expiresAt: Date;
  /** Has `{CHECKOUT_SESSION_ID}` where the checkout's id is to stand. */
  readonly successUrl: string;
  readonly cancelUrl: string;
  /** Stands beside the button that pays. At most 1,200 characters. */
  readonly terms: string;
  /** Stands at the end of the invoice. At most 5,000 characters. */
  readonly invoiceFooter: string;
}

export interface OpenedCheckout {
  readonly id: string;
  /** Where the person pays: one of `origins`. */
  readonly url: string;
}

export interface Checkout {
  readonly id: string;
  /** The purchase that we opened it for, from metadata that only our own key can write. */
  readonly reference: string | null;
  /** The address of the installation that opened it; null where none did. */
  readonly site: string | null;
  readonly livemode: boolean;
  readonly mode: 'payment' | 'other';
  readonly status: 'open' | 'complete' | 'expired' | 'other';
  readonly payment: 'paid' | 'no_payment_required' | 'unpaid' | 'other';
  /** It was completed with a method that takes days, and no money came. */
  readonly asyncFailed: boolean;
  /** null: nothing was to pay, or nobody paid yet. */
  readonly paymentId: string | null;
  readonly customerId: string | null;
  /** As the payer typed it, verified by nobody. */
  readonly email: string | null;
  readonly name: string | null;
  /** Lower case. */
  readonly currency: string;
  /** What was to pay in all: after promotion codes, with tax. null: nothing that is a whole amount of money. */
  readonly total: bigint | null;
  /** From metadata; it decides nothing. */
  readonly pack: string | null;
  /** Some or all of the payment was refunded, or it is or was disputed. */
  readonly takenBack: boolean;
  readonly lines: readonly CheckoutLine[];
  /** There are more lines than `lines`. */
  readonly hasMoreLines: boolean;
}

export interface CheckoutLine {
  /** Name of the price (Stripe's lookup key). */
  readonly price: string | null;
  /** null: the price has no whole amount for one unit. */
  readonly unitAmount: bigint | null;
  readonly currency: string;
  readonly quantity: number | null;
  readonly isRecurring: boolean;
}

/** All that happened to a payment since it was made, whether or not it still counts. */
export interface PaymentStanding {
  readonly refunds: readonly PaymentRefund[];
  readonly disputes: readonly PaymentDispute[];
  /** When somebody first reported it as fraud. */
  readonly warnedAt: Date | null;
}

export interface PaymentRefund {
  readonly id: string;
  /** null: nothing that is a whole amount of money. */
  readonly amount: bigint | null;
  /** Lower case. */
  readonly currency: string;
  /** It went back, or is on its way; false once it failed or was canceled. */
  readonly counts: boolean;
  readonly createdAt: Date;
}

export interface PaymentDispute {
  readonly id: string;
  /**
   * `inquiry`: no money has moved. `open`: the money is gone until it is decided. `lost`: it stays gone, also while that is
   * appealed. `over`: the money is ours. `other`: a word that we don't know.
   */
  readonly standing: 'inquiry' | 'open' | 'lost' | 'over' | 'other';
  readonly createdAt: Date;
}

export interface SavedCard {
  readonly id: string;
  /** The same for the same card, whoever added it again. */
  readonly fingerprint: string;
  /** "visa". */
  readonly brand: string;
  readonly last4: string;
  /** The last month in which it can be charged. */
  readonly expires: { readonly month: number; readonly year: number };
}

/** All of it comes from a stored row: a repeated call must have the same parameters. */
export interface ChargeWanted {
  /** Comes back as the charge's `topUpId`. */
  readonly topUpId: string;
  /** Our own address. Comes back as the charge's `site`. */
  readonly site: string;
  readonly customerId: string;
  readonly cardId: string;
  /** In the currency's smallest unit. */
  readonly amount: bigint;
  readonly currency: string;
  /** Stands in the service's receipt and in its dashboard. */
  readonly description: string;
}

/** How a charge of a saved card stands. */
export interface Charge {
  readonly paymentId: string;
  /** From metadata that only our own key can write; null for any other payment. */
  readonly topUpId: string | null;
  readonly site: string | null;
  readonly livemode: boolean;
  /** `authentication`: the bank wants the cardholder to confirm. `other`: a word that we don't know. */
  readonly status: 'paid' | 'processing' | 'declined' | 'authentication' | 'canceled' | 'other';
  /** In the currency's smallest unit; null where nothing is. */
  readonly received: bigint | null;
  /** Lower case. */
  readonly currency: string;
}

/** Says that something changed, never what: the object is asked for. */
export interface News {
  readonly id: string;
  readonly kind: string;
  readonly objectId: string | null;
  readonly livemode: boolean;
}

export interface PaymentsStanding {
  /** The account's id. */
  readonly account: string;
  readonly livemode: boolean;
  /** The API version that we speak. */
  readonly apiVersion: string;
  /** Where notifications go, as far as it is enabled. Version null: the account's own. */
  readonly endpoints: readonly { readonly url: string; readonly apiVersion: string | null }[];
  readonly missingPrices: readonly string[];
  /** Whether the page where customers keep cards was set up; null where the key may not see that. */
  readonly hasPortal: boolean | null;
}

/** How a call ended that did not do what it was for. The message names no person, no link and no secret. */
export class PaymentsError extends Error {
  readonly kind: 'unknown' | 'later' | 'refused';
  readonly code: string;
  readonly retryAfterMs: number | null;
  /** The service does not take our key, or the key may not do this: nothing works before an operator mends it. */
  readonly ofKey: boolean;

  /**
   * `unknown`: it may have been done: the same key may be sent again after a lost answer, and answers the same after a 5xx.
   * `later`: it was not; try again, not before `retryAfterMs`. `refused`: it was not, and will not be before somebody changes
   * a setting or the code.
   */
  constructor(
    kind: PaymentsError['kind'],
    code: string,
    message: string,
    options: { retryAfterMs?: number; ofKey?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'PaymentsError';
    this.kind = kind;
    this.code = code;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.ofKey = options.ofKey ?? false;
  }
}
