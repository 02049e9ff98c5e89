import { expect, test } from 'vitest';
import { isId, newId, type TaskId } from './ids.ts';

test('an id made later sorts behind an id made before', () => {
  const ids = [1, 2, 1_763_856_000_000, 1_763_856_000_001].map((atMs) => newId<TaskId>(atMs));
  expect(ids.toSorted()).toEqual(ids);
});

test('ids are UUIDs of version 7 and never the same', () => {
  const ids = Array.from({ length: 1_000 }, () => newId<TaskId>(5));
  expect(new Set(ids).size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(/^00000000-0005-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('only the shape of our ids passes as one', () => {
  expect(isId(newId<TaskId>())).toBe(true);
  for (const text of ['', '1', '../etc/passwd', `${newId<TaskId>()}x`, newId<TaskId>().toUpperCase(), `${newId<TaskId>()}\n`])
    expect(isId(text)).toBe(false);
});
