// Buys credits for teams that turned auto top-up on and run low. Nothing of it happens where work is asked for: a look every two
// seconds finds who is low. A top-up is written before Stripe is called, and its row is the request: one whose end is unclear is
// looked for at Stripe by its id, and asked for again under its key for some minutes only.

import { offerAgreed, type TopUpStanding } from '#core/domain/billing/top-up.ts';
import { sayMoney } from '#core/domain/billing/money.ts';
import { newId, type TeamId } from '#core/domain/ids.ts';
import { sayCredits } from '#core/domain/credits/credits.ts';
import { PaymentsError, type Charge, type Payments } from '#core/ports/payments.ts';
import type { AgreedTopUp } from '#core/store/billing/top-up-settings.ts';
import type { TopUp } from '#core/store/billing/top-ups.ts';
import { writeAudit } from '#core/store/team/audit.ts';
import { isFromDatabase } from '#core/store/database/outage.ts';
import type { Core } from '../runtime/core.ts';
import { raiseAlarm } from '../mail/alarm.ts';
import { tellOfKey } from '../mail/key-alarm.ts';
import { patiently } from '../runtime/patiently.ts';
import { endFailed, endWithoutCard, noCard, settleTopUp, tellsOf } from './settle-top-up.ts';

const LOOK_EVERY_MS = 2_000;
const TEAMS_AT_ONCE = 8;
const CHARGES_AT_ONCE = 8;
/** Asked for again under the same key for so long. Stripe answers a key with the failure it had before, and forgets it after a day. */
const REPEAT_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** A card is paid or declined within minutes; some banks look at a payment for a day. */
const WAIT_MOST_MS = 3 * DAY_MS;
/** Clocks differ. */
const CREATED_BEFORE_MS = 5 * 60_000;

/** Until the signal aborts. */
export async function runTopUps(core: Core, signal: AbortSignal): Promise<void> {
  const { payments } = core;
  if (payments === null) return;
  await patiently(core, { wakeOn: [], idleMs: LOOK_EVERY_MS, signal }, async () => {
    if (core.settings.selling.topsUp) await planTopUps(core, payments);
    await chargeTopUps(core, payments);
    return false;
  });
}

/** Exported for tests. */
export async function planTopUps(core: Core, payments: Payments): Promise<void> {
  for (let after: TeamId | null = null; ;) {
    const teams: TeamId[] = await core.store.topUpSettings.low(after, core.clock.now(), TEAMS_AT_ONCE);
    await Promise.all(teams.map((teamId) => planFor(core, payments, teamId).catch((error: unknown) => notNow(core, teamId, error))));
    after = teams.at(-1) ?? null;
    if (teams.length < TEAMS_AT_ONCE) return;
  }
}

async function planFor(core: Core, payments: Payments, teamId: TeamId): Promise<TopUpStanding | 'changed' | 'unknown-pack'> {
  const { store, clock, log } = core;
  const at = clock.now();
  const agreed = await store.topUpSettings.of(teamId);
  const offer = agreed && offerAgreed(agreed);
  // A newer version of the product knows that pack.
  if (agreed === null || offer === null) return 'unknown-pack';
  const standing = await store.topUpSettings.standing(teamId, offer.amount, at);
  if (standing === 'cap') await tellOfCap(core, teamId, agreed, at);
  if (standing !== 'due' && standing !== 'declined' && standing !== 'no-card') return standing;
  const customerId = await store.customers.of(teamId);
  const card = customerId === null ? null : await payments.card(customerId);
  if (standing !== 'due') {
    await store.topUpSettings.cardRead(teamId, card?.fingerprint ?? null, at);
    return standing;
  }
  if (customerId === null || card === null) {
    // A card can be removed more than once: each time is told.
    const tell = await tellsOf(core, teamId, `top-up-no-card:${newId(at.getTime())}`);
    return store.money.transaction(async (client) => {
      if (!(await store.topUpSettings.suspendWithoutCard(client, teamId, agreed.version, at))) return 'changed';
      await writeAudit(client, noCard(teamId, at));
      await tell({ why: 'no-card', suspended: true, money: sayMoney(offer.amount, offer.currency) }, client);
      return 'no-card';
    });
  }
  const id = newId<TopUp['id']>(at.getTime());
  const { version } = agreed;
  const planned = await store.topUps.plan({ id, teamId, version, offer, livemode: payments.livemode, customerId, card }, at);
  if (planned === 'due') log.info({ topUpId: id, teamId, pack: offer.pack }, 'top-up planned');
  return planned;
}

/** Once in a month for each limit that was agreed to: the emails are named after both, and written before that is noted. */
async function tellOfCap(core: Core, teamId: TeamId, { toldCap, monthlyCap, currency, version }: AgreedTopUp, at: Date): Promise<void> {
  const month = at.toISOString().slice(0, 7);
  if (toldCap === month) return;
  const tell = await tellsOf(core, teamId, `top-up-cap:${month}:${version}:${teamId}`);
  await tell({ why: 'cap', suspended: false, money: sayMoney(monthlyCap, currency) });
  await core.store.topUpSettings.toldOfCap(teamId, version, month);
}

/** Exported for tests. Resolves when what was due has been tried once. */
export async function chargeTopUps(core: Core, payments: Payments): Promise<void> {
  const due = await core.store.topUps.claim(core.clock.now(), core.settings.paymentLeaseMs, CHARGES_AT_ONCE);
  await Promise.all(due.map((topUp) => chargeOne(core, payments, topUp).catch((error: unknown) => notNow(core, topUp.teamId, error))));
}

async function chargeOne(core: Core, payments: Payments, topUp: TopUp): Promise<void> {
  const { store, clock } = core;
  const { customerId, cardId } = topUp;
  if (topUp.state === 'planned' && !(await store.topUps.send(topUp, clock.now()))) return;
  if (customerId === null || cardId === null) return void (await endFailed(core, topUp, 'canceled'));
  try {
    const charge = await chargeAt(core, payments, topUp, customerId, cardId);
    const outcome = charge === null ? await endFailed(core, topUp, 'unclear') : await settleTopUp(core, topUp, charge);
    if (outcome === 'waits') await waitOn(core, topUp);
  } catch (error) {
    if (!(error instanceof PaymentsError)) throw error;
    await tellOfKey(core, error);
    const { kind, code, message } = error;
    core.log[kind === 'refused' ? 'error' : 'warn']({ topUpId: topUp.id, kind, code, reason: message }, 'top-up not charged');
    if (kind !== 'refused') return later(core, topUp, error.retryAfterMs);
    if (code === 'unknown-customer') await store.customers.forget(topUp.teamId, customerId);
    if (code === 'unknown-customer' || code === 'resource_missing') await endWithoutCard(core, topUp);
    // An earlier try, whose answer was lost, may have charged the card.
    else await endFailed(core, topUp, topUp.sentAt === null ? 'refused' : 'unclear');
  }
}

/** null: Stripe knows of none, and it is too late to ask for one. */
async function chargeAt(
  { settings, clock }: Core,
  payments: Payments,
  topUp: TopUp,
  customerId: string,
  cardId: string,
): Promise<Charge | null> {
  const { id, amount, currency, credits, plannedAt, sentAt } = topUp;
  if (sentAt !== null) {
    const found = await payments.findCharge(customerId, id, new Date(plannedAt.getTime() - CREATED_BEFORE_MS));
    if (found !== null) return found;
    if (clock.now().getTime() - sentAt.getTime() > REPEAT_MS) return null;
  }
  const description = `${settings.brandName} auto top-up: ${sayCredits(credits)}`;
  return payments.charge({ topUpId: id, site: settings.publicUrl, customerId, cardId, amount, currency, description }, `topup:${id}`);
}

/** A bank that never says yes or no must not keep the team from its next top-up. If it pays after all, that is still credited. */
async function waitOn(core: Core, topUp: TopUp): Promise<void> {
  const { id, teamId, sentAt } = topUp;
  if (sentAt === null || core.clock.now().getTime() - sentAt.getTime() < WAIT_MOST_MS) return later(core, topUp, null);
  await endFailed(core, topUp, 'unclear');
  await raiseAlarm(core, 'top-up-stuck', {
    title: 'A charge for auto top-up has no end',
    words: `The top-up ${id} of the team ${teamId} was sent to Stripe more than ${WAIT_MOST_MS / DAY_MS} days ago, and is neither paid nor declined.\nLook for it in Stripe, and cancel it there or have it paid. If it is paid, its credits are added.`,
  });
}

async function later({ store, clock }: Core, topUp: TopUp, retryAfterMs: number | null): Promise<void> {
  // 4, 8, 16 … seconds, at most five minutes.
  const waitMs = Math.max(Math.min(300_000, 2_000 * 2 ** Math.min(topUp.tries, 20)), retryAfterMs ?? 0);
  await store.topUps.later(topUp, new Date(clock.now().getTime() + waitMs));
}

/** Whoever is at it next finds it again. */
async function notNow(core: Core, teamId: TeamId, error: unknown): Promise<void> {
  const { log } = core;
  await tellOfKey(core, error);
  if (isFromDatabase(error) || error instanceof PaymentsError) log.warn({ teamId, error }, 'auto top-up will try again');
  else log.error({ teamId, error }, 'auto top-up failed by a fault of ours');
}

/** For the reconciler: those whose end nobody knew may have been paid after all. */
export async function findUnclearTopUps(core: Core, payments: Payments, since: Date, most: number): Promise<void> {
  for (const topUp of await core.store.topUps.unclear(since, most)) {
    const found = await payments.findCharge(topUp.customerId!, topUp.id, new Date(topUp.plannedAt.getTime() - CREATED_BEFORE_MS));
    if (found?.status === 'paid') await settleTopUp(core, topUp, found);
  }
}
