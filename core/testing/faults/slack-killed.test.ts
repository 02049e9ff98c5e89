// The product is killed with -9 while it speaks in Slack, wherever it happens to be.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { verifyLedger } from '#core/store/credits/ledger-verify.ts';
import { slackStage, type SlackStage } from '../stages/slack-stage.ts';

const ASKS = 100;
const KILLS = 5;
/** Nobody may ask more often than sixty times a minute. */
const people = ['U1', 'U2', 'U5', 'U6'];

test(`the product is killed ${KILLS} times at random, and each of ${ASKS} requests has one answer and one charge`, async () => {
  // This one has no role that would do anything: the one that is killed does it all.
  const world = await slackStage({ settings: { ROLES: 'web' } });
  const { people: slack, core } = world;
  for (const id of people) await slack.user('T1', { id, name: id });
  await slack.hook({ url: null, retriesMs: Array.from({ length: 1_000 }, () => 200) });
  const threads: string[] = [];
  for (let i = 0; i < ASKS; i++)
    threads.push((await slack.say('C1', `@impacter find me ${(i % 3) + 1} leads in Miami`, { from: people[i % people.length]! })).thread);

  const waits: number[] = [];
  for (let kills = 0; kills < KILLS; kills++) {
    const { child } = await start(world);
    waits.push(Math.round(Math.random() * 1_500));
    await sleep(waits.at(-1)!);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await start(world);

  const posts = async () => {
    const said = (await slack.messages('C1')).filter(({ isBot }) => isBot);
    return Map.groupBy(said, ({ thread }) => thread!);
  };
  const wrong = async () => {
    const by = await posts();
    // The first words, and the result.
    return threads.flatMap((thread) => {
      // A plan is how Slack shows the work, and no answer.
      const said = (by.get(thread) ?? []).filter(({ blocks }) => blocks[0]?.type !== 'plan');
      const texts = said.map(({ first, text }) => first?.text ?? text);
      const results = texts.filter((text) => text.startsWith('Done: '));
      return texts.length === 2 && results.length === 1 ? [] : [texts];
    });
  };
  await vi.waitFor(async () => expect(await wrong(), `killed after ${waits.join(', ')} ms`).toEqual([]), {
    timeout: 60_000,
    interval: 200,
  });
  const { rows } = await core.store.money.query(
    {
      text: `SELECT t.status, t.credits_used = t.quantity * 1000000 AS right_price, count(*) FILTER (WHERE x.type = 'settle')::int AS settlements
             FROM tasks t LEFT JOIN transactions x ON x.task_id = t.id GROUP BY t.id`,
    },
    [],
  );
  expect(rows).toEqual(threads.map(() => ({ status: 'completed', right_price: true, settlements: 1 })));
  await vi.waitFor(async () => expect(await core.store.prisma.letter.count({ where: { state: { not: 'sent' } } })).toBe(0));
  expect(await wrong()).toEqual([]);
  const client = new pg.Client({ connectionString: world.databaseUrl });
  onTestFinished(() => client.end());
  await client.connect();
  expect(await verifyLedger(client)).toMatchObject({ wrong: null });
}, 180_000);

async function start({ product, databaseUrl, dataDir, settings, people: slack }: SlackStage): Promise<{ child: ChildProcess }> {
  const { openclaw } = product.outside;
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'crashing-product.ts')], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      PORT: '0',
      PUBLIC_URL: 'http://impacter.test',
      ROLES: 'bots,worker',
      OPENCLAW_URL: openclaw.url,
      OPENCLAW_TOKEN: openclaw.token!,
      SES_FROM: 'off',
      SLACK_SETTINGS: JSON.stringify(settings),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  await slack.hook({ url: `${url}/slack/events` });
  return { child };
}
