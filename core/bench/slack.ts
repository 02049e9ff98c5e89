// What Slack tells us until it is acknowledged, against a bare Bolt app that does nothing, and one that writes one row first. By what it
// takes of the thread that answers: one processor. Of ours, what is acknowledged is stored, and in part not handled yet: what the same
// mentions take to the end (who speaks and pays, a task, its hold and its letter) is told too, from the same rounds.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Worker } from 'node:worker_threads';
import { App, HTTPReceiver, LogLevel, type Logger } from '@slack/bolt';
import pg from 'pg';
import { slack } from '#bots/slack/adapter.ts';
import { slackCalls } from '#bots/slack/api/call.ts';
import { slackPulse } from '#bots/slack/health.ts';
import { slackInbound } from '#bots/slack/in/inbound.ts';
import { slackStatus, type Status } from '#bots/slack/out/status.ts';
import { tokensOf } from '#bots/slack/tokens-of.ts';
import type { SlackSettings } from '#bots/slack/settings.ts';
import { readConfig } from '#core/contracts/env.ts';
import { newId } from '#core/domain/ids.ts';
import type { Log } from '#core/ports/log.ts';
import { startProduct } from '#core/product/product.ts';
import { median, percentile, type BenchRow } from './row.ts';
import { counting } from './counting.ts';
import type { Tell, Told } from './slack-teller.ts';
import { makeTeams } from './world.ts';

const ROUNDS = 3;
const MENTIONS = 1_000;
const TEAMS = 50;
/** As many as a busy workspace tells at the same time; what they tell is more than can be handled at once. */
const CALLERS = 64;
const FEW_CALLERS = 4;
const CONNECTIONS = 16;
const RATE_PER_SECOND = 200;
const RATE_SECONDS = 10;
const AGAIN = 500;
const secret = 'bench-signing-secret';

export async function benchSlack(databaseUrl: string, dataDir: string, log: Log): Promise<BenchRow[]> {
  const worker = new Worker(new URL('./slack-teller.ts', import.meta.url), { workerData: { secret, teams: TEAMS } });
  const [port] = (await once(worker, 'message')) as [number];
  const settings = { ...readConfig({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir, PORT: '0', ROLES: 'bots', RATE_LIMIT_FACTOR: '1000' }) };
  const botSettings = { slack: settingsFor(port) };
  let answers = false;
  const asked = hearing(() => answers);
  const product = await startProduct(settings, { log, adapters: [asked.adapter], botSettings, chatSandboxes: false });
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS });
  pool.on('error', () => {}); // some are still closing when the server stops
  const bare = await openBolt(false, async () => undefined);
  await pool.query('CREATE TABLE IF NOT EXISTS bench_heard (id uuid PRIMARY KEY, body jsonb NOT NULL)');
  const inserting = await openBolt(true, async (body) => {
    await pool.query({ name: 'heard', text: 'INSERT INTO bench_heard (id, body) VALUES ($1, $2)', values: [newId(), body] });
  });
  try {
    for (const [i, { teamId }] of (await makeTeams(product.core.store, TEAMS)).entries())
      await product.core.store.prisma.workspace.create({
        data: { id: newId(), platform: 'slack', externalId: `T${i + 1}`, teamId, name: 'Bench' },
      });
    const ours = `${product.url}/slack/events`;
    const rounds: { ours: number; whole: number; left: number; inserting: number; bare: number }[] = [];
    // The first round warms up all of them.
    for (let i = 0; i <= ROUNDS; i++) {
      const round = {
        bare: await perSecondOfCpu(bare.url),
        inserting: await perSecondOfCpu(inserting.url),
        ...(await ourRound()),
      };
      if (i > 0) rounds.push(round);
    }
    const steady = asked.heard(RATE_PER_SECOND * RATE_SECONDS);
    asked.stored.clear();
    const { waits, due } = await tell({
      url: ours,
      count: RATE_PER_SECOND * RATE_SECONDS,
      times: 1,
      perSecond: RATE_PER_SECOND,
      callers: CALLERS,
    });
    await steady;
    const untilStored = [...due].map(([ts, dueMs]) => asked.stored.get(ts)! - dueMs);
    // What a mention costs all in all, but for its answer, where few come at the same time: each is handled by itself.
    answers = true;
    const few = { url: ours, count: AGAIN, callers: FEW_CALLERS };
    const costs = { once: await wholeCpuMs({ ...few, times: 1 }), tenfold: await wholeCpuMs({ ...few, times: 10 }) };
    const against = (what: 'ours' | 'whole', limit: 'bare' | 'inserting') => ({
      unit: what === 'ours' ? 'acks/s' : 'asks/s',
      value: median(rounds.map((round) => round[what])),
      limit: median(rounds.map((round) => round[limit])),
      ratio: median(rounds.map((round) => round[what] / round[limit])),
    });
    const alone = { limit: null, ratio: null, aim: null };
    return [
      { name: 'Slack, a core, acknowledged, Bolt and insert', ...against('ours', 'inserting'), aim: 0.8 },
      { name: 'Slack, a core, acknowledged, bare Bolt', ...against('ours', 'bare'), aim: 0.4 },
      { name: 'Slack, stored and not handled by then', unit: '%', value: median(rounds.map(({ left }) => left)), ...alone },
      { name: 'Slack, a core, to the end, Bolt and insert', ...against('whole', 'inserting'), aim: null },
      { name: `Slack at ${RATE_PER_SECOND} mentions/s, p99`, unit: 'ms', value: percentile(waits, 99), ...alone, most: 250 },
      {
        name: `Slack at ${RATE_PER_SECOND} mentions/s until a task, p99`,
        unit: 'ms',
        value: percentile(untilStored, 99),
        ...alone,
        most: 1_000,
      },
      { name: 'Slack, tenfold delivery against one', unit: '×', value: costs.tenfold / costs.once, ...alone, most: 2 },
    ];
  } finally {
    await Promise.all([bare.stop(), inserting.stop(), pool.end(), product.stop()]);
    await worker.terminate();
  }

  async function tell(what: Tell): Promise<Told> {
    worker.postMessage(what);
    return ((await once(worker, 'message')) as [Told])[0];
  }

  /** Of this thread. */
  async function cpuMs(what: Omit<Tell, 'perSecond'>): Promise<number> {
    const before = process.threadCpuUsage();
    await tell({ ...what, perSecond: null });
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  }

  /** Until what was acknowledged is handled, and nothing of it waits. */
  async function wholeCpuMs(what: Omit<Tell, 'perSecond'>): Promise<number> {
    const before = process.threadCpuUsage();
    const all = asked.heard(what.count);
    await tell({ ...what, perSecond: null });
    await all;
    await untilNothingWaits();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  }

  /** Acknowledgements and whole asks per second of a processor, of the same mentions; percent that were still to be handled after the last one. */
  async function ourRound(): Promise<{ ours: number; whole: number; left: number }> {
    const all = asked.heard(MENTIONS);
    const before = process.threadCpuUsage();
    const acknowledgedMs = await cpuMs({ url: `${product.url}/slack/events`, count: MENTIONS, times: 1, callers: CALLERS });
    const left = (asked.left() / MENTIONS) * 100;
    await all;
    await untilNothingWaits();
    const { user, system } = process.threadCpuUsage(before);
    return { ours: MENTIONS / (acknowledgedMs / 1000), whole: MENTIONS / ((user + system) / 1_000_000), left };
  }

  async function untilNothingWaits(): Promise<void> {
    while ((await pool.query('SELECT FROM chat_inbox LIMIT 1')).rowCount !== 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async function perSecondOfCpu(url: string): Promise<number> {
    return MENTIONS / ((await cpuMs({ url, count: MENTIONS, times: 1, callers: CALLERS })) / 1000);
  }
}

/** Slack that is heard, and does not answer: only its status says that work goes on, where `answers` says so. Counts what becomes a task. */
function hearing(answers: () => boolean) {
  const { heard, left, one } = counting();
  /** By ts, in ms of process.hrtime. */
  const stored = new Map<string, number>();
  const adapter: typeof slack = {
    ...slack,
    async start(given) {
      const hear: typeof given.app.chats.hear = async (speaker, message, wait) => {
        const answered = await given.app.chats.hear(speaker, message, wait);
        if (answered.outcome !== 'task') throw new Error(`a message became ${answered.outcome}`);
        stored.set(message.key.split(':').at(-1)!, Number(process.hrtime.bigint()) / 1e6);
        if (!answered.repeated) one();
        return answered;
      };
      const context = { ...given, app: { ...given.app, chats: { ...given.app.chats, hear } } };
      const { app, settings, hints, clock, log } = context;
      for (const seed of settings.seeds ?? []) await app.workspaces.installed(seed);
      const call = slackCalls(settings);
      const tokens = tokensOf((team) => app.workspaces.installation('slack', team));
      const whole = slackStatus({ call, tokens, hints, clock, log });
      const status: Status = { ...whole, working: (...given) => answers() && whole.working(...given) };
      const { mount, stop } = await slackInbound(context, {
        call,
        tokens,
        status,
        pulse: slackPulse(clock, { hasSocket: false, isOwn: true }),
      });
      return {
        mounts: [mount],
        async stop() {
          await stop();
          await whole.ended();
        },
      };
    },
  };
  return { adapter, heard, left, stored };
}

function settingsFor(port: number): SlackSettings {
  const tokens = { bot: 'xoxb-bench', refresh: null, expiresAt: null };
  const app = { platform: 'slack', enterpriseId: null, name: 'Bench', botUserId: 'UBOT', scopes: [], tokens, installedBy: null } as const;
  const seeds = Array.from({ length: TEAMS }, (_, i) => ({ ...app, externalId: `T${i + 1}` }));
  return { botToken: null, signingSecrets: [secret], appToken: null, install: null, apiUrl: `http://127.0.0.1:${port}/`, seeds };
}

async function openBolt(processBeforeResponse: boolean, heard: (body: object) => Promise<unknown>) {
  const receiver = new HTTPReceiver({ signingSecret: secret, processBeforeResponse, logger: quiet });
  const app = new App({ receiver, authorize: async () => ({}), ignoreSelf: false, logger: quiet });
  app.event('message', async ({ body }) => void (await heard(body)));
  const server = (await receiver.start(0, { host: '127.0.0.1' } as never)) as Server;
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`, stop: () => app.stop() };
}

const nothing = () => undefined;
const quiet: Logger = {
  getLevel: () => LogLevel.ERROR,
  setLevel: nothing,
  setName: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};
