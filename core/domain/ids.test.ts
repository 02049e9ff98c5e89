import fc from 'fast-check';
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

const versionAndVariant = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const timeOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

test('ids of one millisecond sort in the order they were made, also when the clock goes back or a millisecond is full', () => {
  // A few times that are close together, so that many of them come back, and as many ids as a millisecond cannot hold.
  // None of them is a time of another test, which would find it full.
  const base = fc.integer({ min: 200_000, max: 2 ** 47 });
  const offset = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -3, max: 3 }) }, fc.integer({ min: -100_000, max: 100_000 }));
  const many = fc.oneof({ weight: 20, arbitrary: fc.integer({ min: 1, max: 5 }) }, fc.constantFrom(2_000, 5_000));
  fc.assert(
    fc.property(base, fc.array(fc.record({ offset, many }), { maxLength: 60 }), (baseMs, readings) => {
      const made = new Map<number, string[]>();
      for (const { offset: off, many: count } of readings) {
        const atMs = Math.max(0, baseMs + off);
        const ids = made.get(atMs) ?? [];
        for (let n = 0; n < count; n++) ids.push(newId(atMs));
        made.set(atMs, ids);
      }
      const all = [...made.values()].flat();
      expect(new Set(all).size).toBe(all.length);
      expect(all.filter((id) => !versionAndVariant.test(id))).toEqual([]);
      for (const [atMs, ids] of made) {
        expect(ids.findIndex((id, n) => n > 0 && id <= ids[n - 1]!)).toBe(-1);
        expect(timeOf(ids[0]!)).toBeGreaterThanOrEqual(atMs);
      }
    }),
    { numRuns: 200 },
  );
});

test('an id keeps the time it is made for, also when that is earlier than the one before', () => {
  const times = [1_763_856_000_009, 1_763_856_000_003, 1_763_856_000_009, 12, 1_763_856_000_004];
  expect(times.map((atMs) => timeOf(newId(atMs)))).toEqual(times);
});

test('two ids made after one another share no random bits', () => {
  const ends = Array.from({ length: 1_000 }, () => newId<TaskId>(7).slice(19));
  expect(new Set(ends).size).toBe(1_000);
});

test('only the shape of our ids passes as one', () => {
  expect(isId(newId<TaskId>())).toBe(true);
  for (const text of ['', '1', '../etc/passwd', `${newId<TaskId>()}x`, newId<TaskId>().toUpperCase(), `${newId<TaskId>()}\n`])
    expect(isId(text)).toBe(false);
});
