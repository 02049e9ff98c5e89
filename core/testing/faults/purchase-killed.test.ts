// The product is killed with -9 between any two steps of a purchase.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import pg from 'pg';
import { Stripe } from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '#core/store/database/migrate.ts';
import { verifyLedger } from '#core/store/credits/ledger-verify.ts';
import { createTestDatabase } from '../runner/database.ts';
import { temporaryFolder } from '../runner/temporary-folder.ts';
import { openBillingStage, type BillingStage } from '../stages/billing-stage.ts';
import { purchaseSteps, type BuyerOrder } from './dying-buyer.ts';

let billing: BillingStage;
let database: pg.Client;
/** Goes on where the others died. */
let survivor: Buyer;
let env: NodeJS.ProcessEnv;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const { url, drop } = await createTestDatabase();
  ends.push(drop);
  await migrate(url);
  database = new pg.Client({ connectionString: url });
  await database.connect();
  ends.push(() => database.end());
  const folder = await temporaryFolder('buyer');
  ends.push(() => folder.remove());
  billing = await openBillingStage();
  ends.push(() => billing.stop());
  env = { ...process.env, DATABASE_URL: url, DATA_DIR: folder.path, PORT: '0', ROLES: 'web', ...billing.settings };
  survivor = await startBuyer();
});
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

test.each(purchaseSteps)('killed after the step “%s” of a purchase: one grant, one welcome, one receipt', async (step) => {
  const email = `${step}@example.com`;
  const victim = await startBuyer();
  let url: string;
  if (step === 'opened' || step === 'checkout') {
    await victim.dies({ act: 'buy', dieAfter: step });
    // What Stripe has opened nobody got to know. Somebody who has it all the same can pay it.
    url = step === 'checkout' ? await newestCheckout() : ((await survivor.answers({ act: 'buy' })) as { url: string }).url;
    await billing.pay(url, { email });
  } else {
    ({ url } = (await victim.answers({ act: 'buy' })) as { url: string });
    await billing.pay(url, { email });
    await victim.dies({ act: 'done', checkout: idIn(url), dieAfter: step });
  }
  const done = { act: 'done', checkout: idIn(url) } as const;
  expect(await survivor.answers(done)).toMatchObject({ kind: 'paid', credits: '500000000' });
  expect(await survivor.answers(done)).toMatchObject({ kind: 'paid', credits: '500000000' });

  const { rows: purchases } = await database.query(
    `SELECT p.state, t.credits::text FROM users u JOIN teams o ON o.personal_of = u.id JOIN wallets w ON w.team_id = o.id
     JOIN transactions t ON t.wallet_id = w.id AND t.type = 'purchase' JOIN purchases p ON p.payment_id = t.payment_id WHERE u.email = $1`,
    [email],
  );
  expect(purchases).toEqual([{ state: 'paid', credits: '500000000' }]);
  const { rows: mails } = await database.query('SELECT kind FROM mails WHERE to_address = $1 ORDER BY id', [email]);
  expect(mails.map(({ kind }) => kind as string)).toEqual(['welcome', 'receipt']);
  expect(await verifyLedger(database)).toMatchObject({ wrong: null });
});

interface Buyer {
  answers(order: BuyerOrder): Promise<unknown>;
  /** It is killed while it carries this out. */
  dies(order: BuyerOrder): Promise<void>;
}

async function startBuyer(): Promise<Buyer> {
  const child = spawn(process.execPath, ['core/testing/faults/dying-buyer.ts'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  ends.push(async () => endOf(child));
  const lines = createInterface({ input: child.stdout });
  const tell = (order: BuyerOrder) => child.stdin.write(`${JSON.stringify(order)}\n`);
  await nextLine(lines);
  return {
    async answers(order) {
      const answer = nextLine(lines);
      tell(order);
      return JSON.parse(await answer) as unknown;
    },
    async dies(order) {
      tell(order);
      expect(await ended).toEqual([null, 'SIGKILL']);
    },
  };
}

async function nextLine(lines: Interface): Promise<string> {
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function newestCheckout(): Promise<string> {
  const { hostname, port } = new URL(billing.url);
  const stripe = new Stripe(billing.settings.STRIPE_SECRET_KEY!, { host: hostname, port, protocol: 'http', telemetry: false });
  return (await stripe.checkout.sessions.list({ limit: 1 })).data[0]!.url!;
}

function idIn(url: string): string {
  return /cs_\w+/.exec(url)![0];
}
