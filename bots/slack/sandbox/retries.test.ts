// How the app is told again, by a clock that is set by hand.

import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { openBolt, openSlack, type OpenSlack } from './testing/open-slack.ts';

let world: OpenSlack;
/** What the app was told, and how it answers. */
let told: { readonly headers: IncomingHttpHeaders; readonly body: { event_id: string; event: Record<string, string> } }[] = [];
let answer: { status: number; headers?: Record<string, string> } = { status: 500 };
const app = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    told.push({ headers: request.headers, body: JSON.parse(Buffer.concat(pieces).toString()) });
    response.writeHead(answer.status, answer.headers).end();
  });
});

beforeAll(async () => {
  world = await openSlack();
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
});
beforeEach(async () => {
  told = [];
  answer = { status: 500 };
  const politely = { atOnce: 1, repeats: 0, reversed: false, twin: false, skewS: 0, secret: null };
  await world.people.hook({ ...politely, url: `http://127.0.0.1:${(app.address() as AddressInfo).port}/` });
});
afterAll(async () => {
  await world.slack.stop();
  app.close();
});

test('what is not confirmed is told again at once, after one and five minutes, and hourly for a day', async () => {
  const { people } = world;
  await people.say('C1', 'hello', { from: 'U1' });
  const waits = [60_000, 300_000, ...Array.from({ length: 24 }, () => 3_600_000)];
  await toldTimes(2);
  for (const [i, waitMs] of waits.entries()) {
    await people.advance(waitMs - 10_000);
    expect(told).toHaveLength(i + 2);
    await people.advance(10_000);
    await toldTimes(i + 3);
  }
  await people.advance(24 * 3_600_000);
  expect(new Set(told.map(({ body }) => body.event_id)).size).toBe(1);
  expect(told.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([
    undefined,
    ...Array.from({ length: 27 }, (_, i) => String(i + 1)),
  ]);
  expect(told.slice(1).every(({ headers }) => headers['x-slack-retry-reason'] === 'http_error')).toBe(true);
});

test('an app that wants no retries, or confirms, is told once', async () => {
  answer = { status: 500, headers: { 'X-Slack-No-Retry': '1' } };
  await world.people.say('C1', 'never again', { from: 'U1' });
  await toldTimes(1);
  answer = { status: 200 };
  await world.people.say('C1', 'taken', { from: 'U1' });
  await toldTimes(2);
  await world.people.advance(7_200_000);
  await world.people.say('C1', 'the next', { from: 'U1' });
  await toldTimes(3);
  expect(told.map(({ body }) => body.event['text'])).toEqual(['never again', 'taken', 'the next']);
});

test('an app that was away is told once it is back, and what was held back comes in order', async () => {
  const { people } = world;
  answer = { status: 200 };
  const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}/`;
  await people.hook({ url: 'http://127.0.0.1:9/' });
  await people.say('C1', 'while away', { from: 'U1' });
  await vi.waitFor(async () => expect((await people.deliveries()).filter(({ status }) => status === null)).toHaveLength(2));
  await people.hook({ url: null });
  for (let i = 0; i < 3; i++) await people.say('C1', `held ${i}`, { from: 'U1' });
  await people.advance(60_000);
  await people.hook({ url });
  await toldTimes(4);
  expect(told.map(({ body }) => body.event['text'])).toEqual(['while away', 'held 0', 'held 1', 'held 2']);
  expect(told[0]!.headers).toMatchObject({ 'x-slack-retry-num': '2', 'x-slack-retry-reason': 'connection_failed' });
});

test('duplicates, twins and reversed order come as they are ordered', async () => {
  const { people } = world;
  answer = { status: 200 };
  await people.hook({ atOnce: 2, repeats: 2, twin: true });
  await people.say('C1', '@impacter hello', { from: 'U1' });
  // Two messages of one gesture, each as two events, each told four times.
  await toldTimes(16);
  const by = (name: string) => new Set(told.map(({ body }) => body.event[name]));
  expect([by('ts').size, by('client_msg_id').size, by('type')]).toEqual([2, 1, new Set(['message', 'app_mention'])]);
  expect(new Set(told.map(({ body }) => body.event_id)).size).toBe(4);

  told = [];
  await people.hook({ atOnce: 1, repeats: 0, twin: false, reversed: true });
  await people.say('C1', '@impacter again', { from: 'U1' });
  await toldTimes(2);
  // One channel's events that wait together: the newest first.
  expect(told.map(({ body }) => body.event['type'])).toEqual(expect.arrayContaining(['app_mention', 'message']));
});

test('a wrong signature and a time long ago are seen by Slack’s own receiver', async () => {
  // By a clock that nobody set ahead.
  const now = await openSlack();
  onTestFinished(now.slack.stop);
  const { people } = now;
  await openBolt(now);
  const body = { type: 'url_verification', challenge: 'prove it', token: 'sandbox' };
  expect(await people.post(body)).toMatchObject({ status: 200, body: '{"challenge":"prove it"}' });
  await people.hook({ skewS: -400 });
  expect((await people.post(body)).status).toBe(401);
  await people.hook({ skewS: 0, secret: 'another' });
  expect((await people.post(body)).status).toBe(401);
});

async function toldTimes(times: number): Promise<void> {
  await vi.waitFor(() => expect(told).toHaveLength(times));
}
