// /sandbox/slack as a browser without scripts meets it, with no product behind it: what Slack alone shows and lets people do.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { chatPages } from '#bots/sandbox/pages.ts';
import { hostileTexts } from '#bots/testing/hostile.ts';
import { openDoor } from '#web/server/testing/open-door.ts';
import { slackChat } from './chat.ts';
import type { Block } from './shapes.ts';
import { openSlack, type OpenSlack } from './testing/open-slack.ts';

const view = { workspace: 'T1', channel: 'C1', as: 'U1' };
let world: OpenSlack;
beforeAll(async () => {
  world = await openSlack();
  await world.people.tierFactor(1000);
});
afterAll(() => world.slack.stop());

test('every kind of block is drawn, and what is in it stays text', async () => {
  const { people, client } = world;
  const { get } = await openPage();
  const { ts } = await people.say('C1', 'show me *all* of it with `code` & <b>tags</b>, @Bo: https://example.com/a?b=1', { from: 'U1' });
  const rich = (...elements: object[]) => ({ type: 'rich_text_section', elements });
  await client.apiCall('chat.postMessage', {
    channel: 'C1',
    thread_ts: ts,
    text: 'fallback',
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: 'Done: 2 leads' } },
      { type: 'section', text: { type: 'mrkdwn', text: 'A *bold* _word_ and ~gone~\n&gt; quoted\n```let x;```' } },
      {
        type: 'rich_text',
        elements: [
          rich(
            { type: 'text', text: 'literal *stars*', style: { bold: true } },
            { type: 'link', url: 'https://example.com/x', text: 'the list' },
          ),
          { type: 'rich_text_quote', elements: [{ type: 'text', text: 'what an agent said' }] },
          { type: 'rich_text_preformatted', elements: [{ type: 'text', text: '<script>' }] },
          { type: 'rich_text_list', style: 'bullet', elements: [rich({ type: 'user', user_id: 'U2' })] },
        ],
      },
      {
        type: 'table',
        rows: [
          ['Name', 'City'],
          ['Ada', '–'],
        ].map((row) => row.map((text) => ({ type: 'raw_text', text }))),
      },
      {
        type: 'actions',
        elements: [
          { type: 'button', action_id: 'a', style: 'danger', value: 'cancel:1', text: { type: 'plain_text', text: 'Cancel' } },
          { type: 'button', action_id: 'b', url: 'https://example.com/task', text: { type: 'plain_text', text: 'Open' } },
        ],
      },
    ],
  });
  const page = (await get({ thread: ts })).replaceAll(/\s+/g, ' ');
  for (const piece of [
    'show me <b>all</b> of it with <code>code</code> &#38; &#60;b&#62;tags&#60;/b&#62;, <b>@Bo</b>: <a href="https://example.com/a?b=1"',
    '<b>Done: 2 leads</b>',
    'A <b>bold</b> <i>word</i> and <s>gone</s>',
    '<blockquote>quoted</blockquote>',
    '<pre tabindex="0">let x;</pre>',
    '<b>literal *stars*</b><a href="https://example.com/x" rel="noreferrer" title="https://example.com/x">the list</a>',
    '<blockquote>what an agent said</blockquote><pre tabindex="0">&#60;script&#62;</pre><ul>',
    '<li><b>@Bo</b></li>',
    '<th>Name</th>',
    '<td>Ada</td>',
    'name="choice" value="4.0">Cancel</button>',
    '<a href="https://example.com/task" rel="noreferrer" title="https://example.com/task">Open</a>',
  ])
    expect(page).toContain(piece);
  expect(page).not.toContain('fallback');
});

test.each(Object.entries(hostileTexts).filter(([, text]) => text !== '' && text.length < 20_000))(
  'in messages, blocks, names and files %s stays text',
  async (_, hostile) => {
    const { people, client } = world;
    const { get } = await openPage();
    await people.user('T1', { id: 'U6', name: hostile.slice(0, 80) });
    await people.channel('T1', 'C6', { name: hostile.slice(0, 80) });
    const files = [{ name: hostile.slice(0, 300), mime: 'text/plain', bytes: Buffer.from('x') }];
    const { ts } = await people.say('C6', hostile, { from: 'U6', files });
    await client.apiCall('chat.postMessage', { channel: 'C6', thread_ts: ts, text: 'x', blocks: hostileBlocks(hostile) });
    const page = await get({ channel: 'C6', as: 'U6', thread: ts });
    // What the page itself is made of, and not one element or handler more.
    expect(page.match(/<(script|img|iframe|svg|object|base|meta http)[^>]*>/g)).toEqual([
      '<script src="/sandbox/slack/page.js" type="module">',
    ]);
    expect(page.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* on\w+=/);
    expect(page).not.toMatch(/href="(?!\/sandbox\/slack|#|data:,"|https?:)/);
  },
);

test('what Slack refuses is said in a sentence, with the message kept, and faults are ordered', async () => {
  const { people } = world;
  const { get, act } = await openPage();
  const closed = await act('say', { channel: 'C3', text: 'hello' });
  expect([closed.status, (await closed.text()).includes('This channel is archived.')]).toEqual([400, true]);
  const kept = await (await act('say', { thread: '1.000001', text: 'worth keeping' })).text();
  expect([kept.includes('Thread not found.'), kept.includes('worth keeping</textarea>')]).toEqual([true, true]);
  const { ts } = await people.say('C1', 'first words', { from: 'U1' });
  expect(await (await act('edit', { as: 'U2', message: ts, text: 'mine' })).text()).toContain('Only the author can change this message.');
  expect((await act('edit', { message: ts, text: '@Bo second words' })).status).toBe(303);
  expect(await get({})).toContain('<b>@Bo</b> second words');
  expect(await (await act('say', { text: '/unknown thing' })).text()).toContain('/unknown is not a command here. Use /impacter.');
  expect(await (await act('say', { text: '/impacter help' })).text()).toContain('The app did not respond in time.');
  await act('order', { fault: 'busy' });
  await act('order', { fault: 'file:login-page' });
  expect(await people.faults()).toMatchObject({ calls: [{ fault: 'busy' }], files: ['login-page'] });
  expect(await get({})).toContain('1 waiting');
});

test('App Home is a page of its own: opening it tells the app, and what the app publishes is shown there and can be pressed', async () => {
  const { client } = world;
  const { get, act } = await openPage();
  expect(await get({})).toMatch(/action="\/sandbox\/slack\/open"[^]*<bdi>App Home<\/bdi>/);
  const opened = await act('open', { channel: 'home', as: 'U2' });
  expect([opened.status, opened.headers.get('location')]).toEqual([303, expect.stringContaining('channel=home')]);
  expect(await get({ channel: 'home', as: 'U2' })).toContain('The app shows nothing here yet.');
  const button = { type: 'button', action_id: 'a', value: 'link', text: { type: 'plain_text', text: 'Link account' } };
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: 'Hello, Bo' } },
    { type: 'actions', elements: [button] },
  ];
  await client.views.publish({ user_id: 'U2', view: { type: 'home', blocks } as never });
  const page = await get({ channel: 'home', as: 'U2' });
  // Nobody writes there, so no link leads to a message box.
  expect([page.includes('class="skip"'), (await get({})).includes('class="skip"')]).toEqual([false, true]);
  expect(page).toMatch(/<b>Hello, Bo<\/b>[^]*name="choice" value="1\.0">Link account<\/button>/);
  expect(page).not.toContain('class="composer"');
  expect(await get({ channel: 'home', as: 'U1' })).not.toContain('Hello, Bo');
  // Nobody answers here.
  expect(await (await act('press', { channel: 'home', as: 'U2', message: 'home', choice: '1.0' })).text()).toContain(
    'The app did not respond',
  );
});

test('an empty direct message offers requests, and each message the shortcut of the app', async () => {
  const { people } = world;
  const { get, act } = await openPage();
  await people.user('T1', { id: 'U5', name: 'Eve' });
  const { channel } = await people.openApp('T1', 'messages', 'U5');
  expect(await get({ channel, as: 'U5' })).toContain('name="text" value="Find me 25 leads in Miami">Find leads</button>');
  expect((await act('say', { channel, as: 'U5', text: 'Find me 25 leads in Miami' })).status).toBe(303);
  expect(await get({ channel, as: 'U5' })).not.toContain('value="Write a blog post');
  const [{ ts } = { ts: '' }] = await people.messages(channel);
  expect(await get({ channel, as: 'U5' })).toMatch(/name="shortcut" value="run_on_message"/);
  expect(await (await act('shortcut', { channel, as: 'U5', message: ts, shortcut: 'run_on_message' })).text()).toContain(
    'The app did not respond',
  );
});

/** The page behind the product's HTTP door. */
async function openPage() {
  const mounts = chatPages(slackChat(world.people), { path: '/sandbox/slack' });
  const door = await openDoor({}, { mounts, sandboxToken: 'printed' });
  return {
    get: async (query: Readonly<Record<string, string>>) =>
      (await door.fetch(`/sandbox/slack?${new URLSearchParams({ ...view, ...query }).toString()}`, { key: 'printed' })).text(),
    act(word: string, fields: Readonly<Record<string, string>>) {
      const body = new FormData();
      for (const [name, value] of Object.entries({ ...view, ...fields })) body.set(name, value);
      return door.fetch(`/sandbox/slack/${word}`, { key: 'printed', method: 'POST', body });
    },
  };
}

function hostileBlocks(hostile: string): Omit<Block, 'block_id'>[] {
  // oxlint-disable-next-line no-control-regex
  const text = hostile.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').slice(0, 2000) || 'x';
  return [
    { type: 'header', text: { type: 'plain_text', text: text.slice(0, 150) } },
    { type: 'section', text: { type: 'mrkdwn', text } },
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] },
    { type: 'table', rows: [[{ type: 'raw_text', text: `x${text}` }]] },
    { type: 'actions', elements: [{ type: 'button', action_id: 'a', value: text, text: { type: 'plain_text', text: text.slice(0, 75) } }] },
  ];
}
