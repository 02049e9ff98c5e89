import { expect, test } from 'vitest';
import { credits } from './credits.ts';
import { goodwillFor } from './goodwill.ts';

const at = new Date('2026-12-20T12:00:00Z');
const task = { status: 'completed', creditsUsed: credits(25), finishedAt: new Date('2026-12-20T11:00:00Z') };

test('half of the charge of a completed task can come back, for 30 days', () => {
  expect(goodwillFor(task, at)).toEqual({ credits: credits(12.5), expiresAt: new Date('2027-01-19T12:00:00Z') });
});

test.each([
  ['failed', { status: 'failed' }],
  ['was canceled', { status: 'canceled' }],
  ['still runs', { status: 'processing', finishedAt: null }],
  ['cost nothing', { creditsUsed: credits(0) }],
  ['ended a month ago', { finishedAt: new Date('2026-11-19T11:00:00Z') }],
])('a task that %s brings nothing back', (_, changes) => {
  expect(goodwillFor({ ...task, ...changes }, at)).toBeNull();
});
