// Everything that the sandbox keeps. What Stripe shows is kept in the SDK's own types, with ids where something can be
// expanded; what Stripe knows without showing it has kinds of its own, below.

import type { Stripe } from 'stripe';

export interface Kinds {
  readonly billing_configuration: Stripe.BillingPortal.Configuration;
  readonly charge: Stripe.Charge;
  readonly coupon: Stripe.Coupon;
  readonly customer: Stripe.Customer;
  readonly dispute: Stripe.Dispute;
  readonly event: Stripe.Event;
  readonly fraud_warning: Stripe.Radar.EarlyFraudWarning;
  readonly invoice: Stripe.Invoice;
  readonly payment_intent: Stripe.PaymentIntent;
  readonly payment_method: Stripe.PaymentMethod;
  readonly portal_session: Stripe.BillingPortal.Session;
  readonly price: Stripe.Price;
  readonly product: Stripe.Product;
  readonly promotion_code: Stripe.PromotionCode;
  readonly refund: Stripe.Refund;
  readonly session: Stripe.Checkout.Session;
  readonly webhook_endpoint: Stripe.WebhookEndpoint;

  readonly checkout_inside: CheckoutInside;
  readonly customer_gone: { readonly id: string };
  readonly delivery: Delivery;
  /** A delivery that has not ended, apart from the many that have. */
  readonly delivery_due: Delivery;
  readonly endpoint_secrets: EndpointSecrets;
  readonly job: Job;
  readonly kept_answer: KeptAnswer;
  readonly method_inside: MethodInside;
  readonly moved_clock: { readonly id: 'clock'; readonly aheadMs: number };
}

export type Kind = keyof Kinds;

/** What a checkout was opened with and does not show. */
export interface CheckoutInside {
  /** The session's. */
  readonly id: string;
  readonly lines: readonly Stripe.LineItem[];
  readonly intentMetadata: Readonly<Record<string, string>>;
  readonly description: string | null;
  readonly saveCard: boolean;
  readonly updatesName: boolean;
  /** A card whose owner has to confirm first, with who pays. */
  readonly confirming: { readonly intentId: string; readonly email: string; readonly name: string } | null;
}

/** Which card or account a payment method is; only those for tests are taken. */
export interface MethodInside {
  readonly id: string;
  readonly number: string;
}

/** An answer under its idempotency key. */
export interface KeptAnswer {
  readonly id: string;
  /** Digest of what was asked for. */
  readonly request: string;
  readonly requestId: string;
  readonly status: number;
  readonly body: string;
  readonly atMs: number;
}

/** What happens by itself at its time. */
export interface Job {
  readonly id: string;
  readonly atMs: number;
  readonly what: 'expire' | 'settle' | 'bounce' | 'fail-refund';
  /** The object that it happens to. */
  readonly of: string;
}

/** One event on its way to one endpoint. */
export interface Delivery {
  readonly id: string;
  readonly eventId: string;
  readonly endpointId: string;
  /** `lost`: Stripe gave up, or was told to. */
  readonly state: 'due' | 'delivered' | 'lost';
  readonly tries: number;
  readonly nextAtMs: number;
  /** What the endpoint answered last; null before, and where it could not be reached. */
  readonly status: number | null;
}

export interface EndpointSecrets {
  /** The endpoint's. */
  readonly id: string;
  /** The newest first; those before it still sign until their time. */
  readonly secrets: readonly { readonly secret: string; readonly untilMs: number | null }[];
}
