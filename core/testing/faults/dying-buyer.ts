// The product as a process of its own that sells credits, and kills itself with -9 at a chosen step of a purchase. It takes
// orders on its standard input, a line of JSON each, and answers each with one. The parts are the real ones; only the call
// around the step is wrapped.

import { flushCompileCache } from 'node:module';
import { createInterface } from 'node:readline';
import { readConfig, readEnv } from '#core/contracts/env.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import { startProduct } from '#core/product/product.ts';
import { quietLog } from '../runner/quiet-log.ts';

export const purchaseSteps = ['opened', 'checkout', 'account', 'customer', 'locked', 'credited'] as const;
export type PurchaseStep = (typeof purchaseSteps)[number];

/** `dieAfter`: the next time it has done that. */
export type BuyerOrder =
  | { readonly act: 'buy'; readonly dieAfter?: PurchaseStep }
  | { readonly act: 'done'; readonly checkout: string; readonly dieAfter?: PurchaseStep };

if (import.meta.main) {
  let dieAfter: PurchaseStep | undefined;
  const product = await startProduct(readConfig(readEnv(process.env)), {
    log: quietLog,
    withCore: (core) => dyingAfter(core, (step) => step === dieAfter && process.kill(process.pid, 'SIGKILL')),
  });
  const answer = (given: object) => process.stdout.write(`${JSON.stringify(given)}\n`);
  // Usually done at the end, and ours is sudden: the next one starts in half the time.
  flushCompileCache();
  answer({ url: product.url });
  const orders = createInterface({ input: process.stdin });
  orders.on('line', async (line) => {
    const order = JSON.parse(line) as BuyerOrder;
    ({ dieAfter } = order);
    const { billing } = product.app;
    answer(
      order.act === 'buy'
        ? await billing.buyAsStranger({ pack: 'starter', caller: '203.0.113.9' })
        : await billing.done(null, order.checkout, '203.0.113.9'),
    );
  });
}

function dyingAfter(core: Core, did: (step: PurchaseStep) => void): Core {
  const after =
    <Given extends unknown[], Answer>(step: PurchaseStep, call: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      const answer = await call(...given);
      did(step);
      return answer;
    };
  const { store } = core;
  const payments = core.payments!;
  return {
    ...core,
    payments: { ...payments, openCheckout: after('checkout', payments.openCheckout) },
    store: {
      ...store,
      people: { ...store.people, addUser: after('account', store.people.addUser) },
      purchases: { ...store.purchases, open: after('opened', store.purchases.open), lock: after('locked', store.purchases.lock) },
      customers: { ...store.customers, keep: after('customer', store.customers.keep) },
      money: { ...store.money, transaction: after('credited', store.money.transaction) as typeof store.money.transaction },
    },
  };
}
