// What people do on the board besides talking, and what the bot is told of it.

import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { boardPeople, type BoardPeople } from './client.ts';
import { boardEvent, type BoardEvent, type InteractionAnswer } from './events.ts';
import { signature, type Hook } from './sandbox/push.ts';
import { startBoard } from './sandbox/server.ts';

const token = 'secret';
const bo = { id: 'bo', name: 'Bo' };

test('a change and a deletion of one’s own message are told with its new words, and nobody else can make them', async () => {
  const { people, heard } = await openBoard();
  const { id } = await people.say('general', 'find me 100 leads');
  await expect(people.edit(id, 'find me 1 lead', bo)).rejects.toThrow('somebody else’s message');
  await expect(people.delete(id, bo)).rejects.toThrow('somebody else’s message');
  await people.edit(id, 'find me 200 leads');
  await people.delete(id);
  await expect(people.edit(id, 'too late')).rejects.toThrow('no such message');
  expect((await heard(3)).map(({ kind, ...event }) => [kind, 'text' in event ? event.text : null])).toEqual([
    ['said', 'find me 100 leads'],
    ['edited', 'find me 200 leads'],
    ['deleted', null],
  ]);
  expect(await people.messages()).toEqual([]);
});

test('an admin deletes what others said, a guest does not', async () => {
  const { people, heard } = await openBoard();
  await people.resident('board', { ...bo, role: 'admin' });
  const { id } = await people.say('general', 'rude words');
  await expect(people.delete(id, { id: 'gus', name: 'Gus', role: 'guest' })).rejects.toThrow('403');
  await people.delete(id, bo);
  expect((await heard(2))[1]).toMatchObject({ kind: 'deleted', message: id, from: { id: 'bo', role: 'admin' } });
});

test('each press of a button is told with an interaction of its own, which is answered to its person alone', async () => {
  const { people, heard, post, answer } = await openBoard();
  const { thread } = await people.say('general', 'find me 100 leads');
  const { id } = await post(`channels/general/threads/${thread}/messages`, {
    key: 'a',
    text: 'On it',
    choices: [{ id: 'cancel:1', label: 'Cancel', style: 'danger' }],
  });
  await expect(people.press(id, 'retry:1')).rejects.toThrow('no such choice');
  await people.press(id, 'cancel:1', bo);
  await people.press(id, 'cancel:1', bo);
  const [, first, second] = await heard(3);
  expect(first).toMatchObject({ kind: 'pressed', thread, message: id, choice: 'cancel:1', from: { id: 'bo' } });
  expect(interactionOf(first!)).not.toBe(interactionOf(second!));

  expect(await answer(first!, { text: 'Only Ann can cancel this.' })).toBe(200);
  expect((await people.seen('general', 'bo', { thread })).messages.at(-1)).toMatchObject({ text: 'Only Ann can cancel this.', only: 'bo' });
  expect((await people.seen('general', 'ann', { thread })).messages.at(-1)!.id).toBe(id);
  expect((await people.messages()).map((message) => message.id)).toEqual([thread, id]);
});

test('a bot posts for one person’s eyes where people talk, and nobody else sees it or is told of it', async () => {
  const { people, post } = await openBoard();
  const { thread } = await people.say('general', 'find me 100 leads');
  const { id } = await post('channels/general/private', { person: 'bo', thread, text: 'Guests cannot ask here.' });
  expect((await people.seen('general', 'bo', { thread })).messages.at(-1)).toMatchObject({ id, text: 'Guests cannot ask here.' });
  expect((await people.seen('general', 'ann', { thread })).messages.map((message) => message.id)).toEqual([thread]);
  expect((await people.messages()).map((message) => message.id)).toEqual([thread]);
  await expect(post('channels/general/private', { person: 'bo', thread: '99', text: 'x' })).rejects.toThrow('404');
});

test('an interaction is answered a few times, within fifteen minutes, and by the bot alone', async () => {
  const { people, heard, answer, clock, url } = await openBoard();
  await people.command('general', 'balance', '');
  const [event] = await heard(1);
  const unsigned = await fetch(`${url}/interactions/${interactionOf(event!)}`, { method: 'POST', body: '{"text":"x"}' });
  expect(unsigned.status).toBe(401);
  for (let i = 0; i < 5; i++) expect(await answer(event!, { text: `${i}` })).toBe(200);
  expect(await answer(event!, { text: 'once more' })).toBe(429);

  await people.command('general', 'balance', '');
  const [, late] = await heard(2);
  clock.forward(16 * 60_000);
  expect(await answer(late!, { text: 'late' })).toBe(410);
});

test('a form that answers a press is filled in by its person, once, within its rules', async () => {
  const { people, heard, answer } = await openBoard();
  await people.command('general', 'new', '');
  const [command] = await heard(1);
  await answer(command!, {
    form: {
      id: 'new-task',
      title: 'New task',
      submit: 'Start task',
      fields: [
        { id: 'what', label: 'What', kind: 'line', required: true, most: 20 },
        { id: 'type', label: 'Type', kind: 'choice', options: [{ id: 'leads', label: 'Leads' }] },
      ],
    },
  });
  const { interaction } = await vi.waitFor(async () => {
    const [form] = (await people.seen('general', 'ann')).forms;
    return { interaction: form!.id };
  });
  expect((await people.seen('general', 'bo')).forms).toEqual([]);
  await expect(people.submit(interaction, { what: 'x' }, bo)).rejects.toThrow('no such form');
  await expect(people.submit(interaction, { what: ' ' })).rejects.toThrow('What is required');
  await expect(people.submit(interaction, { what: 'x'.repeat(21) })).rejects.toThrow('longer than 20');
  await expect(people.submit(interaction, { what: 'x', type: 'cars' })).rejects.toThrow('not one of its options');
  await expect(people.submit(interaction, { what: 'x', more: 'y' })).rejects.toThrow('no field more');
  await people.submit(interaction, { what: '25 leads', type: 'leads' });
  await expect(people.submit(interaction, { what: 'again' })).rejects.toThrow('no such form');
  const submitted = (await heard(2))[1]!;
  expect(submitted).toMatchObject({ kind: 'submitted', form: 'new-task', values: { what: '25 leads', type: 'leads' } });
  expect(await answer(submitted, { text: 'Started.' })).toBe(200);
  expect(await answer(submitted, { form: { id: 'f', title: 'f', submit: 'f', fields: [] } })).toBe(400);
});

test('a file is fetched with the token, until its address expires; a browser gets a login page, and so does the bot on demand', async () => {
  const { people, heard, clock, url } = await openBoard();
  const { id } = await people.say('general', 'write to these', {
    files: [{ name: '고객 명단.csv', mime: 'text/csv', bytes: Buffer.from('name\nAda\n') }],
  });
  const [said] = await heard(1);
  const [file] = said!.kind === 'said' ? said!.files : [];
  expect(file).toMatchObject({ name: '고객 명단.csv', mime: 'text/csv', sizeBytes: 9 });
  const headers = { Authorization: `Bearer ${token}` };
  const get = async (at: string, asBot = true) => {
    const answer = await fetch(at, asBot ? { headers } : {});
    return [answer.status, (await answer.text()).slice(0, 9)];
  };
  expect(await get(file!.url)).toEqual([200, 'name\nAda\n']);
  expect(await get(file!.url, false)).toEqual([200, '<!doctype']);
  expect(await get(file!.url.replace('proof=', 'proof=0'))).toEqual([404, '']);
  await people.nextFile('login-page');
  expect(await get(file!.url)).toEqual([200, '<!doctype']);
  clock.forward(25 * 60 * 60_000);
  expect(await get(file!.url)).toEqual([410, '']);
  const fresh = (await (await fetch(`${url}/messages/${id}`, { headers })).json()) as { files: { url: string }[] };
  expect(await get(fresh.files[0]!.url)).toEqual([200, 'name\nAda\n']);
});

test('events name the workspace and the role of whoever speaks, and direct messages are for one person', async () => {
  const { people, heard } = await openBoard();
  await people.workspace('harbor', 'Harbor');
  await people.channel('shared', { workspace: 'harbor', name: 'general' });
  await people.resident('harbor', { ...bo, role: 'guest' });
  await people.channel('dm-bo', { direct: 'bo' });
  await people.say('shared', 'hello', { from: bo });
  await people.say('shared', 'hello', { from: { id: 'olga', name: 'Olga', role: 'outsider' } });
  await people.say('dm-bo', 'hello', { from: bo });
  await expect(people.say('dm-bo', 'hello')).rejects.toThrow('no such channel');
  expect((await heard(3)).map(({ workspace, direct, from }) => [workspace, direct, from.role])).toEqual([
    ['harbor', false, 'guest'],
    ['harbor', false, 'outsider'],
    ['board', true, 'member'],
  ]);
});

test('a stop belongs to a thread, and a command to a channel or a thread', async () => {
  const { people, heard } = await openBoard();
  await expect(people.stop('general', '1')).rejects.toThrow('no such thread');
  const { thread } = await people.say('general', 'find me 100 leads');
  await people.stop('general', thread);
  await people.command('general', 'ask', 'find me 5 leads');
  await people.command('general', 'balance', '', { thread });
  await expect(people.command('general', 'Ask Me', '')).rejects.toThrow('400');
  expect((await heard(4)).slice(1)).toMatchObject([
    { kind: 'stopped', thread },
    { kind: 'command', thread: '', name: 'ask', text: 'find me 5 leads' },
    { kind: 'command', thread, name: 'balance', text: '' },
  ]);
});

test('an event that is told again, at once or after a restart, has the same id', async () => {
  const file = path.join(os.tmpdir(), `board-${crypto.randomUUID()}.jsonl`);
  onTestFinished(() => rm(file, { force: true }));
  const first = await openBoard({ file, hook: { url: null } });
  const { thread } = await first.people.say('general', 'find me 100 leads');
  await first.people.stop('general', thread);
  await first.stop();
  const second = await openBoard({ file, hook: { repeats: 2, reversed: true } });
  const ids = (await second.heard(6)).map(({ event }) => event);
  expect([...new Set(ids)].toSorted()).toEqual(['1', 'e1']);
});

test('whatever is malformed is refused, and nothing of it happens', async () => {
  const { people, url, post } = await openBoard();
  const { thread } = await people.say('general', 'hello');
  const send = async (at: string, body: unknown) =>
    (await fetch(`${url}/people/${at}`, { method: 'POST', body: JSON.stringify(body) })).status;
  const from = { id: 'ann', name: 'Ann' };
  expect(await send('say', { channel: 'general', text: 'x', from, colour: 'red' })).toBe(400);
  expect(await send('say', { channel: 'general', text: 'x', from: { ...from, role: 'king' } })).toBe(400);
  expect(await send('say', { channel: 'general', thread: '99', text: 'x', from })).toBe(404);
  expect(await send('say', { channel: 'general', text: 'x', from, files: [{ name: 'a', mime: 'b', base64: '%' }] })).toBe(400);
  expect(await send('press', { message: thread, choice: 'cancel', from })).toBe(404);
  expect(await send('dance', { from })).toBe(404);
  const button = { id: 'a', label: 'A', style: 'plain' };
  for (const choices of [
    [],
    Array.from({ length: 6 }, () => button),
    [{ ...button, style: 'loud' }],
    [{ ...button, label: 'x'.repeat(41) }],
  ])
    await expect(post('channels/general/threads', { key: 'k', text: 'x', choices })).rejects.toThrow('400');
  expect(await people.messages()).toHaveLength(1);
});

test('where people have a token, nobody acts for them without it', async () => {
  const board = await startBoard({ token, peopleToken: 'ours' });
  onTestFinished(board.stop);
  await expect(boardPeople(board.url).channel('general')).rejects.toThrow('401');
  await expect(boardPeople(board.url, token).next('cut')).rejects.toThrow('401');
  await boardPeople(board.url, 'ours').channel('general');
});

interface OpenBoard {
  readonly url: string;
  readonly people: BoardPeople;
  readonly clock: ReturnType<typeof clockByHand>;
  /** Everything that was told, in the order in which it happened, once there is this much. */
  heard(least: number): Promise<BoardEvent[]>;
  post(at: string, body: object): Promise<{ id: string }>;
  /** The status. */
  answer(event: BoardEvent, answer: InteractionAnswer): Promise<number>;
  stop(): Promise<void>;
}

/** A board, and a bot that confirms what it is told, if it is signed and as events.ts says. */
async function openBoard({ file, hook = {} }: { file?: string; hook?: Partial<Hook> } = {}): Promise<OpenBoard> {
  const clock = clockByHand();
  const { url, stop } = await startBoard({ token, now: oneAfterTheOther(clock), ...(file !== undefined && { file }) });
  onTestFinished(stop);
  const told: BoardEvent[] = [];
  const bot = createServer((request, response) => {
    void text(request).then((body) => {
      const isSigned = request.headers['x-board-signature'] === signature(token, body);
      if (isSigned) told.push(boardEvent.parse(JSON.parse(body)));
      response.writeHead(isSigned ? 200 : 401).end();
    });
  });
  await once(bot.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    bot.closeAllConnections();
    await once(bot.close(), 'close');
  });
  const people = boardPeople(url);
  await people.channel('general');
  await people.hook({ url: `http://127.0.0.1:${(bot.address() as AddressInfo).port}/`, ...hook });
  const call = (at: string, body: object) =>
    fetch(`${url}/${at}`, { method: 'POST', body: JSON.stringify(body), headers: { Authorization: `Bearer ${token}` } });
  return {
    url,
    people,
    clock,
    stop,
    heard: (least) =>
      vi.waitFor(() => {
        if (told.length < least) throw new Error(`${told.length} events, not ${least}`);
        return told.toSorted((a, b) => a.at.localeCompare(b.at));
      }),
    async post(at, body) {
      const answered = await call(at, body);
      if (!answered.ok) throw new Error(`the board answered ${answered.status}`);
      return (await answered.json()) as { id: string };
    },
    answer: async (event, answer) => (await call(`interactions/${interactionOf(event)}`, answer)).status,
  };
}

/** Events may arrive in any order; this tells which was first. */
function oneAfterTheOther(clock: Pick<OpenBoard['clock'], 'now' | 'forward'>): () => Date {
  return () => {
    clock.forward(1);
    return clock.now();
  };
}

function interactionOf(event: BoardEvent): string {
  if (!('interaction' in event)) throw new Error(`${event.kind} has no interaction`);
  return event.interaction;
}
