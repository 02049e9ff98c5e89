// What is read of a notification, held against the SDK on the same bytes.

import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { readNews } from './news.ts';

const at = new Date('2026-12-01T10:00:00.900Z');
const now = Math.floor(at.getTime() / 1000);
const secret = 'whsec_ours';

const snapshot = {
  id: 'evt_1',
  object: 'event',
  api_version: '2026-10-28.endive',
  created: now,
  livemode: false,
  type: 'checkout.session.completed',
  data: { object: { id: 'cs_test_1', object: 'checkout.session', customer_details: { email: 'ada@example.com' } } },
};
const thin = {
  id: 'evt_test_1',
  object: 'v2.core.event',
  created: at.toISOString(),
  livemode: false,
  type: 'v1.checkout.session.completed',
  related_object: { id: 'cs_test_1', type: 'checkout.session', url: '/v1/checkout/sessions/cs_test_1' },
};

test('a snapshot and a thin notification name the same object', () => {
  const named = { kind: 'checkout.session.completed', objectId: 'cs_test_1', livemode: false };
  expect(read(snapshot)).toEqual({ ...named, id: 'evt_1' });
  expect(read(thin)).toEqual({ ...named, id: 'evt_test_1' });
});

test.each([
  ['no object', { ...snapshot, data: {} }],
  ['an object without an id', { ...snapshot, data: { object: { object: 'balance' } } }],
  ['an object whose id is no id', { ...snapshot, data: { object: { id: 'cs_1\u0000' } } }],
  ['a form nobody knows yet', { ...snapshot, object: 'v3.event' }],
  ['no object in thin form', { ...thin, related_object: null }],
])('a signed notification with %s has its id, and names nothing', (_, event) => {
  expect(read(event)).toMatchObject({ id: event.id, objectId: null });
});

test.each([
  ['a word', '"hello"'],
  ['no JSON', '{'],
  ['no id', '{"object":"event"}'],
  ['an id that cannot be stored', '{"object":"event","id":"evt\\u0000"}'],
  ['an id that is too long', JSON.stringify({ ...snapshot, id: 'e'.repeat(256) })],
  ['nothing', ''],
  ['much nesting', '['.repeat(300_000)],
])('a signed body of %s is no notification', (_, body) => {
  expect(readNews(Buffer.from(body), signed(body), [secret], at)).toBeNull();
});

test.each([
  [-301, false],
  [-300, true],
  [0, true],
  [300, true],
  [301, false],
])('a signature of %d s from now is taken: %s', (seconds, isTaken) => {
  const body = JSON.stringify(snapshot);
  expect(readNews(Buffer.from(body), signed(body, { time: now + seconds }), [secret], at) !== null).toBe(isTaken);
});

test('while a secret rotates, a signature with any one of them is taken', () => {
  const body = JSON.stringify(snapshot);
  const twice = `${signed(body, { by: 'whsec_new' })},v1=${hmac(body, now, 'whsec_old')}`;
  for (const ours of [['whsec_new'], ['whsec_old'], ['whsec_other', 'whsec_old']])
    expect(readNews(Buffer.from(body), twice, ours, at)).not.toBeNull();
  expect(readNews(Buffer.from(body), twice, ['whsec_other'], at)).toBeNull();
  expect(readNews(Buffer.from(body), twice, [], at)).toBeNull();
});

test.each([
  ['none', undefined],
  ['a list', ['t=1,v1=0']],
  ['an empty one', ''],
  ['no time', `v1=${hmac('{}', now, secret)}`],
  ['two times', `t=1,${signed('{}')}`],
  ['a time that is no number', signed('{}').replace(/t=\d+/, 't=now')],
  ['the old scheme alone', signed('{}').replace('v1=', 'v0=')],
  ['a signature that is no hexadecimal', `t=${now},v1=${'z'.repeat(64)}`],
  ['a short signature', signed('{}').slice(0, -2)],
  ['a very long header', `${signed('{}')},${'v1=0,'.repeat(5_000)}`],
])('a header with %s is refused without an error', (_, header) => {
  expect(readNews(Buffer.from('{}'), header, [secret], at)).toBeNull();
});

// The SDK takes any time in the future, so only those it looks at are compared.
test('whatever is changed in body, header or secret, we take what the SDK takes', () => {
  const bodies = fc.constantFrom(
    JSON.stringify(snapshot),
    JSON.stringify(snapshot, null, 2),
    JSON.stringify({ ...snapshot, text: '🙂\u0000é' }),
  );
  const age = fc.integer({ min: 0, max: 600 });
  const edit = fc.option(fc.record({ where: fc.nat(400), to: fc.constantFrom('0', 'a', '=', ',', ' ', '}') }), { nil: null, freq: 2 });
  let taken = 0;
  fc.assert(
    fc.property(bodies, age, edit, edit, fc.constantFrom(secret, 'whsec_other'), (body, seconds, inBody, inHeader, by) => {
      const sent = edited(body, inBody);
      const header = edited(signed(body, { time: now - seconds, by }), inHeader);
      const ours = readNews(Buffer.from(sent), header, [secret], at) !== null;
      taken += ours ? 1 : 0;
      // Spaces in a header, and capitals, are for each to judge.
      fc.pre(!/ /.test(header));
      expect(ours).toBe(sdkTakes(sent, header));
    }),
    { numRuns: 500 },
  );
  expect(taken).toBeGreaterThan(20);
});

function sdkTakes(body: string, header: string): boolean {
  try {
    const { id } = Stripe.webhooks.constructEvent(Buffer.from(body), header, secret, 300, undefined, at.getTime());
    return typeof id === 'string' && /^[\w.:-]+$/.test(id);
  } catch {
    return false;
  }
}

test('a thin notification is signed as the SDK reads it', () => {
  const body = JSON.stringify(thin);
  const stripe = new Stripe('sk_test_nothing');
  const header = Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: Math.floor(Date.now() / 1000) });
  expect(stripe.parseEventNotification(body, header, secret)).toMatchObject({ id: 'evt_test_1', related_object: { id: 'cs_test_1' } });
  expect(readNews(Buffer.from(body), header, [secret], new Date())).toMatchObject({ id: 'evt_test_1', objectId: 'cs_test_1' });
});

function edited(text: string, edit: { where: number; to: string } | null): string {
  if (edit === null) return text;
  const where = edit.where % text.length;
  return `${text.slice(0, where)}${edit.to}${text.slice(where + 1)}`;
}

function read(event: object) {
  const body = JSON.stringify(event);
  return readNews(Buffer.from(body), signed(body), [secret], at);
}

function signed(body: string, { time = now, by = secret }: { time?: number; by?: string } = {}): string {
  return `t=${time},v1=${hmac(body, time, by)}`;
}

function hmac(body: string, time: number, by: string): string {
  return createHmac('sha256', by).update(`${time}.${body}`).digest('hex');
}
