import { expect, test } from 'vitest';
import { credits } from '../credits/credits.ts';
import type { ConversationId, FileId, TaskId } from '../ids.ts';
import { viewTask, type TaskRow } from './task-view.ts';

const links = { portalUrl: 'https://work.example.com', linkFor: (fileId: FileId) => `https://work.example.com/f/${fileId}` };
const done: TaskRow = {
  id: 't1' as TaskId,
  conversationId: 'c1' as ConversationId,
  requestText: 'find 100 leads\nin Miami',
  type: 'lead-generation',
  because: 'read as lead-generation because of “leads”',
  status: 'completed',
  quantity: 100,
  rateVersion: 1,
  estimateLow: credits(80),
  approveBy: null,
  estimateHigh: credits(100),
  held: credits(0),
  creditsUsed: credits(92.5),
  result: { summary: 'Done.', sample: true, units: 92 },
  failure: null,
  retryOf: null,
  createdAt: new Date('2026-11-23T12:00:00Z'),
  startedAt: new Date('2026-11-23T12:00:01Z'),
  finishedAt: new Date('2026-11-23T12:01:00Z'),
  files: [
    {
      id: 'f1' as FileId,
      name: 'leads.csv',
      mime: 'text/csv',
      sizeBytes: 9,
      preview: null,
      hasOriginal: true,
      removedAt: null,
      deletedAt: null,
    },
    {
      id: 'f2' as FileId,
      name: 'old.csv',
      mime: 'text/csv',
      sizeBytes: 9,
      preview: null,
      hasOriginal: true,
      removedAt: new Date(),
      deletedAt: null,
    },
  ],
};

test('people see credits as numbers, links that re-sign, and no link to a file that is gone', () => {
  expect(viewTask(done, links)).toEqual({
    id: 't1',
    conversationId: 'c1',
    url: 'https://work.example.com/tasks/t1',
    title: 'find 100 leads',
    requestText: 'find 100 leads\nin Miami',
    type: 'lead-generation',
    because: 'read as lead-generation because of “leads”',
    status: 'completed',
    statusWords: 'Done',
    over: true,
    quantity: { asked: 100, delivered: 92, unit: 'leads' },
    estimate: { low: 80, high: 100 },
    approveBy: null,
    creditsHeld: 0,
    creditsUsed: 92.5,
    result: { summary: 'Done.', sample: true },
    failure: null,
    files: [
      {
        id: 'f1',
        name: 'leads.csv',
        mime: 'text/csv',
        sizeBytes: 9,
        preview: null,
        url: 'https://work.example.com/f/f1',
        original: '/api/tasks/t1/files/f1/original',
        deletedAt: null,
      },
      { id: 'f2', name: 'old.csv', mime: 'text/csv', sizeBytes: 9, preview: null, url: null, original: null, deletedAt: null },
    ],
    retryOf: null,
    createdAt: '2026-11-23T12:00:00.000Z',
    startedAt: '2026-11-23T12:00:01.000Z',
    finishedAt: '2026-11-23T12:01:00.000Z',
  });
});

test('a failed task says why, that it cost nothing, and what to do', () => {
  const { failure, statusWords, quantity } = viewTask(
    { ...done, type: 'research', quantity: null, status: 'failed', result: null, failure: { code: 'agent.timed-out' } },
    links,
  );
  expect(failure).toEqual({
    code: 'agent.timed-out',
    message: 'The agent ran out of time. Nothing was charged.',
    wayForward: 'Try again, or ask for less.',
  });
  expect([statusWords, quantity]).toEqual(['Failed, not charged', null]);
});

test('only a task that still goes on holds credits', () => {
  expect(viewTask({ ...done, status: 'processing', held: credits(100), finishedAt: null }, links).creditsHeld).toBe(100);
  expect(viewTask({ ...done, held: credits(100) }, links).creditsHeld).toBe(0);
});

test('it is plain JSON', () => {
  const view = viewTask(done, links);
  expect(JSON.parse(JSON.stringify(view))).toEqual(view);
});
