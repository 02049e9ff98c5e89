// What Discord tells, against a bare discord.js client that decodes it and does nothing, and one that writes one row. By what it takes of
// the thread that hears it: one processor. Then how long people wait, and what being told again costs.

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Client, GatewayIntentBits, type Message } from 'discord.js';
import pg from 'pg';
import { discord } from '#bots/discord/adapter.ts';
import { discordCalls } from '#bots/discord/api/call.ts';
import { catchUp } from '#bots/discord/gateway/catch-up.ts';
import { guildMemory } from '#bots/discord/gateway/guild-memory.ts';
import { taker } from '#bots/discord/gateway/take.ts';
import { discordHealth } from '#bots/discord/health.ts';
import { INTERACTIONS_PATH } from '#bots/discord/http/interactions.ts';
import { listening } from '#bots/discord/listening.ts';
import { keepTitles } from '#bots/discord/out/titles.ts';
import type { DiscordSettings } from '#bots/discord/settings.ts';
import { startDiscord } from '#bots/discord/start.ts';
import { readConfig } from '#core/contracts/env.ts';
import { newId } from '#core/domain/ids.ts';
import type { Log } from '#core/ports/log.ts';
import { startProduct } from '#core/product/product.ts';
import { counting, type Heard } from './counting.ts';
import { APP, channelAt, guildAt, guildCreate } from './discord-events.ts';
import type { Tell, Told } from './discord-teller.ts';
import { median, percentile, type BenchRow } from './row.ts';
import { makeTeams } from './world.ts';

const ROUNDS = 3;
const SERVERS = 50;
const NOISE = 10_000;
const ASKS = 1_500;
const CONNECTIONS = 16;
const [ASKS_PER_SECOND, ASKS_SECONDS] = [50, 10];
const [PRESSES_PER_SECOND, PRESSES_SECONDS] = [200, 5];
const SLOW_MS = 500;
const KNOWN = 1_000;

export async function benchDiscord(databaseUrl: string, dataDir: string, log: Log): Promise<BenchRow[]> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const worker = new Worker(new URL('./discord-teller.ts', import.meta.url), { workerData: { key, servers: SERVERS, databaseUrl } });
  const [{ api, database }] = (await once(worker, 'message')) as [{ api: number; database: number }];
  const apiUrl = `http://127.0.0.1:${api}/api`;
  const settings: DiscordSettings = {
    token: 'ours',
    applicationId: APP,
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url').toString('hex'),
    clientSecret: null,
    apiUrl,
    messageContent: false,
    historyEveryMs: 0,
  };
  const slowed = new URL(databaseUrl);
  slowed.port = String(database);
  const config = readConfig({ DATABASE_URL: slowed.href, DATA_DIR: dataDir, PORT: '0', ROLES: 'bots', RATE_LIMIT_FACTOR: '1000' });
  const ours = hearing();
  const product = await startProduct(config, { log, adapters: [ours.adapter], botSettings: { discord: settings }, chatSandboxes: false });
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS });
  pool.on('error', () => {}); // some are still closing when the server stops
  await pool.query('CREATE TABLE IF NOT EXISTS bench_heard (id uuid PRIMARY KEY, body jsonb NOT NULL)');
  const bare = await openClient('bare', apiUrl, async () => undefined);
  const inserting = await openClient('inserting', apiUrl, async ({ id, content, channelId, author }) => {
    const body = { id, content, channelId, author: author.id };
    await pool.query({ name: 'heard', text: 'INSERT INTO bench_heard (id, body) VALUES ($1, $2)', values: [newId(), body] });
  });
  try {
    while ((await product.app.workspaces.installedOn('discord')).length < SERVERS) await new Promise((resolve) => setTimeout(resolve, 50));
    for (const [i, { teamId }] of (await makeTeams(product.core.store, SERVERS)).entries())
      await product.core.store.prisma.workspace.create({
        data: { id: newId(), platform: 'discord', externalId: guildAt(i), teamId, name: 'Bench' },
      });
    const rounds: Record<'bare' | 'noise' | 'inserting' | 'asks' | 'whole' | 'left', number>[] = [];
    // The first round warms up all of them.
    for (let i = 0; i <= ROUNDS; i++) {
      const round = {
        bare: await perSecondOfCpu('bare', 'noise', NOISE, bare.heard),
        noise: await perSecondOfCpu('ours', 'noise', NOISE),
        inserting: await perSecondOfCpu('inserting', 'ask', ASKS, inserting.heard),
        ...(await ourRound()),
      };
      if (i > 0) rounds.push(round);
    }
    const against = (what: 'noise' | 'asks' | 'whole', limit: 'bare' | 'inserting') => ({
      unit: what === 'whole' ? 'asks/s' : 'events/s',
      value: median(rounds.map((round) => round[what])),
      limit: median(rounds.map((round) => round[limit])),
      ratio: median(rounds.map((round) => round[what] / round[limit])),
    });
    const alone = { limit: null, ratio: null, aim: null };
    return [
      { name: 'Discord, a core, nobody’s events, discord.js', ...against('noise', 'bare'), aim: 0.8 },
      { name: 'Discord, a core, stored, discord.js and insert', ...against('asks', 'inserting'), aim: 0.8 },
      { name: 'Discord, stored and not handled by then', unit: '%', value: median(rounds.map(({ left }) => left)), ...alone },
      { name: 'Discord, a core, to the end, with insert', ...against('whole', 'inserting'), aim: null },
      { name: `Discord at ${ASKS_PER_SECOND} mentions/s until stored, p99`, unit: 'ms', value: await untilStored(), ...alone, most: 150 },
      { name: 'Discord, known messages against reading them', unit: '×', value: await toldAgain(), ...alone, most: 2 },
      {
        name: `Discord, ${PRESSES_PER_SECOND} commands/s, slow database, p99`,
        unit: 'ms',
        value: await whileSlow(),
        ...alone,
        most: 1_000,
      },
    ];
  } finally {
    await Promise.all([bare.client.destroy(), inserting.client.destroy(), pool.end(), product.stop()]);
    await worker.terminate();
  }

  async function tell(what: Tell): Promise<Told> {
    worker.postMessage(what);
    return ((await once(worker, 'message')) as [Told])[0];
  }

  /** What is told until it is stored, the same until it is handled and nothing of it waits, and percent that were still to be handled. */
  async function ourRound(): Promise<{ asks: number; whole: number; left: number }> {
    const all = ours.heard(ASKS);
    const before = process.threadCpuUsage();
    const storedMs = await cpuMs(
      async () => void (await tell({ kind: 'messages', to: 'ours', what: 'ask', count: ASKS, perSecond: null })),
    );
    const left = (ours.left() / ASKS) * 100;
    await all;
    while ((await pool.query('SELECT FROM chat_inbox LIMIT 1')).rowCount !== 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const { user, system } = process.threadCpuUsage(before);
    return { asks: ASKS / (storedMs / 1000), whole: ASKS / ((user + system) / 1_000_000), left };
  }

  async function perSecondOfCpu(to: string, what: 'ask' | 'noise', count: number, heard?: Heard): Promise<number> {
    const all = heard?.(count);
    const took = await cpuMs(async () => {
      await tell({ kind: 'messages', to, what, count, perSecond: null });
      await all;
    });
    return count / (took / 1000);
  }

  async function untilStored(): Promise<number> {
    ours.stored.clear();
    const count = ASKS_PER_SECOND * ASKS_SECONDS;
    const all = ours.heard(count);
    const { due } = await tell({ kind: 'messages', to: 'ours', what: 'ask', count, perSecond: ASKS_PER_SECOND });
    await all;
    return percentile(
      [...due].map(([id, dueMs]) => ours.stored.get(id)! - dueMs),
      99,
    );
  }

  /** Of a channel that has been heard: catching up with it, against reading it. */
  async function toldAgain(): Promise<number> {
    const all = ours.heard(KNOWN);
    const { due } = await tell({ kind: 'messages', to: 'ours', what: 'ask', count: KNOWN, perSecond: null, inOne: true });
    await all;
    const mark = String(BigInt(due.keys().next().value!) - 1n);
    const { read, catchUpFrom, stop } = knowing(ours.context(), channelAt(0, 0));
    const ratios: number[] = [];
    for (let i = 0; i <= ROUNDS; i++) {
      const reading = await cpuMs(() => read(mark));
      const catchingUp = await cpuMs(() => catchUpFrom(mark));
      if (i > 0) ratios.push(catchingUp / reading);
    }
    await stop();
    return median(ratios);
  }

  async function whileSlow(): Promise<number> {
    const presses = { kind: 'interactions', to: 'ours', url: `${product.url}${INTERACTIONS_PATH}`, perSecond: PRESSES_PER_SECOND } as const;
    await tell({ ...presses, count: PRESSES_PER_SECOND });
    await tell({ kind: 'slow', ms: SLOW_MS });
    const { waits } = await tell({ ...presses, count: PRESSES_PER_SECOND * PRESSES_SECONDS });
    await tell({ kind: 'slow', ms: 0 });
    return percentile(waits, 99);
  }
}

type Context = Parameters<typeof startDiscord>[0];

/** Discord as it is, except that nothing is posted, and that it is noted when a message is stored. */
function hearing() {
  const { heard, left, one } = counting();
  /** By message, in ms of process.hrtime. */
  const stored = new Map<string, number>();
  let context: Context | null = null;
  const adapter: typeof discord = {
    ...discord,
    async start(given) {
      context = given;
      const { app } = given;
      const hear: typeof app.chats.hear = async (speaker, message, wait) => {
        const answered = await app.chats.hear(speaker, message, wait);
        if (answered.outcome !== 'task') throw new Error(`a message became ${answered.outcome}`);
        stored.set(message.key.split(':').at(-1)!, Number(process.hrtime.bigint()) / 1e6);
        one();
        return answered;
      };
      const {
        poster: _poster,
        shower: _shower,
        ...started
      } = await startDiscord({ ...given, app: { ...app, chats: { ...app.chats, hear } } });
      return started;
    },
  };
  return { adapter, heard, left, stored, context: () => context! };
}

async function openClient(token: string, api: string, take: (message: Message) => Promise<void>) {
  const { Guilds, GuildMessages, DirectMessages } = GatewayIntentBits;
  const client = new Client({ intents: Guilds | GuildMessages | DirectMessages, rest: { api } });
  const { heard, one } = counting();
  client.on('messageCreate', (message) => void take(message).then(one));
  const ready = once(client, 'clientReady');
  await client.login(token);
  await ready;
  return { client, heard };
}

/** The parts that catch up, apart from the connection. */
function knowing(context: Context, channel: string) {
  const { budgets, clock, log, settings } = context;
  const pulse = discordHealth();
  const call = discordCalls(settings, { budgets, clock, pulse });
  const guilds = guildMemory({ call, clock, log });
  guilds.note('GUILD_CREATE', guildCreate(0));
  const { dispatch, concerns, settled, stop } = listening(context, { call, guilds, me: async () => APP, titles: keepTitles() });
  const { signal: leaving } = new AbortController();
  const taking = taker({ dispatch, concerns, clock, log, pulse, mayTake: () => true, leaving, waiting: () => undefined });
  const told = { ...guilds, channelsAfter: () => [] };
  const needs = { call, budgets, clock, log, pulse, guilds: told, taker: taking, settled, historyEveryMs: 0, isOf: () => true };
  return {
    stop,
    async read(mark: string): Promise<void> {
      for (let [after, isLast] = [mark, false]; !isLast;) {
        const page = (await call({ method: 'GET', path: `/channels/${channel}/messages?after=${after}&limit=100` }, leaving)) as {
          id: string;
        }[];
        isLast = page.length < 100;
        after = page[0]?.id ?? after;
      }
    },
    async catchUpFrom(mark: string): Promise<void> {
      await catchUp(mark, [channel], needs, leaving);
    },
  };
}

/** Of this thread. */
async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
