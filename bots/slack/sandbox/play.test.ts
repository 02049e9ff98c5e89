// The product with Slack beside it, as `npm start` starts them: somebody who has just begun talks on the page.

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { adapters } from '#bots/adapters.ts';
import { linkSandboxes } from '#core/product/link-sandboxes.ts';
import type { Product } from '#core/product/product.ts';
import { openStage, type Stage } from '#core/testing/stages/stage.ts';

let world: Stage;
let page: ReturnType<typeof pageOf>;
beforeAll(async () => {
  world = await openStage({ adapters, chatSandboxes: true });
  const owner = await world.person();
  await linkSandboxes(world.core, world.product.outside.chats.linked, owner);
  await world.app.privacy.setTeamSettings(owner, { confirmAbove: '10000000' });
  page = pageOf(world.product);
}, 60_000);
afterAll(() => world.stop());

test('a mention on the page is done by the real core, and answered in its thread with blocks', async () => {
  const thread = await page.say({ text: '@impacter find me 5 leads in Miami' });
  const shown = await page.until(/5 leads/, { thread });
  expect(shown).toMatch(/<b>@impacter<\/b> find me 5 leads in Miami/);
  expect([(await page.get({})).includes('Mention @impacter to ask.'), (await page.get({ channel: 'D0ANN' })).includes('Mention')]).toEqual([
    true,
    false,
  ]);
  const done = await page.until(/<table>[^]*<th>/, { thread });
  expect(done).toMatch(/<a href="http:\/\/localhost:\d+\/f\/[\w-]+" rel="noreferrer" title=/);
});

test('a button is pressed on the page, and its form is filled in there', async () => {
  const thread = await page.say({ text: '@impacter find me 20 leads in Miami' });
  const shown = await page.until(/name="choice" value="[\d.]+">Change/, { thread });
  const [, message, choice] = /name="message" value="([\d.]+)" \/>(?:(?!<\/form>)[^])*value="([\d.]+)">Change/.exec(shown)!;
  await page.send('press', { thread, message: message!, choice: choice! });
  const form = await page.until(/<dialog[^>]* open/, { thread });
  expect(form).toContain('find me 20 leads in Miami</textarea>');
});

test('a command is answered to whoever gave it, and in a workspace that nobody linked nothing starts', async () => {
  await page.send('say', { text: '/impacter help' });
  expect(await page.until(/Only you can see this/)).toContain('find me 25 leads in Miami');
  expect(await page.get({ as: 'U0BO' })).not.toContain('Only you can see this');

  const there = { workspace: 'T0HARBOR', channel: 'C0HARBOR', as: 'U0MIA' };
  const thread = await page.say({ ...there, text: '@impacter find me 5 leads' });
  await page.until(/No team pays/, { ...there, thread });
});

test('the front page leads to it, and after a restart everything said is there', async () => {
  expect(await (await fetch(world.url)).text()).toContain('<a href="/sandbox/slack">Slack</a>');
  await page.say({ text: 'nothing for a bot' });
  const again = pageOf(await world.another({}, { adapters, chatSandboxes: true }));
  expect(await again.until(/nothing for a bot/)).toContain('Ann');
});

const ann = { workspace: 'T0ACME', channel: 'C0GENERAL', as: 'U0ANN' };

/** As whoever opened the printed link. */
function pageOf({ url, outside }: Product) {
  const headers = { Authorization: `Bearer ${outside.pagesToken!}` };
  const get = async (view: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams({ ...ann, ...view });
    return (await fetch(`${url}/sandbox/slack?${query.toString()}`, { headers })).text();
  };
  const send = async (word: string, fields: Readonly<Record<string, string>>) => {
    const body = new FormData();
    for (const [name, value] of Object.entries({ ...ann, ...fields })) body.set(name, value);
    const answer = await fetch(`${url}/sandbox/slack/${word}`, { method: 'POST', body, headers, redirect: 'manual' });
    expect([answer.status, answer.status === 303 ? '' : await answer.text()]).toEqual([303, '']);
    return answer.headers.get('location')!;
  };
  return {
    get,
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
