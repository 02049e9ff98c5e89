import { describe, expect, test } from 'vitest';
import { isRefusal, isRefusalCode, Refusal, refusalCodes, refuse, refusedBy, type Refused } from './refusal.ts';

// Something for every fact that any sentence needs.
const facts = {
  asked: '20,000',
  most: 10_000,
  unit: 'leads',
  given: 'cooking',
  name: 'leads.csv',
  count: 11,
  need: '12000000',
  have: '9500000',
  left: '3000000',
  whose: 'member',
  email: 'grace@example.com',
  why: 'expired',
  status: 'completed',
  waiting: 20,
  waitSeconds: 30,
  stopped: 20,
  fields: [{ name: 'requestText', problem: 'is missing' }],
  allowed: ['GET', 'POST'],
  until: '2026-12-09T10:00:00.000Z',
  at: '2026-12-09T10:00:00.000Z',
  teams: ['Acme'],
  in: ['#leads', '#sales'],
  direct: true,
};

describe.each(refusalCodes)('%s', (code) => {
  const refusal = new Refusal({ code, facts } as unknown as Refused);

  test('says in whole sentences what is wrong and what to do', () => {
    expect(refusal.sentence).toMatch(/^[A-Z“\d].*\.$/);
    expect(refusal.wayForward).toMatch(/^[A-Z].*[.”]$/);
    expect(`${refusal.sentence}${refusal.wayForward}`).not.toMatch(/undefined|null|NaN|\[object/);
  });

  test('answers HTTP with a refusal’s status', () => {
    expect(refusal.status).toBeGreaterThanOrEqual(400);
    expect(refusal.status).toBeLessThan(600);
  });
});

test.each(['file.gone', 'file.deleted'] as const)('%s: a result is made again, what somebody attached is attached again', (code) => {
  expect(refuse(code, { role: 'result' }).wayForward).toBe('Run the task again to get a new one.');
  expect(refuse(code, { role: 'input' }).wayForward).toBe('Send your request again and attach the file again.');
});

test('credits that are short are named, what is needed and what is there', () => {
  const refusal = refuse('credits.short', { need: '12000000', have: '9000000' });
  expect(refusal.message).toBe('This needs 12 credits and you have 9.');
  expect(refusal.wayForward).toBe('Add credits or ask for fewer.');
  expect([refusal.status, refusal.page]).toEqual([402, '/buy']);
});

test.each([
  ['task', 'This needs 12 credits and one task may cost at most 3.'],
  ['member', 'This needs 12 credits and your own limit has 3 left.'],
  ['channel', 'This needs 12 credits and the limit of this channel has 3 left.'],
  ['workspace', 'This needs 12 credits and the limit of this workspace has 3 left.'],
  ['workspace-person', 'This needs 12 credits and you have 3 left in this workspace.'],
  ['team', 'This needs 12 credits and the limit of your team has 3 left.'],
] as const)('a limit of the %s says that it is that one', (whose, sentence) => {
  expect(refuse('limit.reached', { whose, need: '12000000', left: '3000000' }).sentence).toBe(sentence);
});

test('a limit that resets says when', () => {
  const facts = { whose: 'workspace-person', need: '12000000', left: '0', period: 'day' } as const;
  expect(refuse('limit.reached', { ...facts, resetsAt: '2026-11-03T05:00:00Z' }).sentence).toBe(
    'This needs 12 credits and you have 0 left today in this workspace. The limit resets on Nov 3, 2026 at 5:00 AM UTC.',
  );
  expect(refuse('limit.reached', { ...facts, resetsAt: null }).sentence).toMatch(/0 left today in this workspace\.$/);
});

test('nothing was charged is said when we could not even write the request down', () => {
  expect(refuse('database.unavailable').sentence).toContain('nothing was charged');
  expect(refuse('agents.unavailable').sentence).toContain('nothing was charged');
});

describe('a refusal is known by its code', () => {
  test('whichever copy of the class made it', () => {
    expect(isRefusal(refuse('ask.empty'))).toBe(true);
    expect(isRefusal(Object.assign(new Error('x'), { code: 'ask.empty', sentence: 'x' }))).toBe(true);
  });

  test('and nothing else is one', () => {
    for (const other of [
      new Error('x'),
      Object.assign(new Error('x'), { code: 'ECONNRESET' }),
      Object.assign(new Error('x'), { code: 'toString', sentence: 'x' }),
      'ask.empty',
      null,
      undefined,
    ]) {
      expect(isRefusal(other)).toBe(false);
    }
    expect(isRefusalCode('__proto__')).toBe(false);
  });
});

test('stored as JSON and read again, it says the same', () => {
  const refusal = refuse('quantity.too-many', { asked: '20,000', most: 10_000, unit: 'leads' });
  const again = new Refusal(JSON.parse(JSON.stringify(refusedBy(refusal))) as Refused);
  expect(again.sentence).toBe(refusal.sentence);
  expect(JSON.parse(JSON.stringify(refusedBy(refuse('ask.empty'))))).toEqual({ code: 'ask.empty', facts: {} });
});
