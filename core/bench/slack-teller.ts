// Slack for the bench, on a thread of its own: what it takes of the machine is not ours. It signs mentions, tells them, and says how
// long each acknowledgement took; and it answers the calls that the app makes.

import { createHmac } from 'node:crypto';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

/** What it is told to do. */
export interface Tell {
  readonly url: string;
  /** Mentions in all, each told so often. */
  readonly count: number;
  readonly times: number;
  /** So many a second, or as many as `callers` callers manage. */
  readonly perSecond: number | null;
  readonly callers: number;
}

export interface Told {
  readonly waits: readonly number[];
  /** When each mention was due, by its ts: ms of process.hrtime, which all threads have in common. */
  readonly due: ReadonlyMap<string, number>;
  readonly tookMs: number;
}

const { secret, teams } = workerData as { secret: string; teams: number };
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
let made = 0;

const api = createServer((asked, response) => {
  const chunks: Buffer[] = [];
  asked.on('data', (chunk: Buffer) => chunks.push(chunk));
  asked.on('end', () => {
    const id = new URLSearchParams(Buffer.concat(chunks).toString()).get('user') ?? 'U1';
    const user = { id, name: 'Bench', team_id: `T${id.slice(1)}` };
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ ok: true, user }));
  });
});
api.listen(0, '127.0.0.1', () => parentPort!.postMessage((api.address() as AddressInfo).port));

parentPort!.on('message', (tell: Tell) => void told(tell).then((done) => parentPort!.postMessage(done)));

async function told({ url, count, times, perSecond, callers }: Tell): Promise<Told> {
  const mentions = Array.from({ length: count }, mention);
  const bodies = mentions.map(({ body }) => body);
  const dueAt = new Map<string, number>();
  const waits: number[] = [];
  const begun = performance.now();
  let next = 0;
  if (perSecond === null) {
    const one = async () => {
      while (next < count) {
        const body = bodies[next++]!;
        for (let i = 0; i < times; i++) await send(url, body, performance.now(), waits);
      }
    };
    await Promise.all(Array.from({ length: callers }, one));
  } else {
    const all: Promise<void>[] = [];
    for (const [i, body] of bodies.entries()) {
      const due = begun + (i * 1000) / perSecond;
      await sleep(Math.max(0, due - performance.now()));
      dueAt.set(mentions[i]!.ts, nowMs() + due - performance.now());
      all.push(send(url, body, due, waits));
    }
    await Promise.all(all);
  }
  return { waits, due: dueAt, tookMs: performance.now() - begun };
}

function mention(): { readonly ts: string; readonly body: string } {
  const n = ++made;
  const [team, ts] = [(n % teams) + 1, `${1_700_000_000 + Math.floor(n / 1_000)}.${String(n % 1_000).padStart(6, '0')}`];
  const event = { type: 'message', channel: 'C1', user: `U${team}`, text: '<@UBOT> find me a lead in Miami', ts };
  const about = { api_app_id: 'A1', event_id: `Ev${n}`, event_time: Math.floor(Number(ts)), is_ext_shared_channel: false };
  const authorizations = [{ enterprise_id: null, team_id: `T${team}`, user_id: 'UBOT', is_bot: true, is_enterprise_install: false }];
  return { ts, body: JSON.stringify({ token: 'bench', team_id: `T${team}`, ...about, event, type: 'event_callback', authorizations }) };
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function send(url: string, body: string, dueMs: number, waits: number[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const time = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}`;
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'X-Slack-Request-Timestamp': time,
    'X-Slack-Signature': signature,
  };
  request(url, { method: 'POST', agent, headers }, (response) => {
    response.resume().on('end', () => {
      waits.push(performance.now() - dueMs);
      if (response.statusCode === 200) resolve();
      else reject(new Error(`answered ${response.statusCode}`));
    });
  })
    .on('error', reject)
    .end(body);
  return promise;
}
