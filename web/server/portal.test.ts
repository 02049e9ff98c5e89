// What the host does for every page, whatever the page is.

import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { expect, test, vi } from 'vitest';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { callerHeader, type LoggedIn } from '#core/ports/auth.ts';
import type { Log } from '#core/ports/log.ts';
import { openPortalDoor } from './testing/open-portal.ts';
import type { Actor } from '#core/domain/actor.ts';

const olga = { userId: 'u1', teamId: 't1', role: 'owner', email: 'olga@example.com' } as Actor;
const loggedIn = {
  sessionId: 's1',
  userId: 'u1',
  email: 'olga@example.com',
  name: 'Olga',
  emailVerified: true,
  twoFactor: false,
  cookies: [],
} as unknown as LoggedIn;

test('a page runs only the scripts that we put into it, and nothing of other sites', async () => {
  const { fetch } = await openPortalDoor({});
  const [one, two] = [await fetch('/'), await fetch('/')];
  const nonceOf = (page: Response) => /'nonce-([\w-]{20,})'/.exec(page.headers.get('content-security-policy')!)![1];
  expect(nonceOf(one)).not.toBe(nonceOf(two));
  const html = await one.text();
  for (const [tag] of html.matchAll(/<script[^>]*>/g)) expect(tag).toContain(`nonce="${nonceOf(one)}"`);
  expect(html).not.toMatch(/\sstyle="/);
  const csp = one.headers.get('content-security-policy')!;
  for (const rule of ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) expect(csp).toContain(rule);
  expect(csp).not.toMatch(/unsafe|\*/);
});

test('the front page leads to where the bot is added, and promises no page that is not there', async () => {
  const install = { platform: 'discord', title: 'Add to Discord', path: 'https://discord.com/oauth2/authorize?client_id=1' };
  const page = async (installs: (typeof install)[]) =>
    (await (await openPortalDoor({ billing: { packs: async () => null } }, { installs })).fetch('/')).text();
  expect(await page([install])).toMatch(/<a href="https:\/\/discord\.com\/oauth2\/authorize\?client_id=1"[^>]*>Add to Discord<\/a>/);
  expect(await page([])).not.toMatch(/Add to|not open/i);
});

test('a stranger who opens a page for members logs in first, and then gets what was asked for', async () => {
  const { fetch } = await openPortalDoor({});
  const answer = await fetch('/dashboard?status=failed');
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/login?next=%2Fdashboard%3Fstatus%3Dfailed']);
  expect((await fetch('/dashboard')).headers.get('location')).toBe('/login');
});

test.each([
  ['another site', { Origin: 'https://evil.example' }],
  ['a page without an origin', { Origin: 'null' }],
  ['nobody knows where', {}],
  ['another site that says it is next door', { 'Sec-Fetch-Site': 'same-site' }],
])('a form that comes from %s does nothing', async (_, headers) => {
  let asked = 0;
  const { fetch } = await openPortalDoor({ accounts: { actorOf: async () => (asked++, olga) } }, { loggedIn });
  const answer = await fetch('/dashboard', {
    method: 'POST',
    body: 'intent=ask',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  });
  expect([answer.status, asked]).toEqual([403, 0]);
});

test('what callers say of their own address does not reach the sign-in', async () => {
  const callers: (string | null)[] = [];
  const auth = { sessionOf: async (headers: Headers) => (callers.push(headers.get(callerHeader)), null) };
  const { fetch } = await openPortalDoor({}, { auth });
  await fetch('/', { headers: { [callerHeader]: '203.0.113.9' } });
  expect(callers).toEqual(['127.0.0.1']);
});

test('an address that leads nowhere says so, with a way back', async () => {
  const { fetch } = await openPortalDoor({});
  const answer = await fetch('/nothing/here');
  expect(answer.status).toBe(404);
  const page = await answer.text();
  expect(page).toContain('Page not found.');
  expect(page).toContain('href="/dashboard"');
});

test('a refusal is shown in its own words, and a bug of ours with the id that finds it in the log, and nothing else', async () => {
  const lines: object[] = [];
  const log: Log = { debug() {}, info() {}, warn() {}, error: (facts) => lines.push(facts), child: () => log };
  const away = await openPortalDoor({ accounts: { actorOf: () => Promise.reject(refuse('database.unavailable')) } }, { loggedIn, log });
  const refused = await away.fetch('/dashboard');
  expect(refused.status).toBe(503);
  expect(await refused.text()).toContain('Try again in a minute.');
  expect(lines).toEqual([]);

  const broken = await openPortalDoor(
    { accounts: { actorOf: () => Promise.reject(new Error('password of the database is hunter2')) } },
    { loggedIn, log },
  );
  const failed = await broken.fetch('/dashboard');
  const page = await failed.text();
  expect(failed.status).toBe(500);
  expect(page).toContain('Something went wrong on our side.');
  expect(page).toContain(failed.headers.get('x-request-id')!);
  expect(page).not.toContain('hunter2');
  expect(lines[0]).toMatchObject({ requestId: failed.headers.get('x-request-id') });
});

test('who is asking is looked up once for a whole page', async () => {
  let looks = 0;
  const auth = { sessionOf: async () => (looks++, null) };
  const { fetch } = await openPortalDoor({}, { auth });
  await (await fetch('/')).text();
  expect(looks).toBe(1);
});

test('assets may be kept for good, pages never', async () => {
  const { fetch } = await openPortalDoor({});
  const page = await fetch('/');
  const asset = /\/assets\/[\w-]+\.js/.exec(await page.text())![0];
  expect((await fetch(asset)).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(page.headers.get('cache-control')).toBe('no-store');
});

test('on this machine a page has one address, so that a login holds', async () => {
  const { url } = await openPortalDoor({}, { publicUrl: 'http://localhost:3000' });
  const [there] = (await once(http.get(`${url}/terms?a=1`, { headers: { Host: '127.0.0.1:3000' } }), 'response')) as [IncomingMessage];
  there.resume();
  expect([there.statusCode, there.headers.location]).toEqual([307, 'http://localhost:3000/terms?a=1']);
});

test('the log names the page by its template, never by its address', async () => {
  const { fetch, lines } = await openPortalDoor({});
  await (await fetch('/nothing/private')).text();
  await vi.waitFor(() => expect(lines).toHaveLength(1));
  expect(lines[0]!.facts).toMatchObject({ route: '/*', status: 404 });
  expect(JSON.stringify(lines)).not.toContain('private');
});
