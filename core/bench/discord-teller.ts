// Discord for the bench, on a thread of its own: what it takes of the machine is not ours. It holds the gateway and answers calls, and
// the database is reached through it, so that it can be slowed.

import { createPrivateKey, sign } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { WebSocketServer, type WebSocket } from 'ws';
import { APP, ask, asHistory, channelAt, guildCreate, memberOf, message, ready, userAt, whereAt } from './discord-events.ts';
import { slowWire } from './slow-wire.ts';

/** What it is told to do. */
export type Tell =
  | {
      readonly kind: 'messages';
      /** The token of whose connection it is. */
      readonly to: string;
      readonly what: 'ask' | 'noise';
      readonly count: number;
      /** All at once where it is null. */
      readonly perSecond: number | null;
      /** All in one channel, whose history has them from then on. */
      readonly inOne?: boolean;
    }
  /** Half of them over HTTP to this address, half by the gateway. */
  | { readonly kind: 'interactions'; readonly to: string; readonly url: string; readonly count: number; readonly perSecond: number }
  /** Ms by which each answer of the database comes later. */
  | { readonly kind: 'slow'; readonly ms: number };

export interface Told {
  /** When each message was due, by its id: ms of process.hrtime, which all threads have in common. */
  readonly due: ReadonlyMap<string, number>;
  /** Until each interaction was acknowledged, in ms. */
  readonly waits: readonly number[];
}

const { key, servers, databaseUrl } = workerData as { key: string; servers: number; databaseUrl: string };
const privateKey = createPrivateKey(key);
const agent = new Agent({ keepAlive: true });
const database = await slowWire(databaseUrl);
const history: { id: string }[] = [];
/** Interactions that were told by the gateway and wait for their first answer. */
const unanswered = new Map<string, () => void>();
let [made, last] = [0, 0n];

const api = createServer((asked, response) => {
  const chunks: Buffer[] = [];
  asked.on('data', (chunk: Buffer) => chunks.push(chunk));
  asked.on('end', () => answer(asked.url!.replace('/api/v10', ''), response));
});
const gateway = new WebSocketServer({ server: api });
api.listen(0, '127.0.0.1');
await once(api, 'listening');
const { port } = api.address() as AddressInfo;
const gatewayUrl = `ws://127.0.0.1:${port}`;

interface Connection {
  readonly socket: WebSocket;
  seq: number;
  /** What the last heartbeat said: everything up to there is done with. */
  done: number;
}
const connections = new Map<string, Connection>();

gateway.on('connection', (socket) => {
  const say = (frame: object) => socket.send(JSON.stringify(frame));
  let connection: Connection | null = null;
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    const { op, d } = JSON.parse(String(data as Buffer)) as { op: number; d: unknown };
    if (op === 1) {
      if (connection !== null) connection.done = Number(d);
      return say({ op: 11 });
    }
    if (op !== 2) return say({ op: 9, d: false });
    connection = { socket, seq: 0, done: 0 };
    tell(connection, 'READY', ready(servers, gatewayUrl));
    for (let n = 0; n < servers; n++) tell(connection, 'GUILD_CREATE', guildCreate(n));
    connections.set((d as { token: string }).token, connection);
  });
  say({ op: 10, d: { heartbeat_interval: 41_250 } });
});

parentPort!.on('message', (what: Tell) => void told(what).then((done) => parentPort!.postMessage(done)));
parentPort!.postMessage({ api: port, database: database.port });

async function told(what: Tell): Promise<Told> {
  if (what.kind === 'slow') database.slow(what.ms);
  if (what.kind === 'interactions') return { due: new Map(), waits: await tellInteractions(what) };
  return { due: what.kind === 'messages' ? await tellMessages(what) : new Map(), waits: [] };
}

async function tellMessages({ to, what, count, perSecond, inOne = false }: Tell & { kind: 'messages' }): Promise<Map<string, number>> {
  const connection = connections.get(to)!;
  const all = Array.from({ length: count }, () => {
    const [id, where] = [newId(), whereAt(made++, servers)];
    return { id, said: message(id, what, inOne ? { ...where, guild: 0, which: 0 } : where) };
  });
  const due = new Map<string, number>();
  const begunMs = nowMs();
  for (const [i, { id, said }] of all.entries()) {
    const dueMs = perSecond === null ? begunMs : begunMs + (i * 1000) / perSecond;
    if (perSecond !== null) await sleep(Math.max(0, dueMs - nowMs()));
    due.set(id, dueMs);
    tell(connection, 'MESSAGE_CREATE', said);
  }
  if (inOne) history.push(...all.map(({ said }) => asHistory(said) as { id: string }));
  await untilDone(connection);
  return due;
}

async function tellInteractions({ to, url, count, perSecond }: Tell & { kind: 'interactions' }): Promise<number[]> {
  const connection = connections.get(to)!;
  const waits: number[] = [];
  const all: Promise<void>[] = [];
  const begunMs = nowMs();
  for (let i = 0; i < count; i++) {
    const dueMs = begunMs + (i * 1000) / perSecond;
    await sleep(Math.max(0, dueMs - nowMs()));
    const id = newId();
    const asked = ask(id, whereAt(made++, servers));
    const acknowledged = i % 2 === 0 ? post(url, JSON.stringify(asked)) : byGateway(id, asked);
    all.push(acknowledged.then(() => void waits.push(nowMs() - dueMs)));
  }
  await Promise.all(all);
  return waits;

  function byGateway(id: string, asked: object): Promise<void> {
    tell(connection, 'INTERACTION_CREATE', asked);
    return new Promise((resolve) => unanswered.set(id, resolve));
  }
}

function tell(connection: Connection, t: string, d: object): void {
  connection.socket.send(JSON.stringify({ op: 0, t, s: ++connection.seq, d }));
}

/** Heartbeats say how far it is. */
async function untilDone(connection: Connection): Promise<void> {
  while (connection.done < connection.seq) {
    connection.socket.send('{"op":1,"d":null}');
    await sleep(20);
  }
}

function post(url: string, body: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const time = String(Math.floor(Date.now() / 1000));
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'X-Signature-Timestamp': time,
    'X-Signature-Ed25519': sign(null, Buffer.from(time + body), privateKey).toString('hex'),
  };
  request(url, { method: 'POST', agent, headers }, (response) => {
    response.resume().on('end', () => {
      if (response.statusCode === 200) resolve();
      else reject(new Error(`answered ${response.statusCode}`));
    });
  })
    .on('error', reject)
    .end(body);
  return promise;
}

function answer(path: string, response: ServerResponse): void {
  const say = (body: object) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  const [, interaction] = /^\/interactions\/(\d+)\//.exec(path) ?? [];
  if (interaction !== undefined) {
    unanswered.get(interaction)?.();
    return void response.writeHead(204).end();
  }
  if (path === '/gateway/bot') {
    const limit = { total: 1_000, remaining: 1_000, reset_after: 0, max_concurrency: 1 };
    return void say({ url: gatewayUrl, shards: 1, session_start_limit: limit });
  }
  if (path.startsWith('/users/@me')) return void say({ ...userAt(0), id: APP, bot: true });
  const [, channel, after] = /^\/channels\/(\d+)\/messages\?after=(\d+)/.exec(path) ?? [];
  if (channel === channelAt(0, 0)) {
    const from = history.findIndex(({ id }) => BigInt(id) > BigInt(after!));
    return void say(from < 0 ? [] : history.slice(from, from + 100).toReversed());
  }
  const [, user] = /^\/guilds\/\d+\/members\/(\d+)/.exec(path) ?? [];
  if (user !== undefined) return void say({ ...memberOf(), user: { ...userAt(0), id: user } });
  say(path.endsWith('/commands') ? [] : { id: newId() });
}

/** Grows, and carries this time. */
function newId(): string {
  const wanted = BigInt(Date.now() - 1_420_070_400_000) << 22n;
  last = wanted > last ? wanted : last + 1n;
  return String(last);
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
