// Messages that ask for no work: answered, and free.

import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { freeRates } from '#core/domain/asks/verb-rates.ts';
import { headline, openBoardStage } from '#core/testing/stages/board-stage.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';

const clock = clockByHand();
const world = forAll(() => openBoardStage({ clock }));

test.each([
  ['Thanks for the 100 leads!', 'ask.thanks'],
  ['The 100 leads you sent were wrong', 'ask.complaint'],
  ["Don't send anything, and never email my customers!", 'ask.prohibition'],
  ['stop', 'ask.prohibition'],
  ['What can you do?', 'ask.about-us'],
  ['How much do 100 leads cost?', 'ask.about-price'],
  ['How many credits have I?', 'ask.about-credits'],
  ['Did you send the 50 emails?', 'ask.about-tasks'],
  ['Hello!', 'ask.greeting'],
])('%s: no task, no hold, one answer, also when it is repeated and when an estimate is asked for', async (text, code) => {
  const { app, person } = world();
  const ada = await person();
  expect(await ada.ask(text, { key: `talk:${ada.userId}` })).toMatchObject({ kind: 'refused', repeated: false, refused: { code } });
  expect(await ada.ask(text, { key: `talk:${ada.userId}` })).toMatchObject({ kind: 'refused', repeated: true, refused: { code } });
  expect(await app.tasks.estimate(ada, { text })).toMatchObject({ refused: { code }, quantity: null, high: '0' });
  expect(await app.tasks.estimate(ada, { text, type: 'lead-generation' })).toMatchObject({ refused: { code } });
  expect(await app.tasks.history(ada, { limit: 5 })).toEqual([]);
  expect(await ada.ledger()).toEqual(['grant 500']);
});

test('a request beside such words is taken, with its own number', async () => {
  const { person } = world();
  const ada = await person();
  const quantities = [];
  for (const text of [
    'Thanks for the 100 leads! Now find 3 more',
    'These 40 leads are bad, find 4 new ones',
    'Hi, can you find 5 dentists?',
  ]) {
    const taken = await ada.ask(text);
    quantities.push(taken.kind === 'task' && [taken.type, taken.quantity, taken.held]);
  }
  expect(quantities).toEqual([
    ['lead-generation', { count: 3, unit: 'leads', stated: true }, '3000000'],
    ['lead-generation', { count: 4, unit: 'leads', stated: true }, '4000000'],
    ['lead-generation', { count: 5, unit: 'leads', stated: true }, '5000000'],
  ]);
});

test('whoever writes a type in front asks for work, whatever the words are, and may have it run again', async () => {
  const { app, person } = world();
  const ada = await person();
  const task = await ada.get('/research who are you');
  expect(task).toMatchObject({ type: 'research', status: 'completed' });
  expect(await app.tasks.retry(ada, task.id, 'click')).toMatchObject({ kind: 'task', type: 'research' });
});

test('the first words say how many, and that it is the usual number where none was given', async () => {
  const { person } = world();
  const ada = await person();
  const firstWords = async (text: string) => {
    const conversation = newId();
    const taken = await ada.ask(text, { conversation });
    return [taken.kind === 'task' && taken.quantity, (await ada.said(conversation))[0]];
  };
  expect(await firstWords('find me 3 leads in Miami')).toEqual([
    { count: 3, unit: 'leads', stated: true },
    expect.stringContaining('3 leads'),
  ]);
  expect(await firstWords('find the 2026 conference contacts')).toEqual([
    { count: 25, unit: 'leads', stated: false },
    expect.stringContaining('25 leads (the usual number, since none was given)'),
  ]);
  expect(await firstWords('research three competitors')).toEqual([null, expect.not.stringContaining('usual number')]);
});

test('in a chat the answer comes to the thread, once, and does not look like an error', async () => {
  const { say, people } = world();
  const thread = await say('general', 'Thanks for the 100 leads!');
  const shown = async () => (await people.messages('general', thread)).map(({ text }) => headline(text));
  await vi.waitFor(async () => expect(await shown()).toEqual(['Thanks for the 100 leads!', '● You’re welcome.']));
});

test('a polite person can ask for work at any time, and only a flood of such messages has to wait', async () => {
  const { person } = world();
  const ada = await person();
  const { most, windowS } = freeRates.answered.person;
  expect(most).toBeGreaterThan(2 * freeRates.refused.person.most);
  for (let i = 0; i < freeRates.refused.person.most + 20; i++) await ada.ask('thanks');
  expect(await ada.ask('find me 3 leads')).toMatchObject({ kind: 'task' });
  await Promise.all(Array.from({ length: most }, () => ada.ask('thanks')));
  expect(await ada.ask('find me 3 leads')).toMatchObject({ refused: { code: 'request.too-many' } });
  clock.forward(windowS * 1000);
  expect(await ada.ask('find me 3 leads')).toMatchObject({ kind: 'task' });
});
