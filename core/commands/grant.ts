// `npm run grant -- <email> <credits> [reason]`: gives credits to the wallet of a person's own team.

import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { credits, micro, sayCredits, type Credits } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import { GRANT_NOTE } from '#core/store/operator/operate.ts';
import { openStore } from '#core/store/database/store.ts';
import { writeAudit } from '#core/store/team/audit.ts';
import { migrate } from '#core/store/database/migrate.ts';
import { CommandError, runCommand, withDatabase } from './with-database.ts';

const USAGE =
  'How to use it: npm run grant -- <email> <credits> [reason]\nFor example:   npm run grant -- owner@example.com 100 "for the trouble on Monday"';

await runCommand(() =>
  withDatabase(async (databaseUrl, _config, log) => {
    const [email, amountText, ...reason] = process.argv.slice(2);
    if (email === undefined || amountText === undefined) throw new CommandError(USAGE);
    const amount = readAmount(amountText);
    await migrate(databaseUrl);
    const store = await openStore({ databaseUrl, worker: 'grant', leaseMs: 1_000, log });
    try {
      const person = await store.people.findByEmail(email);
      if (person === null)
        throw new CommandError(
          `Nobody has the address ${email} here. People appear when they sign up; a first start makes owner@example.com.`,
        );
      const at = new Date();
      const actor = `operator:${userInfo().username}`;
      const note = reason.join(' ') || GRANT_NOTE;
      const done = await store.ledger.credit(
        {
          key: `grant:${randomUUID()}`,
          wallet: person.walletId,
          lot: newId(),
          type: 'grant',
          credits: amount,
          source: 'operator',
          actor,
          note: GRANT_NOTE,
        },
        at,
      );
      await writeAudit(store.money, {
        at,
        actor,
        act: 'grant',
        teamId: person.teamId,
        subject: email,
        facts: { credits: amount.toString(), note },
      });
      process.stdout.write(`${email} got ${sayCredits(amount)}; ${sayCredits(micro(done.available))} available now.\n`);
      return 0;
    } finally {
      await store.close();
    }
  }),
);

function readAmount(text: string): Credits {
  const number = Number(text);
  if (!/^\d+(\.\d{1,6})?$/.test(text) || number <= 0 || number > 1_000_000_000)
    throw new CommandError(`“${text}” is not an amount of credits; give a number above 0 such as 100 or 2.5.\n${USAGE}`);
  return credits(number);
}
