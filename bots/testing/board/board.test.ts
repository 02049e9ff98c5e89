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
import type { MessageInput, SpeakerInput } from '#core/contracts/chats.ts';
import { systemClock } from '#core/engines/clock.ts';
import type { App } from '#core/flows/app.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { replyOf } from '../replies.ts';
import { board } from './adapter.ts';
import { boardPeople } from './client.ts';
import { startBoard } from './sandbox/server.ts';
import type { Answered } from '#core/flows/chats/answer.ts';

const token = 'secret';

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
    speaker: { platform: 'board', workspace: 'board', space: 'board', externalId: 'ann', name: 'Ann' },
    key: 'board:general:2',
    threadRef: 'board:general:1',
    channel: 'general',
    text: 'in Miami',
    at: expect.any(Date),
    how: 'thread',
  });
});

test('what is not taken is told again until it is', async () => {
  const { url, people } = await openBoard();
  const { asks, hookUrl, refuse } = await listen(url);
  refuse(3);
  await people.channel('general');
  await people.hook({ url: hookUrl });
  await people.say('general', 'find me 100 leads');
  await vi.waitFor(() => expect(asks).toHaveLength(1));
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

test('a board that is killed still shows every post, and finds it by its key', async () => {
  const file = path.join(os.tmpdir(), `board-${randomUUID()}.jsonl`);
  onTestFinished(() => rm(file, { force: true }));
  const part = {
    key: 'letter-1',
    threadRef: 'board:general:',
    reply: replyOf({ kind: 'prose', text: 'Ready', from: 'us' }),
    part: 0,
    attemptedAt: new Date(),
  };

  const first = await spawnBoard(file);
  await boardPeople(first.url).channel('general');
  const posted = await (await posterOf(first.url)).post(part, AbortSignal.timeout(30_000));
  first.kill();
  const second = await spawnBoard(file);
  expect(await (await posterOf(second.url)).look(part, AbortSignal.timeout(30_000))).toEqual({ found: posted });
  expect(await boardPeople(second.url).messages()).toMatchObject([{ text: 'Ready', key: 'letter-1' }]);
});

async function openBoard() {
  const { url, stop } = await startBoard({ token });
  onTestFinished(stop);
  return { url, people: boardPeople(url) };
}

/** The product as far as the board sees it: its adapter's own address, and an app that writes down what it was asked. */
async function listen(url: string) {
  const asks: (MessageInput & { speaker: SpeakerInput })[] = [];
  let refusals = 0;
  const app = {
    chats: {
      async hear(speaker: SpeakerInput, message: MessageInput) {
        if (refusals-- > 0) throw new Error('the database is away');
        asks.push({ speaker, ...message });
        return { outcome: 'task' } as Answered;
      },
    },
  } as App;
  const { mounts } = await board.start({ app, clock: systemClock, log: quietLog, settings: { url, token } });
  const { path: at, handle } = mounts![0]!;
  const server = createServer((request, response) => void handle(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  return {
    asks,
    hookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${at}`,
    refuse: (times: number) => (refusals = times),
  };
}

async function posterOf(url: string) {
  return (await board.start({ app: {} as App, clock: systemClock, log: quietLog, settings: { url, token } })).poster!;
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
