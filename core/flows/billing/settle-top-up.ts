// What became of a charge for auto top-up, whoever tells of it: the one who made it, a notification, or the reconciler. A paid
// one becomes a purchase with its credits, its receipt and its line in the audit log in one transaction, once. So nobody ever
// sees a top-up that has ended and whose credits are not there.

import { sayMoney } from '#core/domain/billing/money.ts';
import { DECLINES_MOST } from '#core/domain/billing/top-up.ts';
import { amountOf } from '#core/domain/credits/credits.ts';
import { isId, newId, type TeamId } from '#core/domain/ids.ts';
import type { MailSaying } from '#core/domain/mail/mail.ts';
import type { Charge } from '#core/ports/payments.ts';
import type { TopUp } from '#core/store/billing/top-ups.ts';
import { LedgerConflict } from '#core/store/credits/ledger.ts';
import { writeAudit, type AuditLine, type Writes } from '#core/store/team/audit.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';
import { tellOperators } from './unfit.ts';

/** `waits`: the bank has not said yet. */
export type TopUpOutcome = 'paid' | 'declined' | 'failed' | 'waits';

export async function settleTopUp(core: Core, topUp: TopUp, charge: Charge): Promise<TopUpOutcome> {
  switch (charge.status) {
    case 'paid':
      return complete(core, topUp, charge);
    case 'declined':
    case 'authentication':
      return endDeclined(core, topUp, charge.status);
    case 'canceled':
      return endFailed(core, topUp, 'canceled');
    case 'processing':
    case 'other':
      return 'waits';
  }
}

/** Of a payment that somebody told us of. null: it is no top-up of ours. */
export async function settleTopUpOf(core: Core, paymentId: string): Promise<TopUpOutcome | null> {
  const { payments, store, settings, log } = core;
  const charge = payments === null ? null : await payments.chargeOf(paymentId);
  if (charge === null || charge.topUpId === null || charge.site !== settings.publicUrl) return null;
  const topUp = isId(charge.topUpId) ? await store.topUps.byId(charge.topUpId) : null;
  if (topUp !== null) return settleTopUp(core, topUp, charge);
  log.error({ paymentId, topUpId: charge.topUpId }, 'top-up is unknown');
  if (charge.status === 'paid') await tellOperators(core, paymentId, 'top-up');
  return null;
}

async function complete(core: Core, { id, teamId }: TopUp, charge: Charge): Promise<TopUpOutcome> {
  const { store, clock, log, payments } = core;
  const at = clock.now();
  const [team, owners] = await Promise.all([store.custody.team(teamId), store.custody.owners(teamId)]);
  const { paymentId } = charge;
  const outcome = await store.money.transaction(async (client) => {
    const topUp = await store.topUps.lock(client, { id, teamId });
    if (topUp.state === 'paid') {
      if (topUp.paymentId !== paymentId) throw new Error(`top-up ${id} was paid by another payment`);
      return 'repeated';
    }
    if (charge.received !== topUp.amount || charge.currency !== topUp.currency || charge.livemode !== payments?.livemode) {
      if (topUp.state === 'sent') await store.topUps.end(client, topUp, 'failed', 'other-amount', at);
      return 'unfit';
    }
    const money = sayMoney(topUp.amount, topUp.currency);
    const credits = amountOf(topUp.credits);
    for (const { userId, email } of owners) {
      const saying = {
        kind: 'receipt',
        auto: true,
        team: team?.name ?? '',
        credits,
        money,
        url: `${core.settings.publicUrl}/credits`,
      } as const;
      await writeMail(core, { key: `receipt:${id}:${userId}`, to: email, saying }, client);
    }
    const facts = { credits, money, pack: topUp.pack };
    await writeAudit(client, { at, actor: 'system', act: 'top-up.bought', teamId, subject: null, facts });
    await store.topUps.paid(client, topUp, paymentId, at);
    const request = {
      n: 0,
      key: `purchase:${paymentId}`,
      wallet: topUp.walletId,
      lot: newId(at.getTime()),
      type: 'purchase',
      credits: topUp.credits.toString(),
      source: 'stripe',
      payment: paymentId,
      amount: topUp.amount.toString(),
      currency: topUp.currency,
      note: 'Auto top-up',
    };
    const { rows } = await client.query<{ outcome: string }>('SELECT outcome FROM ledger_credit($1, $2)', [JSON.stringify([request]), at]);
    if (rows[0]!.outcome !== 'credited')
      throw new LedgerConflict(`a top-up that was not paid before was answered with ${rows[0]!.outcome}`);
    return 'credited';
  });
  if (outcome === 'unfit') {
    await tellOperators(core, paymentId, 'top-up');
    return 'failed';
  }
  if (outcome === 'credited') log.info({ topUpId: id, paymentId, teamId }, 'top-up credited');
  // Its team has the credits, and nobody who could use them: the operator pays them back.
  if (team?.erased === true) await tellOperators(core, paymentId, 'team-gone');
  return 'paid';
}

async function endDeclined(core: Core, topUp: TopUp, why: 'declined' | 'authentication'): Promise<TopUpOutcome> {
  const { store, clock, log } = core;
  const at = clock.now();
  const { id, teamId } = topUp;
  // A bank asks at the checkout, so that is where its email leads.
  const page = why === 'authentication' ? `/buy/${topUp.pack}?currency=${topUp.currency}` : undefined;
  const tell = await tellsOf(core, teamId, `top-up-failed:${id}`, page);
  return store.money.transaction(async (client) => {
    const now = await store.topUps.lock(client, topUp);
    if (now.state !== 'sent') return now.state === 'paid' ? 'paid' : 'declined';
    await store.topUps.end(client, now, 'declined', why, at);
    const suspended = (await store.topUpSettings.countDecline(client, teamId)) >= DECLINES_MOST;
    if (suspended) await store.topUpSettings.suspend(client, teamId, now.card, at);
    await tell({ why, suspended, money: sayMoney(now.amount, now.currency) }, client);
    const facts = { why, suspended: String(suspended) };
    await writeAudit(client, { at, actor: 'system', act: 'top-up.declined', teamId, subject: null, facts });
    log.info({ topUpId: id, teamId, why, suspended }, 'top-up declined');
    return 'declined';
  });
}

/** Nobody was charged, as far as can be known; if somebody was, its payment is still credited when it is heard of. */
export async function endFailed(core: Core, topUp: TopUp, why: 'canceled' | 'unclear' | 'refused'): Promise<TopUpOutcome> {
  const { store, clock, log } = core;
  return store.money.transaction(async (client) => {
    const now = await store.topUps.lock(client, topUp);
    if (now.state !== 'sent') return now.state === 'paid' ? 'paid' : 'failed';
    await store.topUps.end(client, now, 'failed', why, clock.now());
    log.error({ topUpId: topUp.id, teamId: topUp.teamId, why }, 'top-up failed');
    return 'failed';
  });
}

/** The card or the customer is gone: nothing is charged before there is another one. */
export async function endWithoutCard(core: Core, topUp: TopUp): Promise<TopUpOutcome> {
  const { store, clock, log } = core;
  const at = clock.now();
  const tell = await tellsOf(core, topUp.teamId, `top-up-failed:${topUp.id}`);
  return store.money.transaction(async (client) => {
    const now = await store.topUps.lock(client, topUp);
    if (now.state !== 'sent') return now.state === 'paid' ? 'paid' : 'declined';
    await store.topUps.end(client, now, 'declined', 'no-card', at);
    await store.topUpSettings.suspend(client, topUp.teamId, '', at);
    await tell({ why: 'no-card', suspended: true, money: sayMoney(now.amount, now.currency) }, client);
    await writeAudit(client, noCard(topUp.teamId, at));
    log.info({ topUpId: topUp.id, teamId: topUp.teamId }, 'top-up without a card');
    return 'declined';
  });
}

/** For the audit log. */
export function noCard(teamId: TeamId, at: Date): AuditLine {
  return { at, actor: 'system', act: 'top-up.declined', teamId, subject: null, facts: { why: 'no-card', suspended: 'true' } };
}

type Told = Pick<Extract<MailSaying, { kind: 'top-up-failed' }>, 'why' | 'suspended' | 'money'>;

/** Who wants to hear of it is read before anything is locked. */
export async function tellsOf(
  core: Core,
  teamId: TeamId,
  key: string,
  page = '/credits/top-up',
): Promise<(told: Told, on?: Writes) => Promise<void>> {
  const { customers, teams } = core.store;
  const [people, team] = await Promise.all([customers.wantMail(teamId, 'top-up-failed'), teams.find(teamId)]);
  const url = `${core.settings.publicUrl}${page}`;
  return async (told, on) => {
    for (const { userId, email } of people) {
      const saying = { kind: 'top-up-failed', team: team?.name ?? '', ...told, url } as const;
      await writeMail(core, { key: `${key}:${userId}`, to: email, saying }, on);
    }
  };
}
