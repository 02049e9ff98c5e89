// A connection keeps the plans that it made while the tables were small, until the server has looked at the tables again.

import { expect, onTestFinished, test } from 'vitest';
import { newId, type TaskId } from '#core/domain/ids.ts';
import { micro } from '#core/domain/credits.ts';
import { openBank } from '#core/testing/bank.ts';
import { quietLog } from '#core/testing/quiet-log.ts';
import { rowsRead } from '#core/testing/rows-read.ts';
import { ledgerOver } from './ledger.ts';
import { openMoney } from './money.ts';

const BATCH = 50;

test('a task costs the ledger as little in a wallet that had many as in a new one', async () => {
  const bank = await openBank();
  const money = openMoney(bank.url, quietLog, 1);
  onTestFinished(async () => {
    await money.close();
    await bank.close();
  });
  const ledger = ledgerOver(money);
  const wallet = await bank.wallet(1_000_000);

  const read: number[] = [];
  for (let batch = 0; batch < 8; batch++) {
    const tasks = Array.from({ length: BATCH }, () => newId<TaskId>());
    const held = await rowsRead(money, () =>
      Promise.all(tasks.map((task) => ledger.hold({ wallet, task, hold: newId(), credits: micro(10) }, bank.at))),
    );
    const settled = await rowsRead(money, () => Promise.all(tasks.map((task) => ledger.close({ task, charge: micro(7) }, bank.at))));
    read.push((held + settled) / BATCH);
  }
  // Each hold and each settlement looks up a few rows, and now and then what is left of an older version of one.
  expect(read.filter((rows) => rows > 25)).toEqual([]);
});
