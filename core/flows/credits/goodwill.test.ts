// A charged result that was not useful brings some of its credits back.

import pg from 'pg';
import { expect, test } from 'vitest';
import { credits } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import { verifyLedger } from '#core/store/credits/ledger-verify.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';

const DAY_MS = 24 * 60 * 60_000;
const clock = clockByHand();
const stage = forAll(() => openStage({ clock }));

test('a result that was not useful brings half of its charge back, once, whoever says so and however often they change their mind', async () => {
  const { app } = stage();
  const ada = await stage().person(100);
  const task = await ada.get('find me 20 leads in Miami');
  const used = (await app.tasks.details(ada, task.id)).cost.used;
  expect(used).toBeGreaterThan(0);
  expect(await app.tasks.feedback(ada, task.id, 'good')).toEqual({ returned: null });
  const answers = await Promise.all(Array.from({ length: 5 }, () => app.tasks.feedback(ada, task.id, 'bad')));
  expect(answers.map(({ returned }) => returned).filter((each) => each !== null)).toEqual([String((used / 2) * 1e6)]);
  expect((await app.tasks.feedback(ada, task.id, 'good')).returned).toBeNull();
  expect((await app.tasks.feedback(ada, task.id, 'bad')).returned).toBeNull();
  expect((await ada.ledger()).at(-1)).toBe(`grant ${used / 2}`);
  const [line] = await app.credits.transactions(ada, { limit: 1 });
  expect(line).toMatchObject({ words: 'Returned for a result that was not useful' });
});

test('what came back is used before what was bought, and expires after 30 days', async () => {
  const { app } = stage();
  const ada = await stage().person(100);
  const task = await ada.get('find me 20 leads in Miami');
  await app.tasks.feedback(ada, task.id, 'bad');
  const { lots } = await app.credits.overview(ada);
  expect(lots[0]).toMatchObject({ words: 'Returned for a result that was not useful' });
  expect(new Date(lots[0]!.expiresAt!).getTime() - clock.now().getTime()).toBeGreaterThan(29.9 * DAY_MS);
});

test('a team gets back no more than its month has left, and the next month begins anew', async () => {
  const { app, core } = stage();
  const now = clock.now();
  clock.forward(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 5) - now.getTime());
  const ada = await stage().person(5_000);
  const { giveGoodwill } = core.store;
  const give = (amount: number) => {
    const expiresAt = new Date(clock.now().getTime() + DAY_MS);
    return giveGoodwill({ taskId: newId(), teamId: ada.teamId, actor: 'system', credits: credits(amount), expiresAt }, clock.now());
  };
  const given = await Promise.all(Array.from({ length: 6 }, () => give(30)));
  expect(given.map((each) => (each === null ? 0 : Number(each) / 1e6)).toSorted((a, b) => a - b)).toEqual([0, 0, 10, 30, 30, 30]);
  clock.forward(32 * DAY_MS);
  expect(await give(30)).toBe(30_000_000n);
  expect((await app.credits.balance(ada)).available).not.toBe('0');
});

test('a result of last month brings nothing back', async () => {
  const { app } = stage();
  const ada = await stage().person(100);
  const old = await ada.get('find me 10 leads in Miami');
  clock.forward(31 * DAY_MS);
  expect(await app.tasks.feedback(ada, old.id, 'bad')).toEqual({ returned: null });
});

test('somebody of another team gets nothing, and a guest who may see the task brings its team credits back', async () => {
  const { app, core, person } = stage();
  const people: [Person, Person] = [await person(0), await person(0)];
  const { actors } = await sharedTeam(
    core,
    'Acme',
    [
      [people[0], 'owner'],
      [people[1], 'guest'],
    ] as const,
    100,
  );
  const eve = await person(0);
  const taken = await app.tasks.ask({
    key: `test:${newId()}`,
    threadRef: `web:${newId()}`,
    newConversation: true,
    from: { kind: 'user', userId: actors[0].userId, teamId: actors[0].teamId },
    text: 'find me 10 leads in Miami',
    files: [],
    at: clock.now(),
  });
  if (taken.kind === 'refused') throw new Error(taken.refused.code);
  await expect.poll(async () => (await app.tasks.get(actors[0], taken.taskId)).status).toBe('completed');
  await expect(app.tasks.feedback(eve, taken.taskId, 'bad')).rejects.toMatchObject({ code: 'task.not-found' });
  expect((await app.tasks.feedback(actors[1], taken.taskId, 'bad')).returned).toBe('5000000');
});

test('the ledger is right after all of this', async () => {
  const client = new pg.Client({ connectionString: stage().databaseUrl });
  await client.connect();
  expect(await verifyLedger(client)).toMatchObject({ wrong: null });
  await client.end();
});
