import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { messageSchema, type CommandInput, type MessageInput, type PressInput, type SpeakerInput } from '#core/contracts/chats.ts';
import { systemClock } from '#core/engines/clock.ts';
import type { App } from '#core/flows/app.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { alone } from '../alone.ts';
import { replyOf } from '../replies.ts';
import { board } from './adapter.ts';
import { boardPeople } from './client.ts';
import { signature } from './sandbox/push.ts';
import { startBoard } from './sandbox/server.ts';
import type { Answered } from '#core/flows/chats/answer.ts';
import type { Echo } from '#core/flows/messages/heard.ts';
import type { Log } from '#core/ports/log.ts';
import type { LetterPart } from '#core/ports/poster.ts';

const token = 'secret';
const house = { publicUrl: 'http://localhost:3000', brandName: 'Impacter' };

test('what a person says arrives, however often and in whatever order it is told, under one key', async () => {
  const { url, people } = await openBoard();
  const { asks, hookUrl } = await listen(url);
  await people.channel('general');
  const first = await people.say('general', 'find me 100 leads');
  await people.say('general', 'in Miami', { thread: first.thread });
  await people.hook({ url: hookUrl, repeats: 2, atOnce: 2, reversed: true });
  await vi.waitFor(() => expect(asks).toHaveLength(8));
  expect([...new Set(asks.map(({ key }) => key))].toSorted()).toEqual(['board:general:1', 'board:general:2']);
  expect(asks.find(({ key }) => key === 'board:general:2')).toEqual({
    speaker: {
      platform: 'board',
      workspace: 'board',
      space: 'board',
      externalId: 'ann',
      name: 'Ann',
      isGuest: false,
      isOutsider: false,
      administers: false,
    },
    key: 'board:general:2',
    threadRef: 'board:general:1',
    channel: 'board:board:general',
    text: 'in Miami',
    at: expect.any(Date),
    how: 'thread',
  });
});

test('an event that was not taken is told again until it is', async () => {
  const { url, people } = await openBoard();
  const { asks, hookUrl, refuse } = await listen(url);
  refuse(3);
  await people.channel('general');
  await people.hook({ url: hookUrl });
  await people.say('general', 'find me 100 leads');
  await vi.waitFor(() => expect(asks).toHaveLength(1));
});

test('each thing that people do is handed on once understood: who they are, what they pressed, and under which key', async () => {
  const { url, people } = await openBoard();
  const { given, hookUrl } = await listen(url);
  await people.channel('dm-ann', { direct: 'ann' });
  await people.channel('general');
  const headers = { Authorization: `Bearer ${token}` };
  const post = await fetch(`${url}/channels/general/threads`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ key: 'letter-1', text: 'Failed', choices: [{ id: 'retry:1', label: 'Try again', style: 'main' }] }),
  });
  const { id } = (await post.json()) as { id: string };
  const bytes = Buffer.from('name\n');
  const files = [{ name: `${'고객'.repeat(140)}.csv`, mime: ' ', bytes }];
  await people.hook({ url: hookUrl });
  await people.say('dm-ann', 'write to these', { files, from: { id: 'ann', name: 'Ann', role: 'admin' } });
  await people.press(id, 'retry:1', { id: 'gus', name: 'Gus', role: 'guest' });
  await people.command('general', 'balance', '', { from: { id: 'olga', name: 'Olga', role: 'outsider' } });
  await people.stop('general', id);
  await vi.waitFor(() => expect(given).toHaveLength(4));
  const of = (verb: string, choice?: string) => given.find((each) => each.verb === verb && each.input.choice === choice)!;
  expect(of('hear')).toMatchObject({
    speaker: { externalId: 'ann', administers: true },
    input: {
      how: 'direct',
      files: [{ kind: 'remote', mime: 'application/octet-stream', sizeBytes: 5, ref: expect.stringMatching(/^2\//) }],
    },
  });
  expect(messageSchema.safeParse(of('hear').input).success).toBe(true);
  expect(of('act', 'retry:1')).toMatchObject({
    speaker: { externalId: 'gus', isGuest: true },
    input: { key: expect.stringMatching(/^board:general:i\d/), letterKey: 'letter-1', threadRef: `board:general:${id}` },
  });
  expect(of('command')).toMatchObject({
    speaker: { externalId: 'olga', isOutsider: true },
    input: { name: 'balance', threadRef: 'board:general:', channel: 'board:board:general' },
  });
  expect(of('act', 'stop')).toMatchObject({ input: { key: expect.stringMatching(/^board:e\d/), threadRef: `board:general:${id}` } });
});

test('what the board cannot have sent is refused and named in the log by its id alone', async () => {
  const { url } = await openBoard();
  const { given, hookUrl, logged } = await listen(url);
  const tell = async (body: string) =>
    (await fetch(hookUrl, { method: 'POST', body, headers: { 'X-Board-Signature': signature(token, body) } })).status;
  expect(await tell(JSON.stringify({ kind: 'said', event: 'e7', text: 'private words' }))).toBe(400);
  expect(await tell('not even JSON')).toBe(400);
  expect(given).toEqual([]);
  expect(logged.map(({ event }) => event)).toEqual(['e7', null]);
  expect(JSON.stringify(logged)).not.toContain('private words');
});

test('nobody but the board can tell us what people said', async () => {
  const { url } = await openBoard();
  const { asks, hookUrl } = await listen(url);
  const body = JSON.stringify({
    message: '1',
    channel: 'general',
    thread: '1',
    from: { id: 'ann', name: 'Ann' },
    text: 'free leads',
    at: new Date().toISOString(),
  });
  const { status } = await fetch(hookUrl, { method: 'POST', body, headers: { 'X-Board-Signature': 'f'.repeat(64) } });
  expect(status).toBe(401);
  expect(asks).toEqual([]);
});

test('the bot is told of its own posts until it has taken that, and deletes what is there twice', async () => {
  const { url, people } = await openBoard();
  const { echoes, hookUrl, refuse } = await listen(url);
  await people.channel('general');
  const poster = await posterOf(url);
  const part = partOf('letter-1');
  const { threadRef } = await poster.post(part, AbortSignal.timeout(30_000));
  await poster.post({ ...part, threadRef: threadRef! }, AbortSignal.timeout(30_000));
  refuse(2);
  await people.echoes(hookUrl.replace('events', 'echoes'));
  await vi.waitFor(() => expect(echoes).toHaveLength(2));
  expect(echoes.toSorted((a, b) => Number(a.messageRef) - Number(b.messageRef))).toEqual([
    { key: 'letter-1', messageRef: '1', threadRef: 'board:general:1' },
    { key: 'letter-1', messageRef: '2' },
  ]);
  await vi.waitFor(async () => expect(await people.messages('general')).toHaveLength(1));
});

test('nobody but the board can tell us of our posts', async () => {
  const { url } = await openBoard();
  const { echoes, hookUrl } = await listen(url);
  const body = JSON.stringify({ message: '1', channel: 'general', thread: '1', key: 'letter-1' });
  const { status } = await fetch(hookUrl.replace('events', 'echoes'), {
    method: 'POST',
    body,
    headers: { 'X-Board-Signature': 'f'.repeat(64) },
  });
  expect(status).toBe(401);
  expect(echoes).toEqual([]);
});

test('a board that is killed still shows every post, and finds it by its key', async () => {
  const file = path.join(os.tmpdir(), `board-${randomUUID()}.jsonl`);
  onTestFinished(() => rm(file, { force: true }));
  const part = partOf('letter-1');

  const first = await spawnBoard(file);
  await boardPeople(first.url).channel('general');
  const posted = await (await posterOf(first.url)).post(part, AbortSignal.timeout(30_000));
  first.kill();
  const second = await spawnBoard(file);
  expect(await (await posterOf(second.url)).look(part, AbortSignal.timeout(30_000))).toEqual({ found: posted });
  expect(await boardPeople(second.url).messages()).toMatchObject([{ text: 'Ready', key: 'letter-1' }]);
});

test('a bot edits its own posts and nobody else’s, and people see what they say now', async () => {
  const { url, people } = await openBoard();
  await people.channel('general');
  const { thread, id } = await people.say('general', 'find me 100 leads');
  const { poster, shower } = await board.start({
    app: {} as App,
    ...alone(),
    clock: systemClock,
    log: quietLog,
    ...house,
    settings: { url, token },
  });
  const reply = (text: string) => replyOf({ kind: 'prose', text, from: 'us' });
  const soon = () => AbortSignal.timeout(30_000);
  const threadRef = `board:general:${thread}`;
  const { messageRef } = await poster!.post(
    { key: 'k', threadRef, reply: reply('Begun'), part: 0, attemptedAt: new Date(), lastTriedAt: new Date() },
    soon(),
  );
  const show = (ref: string, text: string) =>
    shower!.show({ platform: 'board', threadRef, messageRef: ref, reply: reply(text), version: 1, closed: false }, soon());
  await show(messageRef, 'Reading');
  await show(messageRef, 'Finished');
  expect((await people.messages())[1]).toMatchObject({ text: 'Finished', first: 'Begun', edits: 2 });
  await expect(show(id, 'mine')).rejects.toMatchObject({ kind: 'never' });
  expect((await people.messages())[0]).toMatchObject({ text: 'find me 100 leads' });
});

test('an edit that the board holds is done when it lets go, whatever was done meanwhile', async () => {
  const { url, people } = await openBoard();
  await people.channel('general');
  const { poster, shower } = await board.start({
    app: {} as App,
    ...alone(),
    clock: systemClock,
    log: quietLog,
    ...house,
    settings: { url, token },
  });
  const reply = (text: string) => replyOf({ kind: 'prose', text, from: 'us' });
  const part = { key: 'k', threadRef: 'board:general:', reply: reply('Begun'), part: 0, attemptedAt: new Date(), lastTriedAt: new Date() };
  const { messageRef, threadRef } = await poster!.post(part, AbortSignal.timeout(30_000));
  const view = { platform: 'board', threadRef: threadRef!, messageRef, version: 1, closed: false };
  await people.nextEdit('held');
  await expect(shower!.show({ ...view, reply: reply('Late') }, AbortSignal.timeout(200))).rejects.toMatchObject({ kind: 'unknown' });
  await shower!.show({ ...view, reply: reply('Newest') }, AbortSignal.timeout(30_000));
  expect(await people.messages()).toMatchObject([{ text: 'Newest' }]);
  expect(await people.letGo()).toBe(1);
  expect(await people.messages()).toMatchObject([{ text: 'Late' }]);
});

function partOf(key: string): LetterPart {
  const reply = replyOf({ kind: 'prose', text: 'Ready', from: 'us' });
  return { key, threadRef: 'board:general:', reply, part: 0, attemptedAt: new Date(), lastTriedAt: new Date() };
}

async function openBoard() {
  const { url, stop } = await startBoard({ token });
  onTestFinished(stop);
  return { url, people: boardPeople(url) };
}

/** The product as far as the board sees it: its adapter's own addresses, and an app that writes down what it was asked and told. */
async function listen(url: string) {
  const asks: (MessageInput & { speaker: SpeakerInput })[] = [];
  const given: { readonly verb: string; readonly speaker: SpeakerInput; readonly input: MessageInput & PressInput & CommandInput }[] = [];
  const logged: Record<string, unknown>[] = [];
  const log: Log = { ...quietLog, warn: (facts: object) => void logged.push({ ...facts }) };
  const takes = (verb: string) => async (speaker: SpeakerInput, input: MessageInput & PressInput & CommandInput) => {
    given.push({ verb, speaker, input });
    return { outcome: 'decision', show: { kind: 'nothing' } } as Answered;
  };
  const echoes: Echo[] = [];
  let refusals = 0;
  const app = {
    chats: {
      async hear(speaker: SpeakerInput, message: MessageInput) {
        if (refusals-- > 0) throw new Error('the database is away');
        asks.push({ speaker, ...message });
        given.push({ verb: 'hear', speaker, input: message as never });
        return { outcome: 'task', show: { kind: 'thread' } } as Answered;
      },
      act: takes('act'),
      command: takes('command'),
    },
    messages: {
      async heardOurs(echo: Echo) {
        if (refusals-- > 0) throw new Error('the database is away');
        echoes.push(echo);
        return echoes.length === 1 ? 'confirmed' : 'double';
      },
    },
  } as unknown as App;
  const { mounts } = await board.start({ app, clock: systemClock, log, ...alone(), ...house, settings: { url, token } });
  const server = createServer((request, response) => void mounts!.find(({ path: at }) => at === request.url)!.handle(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  return {
    asks,
    given,
    logged,
    echoes,
    hookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/board/events`,
    refuse: (times: number) => (refusals = times),
  };
}

async function posterOf(url: string) {
  return (await board.start({ app: {} as App, clock: systemClock, log: quietLog, ...alone(), ...house, settings: { url, token } })).poster!;
}

async function spawnBoard(file: string) {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'sandbox/main.ts'), '--token', token, '--file', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { url: (JSON.parse(line) as { url: string }).url, kill: () => child.kill('SIGKILL') };
}
