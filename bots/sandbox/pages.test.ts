// The sandbox page as a browser without scripts meets it, with the board behind it.

import { expect, test } from 'vitest';
import { PATIENCE_MS } from '#core/testing/runner/patience.ts';
import { hostileTexts } from '#bots/testing/hostile.ts';
import { openPage, view } from './testing/open-page.ts';

test('the page is closed to those without the link, and to forms of other pages', async () => {
  const { door, people, form } = await openPage();
  for (const at of ['', '/page.js', '/layout.css', '/events', '/files/x'])
    expect([at, (await door.fetch(`/sandbox/board${at}`)).status]).toEqual([at, 403]);
  expect((await door.fetch('/sandbox/board/say', { method: 'POST', body: form({ text: 'hello' }) })).status).toBe(403);

  const opened = await door.fetch('/sandbox/board?token=printed');
  const cookie = opened.headers.getSetCookie()[0]!.split(';')[0]!;
  const post = (headers: Record<string, string>) =>
    door.fetch('/sandbox/board/say', { method: 'POST', body: form({ text: 'hello' }), headers: { Cookie: cookie, ...headers } });
  const host = new URL(door.url).host;
  expect((await post({})).status).toBe(403);
  expect((await post({ Origin: 'http://localhost:1' })).status).toBe(403);
  expect((await post({ 'Sec-Fetch-Site': 'same-site', Origin: `http://${host}` })).status).toBe(403);
  expect(await people.messages()).toEqual([]);
  expect((await post({ Origin: `http://${host}` })).status).toBe(303);
  expect((await post({ 'Sec-Fetch-Site': 'same-origin', Origin: 'null' })).status).toBe(303);
  expect(await people.messages()).toHaveLength(2);
});

test('sending a message opens its thread, and each message shows who said it', async () => {
  const { get, act } = await openPage();
  const said = await act('say', { text: 'find me 20 leads\r\nin Miami' });
  expect([said.status, said.headers.get('location')]).toEqual([303, '/sandbox/board?workspace=board&channel=general&thread=1&as=ann']);
  await act('say', { ...view, as: 'bo', thread: '1', text: 'me too' });
  const page = await get('?workspace=board&channel=general&thread=1&as=bo');
  expect(page).toContain('<bdi class="who">Ann</bdi>');
  expect(page).toContain('find me 20 leads\nin Miami');
  expect(page).toContain('>1 reply</a>');
  expect(page).toContain('<option value="bo" selected>Bo · guest</option>');
});

test('messages are changed and deleted by who said them, and faults are ordered', async () => {
  const { get, act, people } = await openPage();
  const { id } = await people.say('general', 'first words');
  expect(await get('?as=bo')).not.toContain('/sandbox/board/edit');
  await act('edit', { ...view, message: id, text: 'second words' });
  expect(await get()).toMatch(/second words.*/);
  const refused = await act('edit', { ...view, as: 'bo', message: id, text: 'mine' });
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('Only the author can change this message.')]);
  await act('delete', { ...view, message: id });
  expect(await people.messages()).toEqual([]);
  await act('order', { ...view, fault: 'busy' });
  await act('order', { ...view, fault: 'file:login-page' });
  expect(await people.faults()).toEqual({ calls: ['busy'], files: ['login-page'] });
  expect(await get()).toContain('2 waiting');
});

test('a refused message is still in its box, with the reason above', async () => {
  const { act } = await openPage();
  const empty = await act('say', { ...view, text: '  ' });
  expect([empty.status, await empty.text()]).toEqual([400, expect.stringContaining('Your message is empty.')]);
  const long = await act('say', { ...view, thread: '77', text: 'worth keeping' });
  const page = await long.text();
  expect(page).toContain('Thread not found.');
  expect(page).toContain('worth keeping</textarea>');
});

test('buttons are pressed, and an answer for one person is shown to nobody else', async () => {
  const { get, act, people, bot } = await openPage();
  const { thread } = await people.say('general', 'hello');
  const choices = [{ id: 'cancel:1', label: 'Cancel', style: 'danger' }];
  const { id } = await bot(`channels/general/threads/${thread}/messages`, { key: 'k', text: 'On it', choices });
  const shown = await get(`?thread=${thread}&channel=general`);
  expect(shown).toContain('<button class="danger" name="choice" value="cancel:1">Cancel</button>');
  expect((await act('press', { ...view, thread, message: id, choice: 'cancel:1' })).status).toBe(303);
  expect((await act('press', { ...view, thread, message: id, choice: 'other' })).status).toBe(400);
  const { interaction } = await people.press(id, 'cancel:1');
  await bot(`interactions/${interaction}`, { text: 'Not yours to **cancel**.' });
  expect(await get(`?channel=general&thread=${thread}&as=ann`)).toContain('Not yours to <b>cancel</b>.');
  expect(await get(`?channel=general&thread=${thread}&as=bo`)).not.toContain('Not yours');
});

test('a form that the bot sends is filled in, and nothing else is taken', async () => {
  const { get, act, people, bot } = await openPage();
  await act('say', { ...view, text: '/new leads in Miami' });
  expect(await people.messages()).toEqual([]);
  const { interaction } = await people.command('general', 'new', '');
  const fields = [
    { id: 'what', label: 'What', kind: 'line', required: true, value: 'leads' },
    { id: 'type', label: 'Type', kind: 'choice', options: [{ id: 'a', label: 'A' }] },
  ];
  await bot(`interactions/${interaction}`, { form: { id: 'new', title: 'New task', submit: 'Start task', fields } });
  const page = await get();
  expect(page).toMatch(/<dialog[^>]* open aria-labelledby/);
  expect(page).toContain('name="field:what" maxlength="4000" value="leads" required');
  expect((await act('submit', { ...view, form: interaction, 'field:what': '' })).status).toBe(400);
  expect((await act('submit', { ...view, form: interaction, 'field:what': '25 leads', 'field:type': 'a' })).status).toBe(303);
  expect(await get()).not.toContain('<dialog');
});

test('a file is attached, and comes back as a download whatever it is', async () => {
  const { get, act, people, door } = await openPage();
  const evil = new File(['<script>steal()</script>'], '../고객 "명단".html', { type: 'text/html' });
  expect((await act('say', { ...view, text: '' }, [evil])).status).toBe(303);
  const [message] = await people.messages();
  expect(message!.files).toMatchObject([{ name: '../고객 "명단".html', mime: 'text/html', sizeBytes: 24 }]);
  const at = /href="(\/sandbox\/board\/files\/[^"]+)"/.exec(await get())![1]!.replaceAll('&#38;', '&');
  const file = await door.fetch(at, { key: 'printed' });
  expect(await file.text()).toBe('<script>steal()</script>');
  expect(file.headers.get('content-type')).toBe('application/octet-stream');
  expect(file.headers.get('x-content-type-options')).toBe('nosniff');
  expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="/);
  expect(file.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  expect((await act('say', { ...view, text: '' }, [new File([], 'empty.csv')])).status).toBe(400);
});

test.each(Object.entries(hostileTexts).filter(([, text]) => text !== '' && text.length < 20_000))(
  'in messages, names and files %s stays text',
  async (_, hostile) => {
    const { get, people } = await openPage();
    const name = hostile.slice(0, 200);
    await people.resident('board', { id: 'eve', name, role: 'member' });
    await people.channel('evil', { name: hostile.slice(0, 80) });
    await people.say('evil', hostile, {
      from: { id: 'eve', name },
      files: [{ name: hostile.slice(0, 300), mime: 'text/plain', bytes: Buffer.from('x') }],
    });
    const page = await get('?channel=evil&as=eve');
    // What the page itself is made of, and not one element or handler more.
    expect(page.match(/<(script|img|iframe|svg|object|base|meta http)[^>]*>/g)).toEqual([
      '<script src="/sandbox/board/page.js" type="module">',
    ]);
    expect(page.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* on\w+=/);
    expect(page).not.toMatch(/href="(?!\/sandbox\/board|#|data:,"|https?:)/);
  },
);

test('a page runs its own script, and takes nothing from elsewhere', async () => {
  const { door } = await openPage();
  const page = await door.fetch('/sandbox/board', { key: 'printed' });
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  );
  expect(await page.text()).not.toMatch(/<style|style="|<script(?! src="\/sandbox\/board\/page\.js")/);
  expect((await door.fetch('/sandbox/board/page.js', { key: 'printed' })).headers.get('content-type')).toBe(
    'text/javascript; charset=utf-8',
  );
});

test('any other address below the page is not found, and each takes only its own methods', async () => {
  const { door } = await openPage();
  for (const at of ['/nothing', '/page.ts', '/say/more', '/files/a/b', '/files/none', '/__proto__', '/..%2fpages.ts'])
    expect([at, (await door.fetch(`/sandbox/board${at}`, { key: 'printed' })).status]).toEqual([at, 404]);
  expect((await door.fetch('/sandbox/board/say', { key: 'printed' })).status).toBe(405);
  expect((await door.fetch('/sandbox/board', { key: 'printed', method: 'POST' })).status).toBe(405);
  expect((await door.fetch('/sandbox/board/say', { key: 'printed', json: { text: 'hello' } })).status).toBe(400);
});

test('of 2,000 messages the newest hundred are shown, and a link leads to earlier ones', async () => {
  const { get, people } = await openPage();
  for (let i = 1; i <= 2_000; i++) await people.say('general', `message number ${i}`);
  const began = performance.now();
  const page = await get();
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(page.match(/<li id="channel-\d+"/g)).toHaveLength(100);
  expect(page).toContain('message number 2000<');
  const earlier = /href="\/sandbox\/board(\?[^"]+before=[^"]+)"/.exec(page)![1]!.replaceAll('&#38;', '&');
  const older = await get(earlier);
  expect(older).toContain('message number 1900<');
  expect(older).not.toContain('message number 1901<');
  expect(older).toContain('Back to the newest messages');
});

test('open pages are told of a change within a moment, and their streams do not keep the product from stopping', async () => {
  const { door, people } = await openPage();
  const stream = await door.fetch('/sandbox/board/events', { key: 'printed', signal: AbortSignal.timeout(PATIENCE_MS) });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  const reader = stream.body!.getReader();
  const untilChanged = async () => {
    let heard = '';
    while (!heard.includes('event: changed')) heard += new TextDecoder().decode((await reader.read()).value);
  };
  await untilChanged();
  await people.say('general', 'news');
  await untilChanged();
  const began = performance.now();
  await door.stop(30_000);
  expect(performance.now() - began).toBeLessThan(5_000);
});
