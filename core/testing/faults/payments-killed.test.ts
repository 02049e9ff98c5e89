// The worker is killed with -9 between any two steps of a purchase and of a top-up.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { verifyLedger } from '#core/store/credits/ledger-verify.ts';
import { openBillingStage, type BillingStage } from '../stages/billing-stage.ts';
import { loggedIn } from '../stages/shared-team.ts';
import { stage, type Person, type Stage } from '../stages/stage.ts';
import { PATIENCE_MS } from '../runner/patience.ts';
import { paymentPoints, type PaymentPoint } from './crashing-product.ts';

test(
  'the product is killed between any two steps of a purchase and of a top-up, and each has one charge, one grant and one email',
  { timeout: 120_000 },
  async () => {
    const billing = await openBillingStage();
    onTestFinished(billing.stop);
    // This one only opens checkouts and is told of payments: the one that is killed does the rest.
    const world = await stage({ settings: { ...billing.settings, ROLES: 'web', PUBLIC_URL: 'http://impacter.test', SES_FROM: 'off' } });
    await billing.newsTo(world.url);
    const people: Person[] = [];
    for (const point of paymentPoints) {
      const worker = await startWorker(world, billing);
      const died = once(worker.child, 'exit');
      const ada = await world.person(0);
      people.push(ada);
      if (point.startsWith('top-up')) {
        await pay(world, billing, ada);
        await vi.waitFor(async () => expect(await ada.ledger()).toEqual(['purchase 500']));
        await worker.dieAt(point);
        await turnOn(world, ada);
      } else {
        await worker.dieAt(point);
        await pay(world, billing, ada);
      }
      const [, signal] = (await Promise.race([died, once(AbortSignal.timeout(PATIENCE_MS), 'abort')])) as [number | null, string | null];
      expect(signal, `the product did not get to ${point}`).toBe('SIGKILL');
    }
    await startWorker(world, billing);
    const hasToppedUp = (n: number) => paymentPoints[n]!.startsWith('top-up');
    const expected = people.map((_, n) => Array(hasToppedUp(n) ? 2 : 1).fill('purchase 500'));
    await vi.waitFor(async () => expect(await Promise.all(people.map((ada) => ada.ledger()))).toEqual(expected), { timeout: 30_000 });

    const { money } = world.core.store;
    for (const [n, ada] of people.entries()) {
      const { rows: receipts } = await money.query({ text: `SELECT 1 FROM mails WHERE to_address = $1 AND kind = 'receipt'` }, [ada.email]);
      const { rows: topUps } = await money.query<{ id: string; state: string }>(
        { text: 'SELECT id, state FROM topups WHERE team_id = $1' },
        [ada.teamId],
      );
      expect([paymentPoints[n], receipts.length, topUps.map(({ state }) => state)]).toEqual([
        paymentPoints[n],
        expected[n]!.length,
        hasToppedUp(n) ? ['paid'] : [],
      ]);
    }
    const { payments } = await billing.overview();
    expect(payments.filter(({ status }) => status === 'succeeded')).toHaveLength(expected.flat().length);
    await vi.waitFor(async () =>
      expect((await money.query({ text: `SELECT 1 FROM stripe_news WHERE state = 'open'` }, [])).rows).toEqual([]),
    );
    const client = new pg.Client({ connectionString: world.databaseUrl });
    onTestFinished(() => client.end());
    await client.connect();
    expect(await verifyLedger(client)).toMatchObject({ wrong: null });
  },
);

async function pay({ app }: Stage, billing: BillingStage, person: Person): Promise<void> {
  const { url } = await app.billing.buy(person, { pack: 'starter', saveCard: true });
  expect((await billing.pay(url, { email: person.email })).error).toBeNull();
}

function turnOn({ app }: Stage, person: Person): Promise<void> {
  const numbers = { below: '501', pack: 'starter', monthlyCap: '25', dailyMost: '1', pauseMinutes: '1440' };
  return app.billing.setTopUp(loggedIn(person), { ...numbers, agreed: true });
}

async function startWorker(
  world: Stage,
  billing: BillingStage,
): Promise<{ child: ChildProcess; dieAt(point: PaymentPoint): Promise<void> }> {
  const { openclaw } = world.product.outside;
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'crashing-product.ts')], {
    env: {
      ...process.env,
      ...billing.settings,
      DATABASE_URL: world.databaseUrl,
      DATA_DIR: world.dataDir,
      PORT: '0',
      PUBLIC_URL: 'http://impacter.test',
      ROLES: 'worker',
      OPENCLAW_URL: openclaw.url,
      OPENCLAW_TOKEN: openclaw.token!,
      SES_FROM: 'off',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  return {
    child,
    async dieAt(point) {
      const heard = once(lines, 'line');
      child.stdin.write(`${point} 1\n`);
      await heard;
    },
  };
}
