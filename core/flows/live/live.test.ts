// What a page hears: its balance, what happens, and when to start over.

import { expect, onTestFinished, test, vi } from 'vitest';
import { credits, micro, showCredits } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';
import type { LiveItem } from './live.ts';
import type { EventCursor } from './event-line.ts';

const clock = clockByHand();
const world = forAll(() =>
  openStage({ clock, wired: true, agents: agentsThat((job) => done('Here.', [csvOf('leads.csv', job.quantity ?? 1)])) }),
);

test('a page shows what is there, and each change of it, whatever moved the credits', async () => {
  const { core, person } = world();
  const ada = await person(100);
  const page = watch(ada);
  await vi.waitFor(() => expect(page.balances()).toEqual(['100']));

  await ada.get('find me 30 leads');
  await vi.waitFor(() => expect(page.balances().at(-1)).toBe('70'));
  expect(page.balances()).toContain('70, 30 in use');

  const { ledger } = core.store;
  const purchase = { key: newId(), wallet: ada.walletId as never, lot: newId() as never, type: 'purchase', payment: newId() } as const;
  await ledger.credit({ ...purchase, credits: credits(50), source: 'stripe' }, clock.now());
  await vi.waitFor(() => expect(page.balances().at(-1)).toBe('120'));

  await ledger.clawback({ key: newId(), wallet: ada.walletId as never, credits: credits(50), payment: purchase.payment }, clock.now());
  await vi.waitFor(() => expect(page.balances().at(-1)).toBe('70'));

  const expiresAt = new Date(clock.now().getTime() + 3_600_000);
  await ledger.credit(
    { key: newId(), wallet: ada.walletId as never, lot: newId() as never, type: 'grant', credits: credits(5), source: 'test', expiresAt },
    clock.now(),
  );
  await vi.waitFor(() => expect(page.balances().at(-1)).toBe('75'));
  await ledger.expireLots(expiresAt);
  await vi.waitFor(() => expect(page.balances().at(-1)).toBe('70'));

  const versions = page.items.flatMap((item) => (item.kind === 'balance' ? [item.balance.version] : []));
  expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  expect(await world().app.credits.balance(ada)).toEqual(page.items.findLast((item) => item.kind === 'balance')!.balance);
});

test('a balance says what it means without colour too', async () => {
  const poor = await world().person(3);
  const page = watch(poor);
  await vi.waitFor(() =>
    expect(page.items[0]).toEqual({
      kind: 'balance',
      balance: { available: '3000000', inUse: '0', debt: '0', version: 1, colour: 'red', words: 'Not enough for a typical task' },
    }),
  );
});

test('credits of another team are heard by nobody else', async () => {
  const [ada, eve] = [await world().person(10), await world().person(10)];
  const page = watch(ada);
  await vi.waitFor(() => expect(page.balances()).toEqual(['10']));
  await eve.get('find me 2 leads');
  await ada.get('find me 1 lead');
  await vi.waitFor(() => expect(page.balances().at(-1)).toBe('9'));
  expect(page.balances().join()).not.toContain('8');
});

test('a page that was away for a little hears what it missed, line by line', async () => {
  const ada = await world().person();
  const after = await world().app.live.cursor();
  await ada.get('find me 1 lead');
  const page = watch(ada, after);
  await vi.waitFor(() => expect(page.kinds()).toEqual(['accepted', 'started', 'completed']));
});

test('a page that missed very much is told to start over, and goes on from there', async () => {
  const { core, person } = world();
  const ada = await person();
  await Promise.all(
    Array.from({ length: 201 }, () =>
      core.store.events.write({ taskId: newId(), teamId: ada.teamId, kind: 'step', data: {}, at: clock.now() }),
    ),
  );
  // Some other transaction may still hold the newest lines back.
  await vi.waitFor(async () => expect(await core.store.events.read(ada.teamId, '0-0', null, 300)).toHaveLength(201));
  const page = watch(ada, '0-0');
  await vi.waitFor(() => expect(page.items.some(({ kind }) => kind === 'reset')).toBe(true));
  await ada.get('find me 1 lead');
  await vi.waitFor(() => expect(page.kinds()).toEqual(['accepted', 'started', 'completed']));

  const reset = page.items.find((item) => item.kind === 'reset')!;
  const again = watch(ada, reset.cursor);
  await vi.waitFor(() => expect(again.kinds()).toEqual(['accepted', 'started', 'completed']));
});

test.each(['not-ours', '900000000000-1'])('a page with the cursor %s starts over', async (after) => {
  const ada = await world().person();
  const page = watch(ada, after);
  await vi.waitFor(() => expect(page.items[0]).toEqual({ kind: 'reset', cursor: expect.stringMatching(/^\d+-\d+$/) }));
  await ada.get('find me 1 lead');
  await vi.waitFor(() => expect(page.kinds()).toEqual(['accepted', 'started', 'completed']));
});

test('while the database is away a page waits, and then hears what happened meanwhile', async () => {
  const { wire, another, person } = world();
  const ada = await person();
  const conversation = newId();
  const other = await another({ ROLES: 'web' }, { clock });
  const page = watch(ada, null, other.app);
  await vi.waitFor(() => expect(page.balances()).toHaveLength(1));
  wire.cut();
  await expect(other.app.credits.balance(ada)).rejects.toMatchObject({ code: 'database.unavailable' });
  wire.mend();
  const taken = await vi.waitFor(() => ada.ask('find me 1 lead', { key: 'once it is back', conversation }));
  await vi.waitFor(() => ada.untilOver(taken));
  await vi.waitFor(() => expect(page.kinds()).toEqual(['accepted', 'started', 'completed']));
});

test('who was logged out is named to those who show him something', async () => {
  const { app, core } = world();
  const heard: (string | null)[] = [];
  onTestFinished(app.live.onSessionEnd((userId) => heard.push(userId)));
  await core.store.money.query({ text: `SELECT pg_notify('impacter', 'session:u-7')` }, []);
  await vi.waitFor(() => expect(heard).toEqual(['u-7']));
});

function watch(person: Person, after: string | null = null, app = world().app) {
  const stopping = new AbortController();
  const items: LiveItem[] = [];
  const ended = (async () => {
    for await (const item of app.live.items(person, { after: after as EventCursor | null }, stopping.signal)) items.push(item);
  })();
  onTestFinished(async () => {
    stopping.abort();
    await ended;
  });
  return {
    items,
    kinds: () => items.flatMap((item) => (item.kind === 'line' ? [item.line.kind] : [])),
    balances: () =>
      items.flatMap((item) => {
        if (item.kind !== 'balance') return [];
        const { available, inUse } = item.balance;
        return [showCredits(micro(available)) + (inUse === '0' ? '' : `, ${showCredits(micro(inUse))} in use`)];
      }),
  };
}
