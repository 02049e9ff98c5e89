// Operators read how the platforms are, and hear of one that is down.

import { expect, test, vi } from 'vitest';
import type { Adapter } from '#bots/adapter.ts';
import { terminal } from '#bots/terminal/adapter.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { stage } from '#core/testing/stages/stage.ts';

test('a platform that is down is named by readiness, which stays, and by one mail when it is down for five minutes', async () => {
  const clock = clockByHand();
  let [trouble, looks] = [null as string | null, 0];
  const pager: Adapter = {
    ...(terminal as Adapter),
    platform: 'pager',
    delivery: 'posted',
    start: async () => ({
      health() {
        looks++;
        return [trouble === null ? { part: 'Pager', ok: true } : { part: 'Pager', ok: false, trouble }];
      },
      gauges: () => [{ name: 'impacter_pager_signals', help: 'Signals.', value: 7 }],
      stop: async () => undefined,
    }),
  };
  const settings = { OPERATOR_EMAILS: 'ops@example.com', METRICS_TOKEN: 'a'.repeat(32) };
  const { app, url, mails, mailbox } = await stage({ clock, adapters: [pager], botSettings: { pager: {} }, settings });
  const headers = { Authorization: `Bearer ${settings.METRICS_TOKEN}` };
  expect(await app.operator.health()).toContainEqual({ part: 'Pager', ok: true, isPlatform: true });
  expect(await (await fetch(`${url}/metrics`, { headers })).text()).toContain('\nimpacter_pager_signals 7');

  trouble = 'the antenna fell off';
  const ready = await fetch(`${url}/readyz`, { headers });
  expect(ready.status).toBe(200);
  expect(((await ready.json()) as { parts: object[] }).parts).toContainEqual({ part: 'Pager', ok: false, trouble, isPlatform: true });

  // Looked at every half minute: a failure that ends is none.
  await pass(270_000);
  trouble = null;
  await pass(60_000);
  trouble = 'the antenna fell off';
  await pass(270_000);
  expect(await mailbox.to('ops@example.com')).toEqual([]);
  await pass(90_000);
  const [mail] = await mails('ops@example.com');
  expect(mail!.subject).toBe('Impacter: Pager: not connected for 5 minutes');
  expect(mail!.text).toContain('Pager: the antenna fell off');
  await pass(600_000);
  expect(await mailbox.to('ops@example.com')).toHaveLength(1);

  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 30_000) {
      const before = looks;
      clock.forward(30_000);
      await vi.waitFor(() => {
        // It may still have been at the look before.
        if (looks === before) clock.forward(1_000);
        expect(looks).toBeGreaterThan(before);
      });
    }
  }
}, 60_000);
