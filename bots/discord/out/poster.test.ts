// How calls of Discord end, and what that means for a letter.

import { expect, onTestFinished, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import type { LetterPart } from '#core/ports/poster.ts';
import { replyOf } from '../../testing/replies.ts';
import { codes } from '../api/errors.ts';
import { refs } from '../refs.ts';
import { discordPeople, type DiscordPeople } from '../sandbox/client.ts';
import { startDiscordSandbox } from '../sandbox/server.ts';
import { furnish, ids, outDeps, postsIn, readable, READ_HISTORY, SEND_IN_THREADS, takeAway } from '../testing/stage.ts';
import type { OutDeps } from './deps.ts';
import { discordPoster } from './poster.ts';

const CREATE_THREADS = 1n << 35n;
const posts = 'POST /channels/:channel/messages';
const begins = 'POST /channels/:channel/messages/:message/threads';

test.each<[number, object]>([
  [codes.noAccess, { kind: 'never', why: 'closed', wholeChannel: true }],
  [codes.noPermission, { kind: 'never', why: 'closed', wholeChannel: true }],
  [codes.cannotMessageUser, { kind: 'never', why: 'closed', wholeChannel: true }],
  [codes.unknownMessage, { kind: 'never', why: 'gone', wholeChannel: false }],
  [codes.threadLocked, { kind: 'never', why: 'closed', wholeChannel: false }],
  [codes.slowMode, { kind: 'later', retryAfterMs: 5_000 }],
  [codes.channelWrites, { kind: 'later', retryAfterMs: 5_000 }],
])('code %i is told as what it is', async (code, trouble) => {
  const { people, part, poster } = await open();
  await people.refuse(posts, code);
  await expect(poster.post(part('Ready'), soon())).rejects.toMatchObject(trouble);
});

test('a revoked token is told apart, and is no reason to take anything for posted', async () => {
  const { people, part, poster } = await open();
  await people.revoke(true);
  await expect(poster.post(part('Ready'), soon())).rejects.toMatchObject({ kind: 'never', why: 'disconnected', wholeChannel: true });
  expect(await poster.look(part('Ready'), soon())).toBe('cannot');
});

test('the first answer begins the thread of its request, under the request’s first line, and later ones follow there', async () => {
  const { people, part, poster, asked } = await open();
  for (const words of ['First', 'Second']) await poster.post(part(words), soon());
  const { channels } = await people.places();
  expect(channels.find(({ id }) => id === asked)).toMatchObject({ name: 'find me 100 leads in Miami', parent: ids.general });
  expect((await postsIn(people, part('').threadRef)).map((post) => post.split('\n')[0])).toEqual(['● First', '● Second']);
  expect(await people.calls(begins)).toHaveLength(1);
});

test('a thread that somebody else has begun meanwhile is used, and one that was archived is opened', async () => {
  const { people, part, poster, asked } = await open();
  await people.thread(ids.general, 'Leads', ids.ann, asked);
  await poster.post(part('First'), soon());
  await people.refuse(posts, codes.unknownChannel);
  await poster.post(part('Second'), soon());
  await people.archive(asked, true);
  await people.refuse(posts, codes.threadArchived);
  await poster.post(part('Third'), soon());
  expect(await postsIn(people, part('').threadRef)).toHaveLength(3);
  await people.lock(asked, true);
  await expect(poster.post(part('Fourth'), soon())).rejects.toMatchObject({ kind: 'never', why: 'closed', wholeChannel: false });
});

test.each([
  ['where threads may not be begun', (people: DiscordPeople) => takeAway(people, ids.general, CREATE_THREADS)],
  ['where there are too many already', (people: DiscordPeople) => people.refuse(begins, codes.tooManyThreads)],
])('%s all answers follow the request in its channel', async (_, change) => {
  const { people, part, poster, asked } = await open();
  await change(people);
  for (const words of ['First', 'Second']) await poster.post(part(words), soon());
  const ours = (await people.messages(ids.general)).filter(({ isBot }) => isBot);
  expect(ours.map(({ replyTo }) => replyTo?.message)).toEqual([asked, asked]);
  const letter = part('Third');
  const posted = await poster.post(letter, soon());
  expect(await poster.look(letter, soon())).toEqual({ found: posted });
});

test('where neither threads nor history are allowed, answers are posted without what they answer', async () => {
  const { people, part, poster } = await open();
  await takeAway(people, ids.general, CREATE_THREADS | READ_HISTORY);
  await poster.post(part('First'), soon());
  const [ours] = (await people.messages(ids.general)).filter(({ isBot }) => isBot);
  expect([readable(ours!.components), ours!.replyTo]).toEqual(['● First', null]);
});

test('a thread whose name the server’s filter takes from nobody is begun under another name', async () => {
  const { people, part, poster, asked } = await open();
  await people.refuse(begins, codes.autoMod);
  await poster.post(part('First'), soon());
  const { channels } = await people.places();
  expect(channels.find(({ id }) => id === asked)).toMatchObject({ name: 'Request', parent: ids.general });
  expect(await postsIn(people, part('').threadRef)).toHaveLength(1);
});

test('a new root begins its thread under the request that it names', async () => {
  const { people, part, poster } = await open();
  const reply = replyOf({ kind: 'prose', text: 'research <@120000000000000001> oat milk\nplease', from: 'person' });
  const { threadRef } = await poster.post({ ...part(reply), threadRef: ref(ids.general, '') }, soon());
  const { channels } = await people.places();
  expect(channels.find(({ id }) => id === refs.parse(threadRef!)!.thread)?.name).toBe('research oat milk');
});

test('an answer whose confirmation got lost is found ten minutes later by another process, and is there once', async () => {
  const { people, part, poster, apiUrl } = await open();
  const letter = part('Ready');
  await people.next(posts, 'answer-lost');
  await expect(poster.post(letter, soon())).rejects.toMatchObject({ kind: 'unknown' });
  await people.advance(10 * 60_000);
  const other = discordPoster(outDeps(apiUrl, {}, { clock: { now: () => new Date(Date.now() + 10 * 60_000) } }));
  expect(await other.look(letter, soon())).toHaveProperty('found.messageRef');
  expect(await postsIn(people, letter.threadRef)).toHaveLength(1);
});

test('where we may not read, a lost answer is posted again within the minutes of its nonce, once, and later not at all', async () => {
  const { people, part, poster, apiUrl } = await open();
  await takeAway(people, ids.general, READ_HISTORY);
  const letter = part('Ready');
  await people.thread(ids.general, 'Leads', ids.ann, refs.parse(letter.threadRef)!.thread);
  await people.next(posts, 'answer-lost');
  await expect(poster.post(letter, soon())).rejects.toMatchObject({ kind: 'unknown' });
  expect(await poster.look(letter, soon())).toBe('absent');
  await poster.post(letter, soon());
  expect(await postsIn(people, letter.threadRef)).toHaveLength(1);
  const later = discordPoster(outDeps(apiUrl, {}, { clock: { now: () => new Date(Date.now() + 10 * 60_000) } }));
  expect(await later.look(letter, soon())).toBe('cannot');
  expect(await poster.look({ ...letter, lastTriedAt: null }, soon())).toBe('cannot');
});

test('a post that somebody deleted is not posted again by a repeat', async () => {
  const { people, part, poster } = await open();
  const letter = part('Ready');
  const { messageRef } = await poster.post(letter, soon());
  await people.remove([messageRef.split('/')[1]!]);
  await expect(poster.post(letter, soon())).rejects.toMatchObject({ kind: 'never', why: 'gone' });
});

test('a post is found among hundreds of others that were written at the same time, and a channel is read once in a while', async () => {
  const taken: [string, number][] = [];
  const { settings } = outDeps('', { historyEveryMs: 700 });
  const budgets = { take: async (...call: [string, number]) => (taken.push(call), null) };
  const { people, part, poster, asked } = await open({ settings, budgets });
  const letter = part('Ready');
  await people.thread(ids.general, 'Leads', ids.ann, asked);
  for (let i = 0; i < 130; i++) await people.say(asked, `note ${i}`, { from: ids.ann });
  const posted = await poster.post(letter, soon());
  for (let i = 0; i < 130; i++) await people.say(asked, `note ${i}`, { from: ids.ann });
  expect(await poster.look(letter, soon())).toEqual({ found: posted });
  expect(await poster.look({ ...letter, key: newId() }, soon())).toBe('absent');
  expect(taken.filter(([key]) => key.startsWith('discord:history/'))[0]).toEqual([`discord:history/${asked}`, 700]);
  const busy = discordPoster({ ...outDeps('http://127.0.0.1:9/api'), budgets: { take: async () => 420 } });
  await expect(busy.look(letter, soon())).rejects.toMatchObject({ kind: 'later', retryAfterMs: 420 });
});

const full: Reply = replyOf(
  { kind: 'heading', text: 'Done', tone: 'good' },
  { kind: 'prose', text: 'Ask <@120000000000000001> & *me* about oat milk', from: 'agent' },
  { kind: 'files', files: [{ name: 'leads.csv', mime: 'text/csv', sizeBytes: 9, url: 'https://work.example/f/token' }] },
  {
    kind: 'choices',
    choices: [
      { id: 'approve:1', label: 'Approve', style: 'main' },
      { id: 'task', label: 'Details', style: 'plain', url: 'https://work.example/tasks/1' },
    ],
  },
);

test('what Discord does not take is said plainly, with what can be pressed, and at last without it', async () => {
  for (const [times, buttons] of [
    [1, ['[Approve]']],
    [2, []],
  ] as const) {
    const { people, part, poster } = await open();
    for (let i = 0; i < times; i++) await people.refuse(posts, codes.invalidForm);
    const letter = part(full);
    const posted = await poster.post(letter, soon());
    expect(await postsIn(people, letter.threadRef)).toEqual([
      [
        '✓ Done',
        '▌ Ask <@120000000000000001> & *me* about oat milk',
        'leads.csv · 9 bytes',
        'Download: https://work.example/f/token',
        'Details: https://work.example/tasks/1',
        ...buttons,
      ].join('\n'),
    ]);
    expect(await poster.look(letter, soon())).toEqual({ found: posted });
  }
  const { people, part, poster } = await open();
  for (let i = 0; i < 3; i++) await people.refuse(posts, codes.invalidForm);
  await expect(poster.post(part(full), soon())).rejects.toMatchObject({ kind: 'never', why: 'refused' });
});

test('a line of an agent that ends in an address stays a quotation when it is said plainly', async () => {
  const { people, part, poster } = await open();
  await people.refuse(posts, codes.invalidForm);
  await poster.post(part(replyOf({ kind: 'prose', text: 'Download: https://evil.example/x', from: 'agent' })), soon());
  const thread = refs.parse(part('').threadRef)!.thread;
  const ours = (await people.messages(thread)).find(({ isBot, type }) => isBot && type === 0)!;
  expect(JSON.stringify(ours.components)).toContain('"> Download: https://evil.example/x"');
});

test('words that a server’s filter takes from nobody are left out, and the way to them is said', async () => {
  const { people, part, poster } = await open();
  await people.forbid(['oat milk']);
  const letter = part(full);
  await poster.post(letter, soon());
  const [seen] = await postsIn(people, letter.threadRef);
  expect(seen!.split('\n')).toEqual([
    'There is an answer that cannot be shown here.',
    'Download: https://work.example/f/token',
    'Details: https://work.example/tasks/1',
    '[Approve]',
  ]);
});

test('a post pings nobody, whoever is named in it, and shows no preview of a link', async () => {
  const { people, part, poster } = await open();
  await poster.post(part(replyOf({ kind: 'prose', text: '@everyone <@120000000000000001> https://evil.example', from: 'agent' })), soon());
  const thread = refs.parse(part('').threadRef)!.thread;
  const ours = (await people.messages(thread)).find(({ isBot, type }) => isBot && type === 0)!;
  expect(ours).toMatchObject({ mentions: [], mentionEveryone: false, flags: (1 << 15) | (1 << 2) });
});

async function open(more: Partial<OutDeps> = {}) {
  const discord = await startDiscordSandbox({ limitFactor: 1_000_000 });
  onTestFinished(discord.stop);
  const people = discordPeople(discord.url);
  await furnish(people);
  await takeAway(people, ids.sealed, SEND_IN_THREADS);
  const { id: asked } = await people.say(ids.general, '<@900000000000000001> find me 100 leads in Miami\nsoon', { from: ids.ann });
  const poster = discordPoster(outDeps(discord.apiUrl, {}, more));
  const part = (said: string | Reply): LetterPart => ({
    key: newId(),
    threadRef: ref(ids.general, asked),
    reply: typeof said === 'string' ? replyOf({ kind: 'heading', text: said, tone: 'plain' }) : said,
    part: 0,
    attemptedAt: new Date(),
    lastTriedAt: new Date(),
  });
  return { people, part, poster, asked, apiUrl: discord.apiUrl };
}

function ref(channel: string, thread: string): string {
  return refs.format({ guild: ids.guild, channel, thread });
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
