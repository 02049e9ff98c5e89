// The gateway frame by frame.

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { idAt, isOlder } from '../snowflake.ts';
import { discordPeople } from './client.ts';
import { startDiscordSandbox } from './server.ts';
import { at, furnishTest, openDiscord, restOf } from './testing/open-discord.ts';
import { identity, openSession, openSocket, plainIntents } from './testing/open-socket.ts';

const told = (frames: readonly { t: string | null; d: unknown }[], name: string) =>
  frames.filter(({ t }) => t === name).map(({ d }) => d as Readonly<Record<string, unknown>>);

test('who connects is told the servers, with channels that the bot sees and threads that are open and announced', async () => {
  const { discord, people } = await openDiscord();
  const old = await people.thread(at.general, 'old', at.ann);
  await people.archive(old, true);
  const open = await people.thread(at.general, 'open', at.ann);
  await people.unannounce(await people.thread(at.general, 'unannounced', at.ann));
  await people.outage(at.harbor, true);
  const { frames, until } = await openSession(discord);
  const ready = await until('READY');
  expect(ready.d).toMatchObject({
    v: 10,
    guilds: [{ id: at.acme, unavailable: true }, { id: at.harbor }],
    resume_gateway_url: expect.stringContaining('/gateway/resume'),
  });
  const [acme, ...others] = told(frames, 'GUILD_CREATE') as unknown as {
    id: string;
    channels: { id: string }[];
    threads: { id: string }[];
  }[];
  expect([acme!.id, acme!.channels.map(({ id }) => id), acme!.threads.map(({ id }) => id), others]).toEqual([
    at.acme,
    [at.general, at.forum, at.mute],
    [open],
    [],
  ]);
  await people.outage(at.harbor, false);
  await vi.waitFor(() => expect(told(frames, 'GUILD_CREATE')).toHaveLength(2));
  await people.leave(at.harbor);
  await vi.waitFor(() => expect(told(frames, 'GUILD_DELETE')).toEqual([{ id: at.harbor }]));
});

test('what an intent hides: content, unless it is the bot’s, a direct message, or mentions it or pings it in a reply', async () => {
  const { discord, people, rest } = await openDiscord();
  const { frames } = await openSession(discord, plainIntents);
  await people.say(at.general, 'between us', { from: at.ann, files: [{ name: 'a.txt', mime: 'text/plain', bytes: Buffer.from('a') }] });
  await people.say(at.general, '@impacter for you', { from: at.ann });
  const own = await rest('POST', `/channels/${at.general}/messages`, { content: 'ours' });
  await people.say(at.general, 'pinged', { from: at.ann, reply: own.body.id });
  await people.say(at.general, 'not pinged', { from: at.ann, reply: own.body.id, ping: false });
  await people.say(at.secret, 'unseen', { from: at.ann });
  await people.say(await people.dm(at.ann), 'in private', { from: at.ann });
  await vi.waitFor(() =>
    expect(told(frames, 'MESSAGE_CREATE').map(({ content, attachments }) => [content, (attachments as unknown[]).length])).toEqual([
      ['', 0],
      ['<@900000000000000001> for you', 0],
      ['ours', 0],
      ['pinged', 0],
      ['', 0],
      ['in private', 0],
    ]),
  );
  const [first] = told(frames, 'MESSAGE_CREATE');
  expect(first).toMatchObject({ guild_id: at.acme, member: { roles: [], joined_at: expect.any(String) }, author: { id: at.ann } });
  for (const hidden of ['user', 'pending', 'permissions']) expect(first!['member']).not.toHaveProperty(hidden);
  expect(first).not.toHaveProperty('parent_id');
});

test('deletions name no author, several at once are one event, and a preview is an update without an edit', async () => {
  const { discord, people } = await openDiscord();
  const { frames } = await openSession(discord);
  const said: string[] = [];
  for (let i = 0; i < 3; i++) said.push((await people.say(at.general, `words ${i}`, { from: at.ann })).id);
  await people.preview(said[0]!);
  await people.edit(said[0]!, 'other words');
  await people.remove([said[0]!], at.ann);
  await people.remove(said.slice(1), at.ann);
  await vi.waitFor(() =>
    expect(told(frames, 'MESSAGE_DELETE_BULK')).toEqual([{ ids: said.slice(1), channel_id: at.general, guild_id: at.acme }]),
  );
  expect(told(frames, 'MESSAGE_DELETE')).toEqual([{ id: said[0], channel_id: at.general, guild_id: at.acme }]);
  expect(told(frames, 'MESSAGE_UPDATE').map(({ content, edited_timestamp: edited }) => [content, edited !== null])).toEqual([
    ['words 0', false],
    ['other words', true],
  ]);
});

test('a session that is resumed is told again what came after its number, and its old connection is closed', async () => {
  const { discord, people } = await openDiscord();
  const first = await openSession(discord);
  await people.say(at.general, 'one', { from: at.ann });
  const heard = await first.until('MESSAGE_CREATE');
  await people.say(at.general, 'two', { from: at.ann });
  const second = await openSocket(discord, '/gateway/resume');
  second.send(6, { ...identity(), session_id: first.id, seq: heard.s });
  await second.until('RESUMED');
  expect(second.frames.flatMap(({ op, t, d }) => (op === 0 ? [t === 'MESSAGE_CREATE' ? d['content'] : t] : []))).toEqual([
    'two',
    'RESUMED',
  ]);
  await vi.waitFor(() => expect(first.closed()).toBe(4000));
  expect(await people.connections()).toBe(1);

  second.close(1000);
  await vi.waitFor(() => expect(second.closed()).toBe(1000));
  const third = await openSocket(discord, '/gateway/resume');
  third.send(6, { ...identity(), session_id: first.id, seq: heard.s });
  expect((await third.until(9)).d).toBe(false);
});

test.each<readonly [string, number, (socket: Awaited<ReturnType<typeof openSocket>>) => void]>([
  ['a wrong token', 4004, ({ send }) => send(2, identity({ token: 'wrong' }))],
  ['intents that there are not', 4013, ({ send }) => send(2, identity({ intents: 1 << 30 }))],
  ['intents that are not granted', 4014, ({ send }) => send(2, identity({ intents: plainIntents | (1 << 1) }))],
  ['a shard that there is not', 4010, ({ send }) => send(2, identity({ shard: [2, 1] }))],
  ['something before it has identified', 4003, ({ send }) => send(3, {})],
  ['an unknown op', 4001, ({ send }) => send(99, {})],
  ['what is no JSON', 4002, ({ raw }) => raw('{')],
  ['too many frames', 4008, ({ send }) => Array.from({ length: 121 }, () => send(1, null))],
])('the gateway closes a connection that sends %s with %i', async (_, code, act) => {
  const { discord } = await openDiscord();
  const socket = await openSocket(discord);
  act(socket);
  await vi.waitFor(() => expect(socket.closed()).toBe(code));
});

test('one identifies once in five seconds, content has to be allowed, and whoever has used up a day’s times loses the token', async () => {
  const { discord, people, rest } = await openDiscord({ limitFactor: 1 });
  await openSession(discord);
  const early = await openSocket(discord);
  early.send(2, identity());
  expect((await early.until(9)).d).toBe(false);
  await people.advance(5_000);
  await people.allowContent(false);
  const content = await openSocket(discord);
  content.send(2, identity({ intents: plainIntents | (1 << 15) }));
  await vi.waitFor(() => expect(content.closed()).toBe(4014));
  expect((await rest('GET', '/gateway/bot')).body).toMatchObject({
    session_start_limit: { total: 1000, remaining: 999, max_concurrency: 1 },
  });
  await people.gateway({ identifiesLeft: 0 });
  const last = await openSocket(discord);
  last.send(2, identity());
  await vi.waitFor(() => expect(last.closed()).toBe(4004));
  expect((await rest('GET', '/users/@me')).status).toBe(401);
});

test('messages that are heard and not confirmed are counted, from the next heartbeat on', async () => {
  const { discord, people } = await openDiscord({ heartbeatMs: 200 });
  const socket = await openSession(discord);
  await people.say(at.general, 'one', { from: at.ann });
  const { s } = await socket.until('MESSAGE_CREATE');
  const beat = (seq: number | null) => {
    socket.send(1, seq);
    return people.lagging();
  };
  await vi.waitFor(async () => expect(await beat(s! - 1)).toBe(1));
  await vi.waitFor(async () => expect([await beat(s), socket.closed()]).toEqual([0, null]));
});

test('a silent gateway keeps its socket, answers nothing, and welcomes a new connection', async () => {
  const { discord, people } = await openDiscord();
  const silent = await openSession(discord);
  await people.gateway({ silent: true });
  silent.send(1, null);
  await people.say(at.general, 'unheard', { from: at.ann });
  const next = await openSocket(discord, '/gateway/resume');
  next.send(6, { ...identity(), session_id: silent.id, seq: 1 });
  await next.until('RESUMED');
  expect(next.frames.some(({ d }) => d?.['content'] === 'unheard')).toBe(true);
  expect([silent.frames.some(({ op }) => op === 11), silent.frames.some(({ t }) => t === 'MESSAGE_CREATE')]).toEqual([false, false]);
});

test('the event of a post comes after its answer or before it, and each event as often as is asked for, newest first', async () => {
  const { discord, people, rest } = await openDiscord();
  const { frames } = await openSession(discord);
  await people.gateway({ atOnce: 2, repeats: 1, reversed: true });
  await Promise.all(['one', 'two'].map((content) => rest('POST', `/channels/${at.general}/messages`, { content })));
  await vi.waitFor(() => expect(told(frames, 'MESSAGE_CREATE')).toHaveLength(6));
  expect(frames.filter(({ op }) => op === 0).map(({ s }) => s)).toEqual(frames.filter(({ op }) => op === 0).map((_, i) => i + 1));
  await people.thread(at.general, 'leads', at.ann, (await people.messages(at.general))[0]!.id);
  await vi.waitFor(() =>
    expect(
      frames
        .filter(({ op }) => op === 0)
        .slice(-6)
        .map(({ t }) => t),
    ).toEqual(['MESSAGE_CREATE', 'MESSAGE_CREATE', 'THREAD_CREATE', 'THREAD_CREATE', 'MESSAGE_CREATE', 'THREAD_CREATE']),
  );
  await people.gateway({ atOnce: 1, repeats: 0, reversed: false, echoFirst: true });
  const { body } = await rest('POST', `/channels/${at.general}/messages`, { content: 'three', nonce: 'n3' });
  await vi.waitFor(() => expect(told(frames, 'MESSAGE_CREATE').at(-1)).toMatchObject({ id: body.id, nonce: 'n3' }));
});

test('a sandbox that ends and begins again has every message, file and session, and ids that grow', async () => {
  const file = path.join(os.tmpdir(), `discord-${randomUUID()}.jsonl`);
  onTestFinished(
    async () => void (await Promise.all(['', '.files', '.gateway'].map((end) => rm(file + end, { force: true, recursive: true })))),
  );
  const before = await startDiscordSandbox({ file });
  await furnishTest(discordPeople(before.url));
  const session = await openSession(before);
  const [data, future] = [{ name: 'a.txt', mime: 'text/plain', bytes: Buffer.from('a') }, idAt(new Date(Date.now() + 60_000))];
  await discordPeople(before.url).advance(120_000);
  const said = await discordPeople(before.url).say(at.general, 'kept', { from: at.ann, files: [data] });
  await session.until('MESSAGE_CREATE');
  await before.stop();

  const after = await startDiscordSandbox({ file, port: Number(new URL(before.url).port) });
  onTestFinished(after.stop);
  const people = discordPeople(after.url);
  const [message] = await people.messages(at.general);
  expect([message!.id, message!.content, (await people.file(message!.attachments[0]!)).bytes.toString()]).toEqual([said.id, 'kept', 'a']);
  const again = await openSocket(after, '/gateway/resume');
  again.send(6, { ...identity(), session_id: session.id, seq: 1 });
  await again.until('RESUMED');
  expect(again.frames.some(({ d }) => d?.['content'] === 'kept')).toBe(true);
  const next = await restOf(after)('POST', `/channels/${at.general}/messages`, { content: 'next' });
  expect([isOlder(future, said.id), isOlder(said.id, next.body.id)]).toEqual([true, true]);
});
