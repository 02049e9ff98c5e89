// What everything in the sandbox works with.

import type { Stripe } from 'stripe';
import type { Log } from '#core/ports/log.ts';
import type { Catalog } from './catalog.ts';
import type { Store } from './store.ts';

/** Stripe's version that is played; the SDK's type, so that another SDK is noticed here. */
export const API_VERSION: Stripe.LatestApiVersion = '2026-10-28.endive';

export interface World {
  readonly store: Store;
  /** Where it answers: hosted pages are below. */
  readonly url: string;
  readonly brandName: string;
  readonly settings: Settings;
  readonly log: Pick<Log, 'warn'>;
  /** The sandbox's own clock, which can be set ahead. */
  nowMs(): number;
  /** The same, as Stripe writes it. */
  now(): number;
  /** What clocks around here say: signatures carry it, because whoever checks them compares it with theirs. */
  wallMs(): number;
  /** The request whose doing this is, for the events that follow from it. */
  cause: Cause;
  /** Something is due: called within a change, done after it. */
  wake(): void;
}

export interface Cause {
  readonly id: string | null;
  readonly idempotency_key: string | null;
}

/** Nobody's request. */
export const byItself: Cause = { id: null, idempotency_key: null };

export interface Settings {
  readonly secretKey: string;
  /** Signs what is sent to `newsUrl`. */
  readonly webhookSecret: string;
  /** Where events go without anybody having made an endpoint; null for nowhere. */
  readonly newsUrl: string | null;
  /** Opens what is no part of Stripe: buttons of its page, and trouble to order. */
  readonly controlToken: string;
  /** What is for sale from the start. */
  readonly catalog: Catalog;
}
