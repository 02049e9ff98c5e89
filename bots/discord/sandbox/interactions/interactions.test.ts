// Commands, presses and forms, as an app is told them and answers.

import { createPublicKey, verify } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { at, openDiscord, type OpenDiscord } from '../testing/open-discord.ts';
import { openSession } from '../testing/open-socket.ts';

const bot = '900000000000000001';
const components = 1 << 15;
const ephemeral = 1 << 6;
const everywhere = { integration_types: [0, 1], contexts: [0, 1, 2] };
const commands = [
  {
    name: 'ask',
    description: 'Ask',
    ...everywhere,
    options: [
      { type: 3, name: 'request', description: 'What', required: true },
      { type: 11, name: 'file', description: 'A file' },
      { type: 5, name: 'private', description: 'Only you' },
    ],
  },
  { name: 'setup', description: 'Set up', default_member_permissions: '32' },
  { name: 'Run on this', type: 3, ...everywhere },
];

interface Told {
  readonly id: string;
  readonly token: string;
  readonly type: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
}

interface App extends OpenDiscord {
  /** The next interaction that it is told. */
  next(): Promise<Told>;
  answer(told: Told, body: object): ReturnType<OpenDiscord['rest']>;
  hook(told: Told, method: string, body?: object, message?: string): ReturnType<OpenDiscord['rest']>;
}

async function openApp(): Promise<App> {
  const world = await openDiscord();
  const { frames } = await openSession(world.discord);
  expect((await world.rest('PUT', `/applications/${bot}/commands`, commands)).status).toBe(200);
  let seen = 0;
  return {
    ...world,
    next: () =>
      vi.waitFor(() => {
        const all = frames.filter(({ t }) => t === 'INTERACTION_CREATE');
        if (all.length <= seen) throw new Error('no interaction yet');
        return all[seen++]!.d as unknown as Told;
      }),
    answer: ({ id, token }, body) => world.rest('POST', `/interactions/${id}/${token}/callback`, body),
    hook: ({ token }, method, body, message) =>
      world.rest(method, `/webhooks/${bot}/${token}${message === undefined ? '' : `/messages/${encodeURIComponent(message)}`}`, body),
  };
}

const drawn = (...parts: object[]) => ({ flags: components, components: parts });
const button = (id: string) => ({ type: 1, components: [{ type: 2, style: 1, label: id, custom_id: id }] });

test('a command comes with who gave it, where, and what they attached; a promise of an answer is kept by the first that follows', async () => {
  const { people, next, answer, hook } = await openApp();
  const given = people.command(
    at.general,
    'ask',
    { request: 'leads', file: { name: 'a.csv', mime: 'text/csv', bytes: Buffer.from('a') }, private: true },
    at.bo,
  );
  const told = await next();
  expect(told).toMatchObject({
    type: 2,
    application_id: bot,
    guild_id: at.acme,
    channel_id: at.general,
    channel: { id: at.general, type: 0, permissions: expect.any(String) },
    member: { user: { id: at.bo }, pending: false, permissions: expect.any(String) },
    context: 0,
    authorizing_integration_owners: { 0: at.acme },
    attachment_size_limit: 10 * 1024 * 1024,
    data: {
      name: 'ask',
      type: 1,
      options: [
        { name: 'request', type: 3, value: 'leads' },
        { name: 'file', type: 11 },
        { name: 'private', value: true },
      ],
    },
  });
  const resolved = (told.data['resolved'] as { attachments: Record<string, { url: string }> }).attachments;
  expect(await (await fetch(Object.values(resolved)[0]!.url)).text()).toBe('a');
  expect((await answer(told, { type: 5, data: { flags: ephemeral | components } })).body.code).toBe(50035);
  expect((await answer(told, { type: 5, data: { flags: ephemeral, content: 'x' } })).body.code).toBe(50035);
  expect((await answer(told, { type: 5, data: { flags: ephemeral } })).status).toBe(204);
  await given;
  expect(await people.ephemerals(at.bo)).toMatchObject([{ isThinking: true }]);
  expect((await answer(told, { type: 4, data: { content: 'again' } })).body.code).toBe(40060);
  expect((await hook(told, 'POST', drawn({ type: 10, content: 'Done.' }))).status).toBe(200);
  expect(await people.ephemerals(at.bo)).toMatchObject([{ isThinking: false, only: at.bo, components: [{ content: 'Done.' }] }]);
  expect([await people.ephemerals(at.ann), await people.messages(at.general)]).toEqual([[], []]);
  expect((await hook(told, 'PATCH', drawn({ type: 10, content: 'Done again.' }), '@original')).status).toBe(200);
  expect((await hook(told, 'GET', undefined, '@original')).body['components']).toMatchObject([{ content: 'Done again.' }]);
  // Who sees a message is said once.
  expect((await hook(told, 'PATCH', { ...drawn({ type: 10, content: 'x' }), flags: 32_832 }, '@original')).body.code).toBe(50035);
  expect((await hook(told, 'DELETE', undefined, '@original')).status).toBe(204);
  expect((await hook(told, 'GET', undefined, '@original')).body.code).toBe(10008);
  await people.advance(15 * 60_000);
  expect(await hook(told, 'POST', { content: 'late' })).toMatchObject({ status: 401, body: { code: 50027 } });
});

test('a press carries its message, and is answered with a change of it, a form, or words for one person', async () => {
  const { people, rest, next, answer, hook } = await openApp();
  const post = await rest(
    'POST',
    `/channels/${at.general}/messages`,
    drawn({ type: 17, components: [{ type: 10, content: 'Approve?' }, button('yes'), button('more')] }),
  );
  const press = async (id: string, who: string, body: object) => {
    const pressed = people.press(post.body.id, id, who);
    const told = await next();
    const { status } = await answer(told, body);
    if (status < 300) await pressed;
    else await expect(pressed).rejects.toMatchObject({ reason: 'did_not_respond' });
    return { told, status };
  };
  const { told } = await press('yes', at.bo, { type: 4, data: { content: 'Only Ann may.', flags: ephemeral } });
  expect(told).toMatchObject({
    type: 3,
    message: { id: post.body.id, components: [{ type: 17 }] },
    data: { custom_id: 'yes', component_type: 2 },
  });
  expect((await people.ephemerals(at.bo)).map(({ content }) => content)).toEqual(['Only Ann may.']);

  const label = (component: object) => ({ type: 18, label: 'Words', component });
  const modal = {
    custom_id: 'form',
    title: 'Change',
    components: [label({ type: 4, custom_id: 'text', style: 2, max_length: 10, value: 'old' })],
  };
  await press('more', at.ann, { type: 9, data: modal });
  const form = (await people.form(at.ann))!;
  expect(form.fields).toMatchObject([{ id: 'text', label: 'Words', value: 'old', most: 10 }]);
  await expect(people.submit(form.id, { text: 'x'.repeat(11) }, at.ann)).rejects.toMatchObject({ reason: 'field_too_long' });
  const sent = people.submit(form.id, { text: 'new' }, at.ann);
  const submitted = await next();
  expect(submitted).toMatchObject({
    type: 5,
    message: { id: post.body.id },
    data: { custom_id: 'form', components: [{ type: 18, component: { type: 4, custom_id: 'text', value: 'new' } }] },
  });
  expect((await answer(submitted, { type: 9, data: modal })).body.code).toBe(50035);
  await answer(submitted, { type: 6 });
  await sent;
  await hook(submitted, 'PATCH', { components: [{ type: 10, content: 'Changed.' }] }, '@original');
  expect((await people.messages(at.general))[0]).toMatchObject({ id: post.body.id, buttons: [], components: [{ content: 'Changed.' }] });
  await expect(people.press(post.body.id, 'yes', at.ann)).rejects.toMatchObject({ reason: 'no_such_button' });
});

test.each<readonly [string, object]>([
  [
    'with six parts',
    { components: Array.from({ length: 6 }, (_, i) => ({ type: 18, label: 'a', component: { type: 4, custom_id: `t${i}`, style: 1 } })) },
  ],
  ['with a title of 46 characters', { title: 'x'.repeat(46) }],
  [
    'with the same custom id twice',
    { components: [0, 1].map(() => ({ type: 18, label: 'a', component: { type: 4, custom_id: 'same', style: 1 } })) },
  ],
  ['with a button in it', { components: [button('a')] }],
  [
    'with a text that is longer than it may be',
    { components: [{ type: 18, label: 'a', component: { type: 4, custom_id: 't', style: 1, max_length: 2, value: 'abc' } }] },
  ],
])('a form %s is refused', async (_, change) => {
  const { people, next, answer } = await openApp();
  const given = people.command(at.general, 'ask', { request: 'x' }, at.ann).catch(() => undefined);
  const modal = {
    custom_id: 'form',
    title: 'Change',
    components: [{ type: 18, label: 'a', component: { type: 4, custom_id: 't', style: 1 } }],
  };
  const told = await next();
  expect((await answer(told, { type: 9, data: { ...modal, ...change } })).body.code).toBe(50035);
  expect((await answer(told, { type: 9, data: modal })).status).toBe(204);
  await given;
});

test('a person who has the app for themselves uses it in a server without it: no posts, and five messages after the first', async () => {
  const { people, rest, next, answer, hook } = await openApp();
  const [foreign, channel] = ['110000000000000003', '130000000000000030'];
  await people.guild(foreign, { name: 'Foreign', owner: at.mia, bot: false });
  await people.member(foreign, { id: at.bo, name: 'Bo' });
  await people.channel(foreign, channel, { name: 'general' });
  await expect(people.command(channel, 'ask', { request: 'leads' }, at.bo)).rejects.toMatchObject({ reason: 'app_not_installed' });
  await people.install(at.bo, true);
  const given = people.command(channel, 'ask', { request: 'leads' }, at.bo);
  const told = await next();
  expect(told).toMatchObject({ guild_id: foreign, context: 0, authorizing_integration_owners: { 1: at.bo } });
  await answer(told, { type: 4, data: { content: 'On it.' } });
  await given;
  expect((await rest('POST', `/channels/${channel}/messages`, { content: 'x' })).body.code).toBe(50001);
  const codes = [];
  for (let i = 0; i < 6; i++) codes.push((await hook(told, 'POST', { content: `${i}` })).body.code ?? 0);
  expect(codes).toEqual([0, 0, 0, 0, 0, 40094]);
  const said = await people.say(channel, 'some words', { from: at.bo });
  const run = people.runOn(said.id, at.bo);
  const ran = await next();
  expect(ran.data).toMatchObject({
    name: 'Run on this',
    type: 3,
    target_id: said.id,
    resolved: { messages: { [said.id]: { content: 'some words' } } },
  });
  await answer(ran, { type: 4, data: { content: 'Yes.', flags: ephemeral } });
  await run;
});

test('commands are refused that Discord would not take, and offered to those who may use them', async () => {
  const { people, rest, next, answer } = await openApp();
  const set = (command: object) => rest('PUT', `/applications/${bot}/commands`, [command]);
  for (const wrong of [
    { name: 'Ask', description: 'Ask' },
    { name: 'ask' },
    { name: 'ask', description: 'x'.repeat(101) },
    {
      name: 'ask',
      description: 'Ask',
      options: [
        { type: 3, name: 'a', description: 'a' },
        { type: 3, name: 'b', description: 'b', required: true },
      ],
    },
    { name: 'Run', type: 3, description: 'words' },
  ])
    expect((await set(wrong)).body.code, JSON.stringify(wrong)).toBe(50035);
  await expect(people.command(at.general, 'setup', {}, at.bo)).rejects.toMatchObject({ reason: 'not_permitted' });
  await expect(people.command(at.general, 'ask', {}, at.bo)).rejects.toMatchObject({ reason: 'option_required' });
  const given = people.command(at.general, 'setup', {}, at.ann);
  await answer(await next(), { type: 4, data: { content: 'Set up.' } });
  await given;
});

test('with an address interactions come by HTTP, signed, and are answered there; one that looks at no signatures is not taken', async () => {
  const { discord, people } = await openApp();
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(discord.publicKey, 'hex').toString('base64url') },
  });
  const told: Told[] = [];
  let isCareful = false;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const signed = Buffer.from(String(request.headers['x-signature-timestamp']) + body);
    const isGood = verify(null, signed, key, Buffer.from(String(request.headers['x-signature-ed25519']), 'hex'));
    if (isCareful && !isGood) return response.writeHead(401).end();
    const given = JSON.parse(body) as Told;
    if (request.url === '/events') return response.writeHead(204).end();
    if (given.type !== 1) told.push(given);
    response
      .writeHead(200, { 'Content-Type': 'application/json' })
      .end(JSON.stringify(given.type === 1 ? { type: 1 } : { type: 4, data: { content: 'By HTTP.' } }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(people.interactionsUrl(url)).rejects.toMatchObject({ reason: expect.stringContaining('not_verified') });
  isCareful = true;
  await people.interactionsUrl(url);
  await people.command(at.general, 'ask', { request: 'leads' }, at.ann);
  expect([told.length, (await people.messages(at.general)).map(({ content }) => content)]).toEqual([1, ['By HTTP.']]);
  expect((await people.interaction(JSON.stringify(told[0]), { timestamp: '1' })).status).toBe(200);
  expect((await people.interaction(JSON.stringify(told[0]), { signature: '00' })).status).toBe(401);
  await people.eventsUrl(`${url}/events`);
  expect(await people.event({ type: 'APPLICATION_AUTHORIZED', data: { integration_type: 1, scopes: [], user: { id: at.bo } } })).toBe(204);
});
