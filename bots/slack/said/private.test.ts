import { expect, test, vi } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { SlackNo } from '../api/call.ts';
import { slackPrivate } from './private.ts';

test('a stop does not wait until Slack takes private answers again', async () => {
  let tries = 0;
  const forOne = slackPrivate({
    call: (method) => {
      tries++;
      return Promise.reject(new SlackNo(method, 'ratelimited', { status: 429, retryAfterMs: 60_000 }));
    },
    tokens: { of: async () => ({ tokens: { bot: 'xoxb-1' } }) as never },
    clock: clockByHand(),
    log: quietLog,
  });
  const reply = { fallback: 'Thread muted.', blocks: [] };
  forOne.tell('key', { team: 'T1', channel: 'C1', thread: null, user: 'U1' }, reply);
  await vi.waitFor(() => expect(tries).toBe(1));
  await forOne.ended();
  expect(tries).toBe(1);
});
