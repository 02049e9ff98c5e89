import { expect, test } from 'vitest';
import { credits, micro, showCredits } from '#core/domain/credits/credits.ts';
import { newId, type TeamId } from '#core/domain/ids.ts';
import type { Pace } from '#core/store/credits/usage.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { openCreditsStage } from '#core/testing/stages/credits-stage.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { balance } from './balance.ts';
import { keepPaces } from './paces.ts';

const stage = forAll(openCreditsStage);

test('a new team has nothing, and is told so', async () => {
  const team = await at('2026-11-20T12:00:00Z').team();
  expect(await stage().app.credits.overview(team.owner)).toEqual({
    available: '0',
    inUse: '0',
    debt: '0',
    version: 0,
    colour: 'red',
    words: 'No credits left',
    typicalTask: { credits: '10000000', ofTheTeam: false },
    pace: null,
    daysLeft: null,
    holding: [],
    holdingTotal: 0,
    heldBack: null,
    lots: [],
    lotsTotal: 0,
    expiresNext: null,
  });
});

test('an owner sees what is there, what is in use and by which tasks, where it comes from, and what goes first', async () => {
  const team = await at('2026-11-20T12:00:00Z').team();
  await team.grant(50, { source: 'welcome', expiresAt: new Date('2026-12-20T12:00:00Z') });
  await team.grant(20, { source: 'operator' });
  await stage().store.ledger.credit(
    {
      key: newId<never>(),
      wallet: team.walletId,
      lot: newId(),
      type: 'purchase',
      credits: credits(500),
      source: 'stripe',
      payment: newId<never>(),
    },
    stage().at,
  );
  const { taskId } = await team.began({ held: 30, text: 'find me leads', type: 'lead-generation' });
  stage().at = new Date('2026-11-20T12:01:00Z');
  await team.began({ held: 25 });
  const view = await stage().app.credits.overview(team.owner);
  expect([view.available, view.inUse, view.debt].map(show)).toEqual(['515', '55', '0']);
  expect(view.holding.map(({ title, credits: held }) => `${title} ${show(held)}`)).toEqual(['do it 25', 'find me leads 30']);
  expect(view.holding[1]).toMatchObject({ id: taskId, type: 'lead-generation', status: 'processing', since: '2026-11-20T12:00:00.000Z' });
  expect(
    view.lots.map(({ words, remaining, credits: given, inUse }) => `${words} ${show(remaining)}/${show(given)}, ${show(inUse)} in use`),
  ).toEqual(['Welcome credits 50/50, 50 in use', 'Granted by the operator 20/20, 5 in use', 'Bought 500/500, 0 in use']);
  expect(view.expiresNext).toEqual({ at: '2026-12-20T12:00:00.000Z', credits: '50000000' });
});

test('what a task usually costs is what theirs did, once there are five', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(1_000);
  for (const charged of [1, 2, 40, 3]) await team.did({ charged });
  await team.did({ charged: 0 });
  expect((await stage().app.credits.overview(team.owner)).typicalTask).toEqual({ credits: '10000000', ofTheTeam: false });
  await team.did({ charged: 50 });
  const view = await stage().app.credits.overview(team.owner);
  expect(view.typicalTask).toEqual({ credits: '3000000', ofTheTeam: true });
  expect([view.colour, view.words]).toEqual(['green', 'Enough for about 301 typical tasks']);
});

test('the pace is known from the second day on, and days left from the eighth', async () => {
  const team = await at('2026-11-01T12:00:00Z').team(100);
  await team.did({ charged: 10 });
  const later = async (days: number) => {
    stage().at = new Date(Date.parse('2026-11-01T12:00:00Z') + days * 86_400_000 + 60_000);
    const { pace, daysLeft, words } = await stage().app.credits.overview(team.owner);
    return [pace && `${show(pace.perDay)} a day, of ${pace.days}`, daysLeft, words];
  };
  expect(await later(0)).toEqual([null, null, 'Enough for about 9 typical tasks']);
  expect(await later(2)).toEqual(['5 a day, of 2', null, 'Enough for about 9 typical tasks']);
  await team.did({ charged: 25 });
  expect(await later(7)).toEqual(['5 a day, of 7', 13, 'About 13 days left at the current pace']);
  await team.did({ charged: 40 });
  expect(await later(8)).toEqual(['9.375 a day, of 8', 2, 'About 2 days left at the current pace']);
  expect(await later(36)).toEqual(['1.333333 a day, of 30', 18, 'About 18 days left at the current pace']);
  expect(await later(60)).toEqual(['0 a day, of 30', null, 'Enough for about 2 typical tasks']);
});

test("a balance has the colour of the team's own pace, wherever it is shown", async () => {
  const team = await at('2026-11-01T12:00:00Z').team(100);
  const { core, app } = stage();
  expect(await balance(core, team.owner)).toMatchObject({ colour: 'green', words: 'Enough for about 10 typical tasks' });
  await team.did({ charged: 70 });
  stage().at = new Date('2026-11-08T13:00:00Z');
  const { colour, words, available } = await app.credits.overview(team.owner);
  expect([colour, words]).toEqual(['yellow', 'About 3 days left at the current pace']);
  expect(await balance(core, team.owner)).toMatchObject({ available, colour, words });
});

test('a pace that is known serves while it is read again, and one that cannot be read is no reason to show nothing', async () => {
  let reads = 0;
  let pace = (): Promise<Pace> => Promise.resolve({ typicalTask: credits(++reads), days: 0, credits: credits(0) });
  const clock = clockByHand();
  const paces = keepPaces({ pace: () => pace() }, clock, quietLog);
  const typical = async () => show(String((await paces.of(newTeam)).typicalTask));
  const newTeam = newId<TeamId>();
  expect([await typical(), await typical()]).toEqual(['1', '1']);
  clock.forward(5 * 60_000);
  expect([await typical(), await typical()]).toEqual(['1', '2']);
  pace = () => Promise.reject(new Error('the database is away'));
  clock.forward(5 * 60_000);
  expect([await typical(), await typical()]).toEqual(['2', '2']);
  await expect(paces.of(newId())).rejects.toThrow('away');
});

test('plain members see the balance, and not what is behind it', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(100);
  const guest = { ...team.owner, role: 'guest' as const };
  expect(await balance(stage().core, guest)).toMatchObject({ available: '100000000' });
  await expect(stage().app.credits.overview(guest)).rejects.toMatchObject({ code: 'not.allowed' });
});

test('what is owed is shown', async () => {
  const team = await at('2026-11-20T12:00:00Z').team(10);
  await stage().store.ledger.clawback({ key: newId<never>(), wallet: team.walletId, credits: credits(25) }, stage().at);
  const view = await stage().app.credits.overview(team.owner);
  expect([view.available, view.debt, view.words].map((each) => (/^\d/.test(each) ? show(each) : each))).toEqual([
    '0',
    '15',
    'No credits left',
  ]);
});

function at(time: string) {
  stage().at = new Date(time);
  return stage();
}

function show(amount: string): string {
  return showCredits(micro(amount));
}
