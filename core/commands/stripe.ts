// `npm run stripe -- init`: makes in the account of STRIPE_SECRET_KEY what the product needs there. Run again it changes nothing.

import { randomBytes } from 'node:crypto';
import { readConfig, readEnv } from '#core/contracts/env.ts';
import { toldKinds } from '#core/domain/billing/followed.ts';
import { NEWS_PATH } from '#core/domain/billing/payments-check.ts';
import { createLog } from '#core/engines/log/log.ts';
import { openClient } from '#core/engines/stripe/client.ts';
import { setUpAccount } from '#core/engines/stripe/set-up.ts';
import { PaymentsError } from '#core/ports/payments.ts';
import { stripeCatalog } from '#core/product/stripe-catalog.ts';
import { CommandError, runCommand } from './with-database.ts';

const USAGE = 'How to use it: npm run stripe -- init';

await runCommand(async () => {
  if (process.argv.length !== 3 || process.argv[2] !== 'init') throw new CommandError(USAGE);
  const given = readEnv(process.env);
  // Its secret is what comes out of this, so it need not be set yet.
  const secret = { STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(24).toString('hex')}` };
  const { stripe, http } = readConfig({ ...(given.STRIPE_SECRET_KEY !== undefined && secret), ...given });
  if (stripe.kind !== 'real') throw new CommandError('Set STRIPE_SECRET_KEY to a key of the account. The sandbox needs no setup.');
  if (given.PUBLIC_URL === undefined) throw new CommandError('Set PUBLIC_URL to the address where Stripe reaches the product.');
  const url = http.publicUrl! + NEWS_PATH;
  const { secretKey, apiUrl } = stripe;
  const client = openClient({ secretKey, apiUrl, log: createLog({ level: 'silent' }) });
  try {
    const { made, differs, webhookSecret } = await setUpAccount(client, { products: stripeCatalog(), endpoint: { url, kinds: toldKinds } });
    const lines = [
      ...made.map((each) => `created  ${each}`),
      ...differs.map((each) => `check    ${each}`),
      ...(made.length + differs.length === 0 ? ['Everything is there already.'] : []),
      ...(webhookSecret === null
        ? []
        : ['', 'Stripe shows this secret only now. Set it, and restart the product:', `STRIPE_WEBHOOK_SECRET=${webhookSecret}`]),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
    return differs.length === 0 ? 0 : 1;
  } catch (error) {
    throw error instanceof PaymentsError ? new CommandError(`${error.message}. What was made stays; run it again.`) : error;
  } finally {
    client.close();
  }
});
