// Logging in with Discord, as an app sees it: what is not exactly right is refused.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { botId } from './bot.ts';
import { discordPeople, type DiscordPeople } from './client.ts';
import { defaultClientSecret, startDiscordSandbox, type DiscordSandbox } from './server.ts';

const redirect_uri = 'http://127.0.0.1:3000/login/with/discord';
const verifier = 'v'.repeat(43);
const user = '120000000000000001';
let world: { discord: DiscordSandbox; people: DiscordPeople };
beforeAll(async () => {
  const discord = await startDiscordSandbox({ redirectUris: [redirect_uri] });
  world = { discord, people: discordPeople(discord.url) };
  await world.people.guild('110000000000000001', { name: 'Acme', owner: user });
  await world.people.member('110000000000000001', { id: user, name: 'Ann' });
});
afterAll(() => world.discord.stop());

const asked = {
  response_type: 'code',
  client_id: botId,
  scope: 'identify email',
  state: 's1',
  redirect_uri,
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
};
const page = (more: Record<string, string> = {}) =>
  `${world.discord.apiUrl}/oauth2/authorize?${new URLSearchParams({ ...asked, ...more }).toString()}`;

async function exchange(given: Record<string, string>, secret = defaultClientSecret) {
  const answer = await fetch(`${world.discord.apiUrl}/oauth2/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${botId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', redirect_uri, code_verifier: verifier, ...given }),
  });
  return [answer.status, (await answer.json()) as Record<string, string>] as const;
}

test('somebody chooses who they are, and the code tells it once, to who has the verifier', async () => {
  const back = new URL(await world.people.authorize(page(), { user }));
  expect([back.origin + back.pathname, back.searchParams.get('state'), back.searchParams.get('iss')]).toEqual([
    redirect_uri,
    's1',
    world.discord.url,
  ]);
  const code = back.searchParams.get('code')!;
  expect(await exchange({ code }, 'x')).toEqual([401, { error: 'invalid_client' }]);
  for (const wrong of [{ code_verifier: 'w'.repeat(43) }, { redirect_uri: 'http://127.0.0.1:3000/other' }])
    expect(await exchange({ code, ...wrong })).toEqual([400, { error: 'invalid_grant' }]);
  const [status, { access_token: token }] = await exchange({ code });
  expect(status).toBe(200);
  expect(await exchange({ code })).toEqual([400, { error: 'invalid_grant' }]);
  const me = await fetch(`${world.discord.apiUrl}/v10/users/@me`, { headers: { Authorization: `Bearer ${token}` } });
  expect(await me.json()).toMatchObject({ id: user, email: expect.stringContaining('@'), verified: true });
  const stranger = await fetch(`${world.discord.apiUrl}/v10/users/@me`, { headers: { Authorization: 'Bearer x' } });
  expect(stranger.status).toBe(401);
});

test.each([
  [{ redirect_uri: 'http://127.0.0.1:3000/elsewhere' }, 'Invalid OAuth2 redirect_uri'],
  [{ client_id: '900000000000000009' }, 'invalid client_id'],
  [{ scope: 'identify email guilds' }, 'invalid scope'],
  [{ response_type: 'token' }, 'unsupported response_type'],
  [{ code_challenge_method: 'plain' }, 'invalid code_challenge_method'],
])('an address with %j is refused', async (more, message) => {
  const answer = await fetch(page(more as Record<string, string>));
  expect([answer.status, await answer.json()]).toEqual([400, { message, code: 0 }]);
});
