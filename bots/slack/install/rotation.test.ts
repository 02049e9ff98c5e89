// Tokens that live for twelve hours.

import { onTestFinished, expect, test, vi } from 'vitest';
import { sharedBy } from '#core/product/shared.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { openSlackStage } from '#core/testing/stages/slack-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { slackCalls } from '../api/call.ts';
import { defaultClient } from '../sandbox/server.ts';
import { exchangeCode, installationIn } from './access.ts';
import { keepRotated } from './rotation.ts';

const clock = clockByHand();
const world = forAll(() => openSlackStage({ clock, installs: 'rotating', linked: false }), 60_000);
const client = { clientId: defaultClient.id, clientSecret: defaultClient.secret };
const redirectUri = 'http://127.0.0.1/slack/oauth_redirect';

async function install(team: string) {
  const { people, settings, app } = world();
  await people.team(team, { name: team });
  await people.user(team, { id: 'U9', name: 'Mia', role: 'admin' });
  const page = new URL('../oauth/v2/authorize', settings.apiUrl!);
  page.search = new URLSearchParams({ client_id: client.clientId, scope: 'chat:write', redirect_uri: redirectUri }).toString();
  const code = new URL(await people.authorize(page.href, { team, user: 'U9' })).searchParams.get('code')!;
  const granted = await exchangeCode(slackCalls(settings), client, { code, redirectUri }, AbortSignal.timeout(5_000));
  await app.workspaces.installed(installationIn(granted, clock.now()));
  return (await installed(team))!;
}

const installed = (team: string) => world().core.store.installations.find('slack', team);
const exchanges = async () => (await world().people.calls('oauth.v2.access')).length;

/** As a process keeps them. */
function keep(app = world().app) {
  const { settings, core } = world();
  const rotation = keepRotated({ app, client, clock, log: quietLog, budgets: sharedBy(core).budgets, call: slackCalls(settings) });
  onTestFinished(() => rotation.stop());
  return rotation;
}

test('tokens are exchanged two hours before they expire, once among all processes, and calls go on with the new ones', async () => {
  const { another, people, settings } = world();
  const second = await another({}, {});
  const first = await install('T5');
  const before = await exchanges();
  const processes = [keep(), keep(second.app)];
  const wake = () => processes.map(({ soon }) => soon());
  clock.forward(9 * 3_600_000);
  wake();
  clock.forward(3_600_000 + 1);
  const dueMs = clock.now().getTime();
  wake();
  await vi.waitFor(async () => expect((await installed('T5'))!.version).toBeGreaterThan(first.version));
  wake();
  expect(await exchanges()).toBe(before + 1);
  expect(new Date((await people.calls('oauth.v2.access')).at(-1)!.at).getTime()).toBeGreaterThanOrEqual(dueMs - 1_000);
  const { tokens } = (await installed('T5'))!;
  expect(tokens.bot).not.toBe(first.tokens.bot);
  expect((await slackCalls(settings)('auth.test', tokens.bot, {}, AbortSignal.timeout(5_000)))['team_id']).toBe('T5');
  expect(await second.app.workspaces.installation('slack', 'T5')).toMatchObject({ tokens: { bot: tokens.bot } });
});

test('a workspace whose tokens expired in the meantime is answered as soon as Slack says so', async () => {
  const { core, settings } = world();
  const first = await install('T6');
  const rotation = keep();
  await vi.waitFor(async () => expect((await core.store.installations.expiring('slack', clock.now(), 1)).length).toBe(0));
  await core.store.money.query({ text: `UPDATE installations SET tokens_expire_at = $1 WHERE external_id = 'T6'` }, [clock.now()]);
  rotation.soon();
  await vi.waitFor(async () => expect((await installed('T6'))!.tokens.bot).not.toBe(first.tokens.bot));
  const { tokens } = (await installed('T6'))!;
  expect((await slackCalls(settings)('auth.test', tokens.bot, {}, AbortSignal.timeout(5_000)))['ok']).toBe(true);
});

test('an exchange that ended without an answer is not repeated at once, and tokens that are lost are told as a removal', async () => {
  const { core, people } = world();
  await core.store.money.query({ text: 'DELETE FROM installations' }, []);
  await install('T7');
  const before = await exchanges();
  await people.next('oauth.v2.access', 'answer-lost');
  clock.forward(11 * 3_600_000);
  const rotation = keep();
  await vi.waitFor(async () => expect(await exchanges()).toBe(before + 1));
  // The one that expires later has its turn after it.
  const later = await install('T8');
  const inAnHourAndAHalf = new Date(clock.now().getTime() + 90 * 60_000);
  await core.store.money.query({ text: `UPDATE installations SET tokens_expire_at = $1 WHERE external_id = 'T8'` }, [inAnHourAndAHalf]);
  const known = await exchanges();
  rotation.soon();
  await vi.waitFor(async () => expect((await installed('T8'))!.version).toBeGreaterThan(later.version));
  expect(await exchanges()).toBe(known + 1);
  clock.forward(2 * 3_600_000);
  rotation.soon();
  await vi.waitFor(async () => expect(await installed('T7')).toBeNull());
});
