// Stripe's sandbox for a test that has several processes of the product, kills some, or orders trouble: it is started beside
// them, so it outlives each, and all of them share it. What it is told here happens at Stripe, not in the product.

import path from 'node:path';
import {
  sandboxOverview,
  type NewsOrder,
  type SandboxAct,
  type SandboxOrders,
  type SandboxOverview,
  type StripeFault,
} from '#core/contracts/stripe-sandbox.ts';
import type { GivenSettings } from '#core/contracts/config-problem.ts';
import { NEWS_PATH } from '#core/domain/billing/payments-check.ts';
import { stripeCatalog } from '#core/product/stripe-catalog.ts';
import { startStripeSandbox } from '#core/sandbox/stripe/server.ts';
import { quietLog } from '../runner/quiet-log.ts';
import { temporaryFolder } from '../runner/temporary-folder.ts';
import { payAt, type Paid, type Paying } from '../visitors/payer.ts';
import type { ClockByHand } from '../runner/clock-by-hand.ts';

const SECRET_KEY = 'sk_test_of_the_billing_stage';
const WEBHOOK_SECRET = 'whsec_of_the_billing_stage';
const CONTROL_TOKEN = 'control of the billing stage';

export interface BillingStage {
  readonly url: string;
  /** For every process that is to use it. */
  readonly settings: GivenSettings;
  /**
   * Events go to this process from now on; they are sent again while nobody answers there. null: to nobody, and what happens
   * meanwhile is never told.
   */
  newsTo(url: string | null): Promise<void>;
  /** Pays a checkout at its address. */
  pay(url: string, paying?: Paying): Promise<Paid>;
  /** Gives money back: this much in the smallest unit, or all that is left. `payment` is a payment, a charge or a checkout. */
  refund(payment: string, amount?: number): Promise<{ id: string }>;
  failRefund(refund: string): Promise<void>;
  dispute(payment: string): Promise<{ id: string }>;
  inquire(payment: string): Promise<{ id: string }>;
  win(dispute: string): Promise<void>;
  lose(dispute: string): Promise<void>;
  move(dispute: string, to: Extract<SandboxAct, { act: 'move-dispute' }>['to']): Promise<void>;
  warnOfFraud(payment: string): Promise<void>;
  /** A delayed payment arrives, or does not. */
  settle(payment: string, arrived: boolean): Promise<void>;
  readonly news: {
    /** How the next events go out. */
    order(...orders: NewsOrder[]): Promise<void>;
    resend(event: string): Promise<void>;
    /** Until everything that is due has been sent. */
    sent(): Promise<void>;
  };
  fault(...faults: StripeFault[]): Promise<void>;
  /** Lets time pass at Stripe: retries, expiry, delayed payments. */
  advance(ms: number): Promise<void>;
  overview(): Promise<SandboxOverview>;
  /** Ends it as a crash would be noticed from outside, and starts it again in its folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** With the clock of a product whose time is set by hand, `advance` moves both. */
export async function openBillingStage({ clock }: { clock?: ClockByHand } = {}): Promise<BillingStage> {
  const folder = await temporaryFolder('billing');
  const start = () =>
    startStripeSandbox({
      dir: path.join(folder.path, 'stripe'),
      secretKey: SECRET_KEY,
      webhookSecret: WEBHOOK_SECRET,
      controlToken: CONTROL_TOKEN,
      newsUrl: null,
      catalog: stripeCatalog(),
      brandName: 'Impacter',
      log: quietLog,
      ...(clock && { wallMs: () => clock.now().getTime() }),
    });
  let sandbox = await start();
  const headers = { Authorization: `Bearer ${CONTROL_TOKEN}` };
  async function post<T>(what: 'acts' | 'orders', body: SandboxAct | SandboxOrders): Promise<T> {
    const answer = await fetch(`${sandbox.url}/_sandbox/${what}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as T;
  }
  const act = <T = void>(wanted: SandboxAct) => post<T>('acts', wanted);
  const order = (orders: SandboxOrders) => post<void>('orders', orders);
  return {
    get url() {
      return sandbox.url;
    },
    get settings() {
      return { STRIPE_SECRET_KEY: SECRET_KEY, STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET, STRIPE_API_URL: sandbox.url };
    },
    newsTo: (url) => order({ newsUrl: url === null ? null : url + NEWS_PATH }),
    pay: payAt,
    refund: (payment, amount) => act({ act: 'refund', payment, ...(amount !== undefined && { amount }) }),
    failRefund: (refund) => act({ act: 'fail-refund', refund }),
    dispute: (payment) => act({ act: 'dispute', payment, inquiry: false }),
    inquire: (payment) => act({ act: 'dispute', payment, inquiry: true }),
    win: (dispute) => act({ act: 'move-dispute', dispute, to: 'won' }),
    lose: (dispute) => act({ act: 'move-dispute', dispute, to: 'lost' }),
    move: (dispute, to) => act({ act: 'move-dispute', dispute, to }),
    warnOfFraud: (payment) => act({ act: 'warn', payment }),
    settle: (payment, arrived) => act({ act: 'settle', payment, arrived }),
    news: {
      order: (...news) => order({ news }),
      resend: (event) => act({ act: 'resend', event }),
      sent: () => order({ advanceMs: 0 }),
    },
    fault: (...faults) => order({ faults }),
    async advance(ms) {
      clock?.forward(ms);
      await order({ advanceMs: clock ? 0 : ms });
    },
    async overview() {
      const answer = await fetch(`${sandbox.url}/_sandbox/overview`, { headers });
      return sandboxOverview.parse(await answer.json());
    },
    async restart() {
      await sandbox.stop();
      sandbox = await start();
    },
    async stop() {
      await sandbox.stop();
      await folder.remove();
    },
  };
}
