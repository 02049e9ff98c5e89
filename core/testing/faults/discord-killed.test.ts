// The product is killed with -9 while it speaks in Discord, wherever it happens to be.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { at, openProduct, type DiscordProduct } from '#bots/discord/testing/open-product.ts';

const ASKS = 100;
const KILLS = 5;
/** Nobody may ask more often than sixty times a minute. */
const persons = Array.from({ length: 4 }, (_, i) => `12000000000000001${i}`);

test(`the product is killed ${KILLS} times at random, and each of ${ASKS} requests has one answer and one charge`, async () => {
  const world = await openProduct({ settings: { ROLES: 'web' }, bots: 1, bot: { leaseMs: 2_000 } });
  onTestFinished(world.stop);
  const { people, core, answers } = world;
  for (const id of persons) await people.member(at.acme, { id, name: 'Somebody' });
  const threads: string[] = [];
  const ask = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const from = persons[threads.length % persons.length]!;
      threads.push(await world.say(`find me ${(threads.length % 3) + 1} leads in Miami`, { from }));
    }
  };
  const waits: number[] = [];
  // No other process speaks meanwhile: the one that is killed does it all.
  await world.restart(async () => {
    for (let kills = 0; kills < KILLS; kills++) {
      await ask(10);
      const { child } = await start(world);
      await ask(10);
      // A lease that was left behind has to end first.
      waits.push(Math.round(1_500 + Math.random() * 2_500));
      await sleep(waits.at(-1)!);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await start(world);
    const wrong = async () => {
      const seen = await Promise.all(threads.map(answers));
      // The first words, and the result.
      return seen.filter((texts) => texts.length !== 2 || texts.filter((text) => text.includes('✓ Done: ')).length !== 1);
    };
    await vi.waitFor(async () => expect(await wrong(), `killed after ${waits.join(', ')} ms`).toEqual([]), {
      timeout: 90_000,
      interval: 500,
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
  });
}, 240_000);

async function start({ product, databaseUrl, dataDir, settings }: DiscordProduct): Promise<{ child: ChildProcess }> {
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
      DISCORD_SETTINGS: JSON.stringify(settings),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  await once(createInterface({ input: child.stdout }), 'line');
  return { child };
}
