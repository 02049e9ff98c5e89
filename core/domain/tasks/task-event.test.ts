import { expect, test } from 'vitest';
import type { ConversationId } from '../ids.ts';
import { sayEvent, type TaskEvent } from './task-event.ts';

const settled = { charged: '92000000', returned: '8000000', available: '408000000' };
const story: [TaskEvent, string][] = [
  [
    {
      kind: 'accepted',
      data: {
        type: 'lead-generation',
        because: 'read as lead-generation because of “leads”',
        estimateLow: '80000000',
        estimateHigh: '100000000',
        held: '100000000',
        available: '400000000',
      },
    },
    'Accepted, read as lead-generation because of “leads”; estimate about 80, at most 100 credits, 100 credits reserved',
  ],
  [
    {
      kind: 'accepted',
      data: {
        type: 'lead-generation',
        because: 'read as lead-generation because of “leads”',
        estimateLow: '20000000',
        estimateHigh: '25000000',
        quantity: 25,
        stated: false,
        held: '25000000',
        available: '475000000',
      },
    },
    'Accepted, read as lead-generation because of “leads”; 25 leads (the usual number, since none was given), estimate about 20, at most 25 credits, 25 credits reserved',
  ],
  [{ kind: 'requeued', data: { generation: 1 } }, 'Queued again'],
  [{ kind: 'started', data: { attempt: 1 } }, 'Started'],
  [{ kind: 'started', data: { attempt: 2 } }, 'Started again, attempt 2'],
  [{ kind: 'agent-accepted', data: { attempt: 2 } }, 'An agent accepted the task'],
  [{ kind: 'step', data: { id: 's', title: 'Searching the web', state: 'running' } }, 'Searching the web'],
  [{ kind: 'step', data: { id: 's', title: 'Searching the web', state: 'done' } }, 'Searching the web: done'],
  [{ kind: 'step', data: { id: 's', title: 'Searching the web', state: 'failed' } }, 'Searching the web: failed'],
  [{ kind: 'cancel-requested', data: {} }, 'Cancellation requested'],
  [{ kind: 'completed', data: settled }, 'Done, used 92, returned 8 credits'],
  [{ kind: 'canceled', data: settled }, 'Canceled, used 92, returned 8 credits'],
  [{ kind: 'failed', data: { ...settled, charged: '0', code: 'agent.failed' } }, 'Failed, nothing charged'],
  [{ kind: 'sent', data: {} }, 'Result posted'],
  [{ kind: 'undelivered', data: { trouble: 'channel_not_found' } }, 'The result could not be posted'],
  [{ kind: 'sent-again', data: {} }, 'Result sent again'],
  [{ kind: 'said-elsewhere', data: { conversationId: 'c' as ConversationId } }, 'Result sent to another conversation'],
];

test.each(story)('the log line %j reads: %s', (event, words) => {
  expect(sayEvent(event)).toBe(words);
});
