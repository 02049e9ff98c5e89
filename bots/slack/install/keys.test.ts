import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openProduct } from '../testing/open-product.ts';

const [old, fresh] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const agents = agentsThat(async ({ quantity }) => done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]));
const world = forAll(() => openProduct({ agents, installs: 'once', settings: { ENCRYPTION_KEY: old } }), 60_000);

test('after ENCRYPTION_KEY was rotated, and the old key dropped, a workspace is answered without being installed again', async () => {
  const { product, people, settings, another, answer, say } = world();
  await answer(await say('find me 2 leads'), /Done/);
  const installs = (await people.calls('oauth.v2.access')).length;
  await product.stop();
  // Nothing but the database knows its token by now.
  const { seeds: _, ...without } = settings;
  for (const ENCRYPTION_KEY of [`${fresh},${old}`, fresh]) {
    const next = await another({ ENCRYPTION_KEY }, { botSettings: { slack: without } });
    await people.hook({ url: `${next.url}/slack/events` });
    await answer(await say('find me 3 leads'), /Done/);
    await next.stop();
  }
  expect((await people.calls('oauth.v2.access')).length).toBe(installs);
});
