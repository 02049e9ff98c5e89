// What we make of refunds, disputes and reports of fraud: the real SDK, and a server on loopback that answers as it is told.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { openClient, type Client } from './client.ts';
import { readPaymentBehind, readStanding } from './standing.ts';

let answers: Record<string, object> = {};
const server = createServer((request, response) => {
  const body = answers[request.url!.split('?')[0]!];
  const missing = { error: { type: 'invalid_request_error', code: 'resource_missing' } };
  response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? missing));
});
let client: Client;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = openClient({ secretKey: 'sk_test_1', apiUrl, log: quietLog });
});

afterAll(() => {
  client.close();
  server.closeAllConnections();
  server.close();
});

const intent = { id: 'pi_1', object: 'payment_intent' };
const refund = { id: 're_1', object: 'refund', amount: 500, currency: 'usd', status: 'succeeded', created: 1_000, payment_intent: 'pi_1' };
const dispute = { id: 'du_1', object: 'dispute', status: 'under_review', created: 2_000, payment_intent: 'pi_1' };

function given({ refunds = [] as object[], disputes = [] as object[], warnings = [] as object[], hasMore = false }) {
  const list = (data: object[]) => ({ object: 'list', data, has_more: hasMore });
  answers = {
    '/v1/payment_intents/pi_1': intent,
    '/v1/refunds': list(refunds),
    '/v1/disputes': list(disputes),
    '/v1/radar/early_fraud_warnings': list(warnings),
  };
}

test.each([
  ['succeeded', true],
  ['pending', true],
  ['requires_action', true],
  ['failed', false],
  ['canceled', false],
  ['something new', true],
] as const)('a refund that is %s counts: %s', async (status, counts) => {
  given({ refunds: [{ ...refund, status }] });
  const created = { amount: 500n, currency: 'usd', createdAt: new Date(1_000_000) };
  expect(await readStanding(client, 'pi_1')).toEqual({ refunds: [{ id: 're_1', counts, ...created }], disputes: [], warnedAt: null });
});

test.each([
  ['warning_needs_response', 'inquiry'],
  ['warning_under_review', 'inquiry'],
  ['warning_closed', 'over'],
  ['needs_response', 'open'],
  ['under_review', 'open'],
  ['won', 'over'],
  ['prevented', 'over'],
  ['lost', 'lost'],
  ['appeal_needs_response', 'lost'],
  ['appeal_under_review', 'lost'],
  ['something new', 'other'],
  ['constructor', 'other'],
] as const)('a dispute that is %s is %s', async (status, standing) => {
  given({ disputes: [{ ...dispute, status }] });
  expect(await readStanding(client, 'pi_1')).toMatchObject({ disputes: [{ id: 'du_1', standing }] });
});

test('the first report of fraud is the one that counts', async () => {
  const warning = { object: 'radar.early_fraud_warning', id: 'issfr_1' };
  given({
    warnings: [
      { ...warning, created: 9 },
      { ...warning, created: 8 },
    ],
  });
  expect(await readStanding(client, 'pi_1')).toMatchObject({ warnedAt: new Date(8_000) });
});

test('amounts that are no money, parts of a list and what is no list never become a standing', async () => {
  given({
    refunds: [
      { ...refund, amount: -1 },
      { ...refund, amount: 1e300 },
    ],
  });
  expect(await readStanding(client, 'pi_1')).toMatchObject({ refunds: [{ amount: null }, { amount: null }] });
  given({ refunds: [refund], hasMore: true });
  await expect(readStanding(client, 'pi_1')).rejects.toMatchObject({ kind: 'unknown', code: 'answer' });
  given({ refunds: [{ ...refund, created: 'today' }] });
  await expect(readStanding(client, 'pi_1')).rejects.toMatchObject({ kind: 'unknown', code: 'answer' });
  given({});
  answers['/v1/disputes'] = { message: 'Not Found' };
  await expect(readStanding(client, 'pi_1')).rejects.toMatchObject({ kind: 'unknown', code: 'answer' });
});

test('a payment that Stripe does not know has no standing, though lists about it are empty', async () => {
  given({});
  delete answers['/v1/payment_intents/pi_1'];
  expect(await readStanding(client, 'pi_1')).toBeNull();
  expect(await readStanding(client, 'cs_test_1')).toBeNull();
});

test('charges, refunds, disputes and reports of fraud lead to their payment', async () => {
  const payment_intent = 'pi_1';
  answers = {
    '/v1/charges/ch_1': { object: 'charge', payment_intent },
    '/v1/charges/py_1': { object: 'charge', payment_intent },
    '/v1/refunds/re_1': refund,
    '/v1/refunds/pyr_1': { ...refund, payment_intent: null },
    '/v1/disputes/du_1': { ...dispute, payment_intent: intent },
    '/v1/disputes/dp_1': { object: 'moon' },
    '/v1/radar/early_fraud_warnings/issfr_1': { object: 'radar.early_fraud_warning', payment_intent },
  };
  const behind = (id: string) => readPaymentBehind(client, id);
  expect(await Promise.all(['ch_1', 'py_1', 're_1', 'pyr_1', 'du_1', 'issfr_1', 're_2', 'in_1', 'ch_../x'].map(behind))).toEqual([
    'pi_1',
    'pi_1',
    'pi_1',
    null,
    'pi_1',
    'pi_1',
    null,
    null,
    null,
  ]);
  await expect(behind('dp_1')).rejects.toMatchObject({ kind: 'unknown', code: 'answer' });
});
