// Answers whose channel takes no posts any more.

import { expect, test, vi } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { readable } from './testing/stage.ts';
import { openProduct } from './testing/open-product.ts';

const finish = Promise.withResolvers<void>();
const agents = agentsThat(async ({ quantity }) => {
  await finish.promise;
  return done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]);
});
const product = forAll(() => openProduct({ agents }), 60_000);

test('when a channel is archived while work goes on, its asker gets the answers once in a direct message, and erasing them forgets that too', async () => {
  const { people, say, answer, app, core, owner } = product();
  const thread = await say('find me 3 leads in Miami');
  await answer(thread, /On it/);
  await say('find me 4 leads in Boston', { thread });
  await answer(thread, /Queued behind/);
  await people.channel('T1', 'C1', { archived: true });
  // Where the direct message cannot be opened now, it is opened later.
  await people.next('conversations.open', 'broken');
  await people.next('conversations.open', 'busy');
  finish.resolve();
  const direct = async () => (await people.messages('D1')).filter(({ isBot }) => isBot).map(({ blocks }) => readable(blocks));
  await vi.waitFor(
    async () => expect(await direct()).toEqual([expect.stringContaining('Done: 3 leads'), expect.stringContaining('Done: 4 leads')]),
    20_000,
  );
  const messages = await people.messages('D1');
  expect(new Set(messages.map(({ thread: root, ts }) => root ?? ts)).size).toBe(1);
  expect(await app.messages.undelivered(loggedIn(owner), { limit: 10 })).toEqual([]);

  const link = await app.privacy.makeErasureLink({ platform: 'slack', workspace: 'T1', externalId: 'U1' });
  await vi.waitFor(async () => expect(await app.privacy.confirmErasure(link!.url.split('/').at(-1)!)).toMatchObject({}));
  const { rows } = await core.store.money.query({ text: `SELECT address FROM conversations WHERE address LIKE 'slack:T1:D1:%'` }, []);
  expect(rows).toEqual([]);
}, 60_000);
