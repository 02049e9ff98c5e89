// Everything behind the sandbox's address. It is loaded by the first request, and by nothing before.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerApi } from './api.ts';
import { stock } from './stock.ts';
import { answerControl } from './control.ts';
import { Troubles } from './faults.ts';
import { dueJobs } from './jobs.ts';
import type { Job } from './kinds.ts';
import { failRefund } from './money/refunds.ts';
import { settleCheckout } from './money/pay.ts';
import { expire } from './money/sessions.ts';
import { Courier } from './news/courier.ts';
import { answerPages } from './pages/pages.ts';
import { newConfiguration } from './pages/configuration.ts';
import { OWN_ENDPOINT, ownEndpoint } from './routes/events.ts';
import { Store } from './store.ts';
import { KEPT_MS } from './wire/answers.ts';
import { byItself, type Settings, type World } from './world.ts';

export interface Play {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Sends what is left to send. */
  wake(): void;
  stop(): Promise<void>;
}

export interface PlayOptions {
  readonly dir: string;
  readonly url: string;
  readonly brandName: string;
  readonly settings: Settings;
  readonly log: World['log'];
  /** What clocks around here say. */
  wallMs(): number;
}

const TIMER_MOST_MS = 2 ** 31 - 1;

export function openPlay({ dir, url, brandName, settings, log, wallMs }: PlayOptions): Play {
  const store = Store.openIn(dir);
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const nowMs = () => wallMs() + (store.get('moved_clock', 'clock')?.aheadMs ?? 0);
  const world: World = {
    store,
    url,
    brandName,
    settings,
    log,
    nowMs,
    now: () => Math.floor(nowMs() / 1000),
    wallMs,
    cause: byItself,
    wake,
  };
  const troubles = new Troubles();
  const courier = new Courier(world, troubles);
  const api = answerApi(world, troubles);
  const pages = answerPages(world);
  const control = answerControl(world, troubles, passTime);

  store.change(() => begin(world));
  wake();
  return {
    async answer(request, response) {
      runJobs();
      if (await pages(request, response)) return;
      if (await control(request, response)) return;
      await api(request, response);
    },
    wake,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await courier.stop();
      store.close();
    },
  };

  /** Whatever is due is done once the change that is under way has ended. */
  function wake(): void {
    if (isStopped) return;
    clearTimeout(timer);
    timer = setTimeout(work, 0);
    timer.unref();
  }

  function work(): void {
    runJobs();
    courier.pump();
    const nextJob = store.all('job').reduce((least, { atMs }) => Math.min(least, atMs), Infinity);
    const next = Math.min(nextJob, courier.nextAtMs() ?? Infinity);
    if (next === Infinity || isStopped) return;
    timer = setTimeout(work, Math.min(Math.max(next - nowMs(), 0), TIMER_MOST_MS));
    timer.unref();
  }

  function runJobs(): void {
    for (const job of dueJobs(world))
      store.change(() => {
        store.remove('job', job.id);
        jobs[job.what](world, job.of);
      });
  }

  /** Sets the clock ahead, and lets everything happen that is due by then. */
  async function passTime(ms: number): Promise<void> {
    store.change(() => store.put('moved_clock', { id: 'clock', aheadMs: (store.get('moved_clock', 'clock')?.aheadMs ?? 0) + ms }));
    runJobs();
    await courier.settled();
    wake();
  }
}

const jobs: Readonly<Record<Job['what'], (world: World, id: string) => void>> = {
  expire(world, id) {
    const session = world.store.get('session', id);
    if (session !== null) expire(world, session);
  },
  settle: (world, id) => settleCheckout(world, id, true),
  bounce: (world, id) => settleCheckout(world, id, false),
  'fail-refund'(world, id) {
    const refund = world.store.get('refund', id);
    if (refund !== null) failRefund(world, refund);
  },
};

/** What an account has before anybody does anything. */
function begin(world: World): void {
  const { store, settings } = world;
  stock(world, settings.catalog);
  if (store.get('billing_configuration', 'bpc_sandbox') === null) store.put('billing_configuration', newConfiguration(world));
  if (settings.newsUrl !== null) {
    const own = store.get('webhook_endpoint', OWN_ENDPOINT) ?? ownEndpoint(world, settings.newsUrl);
    store.put('webhook_endpoint', { ...own, url: settings.newsUrl });
    const { secrets = [] } = store.get('endpoint_secrets', OWN_ENDPOINT) ?? {};
    if (!secrets.some(({ secret }) => secret === settings.webhookSecret))
      store.put('endpoint_secrets', { id: OWN_ENDPOINT, secrets: [{ secret: settings.webhookSecret, untilMs: null }] });
  }
  for (const { id, atMs } of store.all('kept_answer')) if (atMs + KEPT_MS <= world.nowMs()) store.remove('kept_answer', id);
}
