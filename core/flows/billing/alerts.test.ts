// Who is told that credits run low, how often, and where.

import { expect, test, vi } from 'vitest';
import { credits } from '#core/domain/credits/credits.ts';
import { newId, type HoldId, type TaskId } from '#core/domain/ids.ts';
import { openBillingStage } from '#core/testing/stages/billing-stage.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { openBoardStage } from '#core/testing/stages/board-stage.ts';
import { forAll, type Person } from '#core/testing/stages/stage.ts';
import { kindsWrittenTo, mailOf } from '#core/testing/visitors/visitor.ts';
import { lookAtBalances } from './alerts.ts';
import { fulfil } from './fulfil.ts';

const DAY_MS = 24 * 60 * 60_000;
const clock = clockByHand();
const billing = forAll(() => openBillingStage({ clock }));
const stage = forAll(() => openBoardStage({ clock, settings: billing().settings }));

test('owners hear at 50, 20 and 5 percent of the last purchase, once each until they refill, and not for what a task returns', async () => {
  const ada = await buyer();
  await spend(ada, 240);
  await look();
  expect(await alerts(ada)).toEqual([]);
  // Upkeep, which woke when time was set ahead, may return the hold before anybody looks: it knows no such task. This clock wakes nobody.
  let aheadMs = 0;
  const later = { ...stage().core, clock: { ...clock, now: () => new Date(clock.now().getTime() + aheadMs) } };
  let held: Awaited<ReturnType<typeof hold>>;
  do {
    aheadMs += 60_000;
    held = await hold(ada, 20);
    await lookAtBalances(later);
  } while ((await levels(ada)) === 0 && !(await held.charge(0)));
  clock.forward(aheadMs);
  await vi.waitFor(async () => expect(await alerts(ada)).toEqual(['50']));
  expect((await mailOf(stage(), ada.email, 'low-credits')).text).toMatch(
    /“Ada” has 240 credits available on Impacter: 50% or less[^]*\/buy\n/,
  );
  await held.charge(0);
  await look();
  await spend(ada, 15);
  await look();
  expect(await alerts(ada)).toEqual(['50']);
  // Two at once are one email, about the lower one.
  await spend(ada, 230);
  await look();
  expect(await alerts(ada)).toEqual(['50', '5']);
  await buy(ada);
  await look();
  await spend(ada, 300);
  await look();
  expect(await alerts(ada)).toEqual(['50', '5', '50']);
});

test('a look that was slow raises no alert once the team has refilled and was looked at', async () => {
  const ada = await buyer();
  await spend(ada, 480);
  const going = Promise.withResolvers<void>();
  const reading = Promise.withResolvers<void>();
  const { core } = stage();
  const later = { ...clock, now: () => new Date(clock.now().getTime() + 60_000) };
  const wantMail: typeof core.store.customers.wantMail = async (teamId, kind) => {
    if (teamId === ada.teamId) {
      reading.resolve();
      await going.promise;
    }
    return core.store.customers.wantMail(teamId, kind);
  };
  const slow = lookAtBalances({ ...core, clock: later, store: { ...core.store, customers: { ...core.store.customers, wantMail } } });
  await reading.promise;
  await buy(ada);
  await lookAtBalances({ ...core, clock: later });
  going.resolve();
  await slow;
  expect(await alerts(ada)).toEqual([]);
});

test('owners hear when the credits end within three days at the current pace', async () => {
  const ada = await buyer();
  await spend(ada, 20);
  clock.forward(8 * DAY_MS);
  await spend(ada, 180);
  await look();
  expect(await alerts(ada)).toEqual([]);
  await buy(ada);
  // 500 more: 800 at 25 a day. Then a day that uses up most of it.
  await spend(ada, 540);
  await look();
  const mail = await mailOf(stage(), ada.email, 'low-credits');
  expect(mail.subject).toBe('Your credits are running out');
  expect(mail.text).toMatch(/At the current pace they last about (2 days|1 day)/);
});

test('who does not want these emails gets none, and billing members get them too', async () => {
  const ada = await buyer();
  const ben = await stage().person(0);
  const { money } = stage().core.store;
  await money.query({ text: `INSERT INTO members (id, team_id, user_id, role, created_at) VALUES ($1, $2, $3, 'billing', now())` }, [
    newId(),
    ada.teamId,
    ben.userId,
  ]);
  await stage().core.store.accounts.setUnwantedMails(ada.userId, ['low-credits']);
  await spend(ada, 480);
  await look();
  expect(await alerts(ada)).toEqual([]);
  expect(await kindsWrittenTo(stage(), ben.email)).toEqual(['low-credits']);
});

test('a linked channel is told once a day, and a muted one never', async () => {
  const { core, people, owner } = stage();
  const place = {
    ref: 'board:board:general',
    platform: 'board',
    workspace: 'board',
    kind: 'channel',
    name: 'general',
    private: false,
  } as const;
  await core.store.places.named(place, clock.now());
  const thread = await stage().say('general', 'find me 3 leads in Miami');
  await vi.waitFor(async () => {
    clock.forward(1_000);
    expect(await stage().answers(thread)).not.toEqual([]);
  });
  const told = async () => (await people.messages('general')).filter(({ text }) => text.includes('running low'));
  await buy(owner);
  const low = async (amount: number) => {
    await spend(owner, amount);
    await look();
  };
  await low(780);
  await vi.waitFor(async () => {
    clock.forward(1_000);
    expect(await told()).toHaveLength(1);
  });
  expect((await told())[0]!.text).toContain('Credits are running low');
  await low(150);
  expect(await levels(owner)).toBeGreaterThan(1);
  expect(await told()).toHaveLength(1);
  await buy(owner);
  await look();
  clock.forward(DAY_MS);
  await core.store.places.rule(place, { muted: true }, clock.now(), clock.now());
  await low(450);
  const { rows } = await core.store.money.query({ text: `SELECT 1 FROM letters WHERE saying ->> 'low' = 'true'` }, []);
  expect(rows).toHaveLength(1);
});

async function buyer(): Promise<Person> {
  const ada = await stage().person(0);
  await buy(ada);
  await look();
  return ada;
}

async function buy(person: Person): Promise<void> {
  const { url } = await stage().app.billing.buy(person, { pack: 'starter', saveCard: false });
  await billing().pay(url, { email: person.email });
  expect(await fulfil(stage().core, /cs_\w+/.exec(url)![0], 'news')).toMatchObject({ kind: 'paid' });
  // The lot that came is younger than the alert.
  clock.forward(1_000);
}

/** Until everything that moved was looked at, by whoever it was: the worker looks too. */
async function look(): Promise<void> {
  await vi.waitFor(async () => {
    clock.forward(60_000);
    await lookAtBalances(stage().core);
    const { rows } = await stage().core.store.money.query(
      { text: 'SELECT w.id FROM wallets w JOIN alert_looks a ON a.team_id = w.team_id WHERE a.seq <> w.seq' },
      [],
    );
    expect(rows).toEqual([]);
  });
}

async function hold(person: Person, amount: number): Promise<{ charge(used: number): Promise<boolean> }> {
  const { ledger } = stage().core.store;
  const task = newId<TaskId>();
  const request = { hold: newId<HoldId>(), task, wallet: person.walletId as never, credits: credits(amount), member: null };
  expect(await ledger.hold({ ...request, channel: null, actor: null }, clock.now())).toMatchObject({ outcome: 'held' });
  return {
    async charge(used) {
      return (await ledger.close({ task, charge: credits(used) }, clock.now())).outcome === 'closed';
    },
  };
}

async function spend(person: Person, amount: number): Promise<void> {
  // Upkeep, which wakes when time is set ahead, returns what is held for tasks that it does not know.
  while (!(await (await hold(person, amount)).charge(amount)));
}

/** What was told by email, in order: the level, or `days` alone. */
async function alerts(person: Person): Promise<string[]> {
  const kinds = (await kindsWrittenTo(stage(), person.email)).filter((kind) => kind === 'low-credits');
  const mails = kinds.length === 0 ? [] : (await stage().mails(person.email, 1)) && (await waitFor(person, kinds.length));
  return mails.map(({ text }) => /: (\d+)% or less/.exec(text)?.[1] ?? 'days');
}

async function waitFor(person: Person, count: number) {
  return vi.waitFor(async () => {
    const mails = (await stage().mails(person.email)).filter(({ kind }) => kind === 'low-credits');
    expect(mails).toHaveLength(count);
    return mails;
  });
}

async function levels(person: Person): Promise<number> {
  const { rows } = await stage().core.store.money.query({ text: 'SELECT 1 FROM alerts WHERE team_id = $1' }, [person.teamId]);
  return rows.length;
}
