// What a person and a script get from the page of the Stripe sandbox.

import { expect, test, vi } from 'vitest';
import { sandboxOverview } from '#core/contracts/stripe-sandbox.ts';
import { catalog, CONTROL_TOKEN, openSandbox } from '#core/sandbox/stripe/testing/open-sandbox.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { payAt } from '#core/testing/visitors/payer.ts';
import { openDoor } from '../testing/open-door.ts';
import { tillPages } from './till.ts';

const sandbox = forAll(openSandbox);

/** As whoever has the printed link. */
async function till() {
  const mounts = tillPages({ url: sandbox().url, token: CONTROL_TOKEN, brandName: 'Impacter' });
  const door = await openDoor({}, { mounts, sandboxToken: 'printed' });
  const act = (fields: Record<string, string>) =>
    door.fetch('/sandbox/stripe/acts', { key: 'printed', method: 'POST', body: new URLSearchParams(fields) });
  return {
    door,
    act,
    page: async () => (await door.fetch('/sandbox/stripe', { key: 'printed' })).text(),
    json: async () => sandboxOverview.parse(await (await door.fetch('/sandbox/stripe.json', { key: 'printed' })).json()),
  };
}

test('before the first payment the page says how one comes', async () => {
  expect(await (await till()).page()).toContain('No payments yet. Buy credits, and they appear here.');
});

test('a payment is listed with its events, and a part of it refunded', async () => {
  const { page, act, json } = await till();
  const { id, url } = await sandbox().checkout();
  await payAt(url!, { email: '<b>ada</b>@example.com' });
  const [payment] = (await json()).payments;
  expect(payment).toMatchObject({ checkoutId: id, amount: 2_500, status: 'succeeded', description: catalog[0]!.name });
  const before = await page();
  for (const words of ['$25', '&#60;b&#62;ada', 'checkout.session.completed', `aria-label="Refund payment ${payment!.id}"`])
    expect(before).toContain(words);
  expect(before).not.toContain('<b>ada');

  expect((await act({ act: 'refund', payment: payment!.id, amount: '500' })).status).toBe(303);
  expect(await page()).toContain('$5 refunded');
  const refused = await act({ act: 'refund', payment: payment!.id, amount: '2001' });
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('greater than unrefunded amount')]);
  expect((await act({ act: 'refund', payment: payment!.id, amount: '-5' })).status).toBe(400);
});

test('a promotion code is made by a form, and works at the checkout', async () => {
  const { page, act, json } = await till();
  expect((await act({ act: 'promotion', code: 'HALF', percent: '50' })).status).toBe(303);
  const { url } = await sandbox().checkout({ allow_promotion_codes: true });
  await payAt(url!, { code: 'half' });
  expect((await json()).payments[0]).toMatchObject({ amount: 1_250 });
  expect((await json()).promotions[0]).toEqual({ code: 'HALF', percent: 50, used: 1 });
  expect(await page()).toContain('50% off · used once');
  for (const [fields, words] of [
    [{ code: 'HALF', percent: '10' }, 'already exists'],
    [{ code: 'no spaces', percent: '10' }, 'letters and digits'],
    [{ code: 'ALL', percent: '101' }, 'from 1 to 100'],
    [{ code: 'ALL', percent: 'many' }, 'from 1 to 100'],
  ] as const) {
    const refused = await act({ act: 'promotion', ...fields });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining(words)]);
  }
});

test('a payment is disputed, the dispute lost, appealed and won, each by a button', async () => {
  const { page, act, json } = await till();
  const { url } = await sandbox().checkout();
  await payAt(url!);
  const [payment] = (await json()).payments;
  await act({ act: 'dispute', payment: payment!.id, inquiry: 'false' });
  const [dispute] = (await json()).payments[0]!.disputes;
  expect(dispute!.status).toBe('needs_response');
  const statuses = [];
  for (const [to, words] of [
    ['lost', 'Lose dispute'],
    ['appeal_under_review', 'Appeal'],
    ['won', 'Win dispute'],
  ] as const) {
    expect(await page()).toContain(`aria-label="${words} ${dispute!.id}"`);
    await act({ act: 'move-dispute', dispute: dispute!.id, to });
    statuses.push((await json()).payments[0]!.disputes[0]!.status);
  }
  expect(statuses).toEqual(['lost', 'appeal_under_review', 'won']);
});

test('a delayed payment arrives at the press of a button', async () => {
  const { page, act, json } = await till();
  const { url } = await sandbox().checkout();
  await payAt(url!, { card: 'AT611904300234573201' });
  const [payment] = (await json()).payments;
  expect(await page()).toContain(`aria-label="Complete payment ${payment!.id}"`);
  await act({ act: 'settle', payment: payment!.id, arrived: 'true' });
  expect((await json()).payments[0]).toMatchObject({ status: 'succeeded', isUnderWay: false });
});

test('an event is sent again, and says when nobody takes it', async () => {
  const { page, act, json } = await till();
  const { stripe, answers, heard, settled } = sandbox();
  await settled();
  answers.push(500);
  await stripe.customers.create({});
  await vi.waitFor(async () => expect(await page()).toContain('not delivered yet, 1 tries, answer 500'));
  const [event] = (await json()).events;
  await act({ act: 'resend', event: event!.id });
  await settled();
  expect([heard.filter(({ id }) => id === event!.id).length, (await json()).events[0]!.deliveries[0]!.state]).toEqual([2, 'delivered']);
});

test('without the printed link there is nothing to see or to press, nor for a page of another site', async () => {
  const { door } = await till();
  for (const path of ['/sandbox/stripe', '/sandbox/stripe.json', '/SANDBOX/stripe/'])
    expect([path, (await door.fetch(path)).status]).toEqual([path, 403]);
  expect((await door.fetch('/sandbox/stripe/acts', { method: 'POST', body: 'act=warn' })).status).toBe(403);
  const foreign = { key: 'printed', method: 'POST', headers: { 'Sec-Fetch-Site': 'cross-site' }, body: 'act=warn' };
  expect((await door.fetch('/sandbox/stripe/acts', foreign)).status).toBe(403);
  const answer = await door.fetch('/sandbox/stripe', { key: 'printed' });
  expect(answer.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'self'; /,
  );
});
