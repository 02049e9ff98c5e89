// docs/slack.md, followed step by step on the sandbox by somebody who connects one workspace and lets another one install the app.

import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { examineSlack } from './examine.ts';
import { manifest } from './manifest/manifest.ts';
import { defaultClient, defaultSigningSecret } from './sandbox/server.ts';
import type { SlackSettings } from './settings.ts';
import { openProduct } from './testing/open-product.ts';

const agents = agentsThat(async ({ quantity }) => done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]));
// Before the first step nothing of Slack is set.
const world = forAll(() => openProduct({ agents, linked: false, installs: 'once', settings: { ROLES: 'web' } }), 60_000);

/** What the page says to do in each step, in order. */
const [steps] = [/## Connect Slack([^]*?)### /.exec(readFileSync('docs/slack.md', 'utf8'))![1]!].map((text) =>
  text.split(/^\d\. /m).slice(1),
);

test('the page has five steps, and each names what is done in the test below', () => {
  const named = [
    ['slack-manifest.json', 'https://your-product.example', 'PUBLIC_URL', 'From a manifest'],
    ['Signing Secret', 'SLACK_SIGNING_SECRET'],
    ['SLACK_BOT_TOKEN', 'SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET', '/slack/install'],
    ['Restart the product', 'Verified'],
    ['/invite', 'mention it'],
  ];
  expect(steps!.map((step, i) => named[i]?.filter((word) => !step.replace(/\s+/g, ' ').includes(word)))).toEqual(named.map(() => []));
});

test('followed step by step, the page leads from nothing to a request that is answered', async () => {
  const { people, settings, another, person, app } = world();
  await people.channel('T1', 'C1', { member: false });
  // 4, first half: the product that is started with what the steps before have given.
  const { token } = await people.team('T1');
  const set: SlackSettings = {
    botToken: token,
    signingSecrets: [defaultSigningSecret],
    appToken: null,
    install: { clientId: defaultClient.id, clientSecret: defaultClient.secret },
    apiUrl: settings.apiUrl,
    historyEveryMs: 0,
  };
  const { url } = await another({ ROLES: 'web,bots,worker' }, { botSettings: { slack: set } });
  // 1: the manifest with our address in it, which is where Slack calls us.
  const pasted = readFileSync('docs/slack-manifest.json', 'utf8').replaceAll('https://your-product.example', url!);
  expect(JSON.parse(pasted)).toEqual(manifest(url!));
  const { settings: told } = JSON.parse(pasted) as ReturnType<typeof manifest>;
  // 2, 3 and 4: the address is verified, and the doctor finds nothing to mend.
  await people.hook({ url: told!.event_subscriptions!.request_url! });
  expect((await examineSlack(set, url!)).map(({ state }) => state)).toEqual(['ok', 'ok', 'ok', 'ok']);
  // 5: invited and mentioned, the app offers its admins the link by which a team takes over the costs.
  await people.invite('C1');
  await people.say('C1', '@impacter find me 3 leads in Miami', { from: 'U1' });
  const link = await vi.waitFor(async () => /Link workspace: \S*\/link\/(\S+)/.exec((await world().told('U1', null)).at(-1) ?? '')![1]!);
  const mia = await person();
  await app.workspaces.confirmLink(loggedIn(mia), link, { userId: mia.userId, teamId: mia.teamId });
  const { thread } = await people.say('C1', '@impacter find me 3 leads in Miami', { from: 'U1' });
  await world().answer(thread, /^✓ Done: 3 leads[^]*leads\.csv/);

  // 3, the other way: anybody follows <PUBLIC_URL>/slack/install, and is led on to the page where a team takes over the costs.
  await people.team('T2', { name: 'Harbor' });
  await people.user('T2', { id: 'U9', name: 'Mia', role: 'admin' });
  const begun = await fetch(`${url}/slack/install`, { redirect: 'manual' });
  const back = new URL(await people.authorize(begun.headers.get('location')!, { team: 'T2', user: 'U9' }));
  const headers = { Cookie: begun.headers.get('set-cookie')!.split(';')[0]! };
  const landed = await fetch(`${url}${back.pathname}${back.search}`, { redirect: 'manual', headers });
  expect([landed.status, landed.headers.get('location')]).toEqual([303, expect.stringMatching(/\/link\//)]);
});
