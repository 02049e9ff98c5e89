// One sandbox for a folder: found by a second process, at the same address after another start, and with everything that it
// answered for, however it ended.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Stripe } from 'stripe';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { payAt } from '#core/testing/visitors/payer.ts';
import { openSandbox, SECRET_KEY } from './testing/open-sandbox.ts';

async function opened() {
  const sandbox = await openSandbox();
  onTestFinished(() => sandbox.stop());
  return sandbox;
}

test('a start listens and loads nothing more until the first request', async () => {
  const sandbox = await opened();
  await expect(readFile(path.join(sandbox.dir, 'journal.jsonl'))).rejects.toThrow('ENOENT');
  await sandbox.price('starter_usd');
  expect(await readFile(path.join(sandbox.dir, 'journal.jsonl'), 'utf8')).toContain('starter_usd');
});

test('two starts in one folder share one sandbox; when the first ends, the other plays on at the same address', async () => {
  const sandbox = await opened();
  const second = await sandbox.another();
  expect(second.url).toBe(sandbox.url);
  const { url } = sandbox;
  const { id } = await sandbox.stripe.customers.create({ email: 'ada@example.com' });
  await sandbox.leave();
  await vi.waitFor(async () => expect(await sandbox.stripe.customers.retrieve(id)).toMatchObject({ email: 'ada@example.com' }), 5_000);
  const third = await sandbox.another();
  expect(third.url).toBe(url);
  await Promise.all([second.stop(), third.stop()]);
});

test('two starts in the same moment are one sandbox, too', async () => {
  const folder = await temporaryFolder('stripe');
  onTestFinished(() => folder.remove());
  const sandbox = await opened();
  const starts = await Promise.all([1, 2, 3].map(() => sandbox.another({ dir: folder.path })));
  expect(new Set(starts.map(({ url }) => url)).size).toBe(1);
  await Promise.all(starts.map(({ stop }) => stop()));
});

test('another start knows every object, opens checkouts at the address they had, and sells nothing twice', async () => {
  const sandbox = await opened();
  const { stripe } = sandbox;
  const checkout = await sandbox.checkout();
  const prices = (await stripe.prices.list({ limit: 100 })).data.length;
  await sandbox.restart();
  expect((await payAt(checkout.url!)).leadsTo).toContain(checkout.id);
  expect((await stripe.prices.list({ limit: 100 })).data.length).toBe(prices);
});

test('events that were not delivered before a stop are delivered after the next start', async () => {
  const sandbox = await opened();
  const { stripe, answers, heard, orders } = sandbox;
  answers.push(500);
  const { id } = await stripe.customers.create({});
  await sandbox.settled();
  await sandbox.restart();
  await orders({ advanceMs: 5_000 });
  const told = heard.filter(({ type }) => type === 'customer.created').map(({ id: event }) => event);
  expect([told.length, new Set(told).size]).toEqual([2, 1]);
  expect(await stripe.customers.retrieve(id)).toMatchObject({ id });
});

test('killed in the middle of payments, it has every one that it answered for when it starts again', async () => {
  const folder = await temporaryFolder('stripe');
  onTestFinished(() => folder.remove());
  const first = await startProcess(folder.path);
  const stripe = sdkAt(first.url);
  const made: string[] = [];
  const paying = Array.from({ length: 40 }, async (_, i) => {
    const params = { amount: 500, currency: 'usd', confirm: true, payment_method: 'pm_card_visa' };
    const { id } = await stripe.paymentIntents.create(params, { idempotencyKey: `pay ${i}` });
    made.push(id);
    if (made.length === 20) first.kill();
  });
  await Promise.allSettled(paying);
  await first.ended;
  expect(made.length).toBeGreaterThanOrEqual(20);
  // A line that was being written.
  await appendFile(path.join(folder.path, 'journal.jsonl'), '[["payment_intent","pi_half",{"id":"pi_ha');

  const second = await startProcess(folder.path);
  expect(second.url).toBe(first.url);
  for (const id of made) expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'succeeded' });
  const { id: again } = await stripe.paymentIntents.create(
    { amount: 500, currency: 'usd', confirm: true, payment_method: 'pm_card_visa' },
    { idempotencyKey: 'pay 0' },
  );
  const all = await stripe.paymentIntents.list({ limit: 100 });
  expect(all.data.filter(({ id }) => id === again)).toHaveLength(1);
  expect(all.data.length).toBeLessThanOrEqual(40);
  const later = await stripe.customers.create({ email: 'later@example.com' });
  second.kill();
  await second.ended;
  await startProcess(folder.path);
  expect(await stripe.customers.retrieve(later.id)).toMatchObject({ email: 'later@example.com' });
});

async function startProcess(dir: string) {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'testing/start-and-say.ts'), dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: line.toString('utf8').trim(), kill: () => child.kill('SIGKILL'), ended };
}

function sdkAt(url: string): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(SECRET_KEY, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
}
