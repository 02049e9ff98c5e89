// What Discord refuses, by the code that it refuses it with. One world for all: nothing that is refused changes anything.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { discordPeople, type DiscordPeople } from './client.ts';
import { startDiscordSandbox, type DiscordSandbox } from './server.ts';
import { at, furnishTest, restOf, type Rest } from './testing/open-discord.ts';

const components = 1 << 15;
const channel = `/channels/${at.general}`;
const posts = `${channel}/messages`;

let discord: DiscordSandbox;
let people: DiscordPeople;
let rest: Rest;
beforeAll(async () => {
  discord = await startDiscordSandbox({ limitFactor: 1_000_000 });
  people = discordPeople(discord.url);
  rest = restOf(discord);
  await furnishTest(people);
});
afterAll(() => discord.stop());

const text = (content: string) => ({ type: 10, content });
const button = (more: object = {}) => ({ type: 2, style: 2, label: 'Press', custom_id: 'a', ...more });
const row = (...parts: object[]) => ({ type: 1, components: parts });
const drawn = (...parts: object[]) => ({ flags: components, components: parts });
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

const bodies: Readonly<Record<string, object>> = {
  'content of 2,001 characters': { content: 'x'.repeat(2_001) },
  'drawn components without their flag': { components: [text('hello')] },
  'content beside drawn components': { content: 'hello', ...drawn(text('hello')) },
  '41 components, counted with those within': drawn({ type: 17, components: many(40, (i) => text(`line ${i}`)) }),
  '4,001 characters over all texts': drawn(text('x'.repeat(3_000)), text('x'.repeat(1_001))),
  'a container in a container': drawn({ type: 17, components: [{ type: 17, components: [text('hello')] }] }),
  'six buttons in a row': drawn(row(...many(6, (i) => button({ custom_id: `b${i}` })))),
  'the same custom id twice': drawn(row(button(), button())),
  'the same id twice': drawn({ ...text('one'), id: 7 }, { ...text('two'), id: 7 }),
  'a custom id of 101 characters': drawn(row(button({ custom_id: 'x'.repeat(101) }))),
  'a label of 81 characters': drawn(row(button({ label: 'x'.repeat(81) }))),
  'a link of 513 characters': drawn(row({ type: 2, style: 5, label: 'Open', url: `https://example.com/${'x'.repeat(493)}` })),
  'a link with a custom id': drawn(row({ type: 2, style: 5, label: 'Open', url: 'https://example.com', custom_id: 'a' })),
  'a link that is none': drawn(row({ type: 2, style: 5, label: 'Open', url: 'javascript:alert(1)' })),
  'a file that is not attached': drawn({ type: 13, file: { url: 'attachment://leads.csv' } }),
  'a file from elsewhere': drawn({ type: 13, file: { url: 'https://example.com/leads.csv' } }),
  'an unknown kind': drawn({ type: 99 }),
  'an unknown field': { content: 'hello', colour: 'red' },
  'a nonce of 26 characters': { content: 'hello', nonce: 'x'.repeat(26) },
  'mentions both listed and parsed': { content: 'hello', allowed_mentions: { parse: ['users'], users: [at.ann] } },
  'an answer to nothing': { content: 'hello', message_reference: { message_id: '139999999999999999' } },
  'an attachment that was not sent': { content: 'hello', attachments: [{ id: '0', filename: 'a.txt' }] },
};

test.each(Object.entries(bodies))('a post is refused as an invalid form: %s', async (_, body) => {
  const { status, body: said } = await rest('POST', posts, body);
  expect([status, said.code, said['errors']]).toEqual([400, 50035, expect.any(Object)]);
});

test.each<readonly [string, number, (rest: Rest) => ReturnType<Rest>]>([
  ['an unknown route', 0, (call) => call('GET', '/nonsense')],
  ['an unknown channel', 10003, (call) => call('POST', '/channels/139999999999999999/messages', { content: 'x' })],
  ['an unknown message', 10008, (call) => call('PATCH', `${posts}/139999999999999999`, { content: 'x' })],
  ['an unknown person', 10013, (call) => call('POST', '/users/@me/channels', { recipient_id: '129999999999999999' })],
  ['somebody who is no member', 10007, (call) => call('GET', `/guilds/${at.acme}/members/${at.mia}`)],
  ['a channel that the bot does not see', 50001, (call) => call('POST', `/channels/${at.secret}/messages`, { content: 'x' })],
  ['a channel where it may not post', 50013, (call) => call('POST', `/channels/${at.mute}/messages`, { content: 'x' })],
  ['a message in a forum', 50008, (call) => call('POST', `/channels/${at.forum}/messages`, { content: 'x' })],
  ['nothing at all', 50006, (call) => call('POST', posts, {})],
  ['a file above the limit', 40005, (call) => call('POST', posts, formOf(Buffer.alloc(10 * 1024 * 1024 + 1)))],
  ['no JSON', 50109, (call) => call('POST', posts, '{"content": ')],
  ['101 messages at once', 50035, (call) => call('GET', `${posts}?limit=101`)],
  [
    'a thread with a name of 101 characters',
    50035,
    async (call) => call('POST', `${posts}/${(await said()).id}/threads`, { name: 'x'.repeat(101) }),
  ],
])('%s is refused with %i', async (_, code, act) => {
  expect((await act(rest)).body.code).toBe(code);
});

test('a wrong token is refused, and so is one that was taken back', async () => {
  const wrong = await fetch(`${discord.apiUrl}/v10/users/@me`, { headers: { Authorization: 'Bot wrong' } });
  expect([wrong.status, await wrong.json()]).toEqual([401, { message: '401: Unauthorized', code: 0 }]);
  await people.revoke(true);
  expect((await rest('GET', '/users/@me')).status).toBe(401);
  await people.revoke(false);
  expect((await rest('GET', '/users/@me')).body.id).toBe('900000000000000001');
});

test('threads: one for each message, closed ones are opened by a post, locked ones take none', async () => {
  const { id } = await said();
  expect((await rest('POST', `${posts}/${id}/threads`, { name: 'leads' })).body.id).toBe(id);
  expect((await rest('POST', `${posts}/${id}/threads`, { name: 'leads' })).body.code).toBe(160004);
  const post = await rest('POST', `/channels/${id}/messages`, { content: 'one' });
  await people.archive(id, true);
  expect((await rest('PATCH', `/channels/${id}/messages/${post.body.id}`, { content: 'two' })).body.code).toBe(50083);
  expect((await rest('POST', `/channels/${id}/messages`, { content: 'three' })).status).toBe(200);
  expect((await rest('PATCH', `/channels/${id}/messages/${post.body.id}`, { content: 'two' })).status).toBe(200);
  await people.lock(id, true);
  expect((await rest('POST', `/channels/${id}/messages`, { content: 'four' })).body.code).toBe(160005);
  const { id: deleted } = await said();
  await people.remove([deleted]);
  expect((await rest('POST', `${posts}/${deleted}/threads`, { name: 'leads' })).body.code).toBe(10008);
});

test('the same nonce gives the same message for five minutes, and 10008 once that is deleted', async () => {
  const post = (content: string) => rest('POST', posts, { content, nonce: 'n1', enforce_nonce: true });
  const first = await post('one');
  expect((await post('two')).body).toMatchObject({ id: first.body.id, content: 'one', nonce: 'n1' });
  expect((await rest('GET', `${posts}/${first.body.id}`)).body).not.toHaveProperty('nonce');
  await people.advance(5 * 60_000);
  const second = await post('three');
  expect(second.body.id).not.toBe(first.body.id);
  await people.remove([second.body.id]);
  expect((await post('four')).body.code).toBe(10008);
});

test('edits: drawn components stay drawn, files that are not listed go, and an hour later there are three more', async () => {
  const form = formOf(Buffer.from('a,b'), drawn(text('one'), { type: 13, file: { url: 'attachment://leads.csv' } }));
  const { body } = await rest('POST', posts, form);
  const edit = (change: object) => rest('PATCH', `${posts}/${body.id}`, change);
  expect((await edit({ content: 'plain' })).body.code).toBe(50035);
  expect((await edit({ components: [text('two')] })).body).toMatchObject({ flags: components, attachments: [{ filename: 'leads.csv' }] });
  expect((await edit({ components: [text('three')], attachments: [] })).body).toMatchObject({ attachments: [] });
  await people.advance(60 * 60_000 + 1);
  const codes = [];
  for (let i = 0; i < 4; i++) codes.push((await edit({ components: [text(`late ${i}`)] })).status);
  expect(codes).toEqual([200, 200, 200, 429]);
});

test('without the right to read history there is an empty list, and no error', async () => {
  await said();
  expect((await rest('GET', `${posts}?limit=1`)).body).toHaveLength(1);
  await people.channel(at.acme, at.general, { overwrites: [{ id: at.acme, type: 0, allow: '0', deny: String(1 << 16) }] });
  expect(await rest('GET', posts)).toMatchObject({ status: 200, body: [] });
  await people.channel(at.acme, at.general, { overwrites: [] });
});

test('closed direct messages refuse posts, and not that they are opened', async () => {
  await people.member(at.acme, { id: at.bo, name: 'Bo', dmsClosed: true });
  const { body } = await rest('POST', '/users/@me/channels', { recipient_id: at.bo });
  expect((await rest('POST', `/channels/${body.id}/messages`, { content: 'hello' })).body.code).toBe(50007);
  await people.member(at.acme, { id: at.bo, name: 'Bo', dmsClosed: false });
  expect((await rest('POST', `/channels/${body.id}/messages`, { content: 'hello' })).status).toBe(200);
});

test('any code can be ordered, words can be forbidden, and a channel closed with its threads', async () => {
  await people.refuse('POST /channels/:channel/messages', 20028);
  expect(await rest('POST', posts, { content: 'x' })).toMatchObject({ status: 429, body: { code: 20028 } });
  await people.forbid(['casino']);
  expect((await rest('POST', posts, drawn(text('a Casino')))).body.code).toBe(200000);
  const { id } = await said();
  await rest('POST', `${posts}/${id}/threads`, { name: 'leads' });
  await people.limit(at.general, 60_000, 'shared');
  const limited = await rest('POST', `/channels/${id}/messages`, { content: 'x' });
  expect([limited.status, limited.body, limited.headers.get('x-ratelimit-scope')]).toEqual([
    429,
    { message: 'You are being rate limited.', retry_after: expect.closeTo(60, 0), global: false },
    'shared',
  ]);
  expect((await rest('POST', `/channels/${at.harborGeneral}/messages`, { content: 'x' })).status).toBe(200);
  await people.limit(at.general, 0);
});

test('calls are limited by channel and by second, and headers say so', async () => {
  await people.limitFactor(1);
  await people.advance(10_000);
  const before = await rest('POST', posts, { content: 'x' });
  expect([before.headers.get('x-ratelimit-limit'), before.headers.get('x-ratelimit-remaining')]).toEqual(['5', '4']);
  for (let i = 0; i < 4; i++) await rest('POST', posts, { content: 'x' });
  expect(await rest('POST', posts, { content: 'x' })).toMatchObject({ status: 429, body: { global: false } });
  const others = await Promise.all(many(60, () => rest('GET', `/users/${at.ann}`)));
  const refused = others.filter(({ status }) => status === 429);
  expect(refused.some(({ body, headers }) => body['global'] === true || headers.get('x-ratelimit-scope') === 'user')).toBe(true);
  await people.limitFactor(1_000_000);
});

test.each<readonly [string, string]>([
  ['gone', '404'],
  ['broken', '500'],
  ['busy', '429'],
])('a download that is ordered to be %s answers %s, and an address is good for a day', async (fault, status) => {
  const { id } = await people.say(at.general, 'look', {
    from: at.ann,
    files: [{ name: 'a.txt', mime: 'text/plain', bytes: Buffer.from('a') }],
  });
  const address = async () => ((await rest('GET', `${posts}/${id}`)).body['attachments'] as { url: string }[])[0]!.url;
  const first = await address();
  await people.nextFile(fault as 'gone');
  expect(String((await fetch(first)).status)).toBe(status);
  expect(await (await fetch(first)).text()).toBe('a');
  expect((await fetch(first.replace(/hm=./, 'hm=x'))).status).toBe(404);
  await people.advance(24 * 60 * 60_000);
  expect((await fetch(first)).status).toBe(404);
  expect((await fetch(await address())).status).toBe(200);
  const again = await rest('POST', '/attachments/refresh-urls', { attachment_urls: [first] });
  const [{ refreshed }] = again.body['refreshed_urls'] as unknown as [{ refreshed: string }];
  expect((await fetch(refreshed)).status).toBe(200);
});

function said() {
  return people.say(at.general, 'hello', { from: at.ann });
}

function formOf(bytes: Buffer, payload: object = {}): FormData {
  const form = new FormData();
  form.append('payload_json', JSON.stringify(payload));
  form.append('files[0]', new Blob([new Uint8Array(bytes)], { type: 'text/csv' }), 'leads.csv');
  return form;
}
