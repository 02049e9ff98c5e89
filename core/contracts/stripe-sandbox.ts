// What the Stripe sandbox answers besides Stripe's API: payments and events for its page, its buttons, and trouble to order.

import { z } from 'zod';

const id = z.string().max(255);

const payment = z.object({
  /** `pi_…`; the checkout's id where nothing was to pay. */
  id: z.string(),
  checkoutId: z.string().nullable(),
  /** Who paid. */
  email: z.string().nullable(),
  description: z.string().nullable(),
  /** In the currency's smallest unit. */
  amount: z.int(),
  currency: z.string(),
  status: z.string(),
  refunded: z.int(),
  disputes: z.array(z.object({ id: z.string(), status: z.string() })),
  /** A delayed payment that has neither arrived nor failed. */
  isUnderWay: z.boolean(),
  /** Seconds since 1970. */
  created: z.int(),
});
export type SandboxPayment = z.infer<typeof payment>;

const event = z.object({
  id: z.string(),
  type: z.string(),
  objectId: z.string().nullable(),
  created: z.int(),
  /** One for each endpoint. */
  deliveries: z.array(z.object({ state: z.enum(['due', 'delivered', 'lost']), tries: z.int(), status: z.int().nullable() })),
});
export type SandboxEvent = z.infer<typeof event>;

const promotion = z.object({ code: z.string(), percent: z.number().nullable(), used: z.int() });
export type SandboxPromotion = z.infer<typeof promotion>;

/** Newest first; all are cut. */
export const sandboxOverview = z.object({
  payments: z.array(payment),
  events: z.array(event),
  promotions: z.array(promotion).default([]),
});
export type SandboxOverview = z.infer<typeof sandboxOverview>;

export const disputeMoves = [
  'under_review',
  'won',
  'lost',
  'prevented',
  'appeal_under_review',
  'warning_closed',
  'needs_response',
] as const;

/** What somebody does to a payment. `payment` is a payment intent, a charge or a checkout. */
export const sandboxAct = z.discriminatedUnion('act', [
  /** All that is left where no amount is given. */
  z.strictObject({ act: z.literal('refund'), payment: id, amount: z.int().positive().optional() }),
  z.strictObject({ act: z.literal('fail-refund'), refund: id }),
  z.strictObject({ act: z.literal('dispute'), payment: id, inquiry: z.boolean().default(false) }),
  z.strictObject({ act: z.literal('move-dispute'), dispute: id, to: z.enum(disputeMoves) }),
  z.strictObject({ act: z.literal('warn'), payment: id }),
  /** A delayed payment arrives, or does not. */
  z.strictObject({ act: z.literal('settle'), payment: id, arrived: z.boolean() }),
  /** A code that takes so many percent off. */
  z.strictObject({
    act: z.literal('promotion'),
    code: z.string().regex(/^[A-Za-z0-9]{3,30}$/, 'A code has 3 to 30 letters and digits.'),
    percent: z.int('Enter a whole number from 1 to 100.').min(1, 'Enter a number from 1 to 100.').max(100, 'Enter a number from 1 to 100.'),
  }),
  z.strictObject({ act: z.literal('resend'), event: id }),
]);
export type SandboxAct = z.infer<typeof sandboxAct>;

/**
 * How the next event goes out, or the next of a type. `duplicate`: twice at once. `reorder`: after the one that follows it.
 * `delay`: so much later by the sandbox’s clock. `drop`: never. `stale`, `future`, `wrong-secret`: the first try is signed
 * with a wrong time or secret, the next one rightly. `thin`: without its object. `older-version`: as an endpoint of an old
 * API version gets it.
 */
export const newsOrder = z.strictObject({
  how: z.enum(['duplicate', 'reorder', 'delay', 'drop', 'stale', 'future', 'wrong-secret', 'thin', 'older-version']),
  type: z.string().optional(),
  delayMs: z.int().min(0).optional(),
  times: z.int().min(1).max(1_000).default(1),
});
export type NewsOrder = z.input<typeof newsOrder>;
export type TakenOrder = z.output<typeof newsOrder>;

/**
 * Trouble for the next request to the API, or the next one to `on` (such as `POST /v1/refunds`). `cut`: nothing is done and
 * the connection ends. `lose-answer`: it is done and the connection ends. `internal-error`: nothing is done, 500.
 * `internal-error-late`: it is done, and then 500. Both 500s are kept under their idempotency key. `rate-limit`: 429.
 * `slow`: it waits first.
 */
export const stripeFault = z.strictObject({
  what: z.enum(['cut', 'lose-answer', 'internal-error', 'internal-error-late', 'rate-limit', 'slow']),
  on: z.string().optional(),
  delayMs: z.int().min(0).max(60_000).default(0),
});
export type StripeFault = z.input<typeof stripeFault>;
export type TakenFault = z.output<typeof stripeFault>;

export const sandboxOrders = z.strictObject({
  news: z.array(newsOrder).optional(),
  faults: z.array(stripeFault).optional(),
  /** Sets the sandbox’s clock ahead; what is due by then happens before the answer. */
  advanceMs: z.int().min(0).optional(),
  /** Where events go from now on; null for nowhere: what happens meanwhile is never told. */
  newsUrl: z.url().nullable().optional(),
  /** The new secret signs from now on, beside the one before it for a day. */
  rotateSecret: z.string().startsWith('whsec_').optional(),
});
export type SandboxOrders = z.input<typeof sandboxOrders>;
