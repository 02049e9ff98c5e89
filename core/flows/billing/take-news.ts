// Handles what Stripe told us: asks for the object that was named, and brings our state to its. A notification is done when
// that has happened, however often it was told, and in whatever order. What could not be handled is tried again without end;
// an operator hears of it after an hour.

import { followed, followedPrefixes } from '#core/domain/billing/followed.ts';
import { PaymentsError, type Payments } from '#core/ports/payments.ts';
import type { OpenNews } from '#core/store/billing/news.ts';
import { isFromDatabase } from '#core/store/database/outage.ts';
import { raiseAlarm } from '../mail/alarm.ts';
import type { Core } from '../runtime/core.ts';
import { patiently } from '../runtime/patiently.ts';
import { fulfil } from './fulfil.ts';
import { settlePayment } from './settle-payment.ts';
import { settleTopUpOf } from './settle-top-up.ts';

/** In one process. */
const AT_ONCE = 8;
/**
 * Between two takes, so that one process handles at most 40 a second: each is a few calls to Stripe, which takes 100 a second from
 * an account, and people who ask for work meanwhile do not wait for what has piled up.
 */
const BETWEEN_MS = 200;
const IDLE_MS = 2_000;
const TIDY_EVERY_MS = 60 * 60_000;
const WATCH_EVERY_MS = 60_000;
const LATE_MS = 60 * 60_000;

/** Until the signal aborts; resolves when what was in hand has ended, or was left to its lease. */
export async function takeNews(core: Core, signal: AbortSignal): Promise<void> {
  const { payments } = core;
  if (payments === null) return;
  const again = (everyMs: number, work: () => Promise<void>) =>
    patiently(core, { wakeOn: [], idleMs: everyMs, signal }, async () => {
      await work();
      return false;
    });
  await Promise.all([
    handleDue(core, payments, signal),
    again(WATCH_EVERY_MS, () => watchNews(core)),
    again(TIDY_EVERY_MS, () => tidyNews(core)),
  ]);
}

async function handleDue(core: Core, payments: Payments, signal: AbortSignal): Promise<void> {
  const underWay = new Set<Promise<void>>();
  await patiently(core, { wakeOn: ['payment'], idleMs: IDLE_MS, signal }, async (lookAgain) => {
    const free = AT_ONCE - underWay.size;
    if (free === 0) return false;
    const due = await core.store.news.claim(followedPrefixes, core.clock.now(), core.settings.paymentLeaseMs, free);
    for (const news of due) {
      const handling = handleOne(core, payments, news).finally(() => {
        underWay.delete(handling);
        lookAgain();
      });
      underWay.add(handling);
    }
    if (due.length > 0) await core.clock.sleep(BETWEEN_MS, signal);
    return due.length > 0;
  });
  const allEnded = new AbortController();
  void Promise.all(underWay).then(() => allEnded.abort());
  await core.clock.sleep(core.settings.leaveAfterMs, allEnded.signal);
}

/** Never rejects: whatever happens is written down, or found again when the lease is over. */
async function handleOne(core: Core, payments: Payments, news: OpenNews): Promise<void> {
  const { objectId } = news;
  const tries = Math.max(...news.rows.map((row) => row.tries));
  const saysPaid = tries <= STALE_TRIES && news.rows.some(({ kind }) => paidKinds.has(kind));
  const log = core.log.child({ objectId, newsIds: news.rows.map(({ id }) => id), tries });
  try {
    const trouble = await bring(core, payments, objectId, saysPaid).catch((error: unknown) => explain(error, log));
    if (trouble === null) {
      await core.store.news.done(news, core.clock.now());
      return log.info({}, 'news of payments handled');
    }
    const waitMs = Math.max(backOffMs(tries), trouble.retryAfterMs ?? 0);
    await core.store.news.later(news, new Date(core.clock.now().getTime() + waitMs), trouble.code);
    log.warn({ code: trouble.code, waitMs }, 'news of payments not handled yet');
  } catch (error) {
    log.warn({ error }, 'news of payments left to its lease');
  }
}

type Trouble = Pick<PaymentsError, 'code' | 'retryAfterMs'>;

/** These tell of a checkout that somebody has completed. */
const paidKinds: ReadonlySet<string> = new Set([
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'payment_intent.succeeded',
]);
/** Stripe may answer for a moment as if the checkout were still open. What is told of an object can be wrong for good, too. */
const STALE_TRIES = 3;

/** null: our state is the object's. */
async function bring(core: Core, payments: Payments, objectId: string, saysPaid: boolean): Promise<Trouble | null> {
  switch (followed(objectId)) {
    case 'checkout': {
      const { kind } = await fulfil(core, objectId, 'news');
      // Stripe named it a moment ago: our key is another account's, or its own parts do not agree yet.
      if (kind === 'unknown') return { code: 'unknown-checkout', retryAfterMs: null };
      if (kind === 'open' && saysPaid) return { code: 'still-open', retryAfterMs: null };
      // Beside us runs a newer version, which knows that price; or this one was rolled back, and is told of after an hour.
      return kind === 'newer' ? { code: 'newer-price', retryAfterMs: null } : null;
    }
    case 'payment': {
      const checkoutId = await payments.checkoutOf(objectId);
      // What was paid is credited first, whichever of the two is heard of first.
      if (checkoutId !== null) {
        const trouble = await bring(core, payments, checkoutId, saysPaid);
        if (trouble !== null) return trouble;
      } else if ((await settleTopUpOf(core, objectId)) === null) return null; // not about credits
      const outcome = await settlePayment(core, objectId);
      return outcome === 'missing' ? { code: 'unknown-payment', retryAfterMs: null } : null;
    }
    case 'of-payment': {
      const paymentId = await payments.paymentBehind(objectId);
      return paymentId === null ? null : bring(core, payments, paymentId, saysPaid);
    }
    case null:
      throw new Error(`${objectId} is nothing that we follow`);
  }
}

function explain(error: unknown, log: Core['log']): Trouble {
  if (isFromDatabase(error)) throw error;
  if (error instanceof PaymentsError) return error;
  log.error({ error }, 'news of payments not handled by a fault of ours');
  return { code: 'fault', retryAfterMs: null };
}

/** 2, 4, 8 … seconds, at most ten minutes. */
function backOffMs(tries: number): number {
  return Math.min(600_000, 1000 * 2 ** Math.min(tries, 20));
}

/** Exported for tests. */
export async function watchNews(core: Core): Promise<void> {
  const late = await core.store.news.openSince(new Date(core.clock.now().getTime() - LATE_MS));
  if (late === 0) return;
  await raiseAlarm(core, 'news-late', {
    title: 'Payments are not credited',
    words: `${late} Stripe webhook events could not be handled for more than an hour.\nPeople may have paid and wait for their credits.`,
  });
}

async function tidyNews(core: Core): Promise<void> {
  const at = core.clock.now();
  const taken = await core.store.news.takeUp(followedPrefixes, at);
  if (taken > 0) core.log.info({ taken }, 'news that an older version left is taken up');
  await core.store.news.tidy(at);
  await core.store.purchases.tidy(at);
}
