// A connection keeps the plans that it made while the tables were small, until the server has looked at the tables again.
// So whatever runs for each task must find its rows by their keys, however little there was when it was planned.

import { expect, onTestFinished, test } from 'vitest';
import { micro } from '#core/domain/credits/credits.ts';
import { newId, type ConversationId, type TaskId, type TeamId } from '#core/domain/ids.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { openBank } from '#core/testing/ledger/bank.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { rowsRead } from '#core/testing/ledger/rows-read.ts';
import { attemptsOver } from '../tasks/attempts.ts';
import { finishOver } from '../tasks/finish.ts';
import { intakeOver } from '../tasks/intake.ts';
import { ledgerOver } from './ledger.ts';
import { openMoney } from '../database/money.ts';

const BATCH = 50;
const BATCHES = 8;

// Of tables that were never looked at the server believes that there is something in them.
const firstLooks = [['never looked at'], ['looked at while they were empty']] as const;

test.each(firstLooks)('a hold and its settlement cost as little in a wallet that had many as in a new one (tables %s)', async (look) => {
  const { bank, money, wallet } = await busyWallet(look);
  const ledger = ledgerOver(money);
  const reads: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const tasks = Array.from({ length: BATCH }, () => newId<TaskId>());
    const read = await rowsRead(money, async () => {
      await Promise.all(tasks.map((task) => ledger.hold({ wallet, task, hold: newId(), credits: micro(10) }, bank.at)));
      await Promise.all(tasks.map((task) => ledger.close({ task, charge: micro(7) }, bank.at)));
    });
    reads.push(read);
  }
  expectNoGrowth(reads);
});

test.each(firstLooks)(
  'a task is taken, begun and ended at the same cost in a team that had many as in a new one (tables %s)',
  async (look) => {
    const { bank, money, wallet, team } = await busyWallet(look);
    const reads: number[] = [];
    const [intake, finish, attempts] = [intakeOver(money), finishOver(money), attemptsOver(money, 'a worker', 30_000)];
    for (let batch = 0; batch < BATCHES; batch++) {
      const tasks = Array.from({ length: 3 * BATCH }, () => newId<TaskId>());
      const read = await rowsRead(money, async () => {
        await Promise.all(tasks.map((task) => intake(ask(task), bank.at)));
        // One third waits, one third is being worked on, one third is done.
        await Promise.all(tasks.slice(BATCH).map((task) => begin(task)));
        await Promise.all(tasks.slice(2 * BATCH).map((task) => finish(end(task), bank.at)));
      });
      reads.push(read);
    }
    expectNoGrowth(reads);

    async function begin(task: TaskId) {
      const begun = await attempts.start(task, bank.at);
      if (begun.verdict !== 'run') throw new Error(`a new task was not begun: ${begun.verdict}`);
      await attempts.dispatched(begun.attempt, { gateway: 'one', bootId: 'first' });
    }

    function ask(id: TaskId): Parameters<typeof intake>[0] {
      const about = { type: 'general', because: '' } as const;
      const [estimateLow, estimateHigh] = [micro(5), micro(10)];
      return {
        key: id,
        fingerprint: '',
        letterId: newId(),
        conversationId: newId<ConversationId>(),
        threadRef: `web:${id}` as ThreadRef,
        address: `web:${id}`,
        platform: 'web',
        channel: null,
        teamId: team,
        walletId: wallet,
        userId: null,
        identityId: null,
        readHere: true,
        task: {
          ...about,
          id,
          holdId: newId(),
          requestText: 'what is the capital of France?',
          quantity: null,
          rateVersion: 1,
          estimateLow,
          estimateHigh,
          retryOf: null,
          deadlineAt: bank.at,
          approveBy: null,
          fileIds: [],
        },
        saying: { ...about, kind: 'accepted', taskId: id, estimateLow: `${estimateLow}`, estimateHigh: `${estimateHigh}` },
      };
    }

    function end(taskId: TaskId): Parameters<typeof finish>[0] {
      return {
        taskId,
        teamId: team,
        attempt: 1,
        status: 'completed',
        charge: micro(7),
        result: { summary: 'Paris.', sample: false, units: null },
        failure: null,
        usage: null,
        outcome: 'done',
        letterId: newId(),
        saying: { kind: 'result', taskId, type: 'general', summary: 'Paris.', files: [], sample: false },
        readHere: true,
        files: [],
      };
    }
  },
);

/** Of the first batches some is planned anew. After them each would read hundreds of rows more if anything read whole tables. */
function expectNoGrowth(reads: readonly number[]) {
  expect(reads.at(-1)! - reads[2]!).toBeLessThan(3 * BATCH);
}

async function busyWallet(look: (typeof firstLooks)[number][0]) {
  const bank = await openBank();
  const money = openMoney(bank.url, quietLog, 1);
  onTestFinished(async () => {
    await money.close();
    await bank.close();
  });
  // Nobody looks at them later either.
  await bank.query(`DO $$ DECLARE t regclass; BEGIN
    FOR t IN SELECT c.oid FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace LOOP
      EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', t);
    END LOOP; END $$`);
  if (look === 'looked at while they were empty') await bank.query('ANALYZE');
  const wallet = await bank.wallet(1_000_000);
  const [opened] = await bank.query<{ team: TeamId }>('SELECT team_id AS team FROM wallets WHERE id = $1', [wallet]);
  return { bank, money, wallet, team: opened!.team };
}
