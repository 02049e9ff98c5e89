// Installing with OAuth, and tokens that rotate.

import type { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultClient } from '../server.ts';
import { clientOf, openSlack, type OpenSlack } from '../testing/open-slack.ts';

let world: OpenSlack;
let app: WebClient;
beforeAll(async () => {
  world = await openSlack({ client: { rotates: true } });
  app = clientOf(world.slack);
});
afterAll(() => world.slack.stop());

const client = { client_id: defaultClient.id, client_secret: defaultClient.secret };
const redirect_uri = 'http://127.0.0.1:3000/slack/oauth_redirect';
const page = (more: Record<string, string> = {}) =>
  `${world.slack.url}/oauth/v2/authorize?${new URLSearchParams({ client_id: client.client_id, scope: 'chat:write,team:read', state: 's1', redirect_uri, ...more }).toString()}`;

async function code(): Promise<string> {
  const next = new URL(await world.people.authorize(page(), { team: 'T1', user: 'U1' }));
  expect([next.origin + next.pathname, next.searchParams.get('state')]).toEqual([redirect_uri, 's1']);
  return next.searchParams.get('code')!;
}

test('a code is exchanged once within ten minutes, for the scopes that were asked for', async () => {
  const { people, slack } = world;
  const first = await code();
  const installed = await app.oauth.v2.access({ ...client, code: first, redirect_uri });
  expect(installed).toMatchObject({
    scope: 'chat:write,team:read',
    team: { id: 'T1', name: 'Acme' },
    authed_user: { id: 'U1' },
    expires_in: 43_200,
  });
  expect((await clientOf(slack, installed.access_token).auth.test()).team_id).toBe('T1');
  await expect(app.oauth.v2.access({ ...client, code: first, redirect_uri })).rejects.toMatchObject({
    data: { error: 'code_already_used' },
  });
  const elsewhere = app.oauth.v2.access({ ...client, code: await code(), redirect_uri: 'http://127.0.0.1:3000/other' });
  await expect(elsewhere).rejects.toMatchObject({ data: { error: 'bad_redirect_uri' } });
  const late = await code();
  await people.advance(600_001);
  await expect(app.oauth.v2.access({ ...client, code: late, redirect_uri })).rejects.toMatchObject({ data: { error: 'invalid_code' } });
  const wrong = app.oauth.v2.access({ ...client, client_secret: 'x', code: late });
  await expect(wrong).rejects.toMatchObject({ data: { error: 'bad_client_secret' } });
});

test('a token lives for twelve hours, and a refresh token works once: with the second use the pair is over', async () => {
  const { people, slack } = world;
  const installed = await app.oauth.v2.access({ ...client, code: await code(), redirect_uri });
  await people.advance(12 * 3_600_000);
  await expect(clientOf(slack, installed.access_token).auth.test()).rejects.toMatchObject({ data: { error: 'token_expired' } });
  const grant = { ...client, grant_type: 'refresh_token' as const, refresh_token: installed.refresh_token! };
  const rotated = await app.oauth.v2.access(grant);
  expect((await clientOf(slack, rotated.access_token).auth.test()).ok).toBe(true);
  await expect(app.oauth.v2.access(grant)).rejects.toMatchObject({ data: { error: 'invalid_refresh_token' } });
  await expect(clientOf(slack, rotated.access_token).auth.test()).rejects.toMatchObject({ data: { error: 'token_revoked' } });
});

test('the page lets an admin allow it or not, and shows an address that is wrong as Slack’s own error', async () => {
  const shown = await fetch(page());
  expect([shown.status, (await shown.text()).includes('value="T1/U1"')]).toEqual([200, true]);
  const press = async (choice: string) => {
    const body = new URLSearchParams({ who: 'T1/U1', choice });
    return new URL((await fetch(page(), { method: 'POST', body, redirect: 'manual' })).headers.get('location')!).searchParams;
  };
  expect((await press('deny')).get('error')).toBe('access_denied');
  expect((await press('allow')).get('code')).toMatch(/./);
  expect((await fetch(page({ client_id: 'x' }))).status).toBe(400);
});
