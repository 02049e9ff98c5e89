// Logging in with Slack, as an app sees it: what is not exactly right is refused.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultClient } from '../server.ts';
import { openSlack, type OpenSlack } from '../testing/open-slack.ts';

const redirect_uri = 'http://127.0.0.1:3000/login/with/slack';
let world: OpenSlack;
beforeAll(async () => {
  world = await openSlack({ redirectUris: [redirect_uri] });
});
afterAll(() => world.slack.stop());

const client = { client_id: defaultClient.id, client_secret: defaultClient.secret };
const asked = { response_type: 'code', client_id: client.client_id, scope: 'openid profile email', state: 's1', nonce: 'n1', redirect_uri };
const page = (more: Record<string, string> = {}) =>
  `${world.slack.url}/openid/connect/authorize?${new URLSearchParams({ ...asked, ...more }).toString()}`;

async function code(): Promise<string> {
  return new URL(await world.people.authorize(page(), { team: 'T1', user: 'U2' })).searchParams.get('code')!;
}

async function call(method: string, given: Record<string, string>): Promise<Record<string, unknown>> {
  return (await (await fetch(world.slack.apiUrl + method, { method: 'POST', body: new URLSearchParams(given) })).json()) as never;
}

const exchange = (given: Record<string, string>) => call('openid.connect.token', { ...client, redirect_uri, ...given });

test('somebody chooses who they are, and the code tells it once, to the app and address that asked', async () => {
  const shown = await (await fetch(page())).text();
  expect(shown).toContain('bo@acme.example');
  const press = await fetch(page(), { method: 'POST', body: new URLSearchParams({ who: 'T1/U2' }), redirect: 'manual' });
  const back = new URL(press.headers.get('location')!);
  expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([redirect_uri, 's1']);
  const first = back.searchParams.get('code')!;
  expect(await exchange({ code: first, client_secret: 'x' })).toMatchObject({ error: 'bad_client_secret' });
  expect(await exchange({ code: first, redirect_uri: 'http://127.0.0.1:3000/other' })).toMatchObject({ error: 'bad_redirect_uri' });
  expect(await exchange({ code: first, code_verifier: 'v' })).toMatchObject({ error: 'invalid_grant' });
  // A code of one flow is none of the other.
  expect(await call('oauth.v2.access', { ...client, code: first })).toMatchObject({ error: 'invalid_code' });
  const told = await exchange({ code: first });
  const claims = JSON.parse(Buffer.from(String(told['id_token']).split('.')[1]!, 'base64url').toString()) as object;
  expect(claims).toMatchObject({
    aud: client.client_id,
    nonce: 'n1',
    'https://slack.com/team_id': 'T1',
    'https://slack.com/user_id': 'U2',
  });
  expect(await exchange({ code: first })).toMatchObject({ error: 'code_already_used' });
  expect(await call('openid.connect.userInfo', { token: String(told['access_token']) })).toMatchObject({
    ok: true,
    email: 'bo@acme.example',
  });
  const late = await code();
  await world.people.advance(600_001);
  expect(await exchange({ code: late })).toMatchObject({ error: 'invalid_code' });
});

test.each([
  [{ redirect_uri: 'http://127.0.0.1:3000/elsewhere' }, 'bad_redirect_uri'],
  [{ client_id: '1.2' }, 'invalid_client_id'],
  [{ scope: 'openid chat:write' }, 'invalid_scope'],
  [{ scope: 'profile email' }, 'invalid_scope'],
  [{ response_type: 'token' }, 'invalid_response_type'],
  [{ code_challenge: 'c', code_challenge_method: 'S256' }, 'pkce_not_enabled'],
])('an address with %j is shown as an error of Slack’s own', async (more, error) => {
  const answer = await fetch(page(more as Record<string, string>));
  expect([answer.status, await answer.json()]).toEqual([400, { ok: false, error }]);
});
