// The product with the board beside it, as `npm run board` starts them.

import { expect, test, vi } from 'vitest';
import { adapters } from '#bots/adapters.ts';
import type { Product } from '#core/product/product.ts';
import { linkBoard } from '#core/testing/stages/board-stage.ts';
import { stage } from '#core/testing/stages/stage.ts';
import { board } from './adapter.ts';

const withBoard = [...adapters, board];

test('what somebody types on the page is done by the real core, and answered in its thread', async () => {
  const world = await stage({ adapters: withBoard, chatSandboxes: true });
  await linkBoard(world, await world.person());
  const page = pageOf(world.product);
  await page.say({ text: 'find me 20 leads in Miami' });
  const thread = await page.until('Done: 20 leads', '&channel=general&thread=1');
  expect(thread).toContain('find me 20 leads in Miami');
  expect(thread).toMatch(/<a href="http:\/\/localhost:\d+\/f\/[\w-]+" rel="noreferrer">/);
  expect(thread).toMatch(/<button class="danger" name="choice" value="cancel:[0-9a-f-]{36}">Cancel<\/button>/);
});

test('in a workspace that no team has linked nothing is held, and the page goes on', async () => {
  const world = await stage({ adapters: withBoard, chatSandboxes: true });
  const page = pageOf(world.product);
  await page.say({ workspace: 'harbor', channel: 'harbor-general', as: 'mia', text: 'find me 20 leads in Miami' });
  await page.until('find me 20 leads in Miami', '&workspace=harbor');
  const { rows } = await world.core.store.money.query<{ tasks: string }>({ text: 'SELECT count(*) AS tasks FROM tasks' }, []);
  expect(Number(rows[0]!.tasks)).toBe(0);
});

test('the front page links to the board, where everything said is still there after a restart', async () => {
  const world = await stage({ adapters: withBoard, chatSandboxes: true });
  expect(await (await fetch(world.url)).text()).toContain('<a href="/sandbox/board">Board</a>');
  await pageOf(world.product).say({ text: 'hello' });
  await world.product.stop();
  const again = pageOf(await world.another());
  expect(await again.until('hello', '&channel=general')).toContain('Ann');
});

test('a product that was started without the board has no page for it', async () => {
  const { url, product } = await stage({ chatSandboxes: true });
  const headers = { Authorization: `Bearer ${product.outside.pagesToken!}` };
  expect((await fetch(`${url}/sandbox/board`, { headers })).status).toBe(404);
  expect(product.outside.chats.pages.map(({ path }) => path)).not.toContain('/sandbox/board');
});

/** As whoever opened the printed link. */
function pageOf({ url, outside }: Product) {
  const headers = { Authorization: `Bearer ${outside.pagesToken!}` };
  return {
    async say(fields: Readonly<Record<string, string>>) {
      const body = new FormData();
      for (const [name, value] of Object.entries({ workspace: 'board', channel: 'general', as: 'ann', ...fields })) body.set(name, value);
      const answer = await fetch(`${url}/sandbox/board/say`, { method: 'POST', body, headers, redirect: 'manual' });
      expect(answer.status).toBe(303);
    },
    until: (words: string, query: string) =>
      vi.waitFor(async () => {
        const page = await (await fetch(`${url}/sandbox/board?${query}`, { headers })).text();
        if (!page.includes(words)) throw new Error(`“${words}” is not on the page`);
        return page;
      }),
  };
}
