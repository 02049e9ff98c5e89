// `npm run ledger:verify`: adds every wallet up again. Ends with 0 when all is well, and with 1 naming the first wrong line.

import pg from 'pg';
import { verifyLedger } from '#core/store/ledger-verify.ts';
import { runCommand, withDatabase } from './with-database.ts';

await runCommand(() =>
  withDatabase(async (databaseUrl) => {
    const database = new pg.Client({ connectionString: databaseUrl, application_name: 'impacter ledger-verify' });
    await database.connect();
    try {
      const { wrong, wallets, transactions, lots, holds } = await verifyLedger(database);
      if (wrong !== null) {
        process.stdout.write(`WRONG: wallet ${wrong.walletId}${wrong.seq === null ? '' : `, line ${wrong.seq}`}: ${wrong.what}.\n`);
        return 1;
      }
      process.stdout.write(
        `The ledger adds up: ${count(wallets, 'wallet')}, ${count(transactions, 'journal line')}, ${count(lots, 'lot')}, ${count(holds, 'hold')}.\n`,
      );
      return 0;
    } finally {
      await database.end();
    }
  }),
);

function count(many: number, what: string): string {
  return `${many.toLocaleString('en')} ${what}${many === 1 ? '' : 's'}`;
}
