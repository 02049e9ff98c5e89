import { expect, test } from 'vitest';
import { SlackNo } from '../api/call.ts';
import { heardOurs } from './echo.ts';

test.each([
  ['message_not_found', 'taken'],
  ['cant_delete_message', 'taken'],
  ['channel_not_found', 'taken'],
  ['internal_error', 'told again'],
] as const)('the event of a post that is there twice is, where deleting it ends with %s, %s', async (error, outcome) => {
  const app = { messages: { heardOurs: async () => 'double' as const } };
  const here = { externalId: 'T1', tokens: { bot: 'xoxb-1' } };
  const event = { channel: 'C1', ts: '1700000000.000001', blocks: [{ block_id: 'a-letter' }] };
  const heard = heardOurs(
    { app: app as never, orphans: null as never, call: (method) => Promise.reject(new SlackNo(method, error)) },
    here as never,
    event as never,
  );
  expect(
    await heard.then(
      () => 'taken',
      () => 'told again',
    ),
  ).toBe(outcome);
});
