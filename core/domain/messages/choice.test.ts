import { expect, test } from 'vitest';
import { choiceActs, choiceId, readChoice } from './choice.ts';
import { newId, type TaskId } from '../ids.ts';

test('a button comes back as what it was made for', () => {
  const taskId = newId<TaskId>();
  for (const act of choiceActs) expect(readChoice(choiceId(act, taskId))).toEqual({ act, taskId });
});

test('its id fits every platform', () => {
  for (const act of choiceActs) expect(choiceId(act, newId<TaskId>()).length).toBeLessThanOrEqual(100);
});

test('what we did not make is nothing', () => {
  for (const id of ['', 'task', 'cancel', 'cancel:', 'cancel:1', `erase:${newId()}`, `cancel:${newId()}:x`, `${newId()}`])
    expect(readChoice(id)).toBeNull();
});
