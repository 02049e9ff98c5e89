// The pages about credits, over a real ledger, as a browser without scripts gets them.

import { expect, test } from 'vitest';
import type { SomeVerbs } from '#web/server/testing/open-door.ts';
import type { LoggedIn } from '#core/ports/auth.ts';
import { openCreditsStage, type CreditsTeam } from '#core/testing/stages/credits-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openPortalDoor } from '#web/server/testing/open-portal.ts';
import type { Actor } from '#core/domain/actor.ts';

const stage = forAll(openCreditsStage);
const HOSTILE = '<img src=x onerror=alert(1)>=1+1"\'';

test('a new team reads what will be here, and how credits come', async () => {
  const { page } = await opened({ credits: 0 });
  const html = await page('/credits');
  expect(
    missing(html, ['No credits left', 'No credits used in 30 days', 'No credits yet', 'Credits can’t be bought here.', 'Team Blue']),
  ).toEqual([]);
  expect(missing(html, ['npm run grant'])).toHaveLength(1);
});

test('who runs the product reads how to give credits', async () => {
  const { page } = await opened({}, { operatorEmails: ['somebody@example.com'] });
  expect(missing(await page('/credits'), ['npm run grant -- somebody@example.com 100'])).toEqual([]);
});

test('an owner sees the balance, use as bars with a table, where credits come from, and the newest movements', async () => {
  const { team, page } = await opened();
  await team.did({ text: 'find me leads', type: 'lead-generation', held: 30, charged: 24 });
  await team.did({ byIdentity: await team.identity('grace.h'), platform: 'slack', channel: 'C9', charged: 6 });
  const html = await page('/credits?days=7&by=person');
  expect(/<svg role="img" aria-labelledby="use-title use-desc"/.test(html)).toBe(true);
  expect(missing(html, ['Credits used a day, by person'])).toEqual([]);
  expect(missing(html, ['30 credits in 7 days. The most in a day were 30, on Nov 25, 2026.'])).toEqual([]);
  expect(/<title>Nov 25: 30\nOlga Owner 24\ngrace.h 6<\/title>/.test(html)).toBe(true);
  expect(missing(html, ['Show the days as a table', 'Granted by the operator', '6 credits returned', 'find me leads'])).toEqual([]);
  expect(missing(html, ['href="/credits?days=90&amp;by=person"'])).toEqual([]);
  expect(missing(html, ['href="/credits?days=7&amp;by=channel"'])).toEqual([]);
  expect(missing(await page('/credits?days=7&by=channel'), ['C9 in Slack'])).toEqual([]);
  expect(missing(await page('/credits?days=8&by=weather'), ['href="/credits?days=30&amp;by=channel"'])).toEqual([]);
});

test('members who may not look inside learn what is left and whom to ask', async () => {
  const { page, get } = await opened({ role: 'member' });
  const html = await page('/credits');
  expect(missing(html, ['Available', 'Owners, admins, and billing managers'])).toEqual([]);
  expect(missing(html, ['Granted by the operator'])).toHaveLength(1);
  for (const path of [
    '/credits/transactions',
    '/credits/transactions.csv',
    '/credits/statements',
    '/credits/statements/2026-11',
    '/credits/statements/2026-11/statement.csv',
    '/credits/limits',
  ]) {
    const answer = await get(path);
    expect([path, answer.status]).toEqual([path, 403]);
    expect(missing(await answer.text(), ['You are not allowed to do this.'])).toEqual([]);
  }
});

test('transactions can be chosen in a form, go on page by page, and come as a file with the same choice', async () => {
  const { team, page } = await opened();
  for (let i = 0; i < 30; i++) await team.did({ text: `task ${i}`, charged: 1 });
  const html = await page('/credits/transactions?type=settle&from=2026-11-25');
  expect(html.match(/>Used</g)).toHaveLength(30 + 1); // and in the choice
  expect(missing(html, ['href="/credits/transactions.csv?type=settle&amp;from=2026-11-25"'])).toEqual([]);
  expect(/<option value="settle" selected="">/.test(html)).toBe(true);
  const first = await page('/credits/transactions');
  const next = /href="(\/credits\/transactions\?before=\d+)"/.exec(first)![1]!;
  const second = await page(next);
  expect(missing(second, ['That is all'])).toEqual([]);
  expect(missing(second, ['Opened'])).toEqual([]);
  expect(missing(await page('/credits/transactions?type=nonsense&from=2026-99-99&person=x&before=-1'), ['task 29'])).toEqual([]);
  expect(missing(await page('/credits/transactions?type=clawback'), ['No matching transactions'])).toEqual([]);
});

test('the file is for a spreadsheet: a mark that says UTF-8, a name with the day, no formula', async () => {
  const { team, get } = await opened();
  await team.did({ byIdentity: await team.identity(HOSTILE), text: `=${HOSTILE}`, charged: 1 });
  const answer = await get('/credits/transactions.csv?type=settle', { headers: { Cookie: 'tz=Asia%2FTokyo' } });
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toContain('filename="transactions-2026-11-25.csv"');
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await answer.arrayBuffer());
  expect(text.charCodeAt(0)).toBe(0xfeff);
  expect(text).toContain(`"'=<img src=x onerror=alert(1)>=1+1""'"`);
  expect(text).toContain('"2026-11-25 21:00:00","Asia/Tokyo"');
});

test('what people wrote is text on every page', async () => {
  const { team, page } = await opened();
  await team.grant(1, { note: HOSTILE });
  await team.did({ byIdentity: await team.identity(HOSTILE), text: HOSTILE, platform: 'slack', channel: HOSTILE, charged: 1 });
  await team.began({ text: HOSTILE, held: 1 });
  await stage().app.credits.setLimit(team.owner, { kind: 'channel', subject: HOSTILE, credits: '1', period: 'day', timeZone: 'UTC' });
  for (const path of ['/credits?by=person', '/credits?by=channel', '/credits/transactions', '/credits/limits']) {
    const html = await page(path);
    expect(missing(html, ['&lt;img src=x onerror=alert(1)&gt;'])).toEqual([]);
    expect(html.includes('<img')).toBe(false);
  }
});

test('a statement shows what was there, what moved and what was left, and its file has the fingerprint', async () => {
  const { team, page, get } = await opened();
  await team.did({ charged: 2.5 });
  expect(missing(await page('/credits/statements'), ['November 2026'])).toEqual([]);
  const html = await page('/credits/statements/2026-11');
  expect(missing(html, ['Ledger verified', 'This month is still open', '−2.5', '997.5', 'Verify this statement'])).toEqual([]);
  const fingerprint = /break-all">([0-9a-f]{64})</.exec(html)![1]!;
  const file = await get('/credits/statements/2026-11/statement.csv');
  expect(file.headers.get('content-disposition')).toContain('filename="statement-2026-11.csv"');
  const hash = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  expect(Buffer.from(hash).toString('hex')).toBe(fingerprint);
  expect((await get('/credits/statements/2025-01')).status).toBe(404);
});

test('limits are set, changed and removed with forms', async () => {
  const { team, page, send } = await opened();
  expect(missing(await page('/credits/limits'), ['No limits yet'])).toEqual([]);
  expect(await send({ intent: 'set', subject: 'team', credits: '50', period: 'day' })).toEqual([302, '/credits/limits?done=set']);
  const grace = await team.identity('grace.h');
  expect(await send({ intent: 'set', subject: `member:${grace}`, credits: '7.5', period: 'month' })).toEqual([
    302,
    '/credits/limits?done=set',
  ]);
  expect(await send({ intent: 'set', subject: 'channel:', channel: 'C9', credits: '0', period: 'total' })).toEqual([
    302,
    '/credits/limits?done=set',
  ]);
  const [first] = await stage().app.credits.limits(team.owner);
  await send({ intent: `change ${first!.id}`, subject: 'team', credits: '60', period: 'day' });
  const html = await page('/credits/limits?done=set');
  expect(missing(html, ['Limit set.', 'The whole team', 'grace.h', 'Channel C9', 'a day', 'in total', '(Europe/Berlin)'])).toEqual([]);
  expect((await stage().app.credits.limits(team.owner)).map(({ credits, timeZone }) => `${credits} ${timeZone}`)).toEqual([
    '60000000 Europe/Berlin',
    '7500000 Europe/Berlin',
    '0 Europe/Berlin',
  ]);
  expect(await send({ intent: `remove ${first!.id}`, id: first!.id })).toEqual([302, '/credits/limits?done=removed']);
  expect(await stage().app.credits.limits(team.owner)).toHaveLength(2);
});

test.each([
  [{ intent: 'set', subject: 'team', credits: 'many', period: 'day' }, 400, 'Enter an amount of credits'],
  [{ intent: 'set', subject: 'member:x', credits: '5', period: 'day' }, 400, 'must be somebody of your team'],
  [{ intent: 'set', subject: 'nobody', credits: '5', period: 'day' }, 400, 'must be one of team, member, channel'],
  [{ intent: 'set', subject: 'channel:', channel: '', credits: '5', period: 'day' }, 400, 'must be a channel as its platform names it'],
  [{ intent: 'remove x', id: 'x' }, 404, 'Limit not found'],
])('%j comes back with what is wrong', async (form, status, words) => {
  const { post } = await opened();
  const answer = await post(form as Record<string, string>);
  expect(answer.status).toBe(status);
  expect(missing(await answer.text(), [words])).toEqual([]);
});

test('who may look but not change sees limits without forms, and a form they made themselves does nothing', async () => {
  const { team, page, post } = await opened({ role: 'approver' });
  await stage().app.credits.setLimit(
    { ...team.owner, role: 'owner' },
    { kind: 'team', subject: '', credits: '1000000', period: 'day', timeZone: 'UTC' },
  );
  const html = await page('/credits/limits');
  expect(missing(html, ['The whole team'])).toEqual([]);
  expect(missing(html, ['Set limit'])).toHaveLength(1);
  expect((await post({ intent: 'set', subject: 'team', credits: '5', period: 'day' })).status).toBe(403);
});

/** A page is long: only what is not in it is told. */
function missing(html: string, all: readonly string[]): string[] {
  return all.filter((words) => !html.includes(words));
}

async function opened(
  { role = 'owner', credits = 1_000 }: { role?: Actor['role']; credits?: number } = {},
  settings: Parameters<typeof openPortalDoor>[1] = {},
) {
  stage().at = new Date('2026-11-25T12:00:00Z');
  const team: CreditsTeam = await stage().team(credits);
  const actor = { ...team.owner, role };
  const app = {
    ...stage().app,
    accounts: {
      actorOf: async () => actor,
      teamsOf: async () => [{ teamId: team.teamId, name: 'Team Blue', role, personal: false }],
    },
    // What is there where credits are sold: core/flows/billing/open-checkout.test.ts and web/testing/buyer.test.ts.
    billing: { packs: async () => null, payments: async () => ({ payments: [], topUp: null, topUpOffered: false }) },
    messages: { undeliveredCount: async () => 0 },
    live: { cursor: async () => '0-0' },
  } as unknown as SomeVerbs;
  const loggedIn = { email: actor.email, name: 'Olga Owner', emailVerified: true, twoFactor: true, cookies: [] } as unknown as LoggedIn;
  const door = await openPortalDoor(app, { loggedIn, ...settings });
  const headers = { Cookie: 'tz=Europe%2FBerlin' };
  const get: typeof door.fetch = (path, options) => door.fetch(path, { headers, ...options });
  const post = (form: Record<string, string>) =>
    door.fetch('/credits/limits', {
      method: 'POST',
      body: new URLSearchParams(form).toString(),
      headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'http://portal.test' },
    });
  return {
    team,
    get,
    post,
    async page(path: string) {
      const answer = await get(path);
      expect([path, answer.status]).toEqual([path, 200]);
      return (await answer.text()).replaceAll('<!-- -->', '');
    },
    async send(form: Record<string, string>) {
      const answer = await post(form);
      return [answer.status, answer.headers.get('location')];
    },
  };
}
