// What `npm run doctor` says of Slack.

import { expect, onTestFinished, test } from 'vitest';
import { openSlackStage } from '#core/testing/stages/slack-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { examineSlack } from './examine.ts';
import { scopeNames } from './manifest/scopes.ts';
import { startSlackSandbox } from './sandbox/server.ts';
import type { SlackSettings } from './settings.ts';

const world = forAll(() => openSlackStage({ installs: 'once', linked: false }), 60_000);

async function examine(change: Partial<SlackSettings> = {}, url = world().url) {
  const { settings, people } = world();
  const { teams } = await people.places();
  const findings = await examineSlack({ ...settings, botToken: teams[0]!.token, ...change }, url);
  return findings.map((each) => `${each.state}: ${each.words}${each.state === 'ok' ? '' : ` → ${each.mend}`}`);
}

test('the doctor checks the token, its scopes, the client and the event address, and names the page of Slack that mends each', async () => {
  const { people, url } = world();
  expect(await examine()).toEqual([
    'ok: the token works in Acme, with all scopes',
    `ok: workspaces install the app at ${url}/slack/install`,
    `ok: people can log in with Slack where ${url}/login/with/slack stands under “OAuth & Permissions”, Redirect URLs`,
    `ok: ${url}/slack/events answers as Slack wants it`,
  ]);
  const elsewhere = await startSlackSandbox({ redirectUris: ['https://old.example/login/with/slack'] });
  onTestFinished(elsewhere.stop);
  const { install } = world().settings;
  expect(await examineSlack({ ...world().settings, botToken: null, install, apiUrl: elsewhere.apiUrl }, url)).toContainEqual(
    expect.objectContaining({ state: 'failing', mend: expect.stringContaining(`add ${url}/login/with/slack under “OAuth & Permissions”`) }),
  );
  expect(await examine({ botToken: 'xoxb-wrong' })).toContainEqual(
    expect.stringMatching(/^failing: .*invalid_auth → .*“OAuth & Permissions”/),
  );
  expect(await examine({ install: { clientId: '1000000000.2000000000', clientSecret: 'x' } })).toContainEqual(
    expect.stringMatching(/^failing: .*bad_client_secret → .*“Basic Information”/),
  );
  expect(await examine({ signingSecrets: ['other'] })).toContainEqual(
    expect.stringMatching(/^failing: .*answers 401 → .*SLACK_SIGNING_SECRET/),
  );
  expect(await examine({ signingSecrets: [] })).toContainEqual(expect.stringMatching(/^failing: nothing .*“Basic Information”/));
  expect(await examine({}, 'http://127.0.0.1:9')).toContainEqual(
    expect.stringMatching(/^warning: .*does not answer.*“Event Subscriptions”/),
  );
  await people.takeScope('T1', scopeNames[0]!);
  expect(await examine()).toContainEqual(expect.stringMatching(/^warning: the token lacks app_mentions:read → .*“Reinstall to Workspace”/));
});
