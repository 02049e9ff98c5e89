import { expect, test } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { DOWN_MS } from '#core/flows/operator/platforms.ts';
import { SlackAway, SlackNo, type Call } from './api/call.ts';
import { slackPulse } from './health.ts';

test('Slack is not well when it does not answer, refuses our token, or its socket is gone, and well again when that ends', async () => {
  const clock = clockByHand();
  const pulse = slackPulse(clock, { hasSocket: true, isOwn: true });
  const wrong = () => Object.fromEntries(pulse.health().flatMap(({ part, ok, trouble }) => (ok ? [] : [[part, trouble]])));
  const number = (name: string) => pulse.gauges().find((each) => each.name === `impacter_slack_${name}`)?.value;
  const calls = (error: Error | null) => {
    const call: Call = () => (error === null ? Promise.resolve({ ok: true }) : Promise.reject(error));
    return pulse
      .watched(call)('auth.test', 'xoxb-1', {}, AbortSignal.timeout(1_000))
      .catch(() => undefined);
  };

  clock.forward(7_000);
  expect(wrong()).toEqual({ 'Slack socket': 'no connection for 7 s' });
  pulse.socket(true);
  clock.forward(60_000);
  expect([wrong(), number('socket_age_seconds'), number('last_event_age_seconds')]).toEqual([{}, 60, undefined]);
  pulse.told();
  clock.forward(5_000);
  expect(number('last_event_age_seconds')).toBe(5);

  for (let i = 0; i < 2; i++) await calls(new SlackAway('auth.test', 'no connection'));
  expect(wrong()).toEqual({});
  await calls(new SlackAway('auth.test', 'no connection'));
  expect(wrong()).toEqual({ Slack: 'no answer to the last 3 calls' });
  await calls(new SlackNo('auth.test', 'invalid_auth'));
  expect(wrong()).toEqual({ 'Slack token': 'Slack refuses it: install the app again' });
  expect(pulse.gauges().flatMap(({ labels, value }) => (labels === undefined ? [] : [[labels['error'], value]]))).toEqual([
    ['no-answer', 3],
    ['invalid_auth', 1],
  ]);
  await calls(null);
  expect(wrong()).toEqual({});
  await calls(new SlackNo('auth.test', 'token_revoked'));
  expect(number('tokens_refused')).toBe(1);
  // A token that is not used any more is nobody's trouble.
  clock.forward(11 * 60_000);
  expect([wrong(), number('tokens_refused')]).toEqual([{}, 0]);
  pulse.socket(false);
  expect([wrong(), number('socket_age_seconds')]).toEqual([{ 'Slack socket': 'no connection for 0 s' }, 0]);
});

test('some calls that failed, after which nobody called, are no trouble for long enough to be an alarm', async () => {
  const clock = clockByHand();
  const pulse = slackPulse(clock, { hasSocket: false, isOwn: false });
  const call = pulse.watched(() => Promise.reject(new SlackAway('users.info', 'no answer in time')));
  const fail = () => call('users.info', 'xoxb-1', {}, AbortSignal.timeout(1_000)).catch(() => undefined);
  for (let i = 0; i < 3; i++) await fail();
  expect(pulse.health()).toMatchObject([{ ok: false }]);
  clock.forward(DOWN_MS - 20_000);
  expect(pulse.health()).toEqual([{ part: 'Slack', ok: true }]);
  // While it is away, answers are tried again in 1, 2, 4 … seconds.
  await fail();
  for (let waitMs = 1_000; waitMs <= 256_000; waitMs *= 2) {
    clock.forward(waitMs);
    expect(pulse.health()).toMatchObject([{ ok: false }]);
    await fail();
  }
});

test('where many workspaces install the app, one of them that refuses its token is a number, and no trouble of the platform', async () => {
  const pulse = slackPulse(clockByHand(), { hasSocket: false, isOwn: false });
  const call = pulse.watched(() => Promise.reject(new SlackNo('auth.test', 'account_inactive')));
  await expect(call('auth.test', 'xoxb-1', {}, AbortSignal.timeout(1_000))).rejects.toThrow('account_inactive');
  expect(pulse.health()).toEqual([{ part: 'Slack', ok: true }]);
  expect(pulse.gauges().find(({ name }) => name === 'impacter_slack_tokens_refused')?.value).toBe(1);
});
