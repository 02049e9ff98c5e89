// The security log: every event there is, as a stranger, a member and an operator cause it. Each leaves one line, with who
// called, and nothing of what they typed.

import { expect, test, vi } from 'vitest';
import { securityEvents, type SecurityEvent } from '#core/domain/accounts/security-event.ts';
import { newId } from '#core/domain/ids.ts';
import type { Log } from '#core/ports/log.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { portalVisitor, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { PASSWORD, proxied, twoFactorOf } from '#core/testing/visitors/visitor.ts';

interface Line {
  readonly security: SecurityEvent;
  readonly caller: string | null;
  readonly [fact: string]: unknown;
}

const lines: Line[] = [];
const keep = (facts: object) => void ('security' in facts && lines.push(facts as Line));
const log: Log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log };

const clock = clockByHand();
const OPS = 'ops@example.com';
const world = forAll(() => openStage({ portal: true, clock, log, settings: { ...proxied, OPERATOR_EMAILS: OPS } }), 60_000);

const WRONG = 'not the right password';
const STRANGER = 'nobody-at-all@example.com';

/** What causes it, and the facts that its line has besides. */
const causes: Readonly<Record<SecurityEvent, (me: PortalVisitor) => Promise<object>>> = {
  async 'login.succeeded'(me) {
    await me.signUp(me.email);
    return after(async () => {
      await me.logIn(me.email);
      return { what: 'password', userId: (await me.actor()).userId };
    });
  },
  async 'login.challenged'(me) {
    await me.signUp(me.email);
    await twoFactorOf(me);
    me.cookies.clear();
    return after(async () => (await me.logIn(me.email), {}));
  },
  async 'login.failed'(me) {
    await me.signUp(me.email);
    const { userId } = await me.actor();
    me.cookies.clear();
    return after(async () => (await me.logIn(me.email, WRONG), { reason: 'wrong-password', userId }));
  },
  async 'login.changed'(me) {
    await me.signUp(me.email);
    const change = { currentPassword: PASSWORD, newPassword: `${PASSWORD} 2` };
    return after(async () => (await me.auth('/change-password', change), { what: 'password-changed' }));
  },
  async 'confirm.succeeded'(me) {
    await me.signUp(me.email);
    const { teamId, sessionId } = await me.actor();
    const sent = { 'confirm-team': teamId, 'confirm-password': PASSWORD, intent: 'none' };
    return after(async () => (await me.post('/settings', sent), { sessionId }));
  },
  async 'confirm.failed'(me) {
    await me.signUp(me.email);
    const { teamId, sessionId } = await me.actor();
    const sent = { 'confirm-team': teamId, 'confirm-password': WRONG, intent: 'none' };
    return after(async () => (await me.post('/settings', sent), { reason: 'wrong-password', sessionId }));
  },
  async 'key.made'(me) {
    await me.signUp(me.email);
    const { teamId } = await me.actor();
    return after(async () => (await me.post('/team/keys', { intent: 'make', name: 'Secret name' }), { teamId }));
  },
  async 'key.revoked'(me) {
    await me.signUp(me.email);
    const { id } = await world().app.team.makeApiKey(await me.actor(), 'Secret name');
    return after(async () => (await me.post('/team/keys', { intent: `revoke ${id}`, id }), {}));
  },
  'key.failed': (me) =>
    after(async () => (await me.fetch('/api/tasks', { headers: { Authorization: `Bearer imp_${WRONG.replaceAll(' ', '')}` } }), {})),
  async 'permission.refused'(me) {
    await me.signUp(me.email);
    const { userId } = await me.actor();
    return after(async () => (await me.page('/operator', 404), { userId, what: 'not.allowed' }));
  },
  async 'origin.refused'(me) {
    await me.signUp(me.email);
    return after(async () => (await me.post('/settings', { intent: 'name', name: WRONG }, { Origin: 'https://evil.example' }), {}));
  },
  'rate.limited': (me) =>
    after(async () => {
      for (let i = 0; i < 6; i++) await me.auth('/request-password-reset', { email: me.email });
      return { what: 'request-password-reset' };
    }),
  async 'account.act'(me) {
    await me.signUp(me.email);
    return after(async () => (await me.post('/team/data', { intent: 'export' }), { what: 'privacy.exportTeam' }));
  },
  async 'operator.act'(me) {
    const ops = portalVisitor(world(), OPS);
    await ops.signUp(OPS);
    await twoFactorOf(ops);
    await me.signUp(me.email);
    const { teamId } = await me.actor();
    const sent = { intent: 'grant', credits: '5', reason: 'Secret reason', key: newId() };
    return after(async () => (await ops.post(`/operator/teams/${teamId}`, sent), { what: 'operator.grantCredits' }));
  },
};

test.each(securityEvents)('%s leaves one line, with who called and nothing of what was typed', async (event) => {
  const me = portalVisitor(world());
  const facts = await causes[event](me);
  const [line, ...more] = await vi.waitFor(() => {
    const found = lines.filter(({ security }) => security === event);
    if (found.length === 0) throw new Error('nothing was noted');
    return found;
  });
  expect(more).toEqual([]);
  expect(line).toMatchObject({ security: event, caller: expect.stringMatching(/^10\.\d+\.\d+\.\d+$/), ...facts });
  const said = JSON.stringify(lines);
  for (const typed of [me.email, PASSWORD, WRONG, WRONG.replaceAll(' ', ''), STRANGER, OPS, 'Secret', 'evil', 'example.com'])
    expect(said).not.toContain(typed);
});

test('a login of nobody is named by a digest that is the same each time, and its answer tells nothing', async () => {
  const me = portalVisitor(world());
  lines.length = 0;
  const answers = [await me.logIn(STRANGER, WRONG), await me.logIn(STRANGER.toUpperCase(), WRONG)];
  await vi.waitFor(() => expect(lines).toHaveLength(2));
  expect(lines[0]).toMatchObject({ security: 'login.failed', reason: 'unknown-account', account: expect.stringMatching(/^[\w-]{22}$/) });
  expect(lines[0]!['userId']).toBeUndefined();
  expect(lines[1]!['account']).toBe(lines[0]!['account']);
  const known = portalVisitor(world());
  await known.signUp(known.email);
  known.cookies.clear();
  const wrong = await known.logIn(known.email, WRONG);
  for (const answer of answers) expect([answer.status, answer.body]).toEqual([wrong.status, wrong.body]);
});

test('a wrong code, a link that is over and a blocked login say why', async () => {
  const me = portalVisitor(world());
  await me.signUp(me.email);
  await twoFactorOf(me);
  me.cookies.clear();
  lines.length = 0;
  await me.logIn(me.email);
  await vi.waitFor(() => expect(lines.map(({ security }) => security)).toEqual(['login.challenged']));
  const reasons = async (work: () => Promise<unknown>) => {
    lines.length = 0;
    await work();
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(0));
    return lines.map(({ security, reason }) => `${security} ${String(reason)}`);
  };
  expect(await reasons(() => me.auth('/two-factor/verify-totp', { code: '000000' }))).toEqual(['login.failed wrong-code']);
  expect(await reasons(() => me.post('/login/link', { intent: 'link', token: 'never-was' }))).toEqual(['login.failed bad-link']);
  const other = portalVisitor(world());
  const tried = await reasons(async () => {
    for (let i = 0; i < 11; i++) await other.logIn(STRANGER, WRONG);
    await vi.waitFor(() => expect(lines).toHaveLength(11));
  });
  // An event that looks up whose account it was may be written after the next one.
  expect(tried.filter((event) => event === 'login.failed blocked')).toHaveLength(1);
});

test('the events of this process are counted in /metrics', async () => {
  const answer = await fetch(`${world().url}/metrics`, { headers: { Host: 'localhost' } });
  expect(await answer.text()).toMatch(/^security_events_total\{event="key\.made"\} [1-9]/m);
});

/** Only what comes from here on is looked at. */
async function after(work: () => Promise<object>): Promise<object> {
  lines.length = 0;
  return work();
}
