// Compares what Stripe has with what we have, every quarter of an hour, in one process at a time: so what was never told, or
// told while nobody listened, is found all the same. It repairs through the functions that notifications use, and tells an
// operator of what is still different the next time.

import { followed, toldKinds } from '#core/domain/billing/followed.ts';
import { PaymentsError, type Payments } from '#core/ports/payments.ts';
import type { Difference } from '#core/store/billing/differences.ts';
import { raiseAlarm } from '../mail/alarm.ts';
import { deleteCustomers } from '../privacy/erase-customers.ts';
import type { Core } from '../runtime/core.ts';
import { patiently } from '../runtime/patiently.ts';
import { fulfil } from './fulfil.ts';
import { findUnclearTopUps } from './run-top-ups.ts';
import { settlePayment } from './settle-payment.ts';

const LEASE = 'stripe reconciler';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const EVERY_MS = 15 * MINUTE_MS;
/** So many rounds that failed are no accident. */
const BEHIND_MS = 3 * HOUR_MS;
/** A round that takes longer renews it. */
const LEASE_MS = 10 * MINUTE_MS;
/** What is younger is on its way to us. */
const FRESH_MS = 2 * MINUTE_MS;
/** Stripe keeps events for so long. */
const FIRST_BACK_MS = 30 * 24 * HOUR_MS;
/** A checkout is listed by when it was opened, and can be paid for 24 hours at the most. */
const CHECKOUTS_BACK_MS = 27 * HOUR_MS;
const OVERLAP_MS = HOUR_MS;
/** A purchase that never heard of its checkout: by then nobody can pay that any more, and it has been looked for. */
const UNOPENED_MS = 3 * HOUR_MS;
/** A charge whose end nobody knew is in Stripe's lists long before; one that a bank looks at for days ends unclear after three. */
const UNCLEAR_BACK_MS = 7 * 24 * HOUR_MS;
/** In a round; the rest has its turn in the next one. Stripe takes 100 calls a second from an account. */
const OURS_MOST = 1_000;
const LOOKUP_AT_ONCE = 100;
/** So many calls that fail are Stripe's trouble, and no difference. */
const FAILURES_MOST = 5;

/** Until the signal aborts. */
export async function reconcilePayments(core: Core, signal: AbortSignal): Promise<void> {
  const { payments, clock } = core;
  if (payments === null) return;
  const again = (work: () => Promise<void>) =>
    patiently(core, { wakeOn: [], idleMs: MINUTE_MS, signal }, async () => {
      await work();
      return false;
    });
  await Promise.all([
    again(() => reconcileWhenDue(core, payments, signal)),
    again(() => deleteCustomers(core, payments)),
    again(watchReconciler(core, clock.now())),
  ]);
}

/**
 * By itself, because a round may hang or fail for hours. It counts from when this process began to look, and whoever slept for a
 * night has an hour to catch up.
 */
function watchReconciler(core: Core, startedAt: Date): () => Promise<void> {
  let noticed: { readonly atMs: number; readonly untilMs: number } | null = null;
  return async () => {
    const untilMs = (await reconciledUntil(core.store.leases))?.getTime() ?? 0;
    const nowMs = core.clock.now().getTime();
    const behindMs = nowMs - Math.max(startedAt.getTime(), untilMs);
    if (behindMs < BEHIND_MS) noticed = null;
    else if (noticed?.untilMs !== untilMs) noticed = { atMs: nowMs, untilMs };
    if (noticed === null || nowMs - noticed.atMs < HOUR_MS) return;
    await raiseAlarm(core, 'billing-behind', {
      title: 'Payments are not being compared with Stripe',
      words: `No comparison has finished for ${Math.floor(behindMs / HOUR_MS)} hours.\nPayments that Stripe could not tell us of are not credited meanwhile. The log says why.`,
    });
  };
}

/** When the last whole comparison with Stripe began; null where none has ended. */
export async function reconciledUntil(leases: Core['store']['leases']): Promise<Date | null> {
  return untilIn((await leases.read(LEASE))?.state);
}

async function reconcileWhenDue(core: Core, payments: Payments, signal: AbortSignal): Promise<void> {
  const { store, clock, settings } = core;
  const at = clock.now();
  const lease = await store.leases.take(LEASE, settings.worker, LEASE_MS, at);
  if (lease === null) return;
  try {
    const last = untilIn(lease.state);
    if (last !== null && at.getTime() - last.getTime() < EVERY_MS) return;
    let renewedMs = at.getTime();
    await compare(core, payments, last ?? new Date(at.getTime() - FIRST_BACK_MS), at, async () => {
      signal.throwIfAborted();
      const now = clock.now();
      if (now.getTime() - renewedMs < MINUTE_MS) return;
      if (!(await store.leases.renew(lease, LEASE_MS, now))) throw new Error('another process compares payments now');
      renewedMs = now.getTime();
    });
    await store.leases.write(lease, { until: at.toISOString() });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await store.leases.release(lease, clock.now());
  }
}

function untilIn(state: unknown): Date | null {
  const until = (state as { until?: unknown } | null)?.until;
  const moment = typeof until === 'string' ? new Date(until) : null;
  return moment === null || Number.isNaN(moment.getTime()) ? null : moment;
}

/** One whole round. `mayGoOn` rejects where it is no longer ours to do. */
async function compare(core: Core, payments: Payments, last: Date, at: Date, mayGoOn: () => Promise<void>): Promise<void> {
  const { purchases, standings, news, differences } = core.store;
  const found = new Map<string, Difference | null>();
  let failures = 0;

  /** Each thing once in a round. */
  async function look(key: string, at: () => Promise<Omit<Difference, 'key'> | null>): Promise<void> {
    if (found.has(key)) return;
    await mayGoOn();
    const difference = await at().catch((error: unknown) => {
      if (!(error instanceof PaymentsError) || ++failures > FAILURES_MOST) throw error;
      return { what: 'not-read', facts: { code: error.code } };
    });
    found.set(key, difference && { key, ...difference });
  }
  const checkout = (id: string) => look(`checkout:${id}`, () => differenceOfCheckout(core, id));
  const payment = (id: string) => look(`payment:${id}`, () => differenceOfPayment(core, id));

  const before = (moment: Date, ms: number) => new Date(moment.getTime() - ms);
  const fresh = before(at, FRESH_MS);
  // Ours first: what changes long after it was made is in no list of theirs.
  for (const id of await purchases.unsettled(fresh, OURS_MOST)) await checkout(id);
  for (const id of await standings.watched(at, OURS_MOST)) await payment(id);

  await findUnclearTopUps(core, payments, before(at, UNCLEAR_BACK_MS), OURS_MOST);

  const { recent } = payments;
  for await (const some of inParts(recent.checkouts(before(last, CHECKOUTS_BACK_MS), fresh), LOOKUP_AT_ONCE))
    for (const id of await purchases.notPaid(some)) await checkout(id);
  for await (const id of recent.changedPayments(before(last, OVERLAP_MS))) await payment(id);
  for await (const { objectId, id, kind, livemode } of recent.undelivered(toldKinds, before(last, OVERLAP_MS)))
    if (objectId !== null && followed(objectId) !== null && livemode === payments.livemode)
      await news.keep({ id, kind, objectId, livemode, body: '', left: null }, at);
  await purchases.expireUnopened(before(at, UNOPENED_MS), at);

  const now = [...found.values()].filter((each) => each !== null);
  const lasting = await differences.found(now, at);
  core.log.info({ looked: found.size, differences: now.length }, 'payments compared with Stripe');
  for (const { key, what, facts, rounds } of lasting) core.log.error({ key, what, facts, rounds }, 'payment differs from what Stripe says');
  await tell(core, lasting);
}

async function differenceOfCheckout(core: Core, checkoutId: string): Promise<Omit<Difference, 'key'> | null> {
  const outcome = await fulfil(core, checkoutId, 'reconciler');
  if (outcome.kind === 'unfit') return { what: 'unfit', facts: { why: outcome.why } };
  return outcome.kind === 'unknown' ? { what: 'unknown', facts: {} } : null;
}

async function differenceOfPayment(core: Core, paymentId: string): Promise<Omit<Difference, 'key'> | null> {
  const outcome = await settlePayment(core, paymentId);
  return outcome === 'settled' || outcome === 'older' || outcome === 'none' ? null : { what: outcome, facts: {} };
}

/** What does not fit is told by name where it is found, or once here; the rest is told until it is gone. */
async function tell(core: Core, lasting: readonly (Difference & { rounds: number })[]): Promise<void> {
  const telling = lasting.filter(({ what, rounds }) => what !== 'unfit' || rounds === 2);
  if (telling.length === 0) return;
  const some = telling.slice(0, TOLD_MOST).map(({ key, what }) => `${key.slice(key.indexOf(':') + 1)}: ${what}`);
  await raiseAlarm(core, 'billing-differs', {
    title: 'Payments differ from what Stripe says',
    words: [`${telling.length} differences could not be repaired in two rounds:`, ...some, 'Look at them in the Stripe dashboard.'].join(
      '\n',
    ),
  });
}

const TOLD_MOST = 10;

async function* inParts<T>(all: AsyncIterable<T>, most: number): AsyncGenerator<T[]> {
  let part: T[] = [];
  for await (const each of all) {
    part.push(each);
    if (part.length < most) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
