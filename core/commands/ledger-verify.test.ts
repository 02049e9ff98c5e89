// The command as people and their nightly jobs run it: a process of its own.

import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { newId, type TaskId } from '#core/domain/ids.ts';
import { openBank, type Bank } from '#core/testing/ledger/bank.ts';
import { createEmptyDatabase } from '#core/testing/runner/database.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';

test('a ledger that is right is counted, and ends with 0', async () => {
  const bank = await open();
  await bank.wallet(100);
  expect(await verify({ DATABASE_URL: bank.url })).toEqual({
    code: 0,
    said: 'The ledger adds up: 1 wallet, 2 journal lines, 1 lot, 0 holds.\n',
    complained: '',
  });
});

test('the first wrong line is named by wallet and number, and it ends with 1', async () => {
  const bank = await open();
  const [first, second] = [await bank.wallet(100), await bank.wallet(100)].toSorted();
  const task = newId<TaskId>();
  await bank.hold(second!, 30, { task });
  await bank.settle(task, 10);
  await bank.query('ALTER TABLE transactions DISABLE TRIGGER USER');
  await bank.query("UPDATE transactions SET credits = -5 WHERE type = 'settle'");
  expect(await verify({ DATABASE_URL: bank.url })).toMatchObject({
    code: 1,
    said: `WRONG: wallet ${second}, line 3: it does not follow from the line before.\n`,
  });
  await bank.query('UPDATE transactions SET credits = 5 WHERE wallet_id = $1 AND seq = 1', [first]);
  expect(await verify({ DATABASE_URL: bank.url })).toMatchObject({
    code: 1,
    said: `WRONG: wallet ${first}, line 1: it does not follow from the line before.\n`,
  });
});

test('it runs beside a busy product: nobody waits, and it sees no half movement', async () => {
  const bank = await open();
  const wallets = await Promise.all([bank.wallet(1_000_000), bank.wallet(1_000_000)]);
  let over = false;
  let moved = 0;
  const work = async (i: number) => {
    for (; !over; moved++) {
      const task = newId<TaskId>();
      await bank.hold(wallets[i % 2]!, 10, { task });
      await bank.settle(task, moved % 10);
    }
  };
  const busy = Promise.all(Array.from({ length: 6 }, (_, i) => work(i)));
  const atFirst = await verify({ DATABASE_URL: bank.url });
  const sofar = moved;
  const later = await verify({ DATABASE_URL: bank.url });
  over = true;
  await busy;
  expect([atFirst, later]).toMatchObject([{ code: 0 }, { code: 0 }]);
  expect(sofar).toBeGreaterThan(0);
  expect(moved).toBeGreaterThan(sofar);
});

test('where there is no database it says so, makes none, and ends with 2', async () => {
  const folder = await temporaryFolder('verify');
  onTestFinished(() => folder.remove());
  const nowhere = path.join(folder.path, 'nowhere');
  for (const DATA_DIR of [nowhere, folder.path]) {
    expect(await verify({ DATA_DIR })).toEqual({
      code: 2,
      said: '',
      complained: `There is no database yet: DATABASE_URL is not set, and there is none in ${DATA_DIR}. Run npm start first, or set one of them.\n`,
    });
  }
  expect(await readdir(folder.path)).toEqual([]);
});

test('a database that nobody started from yet has no ledger', async () => {
  const database = await createEmptyDatabase();
  onTestFinished(() => database.drop());
  expect(await verify({ DATABASE_URL: database.url })).toEqual({
    code: 2,
    said: '',
    complained: 'There is no ledger in this database yet. Run npm start first.\n',
  });
});

test('a database that does not answer is no wrong ledger', async () => {
  expect(await verify({ DATABASE_URL: 'postgres://impacter:hunter2@127.0.0.1:9/impacter' })).toEqual({
    code: 2,
    said: '',
    complained: 'The ledger could not be read: connect ECONNREFUSED 127.0.0.1:9. npm run doctor says more.\n',
  });
});

test('a wrong setting is named', async () => {
  expect(await verify({ DATABASE_URL: 'hunter2' })).toMatchObject({
    code: 2,
    said: '',
    complained: expect.stringMatching(/^These settings need mending:\n {2}DATABASE_URL must be an address .*\n$/),
  });
});

async function open(): Promise<Bank> {
  const bank = await openBank();
  onTestFinished(() => bank.close());
  return bank;
}

function verify(settings: Record<string, string>): Promise<{ code: number; said: string; complained: string }> {
  const command = path.join(import.meta.dirname, 'ledger-verify.ts');
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [command], { env: { PATH, NODE_COMPILE_CACHE, ...settings } }, (_error, said, complained) =>
      resolve({ code: child.exitCode!, said, complained }),
    );
  });
}
