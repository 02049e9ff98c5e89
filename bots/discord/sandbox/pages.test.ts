// /sandbox/discord as a browser without scripts meets it, with no product behind it: what Discord alone shows and lets people do.

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { chatPages } from '#bots/sandbox/pages.ts';
import { hostileTexts } from '#bots/testing/hostile.ts';
import { openDoor } from '#web/server/testing/open-door.ts';
import { discordChat } from './chat.ts';
import { discordPeople, type DiscordPeople } from './client.ts';
import { startDiscordSandbox, type DiscordSandbox } from './server.ts';
import { at, furnishTest, restOf, type Rest } from './testing/open-discord.ts';
import { openSession } from './testing/open-socket.ts';

const view = { workspace: at.acme, channel: at.general, as: at.ann };
const posts = `/channels/${at.general}/messages`;
const drawn = (...parts: object[]) => ({ flags: 1 << 15, components: parts });
const button = (id: string, label: string, style = 2) => ({ type: 2, style, custom_id: id, label });

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

test('every kind of component is drawn, and what is in it stays text', async () => {
  const { get } = await openPage();
  const { id } = await people.say(at.general, 'show me **all** of `it` & <b>tags</b>, @Bo: https://example.com/a?b=1', { from: at.ann });
  await rest('POST', `${posts}/${id}/threads`, { name: 'all' });
  const file = new FormData();
  const body = drawn({
    type: 17,
    components: [
      { type: 10, content: '### Done: 2 leads\n> what an agent said \\*here\\*\n-# small' },
      { type: 14 },
      {
        type: 9,
        components: [{ type: 10, content: '```\n<script>\n```' }],
        accessory: { type: 2, style: 5, label: 'Open', url: 'https://example.com/task' },
      },
      { type: 13, file: { url: 'attachment://leads.csv' } },
      { type: 1, components: [{ type: 2, style: 5, label: 'App', url: 'discord://app' }, button('cancel:1', 'Cancel', 4)] },
    ],
  });
  file.append('payload_json', JSON.stringify(body));
  file.append('files[0]', new Blob(['name']), 'leads.csv');
  await rest('POST', `/channels/${id}/messages`, file);
  const page = (await get({ thread: id })).replaceAll(/\s+/g, ' ');
  for (const piece of [
    'show me <b>all</b> of <code>it</code> &#38; &#60;b&#62;tags&#60;/b&#62;, <b>@Bo</b>: <a href="https://example.com/a?b=1"',
    '<b>Done: 2 leads</b>',
    '<blockquote>what an agent said *here*</blockquote>',
    '<div class="soft">small</div>',
    '<hr />',
    '<pre tabindex="0">&#60;script&#62;</pre>',
    '<a href="https://example.com/task" rel="noreferrer" title="https://example.com/task">Open</a>',
    '<bdi>leads.csv</bdi>',
    'App (discord://app)',
    'name="choice" value="cancel:1">Cancel</button>',
    '>1 reply</a>',
  ])
    expect(page).toContain(piece);
  expect(page).not.toMatch(/\/sandbox\/discord\/stop|href="discord:/);
});

test('a forum shows its posts, direct messages have no threads, and what Discord refuses is a sentence', async () => {
  const { get, act } = await openPage();
  const posted = await act('say', { channel: at.forum, text: 'Leads in Miami\n@impacter find me 5' });
  const thread = new URL(posted.headers.get('location')!, discord.url).searchParams.get('thread')!;
  await act('say', { channel: at.forum, thread, text: 'and in Boston' });
  expect(await get({ channel: at.forum, thread })).toMatch(/find me 5[^]*>1 reply<[^]*find me 5[^]*and in Boston/);
  const direct = await people.dm(at.ann);
  const said = await act('say', { channel: direct, text: 'in private' });
  expect(said.headers.get('location')).not.toContain('thread=');
  const page = await get({ channel: direct });
  expect([page.includes('in private'), page.includes('Reply in thread</a>')]).toEqual([true, false]);
  // A link to a message leads to it on the page.
  const { id } = await people.say(at.general, 'over here', { from: at.bo });
  await rest('POST', `/channels/${direct}/messages`, { content: `See https://discord.com/channels/${at.acme}/${at.general}/${id}` });
  const [, place] = /href="([^"]*)" rel="noreferrer">https:\/\/discord\.com/.exec(await get({ channel: direct }))!;
  const leads = Object.fromEntries(new URLSearchParams(place!.replaceAll('&#38;', '&')));
  expect([leads, (await get(leads)).includes('over here')]).toEqual([
    { workspace: at.acme, channel: at.general, thread: id, as: at.ann },
    true,
  ]);
  await people.lock(thread, true);
  for (const [word, fields, words] of [
    ['say', { channel: at.forum, thread, text: 'worth keeping' }, 'This thread is locked.'],
    ['say', { text: '/unknown thing' }, '/unknown is not a command here.'],
    ['say', { channel: at.mute, as: at.bo, text: 'x' }, 'This person may not post here.'],
    ['press', { message: thread, choice: 'gone' }, 'This button is no longer available.'],
  ] as const)
    expect(await (await act(word, fields)).text(), word).toContain(words);
  await act('order', { fault: 'busy' });
  await act('order', { fault: 'file:expired' });
  expect(await people.faults()).toMatchObject({ calls: [{ fault: 'busy' }], files: ['expired'] });
});

test('a command is typed with its switches, its answer is seen by one person, and its form takes words and files', async () => {
  const { get, act } = await openPage();
  const { frames } = await openSession(discord);
  const told = (type: number) =>
    vi.waitFor(() =>
      frames
        .map(({ d }) => d as { type?: number; id: string; token: string; data: never })
        .find((d) => d?.type === type && d.data !== undefined)!,
    );
  await rest('PUT', '/applications/900000000000000001/commands', [
    {
      name: 'ask',
      description: 'Ask',
      options: [
        { type: 3, name: 'request', description: 'What' },
        { type: 5, name: 'private', description: 'Only you' },
      ],
    },
  ]);
  const answer = async (type: number, body: object) => {
    const { id, token, data } = await vi.waitFor(async () => (await told(type)) ?? Promise.reject(new Error('not told yet')));
    await rest('POST', `/interactions/${id}/${token}/callback`, body);
    return data;
  };
  const [, data] = await Promise.all([
    act('say', { text: '/ask find me 5 leads private:true' }),
    answer(2, {
      type: 4,
      data: {
        flags: (1 << 15) | (1 << 6),
        components: [
          { type: 10, content: 'Only for Ann.' },
          { type: 1, components: [button('more', 'Continue')] },
        ],
      },
    }),
  ]);
  expect(data).toMatchObject({
    options: [
      { name: 'private', value: true },
      { name: 'request', value: 'find me 5 leads' },
    ],
  });
  const page = await get({});
  expect([
    page.includes('Only for Ann.'),
    page.includes('Only you can see this'),
    (await get({ as: at.bo })).includes('Only for Ann.'),
  ]).toEqual([true, true, false]);
  const [post] = await people.ephemerals(at.ann);
  const label = (words: string, component: object) => ({ type: 18, label: words, component });
  await Promise.all([
    act('press', { message: post!.id, choice: 'more' }),
    answer(3, {
      type: 9,
      data: {
        custom_id: 'f',
        title: 'Continue',
        components: [
          label('Text', { type: 4, custom_id: 'text', style: 2 }),
          label('Files', { type: 19, custom_id: 'files', required: false }),
        ],
      },
    }),
  ]);
  expect(await get({})).toMatch(/<dialog[^>]* open[^]*enctype="multipart\/form-data"[^]*type="file" name="files"/);
  const form = (await people.form(at.ann))!;
  const [sent, filled] = await Promise.all([
    act('submit', { form: form.id, 'field:text': 'more leads' }, [new File(['a,b'], 'list.csv')]),
    answer(5, { type: 4, data: { content: 'Thanks.', flags: 1 << 6 } }),
  ]);
  expect([sent.status, filled]).toMatchObject([
    303,
    { components: [{ component: { value: 'more leads' } }, { component: { values: [expect.any(String)] } }] },
  ]);
});

test('each message offers the app’s own command, commands take files and choices, and an unknown one names those there are', async () => {
  const { get, act } = await openPage();
  const { frames } = await openSession(discord);
  const choices = [{ name: 'Mentions', value: 'mention' }];
  await rest('PUT', '/applications/900000000000000001/commands', [
    {
      name: 'ask',
      description: 'Ask',
      options: [
        { type: 3, name: 'request', description: 'What', required: true },
        { type: 11, name: 'file1', description: 'A file' },
      ],
    },
    { name: 'setup', description: 'Set up', options: [{ type: 3, name: 'answers', description: 'Which', choices }] },
    { name: 'Run on this', type: 3 },
  ]);
  const answers = async (command: string) => {
    const told = () => frames.map(({ d }) => d as { id: string; token: string; data?: { name?: string } });
    const { id, token, data } = await vi.waitFor(
      () => told().find((d) => d?.data?.name === command) ?? Promise.reject(new Error('not told')),
    );
    await rest('POST', `/interactions/${id}/${token}/callback`, { type: 4, data: { content: 'Thanks.', flags: 1 << 6 } });
    return data;
  };
  const { id } = await people.say(at.general, 'what Bo wrote', { from: at.bo });
  expect(await get({})).toMatch(new RegExp(`value="${id}"[^]*name="shortcut" value="Run on this"`));
  const list = new File(['a,b'], 'list.csv');
  expect(
    await Promise.all([
      answers('Run on this'),
      answers('ask'),
      answers('setup'),
      act('shortcut', { message: id, shortcut: 'Run on this' }),
      act('say', { text: '/ask find me 5 leads' }, [list]),
      act('say', { text: '/setup answers:mention' }),
    ]),
  ).toMatchObject([
    { target_id: id },
    { options: [{ name: 'file1', type: 11 }, { value: 'find me 5 leads' }], resolved: { attachments: expect.anything() } },
    { options: [{ name: 'answers', value: 'mention' }] },
    { status: 303 },
    { status: 303 },
    { status: 303 },
  ]);
  const refused = async (text: string, files: readonly File[]) => (await act('say', { text }, files)).text();
  expect(await refused('/ask find me 5 leads', [list, list])).toContain('This command takes at most 1 file.');
  expect(await refused('/setup answers:mention', [list])).toContain('This command takes no files.');
  expect(await refused('/dance', [])).toContain('/dance is not a command here. Commands: /ask, /setup.');
});

test.each(Object.entries(hostileTexts).filter(([, text]) => text !== '' && text.length < 20_000))(
  'in messages, components, names and files %s stays text',
  async (_, hostile) => {
    const { get } = await openPage();
    const [who, where] = ['120000000000000006', '130000000000000006'];
    await people.member(at.acme, { id: who, name: hostile.slice(0, 80) });
    await people.channel(at.acme, where, { name: hostile.slice(0, 100) });
    const files = [{ name: hostile.slice(0, 300), mime: 'text/plain', bytes: Buffer.from('x') }];
    const { id } = await people.say(where, hostile.slice(0, 2_000), { from: who, files });
    const words = hostile.slice(0, 1_000);
    await rest(
      'POST',
      `/channels/${where}/messages`,
      drawn({ type: 10, content: words }, { type: 1, components: [button(words.slice(0, 100), words.slice(0, 80) || 'x')] }),
    );
    const page = await get({ channel: where, as: who, thread: id });
    // What the page itself is made of, and not one element or handler more.
    expect(page.match(/<(script|img|iframe|svg|object|base|meta http)[^>]*>/g)).toEqual([
      '<script src="/sandbox/discord/page.js" type="module">',
    ]);
    expect(page.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* on\w+=/);
    expect(page).not.toMatch(/href="(?!\/sandbox\/discord|#|data:,"|https?:)/);
  },
);

/** The page behind the product's HTTP door. */
async function openPage() {
  const mounts = chatPages(discordChat(people), { path: '/sandbox/discord' });
  const door = await openDoor({}, { mounts, sandboxToken: 'printed' });
  return {
    get: async (query: Readonly<Record<string, string>>) =>
      (await door.fetch(`/sandbox/discord?${new URLSearchParams({ ...view, ...query }).toString()}`, { key: 'printed' })).text(),
    act(word: string, fields: Readonly<Record<string, string>>, files: readonly File[] = []) {
      const body = new FormData();
      for (const [name, value] of Object.entries({ ...view, ...fields })) body.set(name, value);
      for (const file of files) body.append('files', file);
      return door.fetch(`/sandbox/discord/${word}`, { key: 'printed', method: 'POST', body });
    },
  };
}
