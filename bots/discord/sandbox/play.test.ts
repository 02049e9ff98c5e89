// The product with Discord beside it, as `npm start` starts them: somebody who has just begun talks on the page.

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Adapter } from '#bots/adapter.ts';
import { adapters } from '#bots/adapters.ts';
import { linkSandboxes } from '#core/product/link-sandboxes.ts';
import type { Product } from '#core/product/product.ts';
import { openStage, type Person, type Stage } from '#core/testing/stages/stage.ts';
import { discord } from '../adapter.ts';
import { ids } from './furnish.ts';

const all = [...adapters.filter(({ platform }) => platform !== discord.platform), discord as Adapter];
let world: Stage;
let page: ReturnType<typeof pageOf>;
let owner: Person;
beforeAll(async () => {
  world = await openStage({ adapters: all, chatSandboxes: true });
  owner = await world.person();
  await linkSandboxes(world.core, world.product.outside.chats.linked, owner);
  await world.app.privacy.setTeamSettings(owner, { confirmAbove: '10000000' });
  page = pageOf(world.product);
}, 60_000);
afterAll(() => world.stop());

test('a mention on the page is done by the real core, and answered in its thread', async () => {
  const thread = await page.say({ text: '@impacter find me 5 leads in Miami' });
  const done = await page.until(/Done: 5 leads/, { thread });
  expect(done).toMatch(/<b>@impacter<\/b> find me 5 leads in Miami/);
  expect((await page.get({})).includes('Mention @impacter to ask, or use /ask.')).toBe(true);
  expect(done).toMatch(/<a href="http:\/\/localhost:\d+\/[\w/-]+" rel="noreferrer" title=/);
});

test('as a new user: the result is downloaded, a request is canceled, and whoever is out of credits is told what to do', async () => {
  const thread = await page.say({ text: '@impacter find me 4 leads in Boston' });
  const done = await page.until(/Done: 4 leads/, { thread });
  const [, file] = /href="(\/sandbox\/discord\/files\/[^"]+)" download/.exec(done)!;
  expect(await page.file(file!.replaceAll('&#38;', '&'))).toMatch(/^\S.*\n(.*\n){3,}/);
  const waiting = await page.say({ text: '@impacter find me 30 leads in Boston' });
  const shown = await page.until(/name="choice" value="[^"]+">Cancel/, { thread: waiting });
  const [, message, choice] = /name="message" value="(\d+)" \/>(?:(?!<\/form>)[^])*value="([^"]+)">Cancel/.exec(shown)!;
  await page.send('press', { thread: waiting, message: message!, choice: choice! });
  // The post that asked says so too, and has nothing to press.
  const canceled = await page.until(/<b>● Canceled<\/b>[^]*This request was canceled\./, { thread: waiting });
  expect(canceled).not.toMatch(/>Approve<|>Change</);
  // The daily limit of each person would be met first.
  const acme = (await world.app.workspaces.linkedWorkspaces(owner)).find(({ platform }) => platform === 'discord')!;
  const wanted = { caps: { personPerDay: null, workspacePerDay: null }, guestsMayAsk: false, timeZone: 'UTC' };
  await world.app.workspaces.changeWorkspace(owner, acme.id, wanted);
  const short = await page.say({ text: '@impacter find me 900 leads in Boston' });
  await page.until(/This needs 900 credits and you have \d+\.[^]*Nothing was charged\. Add credits or ask for fewer\./, { thread: short });
});

test('a button is pressed on the page, and its form is filled in there', async () => {
  const thread = await page.say({ text: '@impacter find me 20 leads in Miami' });
  const shown = await page.until(/name="choice" value="[^"]+">Change/, { thread });
  const [, message, choice] = /name="message" value="(\d+)" \/>(?:(?!<\/form>)[^])*value="([^"]+)">Change/.exec(shown)!;
  await page.send('press', { thread, message: message!, choice: choice! });
  const form = await page.until(/<dialog[^>]* open/, { thread });
  expect(form).toContain('find me 20 leads in Miami</textarea>');
});

test('a command is answered to whoever gave it, and where nobody linked the server nothing starts', async () => {
  await page.send('say', { text: '/help' });
  expect(await page.until(/Only you can see this/)).toContain('find me 25 leads in Miami');
  expect(await page.get({ as: ids.bo })).not.toContain('Only you can see this');

  const there = { workspace: ids.harbor, channel: ids.harborGeneral, as: ids.mia };
  await page.say({ ...there, text: '@impacter find me 5 leads' });
  const { body } = { body: await page.get(there) };
  const [, direct] = new RegExp(`channel=(\\d+)&amp;as=${ids.mia}"[^>]*><bdi>Direct message`).exec(body.replaceAll('&#38;', '&amp;'))!;
  await page.until(/No team pays/, { ...there, channel: direct! });
});

test('where the server is limited, whoever asks elsewhere is told alone where to, and /setup takes roles by their names', async () => {
  await page.send('say', { channel: ids.sales, text: '/setup channels:listed listed:true server_role:@Buyers' });
  expect(await page.until(/Only in listed channels, such as #sales/, { channel: ids.sales })).toContain('Members with the role Buyers');
  await page.say({ as: ids.bo, text: '@impacter find me 4 leads' });
  const [, direct] = new RegExp(`channel=(\\d+)&amp;as=${ids.bo}"[^>]*><bdi>Direct message`).exec(
    (await page.get({ as: ids.bo })).replaceAll('&#38;', '&amp;'),
  )!;
  const told = await page.until(/can’t be started in this channel, only in #sales\./, { as: ids.bo, channel: direct! });
  // Its title is who it is with.
  expect(told).toContain('<h2 class="title"><bdi>impacter</bdi></h2>');
  await page.send('say', { channel: ids.sales, text: '/setup channels:every listed:false server_everyone:true' });
  await page.until(/Members can ask in every channel/, { channel: ids.sales });
});

test('with message content off, a result has Continue, whose form says what it takes', async () => {
  await page.send('flip', { switch: 'content' });
  expect(await page.get({})).toContain('aria-checked="false"');
  const thread = await page.say({ text: '@impacter find me 3 leads in Boston' });
  const shown = await page.until(/name="choice" value="[^"]+">Continue/, { thread });
  await page.send('say', { thread, text: 'find me 6 leads' });
  const [, message, choice] = /name="message" value="(\d+)" \/>(?:(?!<\/form>)[^])*value="([^"]+)">Continue/.exec(shown)!;
  await page.send('press', { thread, message: message!, choice: choice! });
  const form = await page.until(/<dialog[^>]* open/, { thread });
  const [, id] = /name="form" value="([^"]+)"/.exec(form)!;
  const [, field] = /<textarea id="[^"]*" name="(field:[^"]+)"/.exec(form)!;
  await page.send('submit', { thread, form: id!, [field!]: 'find me 2 leads in Tampa' });
  expect(await page.until(/Done: 2 leads/, { thread })).not.toContain('Done: 6 leads');
  await page.send('flip', { switch: 'content' });
});

test('the front page leads to it, and after a restart everything said is there', async () => {
  expect(await (await fetch(world.url)).text()).toContain('<a href="/sandbox/discord">Discord</a>');
  await page.say({ text: 'nothing for a bot' });
  const again = pageOf(await world.another({}, { adapters: all, chatSandboxes: true }));
  expect(await again.until(/nothing for a bot/)).toContain('Ann');
});

const ann = { workspace: ids.acme, channel: ids.general, as: ids.ann };

/** As whoever opened the printed link. */
function pageOf({ url, outside }: Product) {
  const headers = { Authorization: `Bearer ${outside.pagesToken!}` };
  const get = async (view: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams({ ...ann, ...view });
    return (await fetch(`${url}/sandbox/discord?${query.toString()}`, { headers })).text();
  };
  const send = async (word: string, fields: Readonly<Record<string, string>>) => {
    const body = new FormData();
    for (const [name, value] of Object.entries({ ...ann, ...fields })) body.set(name, value);
    const answer = await fetch(`${url}/sandbox/discord/${word}`, { method: 'POST', body, headers, redirect: 'manual' });
    expect([answer.status, answer.status === 303 ? '' : await answer.text()]).toEqual([303, '']);
    return answer.headers.get('location')!;
  };
  return {
    get,
    file: async (path: string) => (await fetch(`${url}${path}`, { headers })).text(),
    send,
    say: async (fields: Readonly<Record<string, string>>) => new URL(await send('say', fields), url!).searchParams.get('thread')!,
    until: (words: RegExp, view: Readonly<Record<string, string>> = {}) =>
      vi.waitFor(async () => {
        const shown = await get(view);
        if (!words.test(shown)) throw new Error(`${String(words)} is not on the page: ${shown.slice(shown.indexOf('<main'))}`);
        return shown;
      }),
  };
}
