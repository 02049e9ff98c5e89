// Who gets to see the pages of sandboxes: whoever has the link that was printed at the start, and nobody else on the machine.

import { expect, test } from 'vitest';
import { readConfig } from '#core/contracts/env.ts';
import { rawRequest } from '#core/testing/visitors/raw-request.ts';
import { stage } from '#core/testing/stages/stage.ts';
import { openDoor } from '../testing/open-door.ts';

const pages = [
  '/sandbox/mail',
  '/SANDBOX/mail/',
  '/sandbox/mail/1',
  '/sandbox/mail/1/html',
  '/sandbox/mail.json',
  '/sandbox/mail?token=guess',
];

test('without the printed link nobody on this machine reads what the sandbox took, and neither does a page with a name of its own', async () => {
  const { url, product, core, mails } = await stage();
  await product.auth.handle(
    new Request(`${core.settings.publicUrl}/api/auth/sign-up/email`, {
      method: 'POST',
      body: JSON.stringify({ name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' }),
      headers: { 'Content-Type': 'application/json', Origin: core.settings.publicUrl },
    }),
    'outside',
  );
  await mails('ada@example.com');
  for (const path of pages) {
    const answer = await fetch(url + path, { headers: { Cookie: 'sandbox=guess' } });
    expect([path, answer.status, (await answer.text()).includes('ada@')]).toEqual([path, 403, false]);
  }
  const token = product.outside.pagesToken!;
  for (const path of [`/sandbox/mail?token=${token}`, '/', '/healthz', '/api/balance', '/nothing']) {
    const rebound = await rawRequest(url, { method: 'GET', path, headers: { Host: `rebound.example.com:${new URL(url).port}` } });
    expect([path, rebound.status]).toEqual([path, 421]);
  }
  expect((await fetch(`${url}/sandbox/mail.json`, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
});

test('the printed link opens the page once, and leaves a cookie that only this site sends', async () => {
  const { fetch } = await openDoor(
    {},
    {
      sandboxToken: 'printed',
      mounts: [{ path: '/sandbox/mail', below: true, handle: (_request, response) => void response.end('mails') }],
    },
  );
  const opened = await fetch('/sandbox/mail/1?to=a&token=printed');
  expect([opened.status, opened.headers.get('location')]).toEqual([303, '/sandbox/mail/1?to=a']);
  const [cookie] = opened.headers.getSetCookie();
  expect(cookie).toMatch(/^sandbox=[\w-]{43}; Path=\/sandbox; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
  expect(await (await fetch('/sandbox/mail', { headers: { Cookie: `a=b; ${cookie!.split(';')[0]!}` } })).text()).toBe('mails');
});

test('a page of a sandbox that nobody has a link to is not there', async () => {
  const { fetch } = await openDoor({}, { mounts: [{ path: '/sandbox/slack', handle: (_request, response) => void response.end('open') }] });
  expect((await fetch('/sandbox/slack', { key: '' })).status).toBe(404);
});

test.each(['localhost:3000', '127.0.0.1', '[::1]:8080', 'impacter.test'])('whoever calls us %s is served', async (host) => {
  const { url } = await openDoor({}, { loopbackOnly: true });
  expect((await rawRequest(url, { method: 'GET', path: '/healthz', headers: { Host: host } })).status).toBe(200);
});

test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'impacter.test.evil.example', '10.0.0.1', '@', ''])(
  'whoever calls us %j is not',
  async (host) => {
    const { url } = await openDoor({}, { loopbackOnly: true });
    expect((await rawRequest(url, { method: 'GET', path: '/healthz', headers: { Host: host } })).status).toBe(421);
  },
);

test.each(['0.0.0.0', '::', '192.168.1.5', 'laptop.local'])(
  'sandboxes do not start where other machines can reach them: HOST=%s',
  (HOST) => {
    expect(() => readConfig({ HOST, PUBLIC_URL: 'https://work.example.com' })).toThrow(
      /HOST must be 127\.0\.0\.1 while sandboxes are in use, or set all of these: DATABASE_URL, /,
    );
    expect(() => readConfig({ HOST, S3_BUCKET: 'files', DATABASE_URL: 'postgres://a:b@db/c' })).toThrow(/HOST must be 127\.0\.0\.1/);
    expect(readConfig({ HOST: '127.0.0.1' }).http.host).toBe('127.0.0.1');
  },
);
