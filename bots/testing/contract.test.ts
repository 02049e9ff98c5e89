import { expect, test } from 'vitest';
import { partsOf } from './contract.ts';
import type { Kit } from './kit.ts';

const [posted, readHere] = [{ delivery: 'posted' }, { delivery: 'read-here' }] as const;
const stage = (async () => ({})) as unknown as NonNullable<Kit['stage']>;
const hearing = (async () => ({})) as unknown as NonNullable<Kit['hearing']>;
const states = (kit: Parameters<typeof partsOf>[0]) => partsOf(kit).map(({ state }) => state);

test('an adapter that posts is tested whole, and a part that its kit leaves out is reported as missing', () => {
  expect(states({ adapter: posted, stage, hearing })).toEqual(['there', 'there', 'there']);
  expect(states({ adapter: posted, stage })).toEqual(['there', 'there', 'missing']);
  expect(states({ adapter: posted, hearing })).toEqual(['missing', 'missing', 'there']);
});

test('a part that is named as not built yet is not tested, also where the kit has its stage', () => {
  expect(states({ adapter: posted, stage, notYet: ['showing', 'hearing'] })).toEqual(['there', 'not yet', 'not yet']);
});

test('an adapter whose letters people read from us needs neither', () => {
  expect(partsOf({ adapter: readHere })).toEqual([]);
});
