// What logging in costs on purpose. The tests of other files log in more cheaply; here everything is as in production.

import { randomBytes, scryptSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { readConfig } from '#core/contracts/env.ts';
import { startProduct } from '#core/product/product.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { cheapLogins } from '#core/testing/visitors/cheap-logins.ts';
import { kindsWrittenTo, mailOf, PASSWORD, proxied, tokenIn, visitor } from '#core/testing/visitors/visitor.ts';

const stage = forAll(() => openStage({ settings: proxied, loginCost: 'real' }));

test('a password is kept as scrypt with 32 MB, however it was chosen, and logs its owner in', async () => {
  const [ada, email] = await member();
  expect(await isExpensive(email, PASSWORD)).toBe(true);
  expect(await visitor(stage(), newAddress()).logIn(email)).toMatchObject({ status: 200 });
  expect(await visitor(stage(), newAddress()).logIn(email, 'a wrong password')).toMatchObject({ status: 401 });

  await ada.auth('/change-password', { currentPassword: PASSWORD, newPassword: 'an even better one' });
  expect(await isExpensive(email, 'an even better one')).toBe(true);

  await ada.auth('/request-password-reset', { email });
  await ada.auth('/reset-password', { token: tokenIn(await mailOf(stage(), email, 'reset')), newPassword: 'another good one' });
  expect(await isExpensive(email, 'another good one')).toBe(true);
  expect(await visitor(stage(), newAddress()).logIn(email, 'another good one')).toMatchObject({ status: 200 });

  const bob = visitor(stage(), newAddress());
  const bobs = newMail();
  await bob.auth('/sign-up/email', { email: bobs, password: PASSWORD, name: 'Bob' });
  const token = tokenIn(await mailOf(stage(), bobs, 'verify'));
  await bob.askAsPage('/confirm-sign-up/new-password', { token, newPassword: 'chosen at the link' });
  expect(await isExpensive(bobs, 'chosen at the link')).toBe(true);
});

test('a stranger cannot tell a known address from an unknown one, and its owner hears of it', async () => {
  const [, email] = await member();
  const stranger = visitor(stage(), newAddress());
  const asking = async (path: string, address: string, more = {}) => {
    const began = performance.now();
    const { status, body } = await stranger.auth(path, { email: address, ...more });
    return {
      answer: { status, body: JSON.stringify(body).replaceAll(/"[0-9a-f-]{36}"|"[^"]*T[^"]*Z"|"[^"]*@[^"]*"/g, '"…"') },
      ms: performance.now() - began,
    };
  };

  for (const [path, more] of [
    ['/sign-up/email', { password: PASSWORD, name: 'Eve' }],
    ['/request-password-reset', {}],
    ['/sign-in/magic-link', {}],
    ['/sign-in/email', { password: 'a wrong password' }],
  ] as const) {
    const known = await asking(path, email, more);
    const unknown = await asking(path, newMail(), more);
    expect(known.answer, path).toEqual(unknown.answer);
    // A password takes its time to check in both cases; for the rest the answer waits.
    if (path !== '/sign-in/email') expect(Math.min(known.ms, unknown.ms), path).toBeGreaterThan(290);
  }
  expect(await kindsWrittenTo(stage(), email)).toEqual(['verify', 'known', 'reset', 'magic-link']);
});

test('in production nobody makes logging in cheaper', async () => {
  const config = { ...readConfig({}), production: true };
  await expect(startProduct(config, { log: quietLog, loginCost: cheapLogins })).rejects.toThrow('loginCost is for tests');
});

/** As the library keeps it, `salt:key`, with what it says that it spends. */
async function isExpensive(email: string, password: string): Promise<boolean> {
  const { rows } = await stage().core.store.money.query<{ password: string }>(
    { text: `SELECT a.password FROM accounts a JOIN users u ON u.id = a.user_id WHERE u.email = $1 AND a.provider_id = 'credential'` },
    [email],
  );
  const [salt, key] = rows[0]!.password.split(':');
  return scryptSync(password, salt!, 64, { N: 16_384, r: 16, p: 1, maxmem: 128 * 16_384 * 16 * 2 }).toString('hex') === key;
}

async function member() {
  const email = newMail();
  const ada = visitor(stage(), newAddress());
  await ada.signUp(email);
  return [ada, email] as const;
}

const newMail = () => `${randomBytes(5).toString('hex')}@example.com`;
let addresses = 0;
const newAddress = () => `203.0.113.${(addresses += 1)}`;
