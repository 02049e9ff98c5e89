import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { heardLog } from '#core/testing/runner/heard-log.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { mailOf, PASSWORD, proxied, tokenIn, visitor, type Visitor } from '#core/testing/visitors/visitor.ts';

const clock = clockByHand();
const log = heardLog();
const settings = { ...proxied, STARTING_CREDITS: '50', STARTING_CREDITS_DAILY_PEOPLE: '5' };
const stage = forAll(() => openStage({ clock, log, settings }));

const DAY_MS = 24 * 60 * 60 * 1000;
/** Why the others get none. */
const LINE = 'no starting credits: too many new people';

test('twenty people with mailboxes at a public provider all get theirs, each from a network of their own', async () => {
  const emails = Array.from({ length: 20 }, () => `${newName()}@gmail.com`);
  const people = await allAtOnce(emails, newAddress);
  expect(await Promise.all(people.map(available))).toEqual(Array.from({ length: 20 }, () => 50));
});

test.each([
  ['an IPv4 /24', (n: number) => `198.51.100.${n}`],
  ['an IPv6 /64', (n: number) => `2001:db8:7:7::${n.toString(16)}`],
])('twelve people of %s get starting credits ten times together, whatever their mailboxes', async (_, address) => {
  const emails = Array.from({ length: 12 }, (_each, n) => (n % 2 === 0 ? `${newName()}@gmail.com` : `${newName()}@${newDomain()}`));
  const people = await allAtOnce(emails, address, 10);
  expect((await Promise.all(people.map(available))).reduce((sum, credits) => sum + credits)).toBe(500);
  expect((await Promise.all(emails.map(withheldOf))).filter((reason) => reason === 'network')).toHaveLength(2);
});

test('an account that was made for somebody counts like one that they made themselves', async () => {
  const domain = newDomain();
  for (let n = 0; n < 5; n++) await signedUp(`u${n}@${domain}`, newAddress());
  const email = `made@${domain}`;
  await stage().core.store.people.addUser({ email, name: 'Ada', emailVerified: false }, new Date());
  const ada = visitor(stage(), newAddress());
  await ada.auth('/request-password-reset', { email });
  const token = tokenIn(await mailOf(stage(), email, 'set-password'));
  expect(await ada.auth('/reset-password', { token, newPassword: PASSWORD })).toMatchObject({ status: 200 });
  await ada.logIn(email);
  expect(await available(ada)).toBe(0);
  expect(await withheldOf(email)).toBe('domain');
});

test('what was withheld is no longer said once an operator granted credits', async () => {
  const domain = newDomain();
  for (let n = 0; n < 6; n++) await signedUp(`u${n}@${domain}`, newAddress());
  const email = `u5@${domain}`;
  expect(await withheldOf(email)).toBe('domain');
  const { walletId } = (await stage().core.store.people.findByEmail(email))!;
  await stage().core.store.ledger.credit(
    {
      key: `grant:${email}`,
      wallet: walletId,
      lot: crypto.randomUUID() as never,
      type: 'grant',
      credits: 9_000_000n as never,
      source: 'operator',
    },
    clock.now(),
  );
  expect(await withheldOf(email)).toBeNull();
});

test('twenty mailboxes of one domain that sign up at the same moment get starting credits five times together', async () => {
  const domain = newDomain();
  const before = log.heard.filter((words) => words === LINE).length;
  // Its subdomains are as free to make as its mailboxes.
  const emails = Array.from({ length: 20 }, (_, n) => `u${n}@${n % 3 === 0 ? `mail${n}.` : ''}${domain}`);
  const people = await allAtOnce(emails, newAddress);
  const had = await Promise.all(people.map(available));
  expect(had.reduce((sum, credits) => sum + credits)).toBe(250);
  // Everybody has an account that works, and is told why it is empty: on the page, in the log of their team, and the operator.
  const reasons = await Promise.all(emails.map(withheldOf));
  expect(reasons.filter((reason) => reason !== null)).toEqual(Array.from({ length: 15 }, () => 'domain'));
  expect(had.map((credits) => credits > 0)).toEqual(reasons.map((reason) => reason === null));
  expect(log.heard.filter((words) => words === LINE)).toHaveLength(before + 15);
  const nobody = emails[reasons.indexOf('domain')]!;
  expect(await auditOf(nobody)).toContain('gave Ada no starting credits: their email domain had reached its daily limit');

  // Logging in again changes nothing, also on another day; whoever is new on that day gets theirs.
  const next = `next@${domain}`;
  const late = visitor(stage(), newAddress());
  const { userId } = await stage().core.store.people.addUser({ email: next, name: 'Eve', emailVerified: false }, clock.now());
  const link = await stage().core.auth.linkToSetPassword(userId, DAY_MS);
  await late.auth('/reset-password', { token: new URL(link.url).searchParams.get('token')!, newPassword: PASSWORD });
  clock.forward(DAY_MS);
  await visitor(stage(), newAddress()).logIn(nobody);
  expect(await withheldOf(nobody)).toBe('domain');
  await late.logIn(next);
  expect(await available(late)).toBe(50);
});

/** They sign up one after another, and confirm their addresses at the same moment, `most` in a minute. */
async function allAtOnce(emails: readonly string[], address: (n: number) => string, most = emails.length): Promise<Visitor[]> {
  const people: { browser: Visitor; token: string }[] = [];
  for (const [n, email] of emails.entries()) {
    const browser = visitor(stage(), address(n + 1));
    expect(await browser.auth('/sign-up/email', { email, password: PASSWORD, name: 'Ada' })).toMatchObject({ status: 200 });
    people.push({ browser, token: tokenIn(await mailOf(stage(), email, 'verify')) });
    // One IPv6 network may not sign up more often.
    clock.forward(20_000);
  }
  for (let from = 0; from < people.length; from += most) {
    const confirmed = people
      .slice(from, from + most)
      .map(({ browser, token }) => browser.askAsPage('/confirm-sign-up', { token, password: PASSWORD }));
    for (const { status } of await Promise.all(confirmed)) expect(status).toBe(200);
    clock.forward(60_000);
  }
  return people.map(({ browser }) => browser);
}

async function signedUp(email: string, address: string): Promise<Visitor> {
  const somebody = visitor(stage(), address);
  await somebody.signUp(email);
  return somebody;
}

async function available(of: Visitor): Promise<number> {
  return ((await (await of.fetch('/api/balance')).json()) as { balance: { available: number } }).balance.available;
}

async function actorOf(email: string) {
  const { userId, teamId } = (await stage().core.store.people.findByEmail(email))!;
  return { userId, teamId, role: 'owner', email } as const;
}

async function withheldOf(email: string) {
  return stage().app.credits.startingCreditsWithheld(await actorOf(email));
}

async function auditOf(email: string) {
  return (await stage().app.team.audit(await actorOf(email), { limit: 50 })).map(({ words }) => words);
}

const newName = () => randomBytes(5).toString('hex');
const newDomain = () => `${newName()}.example`;

let networks = 0;
/** Of a network that nobody else has. */
function newAddress(): string {
  networks++;
  return `10.${Math.floor(networks / 250)}.${networks % 250}.9`;
}
