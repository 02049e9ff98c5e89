// The sandbox on a folder of its own, the real SDK in front of it, and a listener that its events go to.

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Stripe } from 'stripe';
import { sandboxOverview, type SandboxAct, type SandboxOrders, type SandboxOverview } from '#core/contracts/stripe-sandbox.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { listenOnLoopback } from '../../aws/loopback.ts';
import { startStripeSandbox, type StripeSandbox, type StripeSandboxOptions } from '../server.ts';
import { API_VERSION } from '../world.ts';

export const SECRET_KEY = 'sk_test_of_this_test';
export const WEBHOOK_SECRET = 'whsec_of_this_test';
export const CONTROL_TOKEN = 'control';

export const catalog: StripeSandboxOptions['catalog'] = [
  {
    id: 'prod_starter',
    name: 'Starter pack',
    description: '500 credits',
    prices: [
      { lookupKey: 'starter_usd', currency: 'usd', unitAmount: 2_500 },
      { lookupKey: 'starter_jpy', currency: 'jpy', unitAmount: 3_800 },
    ],
  },
];

export interface Heard {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly signature: string;
}

export interface OpenSandbox {
  readonly url: string;
  readonly dir: string;
  /** The listener's address. */
  readonly listener: string;
  readonly stripe: Stripe;
  /** What the listener got, in that order. */
  readonly heard: Heard[];
  /** What it answers, as long as there is something in it; then 200. */
  readonly answers: number[];
  /** Another client, with other headers or another key. */
  client(options?: { key?: string; version?: string }): Stripe;
  orders(orders: SandboxOrders): Promise<void>;
  act(act: SandboxAct): Promise<Response>;
  overview(): Promise<SandboxOverview>;
  /** Everything that is due has been sent. */
  settled(): Promise<void>;
  price(lookupKey: string): Promise<Stripe.Price>;
  checkout(more?: Stripe.Checkout.SessionCreateParams): Promise<Stripe.Checkout.Session>;
  another(more?: Partial<StripeSandboxOptions>): Promise<StripeSandbox>;
  restart(): Promise<void>;
  /** This process ends it, and leaves its folder to others. */
  leave(): Promise<void>;
  stop(): Promise<void>;
}

export async function openSandbox(): Promise<OpenSandbox> {
  const folder = await temporaryFolder('stripe');
  const heard: Heard[] = [];
  const answers: number[] = [];
  const listener = await listenOnLoopback(
    createServer((request, response) => {
      void text(request).then((body) => {
        const { id, type } = JSON.parse(body) as { id: string; type: string };
        heard.push({ id, type, body, signature: String(request.headers['stripe-signature']) });
        response.writeHead(answers.shift() ?? 200).end();
      });
    }),
    0,
  );
  const options: StripeSandboxOptions = {
    dir: folder.path,
    secretKey: SECRET_KEY,
    webhookSecret: WEBHOOK_SECRET,
    controlToken: CONTROL_TOKEN,
    newsUrl: `${listener.url}/news`,
    catalog,
    brandName: 'Impacter',
    log: {
      warn(facts, words) {
        throw new Error(words, { cause: facts });
      },
    },
  };
  let sandbox = await startStripeSandbox(options);
  const post = (what: string, body: object) =>
    fetch(`${sandbox.url}/_sandbox/${what}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${CONTROL_TOKEN}` },
      body: JSON.stringify(body),
    });
  const client: OpenSandbox['client'] = ({ key = SECRET_KEY, version = API_VERSION } = {}) => {
    const { hostname, port } = new URL(sandbox.url);
    return new Stripe(key, {
      host: hostname,
      port,
      protocol: 'http',
      apiVersion: version as typeof API_VERSION,
      maxNetworkRetries: 0,
      telemetry: false,
    });
  };
  const opened: OpenSandbox = {
    get url() {
      return sandbox.url;
    },
    dir: folder.path,
    listener: listener.url,
    stripe: client(),
    heard,
    answers,
    client,
    async orders(orders) {
      const answer = await post('orders', orders);
      if (!answer.ok) throw new Error(await answer.text());
    },
    act: (act) => post('acts', act),
    async overview() {
      const answer = await fetch(`${sandbox.url}/_sandbox/overview`, { headers: { authorization: `Bearer ${CONTROL_TOKEN}` } });
      return sandboxOverview.parse(await answer.json());
    },
    settled: () => opened.orders({ advanceMs: 0 }),
    async price(lookupKey) {
      const { data } = await opened.stripe.prices.list({ lookup_keys: [lookupKey] });
      return data[0]!;
    },
    async checkout(more = {}) {
      const price = await opened.price('starter_usd');
      return opened.stripe.checkout.sessions.create({
        mode: 'payment',
        line_items: [{ price: price.id, quantity: 1 }],
        success_url: 'http://127.0.0.1:1/done?checkout={CHECKOUT_SESSION_ID}',
        cancel_url: 'http://127.0.0.1:1/buy',
        ...more,
      });
    },
    another: (more = {}) => startStripeSandbox({ ...options, ...more }),
    async restart() {
      await sandbox.stop();
      sandbox = await startStripeSandbox(options);
    },
    async leave() {
      await sandbox.stop();
      sandbox = { ...sandbox, stop: async () => {} };
    },
    async stop() {
      await sandbox.stop();
      await listener.stop();
      await folder.remove();
    },
  };
  return opened;
}
