import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';

const stage = forAll(() => openStage());

test('a task that has not begun is canceled at once and gives everything back', async () => {
  const { person, openclaw, app } = stage();
  openclaw.set({ hang: true });
  const ada = await person();
  const conversation = newId();
  const running = await ada.ask('find me 10 leads', { conversation });
  const waiting = await ada.ask('find me 20 leads', { conversation });
  if (waiting.kind !== 'task') throw new Error('refused');
  expect(await app.tasks.cancel(ada, waiting.taskId)).toMatchObject({
    state: 'canceled',
    used: '0',
    returned: '20000000',
    available: '490000000',
  });
  expect((await ada.said(conversation)).at(-1)).toBe('Stopped. Used 0, returned 20 credits.');
  if (running.kind === 'task') await app.tasks.cancel(ada, running.taskId);
  await ada.untilOver(running);
});

test('a running task is stopped, and its person hears what was used and what came back', async () => {
  const { person, openclaw, app } = stage();
  openclaw.set({ hang: true });
  const ada = await person();
  const conversation = newId();
  const taken = await ada.ask('find me 10 leads', { conversation });
  if (taken.kind !== 'task') throw new Error('refused');
  await vi.waitFor(async () => expect(await app.tasks.get(ada, taken.taskId)).toMatchObject({ status: 'processing' }));
  expect(await app.tasks.cancel(ada, taken.taskId)).toMatchObject({ state: 'stopping' });
  expect(await ada.untilOver(taken)).toMatchObject({ status: 'canceled', creditsUsed: 0 });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 10', 'release 10']);
  expect((await ada.said(conversation)).at(-1)).toBe('Stopped. Used 0, returned 10 credits.');
  openclaw.set({ hang: false });
});

test('what is over cannot be canceled, and says what it is', async () => {
  const { person, app } = stage();
  const ada = await person();
  const task = await ada.get('find me 3 leads');
  await expect(app.tasks.cancel(ada, task.id)).rejects.toMatchObject({ code: 'task.over', facts: { status: 'completed' } });
});

test('the same work again is a new task, once per key', async () => {
  const { person, app } = stage();
  const ada = await person();
  const task = await ada.get('find me 3 leads');
  const again = await app.tasks.retry(ada, task.id, 'click-1');
  const twice = await app.tasks.retry(ada, task.id, 'click-1');
  expect(again).toMatchObject({ kind: 'task', repeated: false });
  expect(twice).toMatchObject({ kind: 'task', repeated: true, taskId: again.kind === 'task' && again.taskId });
  expect(await ada.untilOver(again)).toMatchObject({ status: 'completed', retryOf: task.id });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'settle 3', 'hold 3', 'settle 3']);
});

test('nobody sees, stops or repeats the task of another team', async () => {
  const { person, app } = stage();
  const [ada, eve] = [await person(), await person()];
  const task = await ada.get('find me 3 leads');
  const attempts = [
    () => app.tasks.get(eve, task.id),
    () => app.tasks.cancel(eve, task.id),
    () => app.tasks.retry(eve, task.id, 'x'),
    () => app.tasks.get(eve, 'no-id'),
    () => app.tasks.get(eve, newId()),
  ];
  for (const attempt of attempts) {
    await expect(attempt()).rejects.toMatchObject({ code: 'task.not-found' });
  }
  await expect(app.messages.letters(eve, task.conversationId, 0)).rejects.toMatchObject({ code: 'conversation.not-found' });
  expect(await eve.ask('find me 3 leads', { conversation: task.conversationId })).toMatchObject({
    kind: 'refused',
    refused: { code: 'conversation.not-found' },
  });
  expect(await eve.ledger()).toEqual(['grant 500']);
});
