// `npm run ledger:verify`: adds every wallet up again. Ends with 0 when all is well, with 1 naming the first wrong line, and
// with 2 when it could not look: whoever runs it every night is woken by 1.

import pg from 'pg';
import { verifyLedger, type LedgerReport } from '#core/store/credits/ledger-verify.ts';
import { CommandError, runCommand, withDatabase } from './with-database.ts';

const UNDEFINED_TABLE = '42P01';

await runCommand(() =>
  withDatabase(async (databaseUrl) => {
    const { wrong, wallets, transactions, lots, holds } = await look(databaseUrl);
    if (wrong !== null) {
      process.stdout.write(`WRONG: wallet ${wrong.walletId}${wrong.seq === null ? '' : `, line ${wrong.seq}`}: ${wrong.what}.\n`);
      return 1;
    }
    process.stdout.write(
      `The ledger adds up: ${count(wallets, 'wallet')}, ${count(transactions, 'journal line')}, ${count(lots, 'lot')}, ${count(holds, 'hold')}.\n`,
    );
    return 0;
  }),
);

async function look(databaseUrl: string): Promise<LedgerReport> {
  const database = new pg.Client({ connectionString: databaseUrl, application_name: 'impacter ledger-verify' });
  database.on('error', () => {}); // a connection that is lost ends the query too
  try {
    await database.connect();
    return await verifyLedger(database);
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code === UNDEFINED_TABLE) throw new CommandError('There is no ledger in this database yet. Run npm start first.', { cause: error });
    throw new CommandError(`The ledger could not be read: ${message || code}. npm run doctor says more.`, { cause: error });
  } finally {
    await database.end();
  }
}

function count(many: number, what: string): string {
  return `${many.toLocaleString('en')} ${what}${many === 1 ? '' : 's'}`;
}
