// Stripe, on a thread of its own: tells of checkouts as fast as `callers` get answers, or `perSecond` times a second, and
// answers slowly that it knows none of them. The first message back is its API's port; then one for each order.

import { createHmac, randomUUID } from 'node:crypto';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

export interface TellOrder {
  readonly url: string;
  readonly ms: number;
  readonly callers: number;
  /** null: as fast as answers come. */
  readonly perSecond: number | null;
}
export interface Told {
  readonly answers: number;
  readonly seconds: number;
  readonly waitsMs: readonly number[];
}

/** As long as the real one takes. */
const ANSWER_AFTER_MS = 100;
const { secret } = workerData as { secret: string };
const agent = new Agent({ keepAlive: true });

const api = createServer((asked, response) => {
  asked.resume();
  void sleep(ANSWER_AFTER_MS).then(() =>
    response
      .writeHead(404, { 'Content-Type': 'application/json' })
      .end('{"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such checkout.session"}}'),
  );
});
api.listen(0, '127.0.0.1', () => parentPort!.postMessage((api.address() as AddressInfo).port));

parentPort!.on('message', (order: TellOrder) => {
  void tellAll(order).then((told: Told) => parentPort!.postMessage(told));
});

async function tellAll({ url, ms, callers, perSecond }: TellOrder): Promise<Told> {
  const begun = performance.now();
  const waitsMs: number[] = [];
  const timed = async (dueMs: number) => {
    await tell(url);
    waitsMs.push(performance.now() - dueMs);
  };
  if (perSecond === null) {
    const one = async () => {
      while (performance.now() - begun < ms) await timed(performance.now());
    };
    await Promise.all(Array.from({ length: callers }, one));
  } else {
    // At a fixed rate, whether or not earlier ones were answered.
    const all: Promise<void>[] = [];
    for (let dueMs = begun; dueMs < begun + ms; dueMs += 1000 / perSecond) {
      await sleep(Math.max(0, dueMs - performance.now()));
      all.push(timed(dueMs));
    }
    await Promise.all(all);
  }
  return { answers: waitsMs.length, seconds: (performance.now() - begun) / 1000, waitsMs };
}

/** An event with a checkout in it has about this size. */
const filler = 'x'.repeat(3_000);

function tell(url: string): Promise<void> {
  const id = randomUUID().replaceAll('-', '');
  const body = `{"id":"evt_${id}","object":"event","api_version":"2026-10-28.endive","livemode":false,"type":"checkout.session.completed","data":{"object":{"id":"cs_test_${id}","note":"${filler}"}}}`;
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Length': Buffer.byteLength(body), 'Stripe-Signature': `t=${time},v1=${signature}` };
    request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume().on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`answered ${answer.statusCode}`))));
    })
      .on('error', reject)
      .end(body);
  });
}
