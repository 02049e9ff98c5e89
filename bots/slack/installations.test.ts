// Where the app is installed when the product starts.

import { expect, test, vi } from 'vitest';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { openSlackStage } from '#core/testing/stages/slack-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { slackCalls } from './api/call.ts';
import { keepInstallations } from './installations.ts';
import type { SlackPeople } from './sandbox/client.ts';
import type { SlackSettings } from './settings.ts';

const clock = clockByHand();
const world = forAll(() => openSlackStage({ clock, linked: false }), 60_000);

function keep(change: Partial<SlackSettings>) {
  const { app, settings } = world();
  const { seeds: _, ...given } = { ...settings, ...change };
  return keepInstallations({ app, clock, log: quietLog, settings: given }, slackCalls(given));
}

test('the workspace of the token that an operator set is known by itself, also where Slack was away at the start', async () => {
  const { people, core, setDown } = world();
  const [acme] = (await people.places()).teams;
  await core.store.money.query({ text: 'DELETE FROM installations' }, []);
  await setDown(true);
  const installed = await keep({ botToken: acme!.token });
  expect([installed.isComplete(), await core.store.installations.find('slack', 'T1')]).toEqual([false, null]);
  await setDown(false);
  await vi.waitFor(() => {
    clock.forward(10_000);
    expect(installed.isComplete()).toBe(true);
  });
  expect(await core.store.installations.find('slack', 'T1')).toMatchObject({ name: 'Acme', botUserId: acme!.botUser });
  await installed.stop();
});

test.each<[string, (people: SlackPeople) => Promise<unknown>, number]>([
  ['Slack wants us to wait', (people) => people.next('auth.test', 'busy'), 0],
  ['the database is away', async () => undefined, 1],
])('where %s at the start, the token is tried again and not called wrong', async (_, trouble, lost) => {
  const { people, core, app, settings } = world();
  const [acme] = (await people.places()).teams;
  await core.store.money.query({ text: 'DELETE FROM installations' }, []);
  await trouble(people);
  let failures = lost;
  const installed: typeof app.workspaces.installed = async (given) => {
    if (failures-- > 0) throw refuse('database.unavailable', { outcome: 'unknown' });
    return app.workspaces.installed(given);
  };
  const { seeds: _seeds, ...given } = { ...settings, botToken: acme!.token };
  const wrapped = { ...app, workspaces: { ...app.workspaces, installed } };
  const kept = await keepInstallations({ app: wrapped, clock, log: quietLog, settings: given }, slackCalls(given));
  expect(kept.isComplete()).toBe(false);
  await vi.waitFor(() => {
    clock.forward(10_000);
    expect(kept.isComplete()).toBe(true);
  });
  await kept.stop();
});

test.each<[string, Partial<SlackSettings>, string]>([
  ['a token that Slack does not take', { botToken: 'xoxb-wrong' }, 'Slack does not take SLACK_BOT_TOKEN'],
  ['neither a signing secret nor an app token', { botToken: 'xoxb-1', signingSecrets: [] }, 'Nothing would be heard'],
  ['neither a token nor an app that workspaces install', {}, 'Nobody could be answered'],
])('with %s the product does not start, and says why', async (_, change, words) => {
  await expect(keep(change)).rejects.toThrow(words);
});

test('with a token that may not see who is a guest the product does not start, and names the scope that is missing', async () => {
  const { people } = world();
  const acme = await people.team('T1');
  await people.team('T1', { scopes: acme.scopes.filter((scope) => scope !== 'users:read') });
  await expect(keep({ botToken: acme.token })).rejects.toThrow('lacks the scope users:read');
  await people.team('T1', { scopes: acme.scopes });
});
