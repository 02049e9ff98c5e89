// Notifications of Stripe: how many the endpoint writes down in a second of the product's thread, against the same endpoint that
// writes nothing; how long each waits for its answer; and what an ask waits for while ten thousand of them are still to be
// handled.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { readConfig } from '#core/contracts/env.ts';
import { NEWS_PATH } from '#core/domain/billing/payments-check.ts';
import { newId } from '#core/domain/ids.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import type { Log } from '#core/ports/log.ts';
import { startProduct, type Product } from '#core/product/product.ts';
import { instantAgents } from './end-to-end.ts';
import type { TellOrder, Told } from './news-teller.ts';
import { median, percentile, type BenchRow } from './row.ts';
import { makeTeams, type BenchTeam } from './world.ts';

const SECRET = 'whsec_ofTheBenchAlone';
const ROUNDS = 5;
const ROUND_MS = 2_000;
const CALLERS = 16;
const RATE_PER_SECOND = 100;
const RATE_MS = 6_000;
const WAITING = 10_000;
const ASKS_PER_SECOND = 50;
const ASKS_MS = 4_000;

export async function benchNews(databaseUrl: string, dataDir: string, log: Log): Promise<BenchRow[]> {
  const teller = new Worker(new URL('./news-teller.ts', import.meta.url), { workerData: { secret: SECRET } });
  try {
    const [apiPort] = (await once(teller, 'message')) as [number];
    const tell = async (order: TellOrder): Promise<Told> => {
      teller.postMessage(order);
      return ((await once(teller, 'message')) as [Told])[0];
    };
    const start = (roles: string, withCore?: (core: Core) => Core) =>
      startProduct(
        readConfig({
          DATABASE_URL: databaseUrl,
          DATA_DIR: dataDir,
          PORT: '0',
          ROLES: roles,
          STRIPE_SECRET_KEY: 'sk_test_bench',
          STRIPE_WEBHOOK_SECRET: SECRET,
          STRIPE_API_URL: `http://127.0.0.1:${apiPort}`,
        }),
        { log, agents: instantAgents, ...(withCore && { withCore }) },
      );
    return [...(await atTheDoor(start, tell)), await besideAsks(() => start('worker'))];
  } finally {
    await teller.terminate();
  }
}

type Start = (roles: string, withCore?: (core: Core) => Core) => Promise<Product>;

async function atTheDoor(start: Start, tell: (order: TellOrder) => Promise<Told>): Promise<BenchRow[]> {
  const ours = await start('web');
  const bare = await start('web', (core) => ({ ...core, store: { ...core.store, news: { ...core.store.news, async keep() {} } } }));
  try {
    const measure = async ({ url }: Product) => {
      const before = process.threadCpuUsage();
      const { answers } = await tell({ url: url! + NEWS_PATH, ms: ROUND_MS, callers: CALLERS, perSecond: null });
      const { user, system } = process.threadCpuUsage(before);
      return answers / ((user + system) / 1_000_000);
    };
    const rounds: { ours: number; limit: number }[] = [];
    // The first round warms up both.
    for (let i = 0; i <= ROUNDS; i++) {
      const [limit, value] = [await measure(bare), await measure(ours)];
      if (i > 0) rounds.push({ ours: value, limit });
    }
    const { waitsMs } = await tell({ url: ours.url! + NEWS_PATH, ms: RATE_MS, callers: 0, perSecond: RATE_PER_SECOND });
    return [
      {
        name: 'news written down, 16 callers',
        unit: '/s of core',
        value: median(rounds.map(({ ours: value }) => value)),
        limit: median(rounds.map(({ limit }) => limit)),
        ratio: median(rounds.map(({ ours: value, limit }) => value / limit)),
        aim: 0.5,
      },
      {
        name: `news at ${RATE_PER_SECOND}/s, p99`,
        unit: 'ms',
        value: percentile(waitsMs, 99),
        limit: null,
        ratio: null,
        aim: null,
        most: 100,
      },
    ];
  } finally {
    await Promise.all([ours.stop(), bare.stop()]);
  }
}

/** Everything that waits is due, and handled as fast as Stripe answers. */
async function besideAsks(start: () => Promise<Product>): Promise<BenchRow> {
  const { app, core, stop } = await start();
  try {
    const { money } = core.store;
    const teams = await makeTeams(core.store, 100);
    const rounds: { beside: number; alone: number }[] = [];
    for (let i = 0; i <= ROUNDS; i++) {
      await money.query({ text: 'DELETE FROM stripe_news' }, []);
      const alone = await askFor(teams);
      await money.query(
        {
          text: `INSERT INTO stripe_news (id, kind, object_id, livemode, body, state, next_at, received_at)
                 SELECT 'evt_' || n, 'checkout.session.completed', 'cs_test_' || n, false, repeat('x', 3000), 'open', now(), now()
                 FROM generate_series(1, $1::int) n`,
        },
        [WAITING],
      );
      const beside = await askFor(teams);
      if (i > 0) rounds.push({ beside, alone });
    }
    return {
      name: `an ask beside ${WAITING} news, p99 (limit: alone)`,
      unit: 'ms',
      value: median(rounds.map(({ beside }) => beside)),
      limit: median(rounds.map(({ alone }) => alone)),
      ratio: median(rounds.map(({ beside, alone }) => alone / beside)),
      aim: 0.83,
    };
  } finally {
    await stop();
  }

  async function askFor(teams: readonly BenchTeam[]): Promise<number> {
    const waits: number[] = [];
    const all: Promise<void>[] = [];
    const begun = performance.now();
    for (let i = 0; i < (ASKS_PER_SECOND * ASKS_MS) / 1000; i++) {
      const due = begun + (i * 1000) / ASKS_PER_SECOND;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      const { userId, teamId } = teams[i % teams.length]!;
      const ask = { key: `news:${newId()}`, threadRef: `web:${newId()}`, text: 'what is the capital of France?', at: new Date() };
      all.push(app.tasks.ask({ ...ask, from: { kind: 'user', userId, teamId } }).then(() => void waits.push(performance.now() - due)));
    }
    await Promise.all(all);
    return percentile(waits, 99);
  }
}
