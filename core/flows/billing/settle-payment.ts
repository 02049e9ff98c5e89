// Refunds, disputes and reports of fraud: the one way from how a payment stands at Stripe to the credits that are left of it,
// whoever tells of it. As often as anybody likes, and in any order: only how it stands now counts.

import { createHash } from 'node:crypto';
import { sayMoney } from '#core/domain/billing/money.ts';
import type { Purchase } from '#core/domain/billing/purchase.ts';
import { standingOf, type Standing, type StandingTrouble } from '#core/domain/billing/standing.ts';
import { amountOf, micro } from '#core/domain/credits/credits.ts';
import type { MailSaying } from '#core/domain/mail/mail.ts';
import type { PaymentStanding } from '#core/ports/payments.ts';
import type { Brought } from '#core/store/billing/standings.ts';
import { writeAudit } from '#core/store/team/audit.ts';
import { raiseAlarm } from '../mail/alarm.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';

/**
 * `none`: nothing was credited for it. `missing`: something was, and Stripe knows no such payment. `older`: somebody who began
 * later was faster, and has done it.
 */
export type SettleOutcome = 'settled' | 'older' | 'none' | 'missing' | StandingTrouble;

/** Rejects with a PaymentsError where Stripe cannot be asked, and as the database does: then whoever calls tries again later. */
export async function settlePayment(core: Core, paymentId: string): Promise<SettleOutcome> {
  const { payments, store, clock, log } = core;
  const look = payments === null ? null : await store.standings.look(paymentId, clock.now());
  if (payments === null || look === null) return 'none';
  const { purchaseId } = look;
  const bought = (await store.purchases.byId(purchaseId))!;
  // Nothing was to pay: that never goes back.
  if (bought.paid === 0n) return 'settled';
  const payment = await payments.standing(paymentId);
  if (payment === null) return 'missing';
  const at = clock.now();
  const standing = standingOf({ credits: bought.credits, paid: bought.paid!, currency: bought.currency }, payment, at);
  if (typeof standing === 'string') {
    await alarm(core, paymentId, standing);
    return standing;
  }
  if (standing.isUncertain) await alarm(core, paymentId, 'dispute-status');
  const owners = await store.custody.owners(bought.teamId!);
  const team = (await store.teams.find(bought.teamId!))?.name ?? '';
  const pauses = (await store.topUpSettings.of(bought.teamId!))?.enabled === true;

  return store.money.transaction(async (client) => {
    const before = await store.purchases.lock(client, purchaseId);
    const brought = await store.standings.bring(client, look, standing, at);
    if (brought.outcome === 'older') return 'older';
    for (const { act, mark, saying } of changes(core, { before, standing, brought, team, payment, pauses })) {
      for (const { userId, email } of owners)
        await writeMail(core, { key: `${saying.kind}:${paymentId}:${mark}:${userId}`, to: email, saying }, client);
      const facts = { ...factsOf(saying), ...movedOf(brought) };
      await writeAudit(client, { at, actor: 'system', act, teamId: bought.teamId!, subject: null, facts });
      log.info({ purchaseId, paymentId, act, look: look.number.toString() }, 'payment settled');
    }
    return 'settled';
  });
}

interface Settled {
  readonly before: Purchase;
  readonly standing: Standing;
  readonly brought: Extract<Brought, { outcome: 'brought' }>;
  readonly team: string;
  readonly payment: PaymentStanding;
  /** Auto top-up is on: a refund pauses it. */
  readonly pauses: boolean;
}

type Told = Extract<MailSaying, { kind: 'refund' | 'dispute' }>;

/** What is told, each with a name of the state that it tells of: the same state that is met again is told no second time. */
function changes(
  core: Core,
  { before, standing, brought, team, payment, pauses }: Settled,
): { act: TellingAct; mark: string; saying: Told }[] {
  const { currency } = before;
  const about = {
    team,
    bought: amountOf(before.credits),
    owed: amountOf(brought.debt),
    url: `${core.settings.publicUrl}/credits`,
  };
  const told: { act: TellingAct; mark: string; saying: Told }[] = [];
  if (standing.refunded !== before.refunded)
    told.push({
      act: 'credits.refunded',
      mark: markOf(payment.refunds.map(({ id, counts }) => `${id} ${counts}`)),
      saying: {
        kind: 'refund',
        ...about,
        refunded: sayMoney(standing.refunded, currency),
        failed: standing.refunded < before.refunded,
        left: amountOf(standing.left),
        ...(pauses && standing.refunded > 0n && { pauses }),
      },
    });
  if (standing.dispute !== before.dispute)
    told.push({
      act: 'credits.disputed',
      mark: markOf(payment.disputes.map((each) => `${each.id} ${each.standing}`)),
      saying: { kind: 'dispute', ...about, standing: standing.dispute, before: before.dispute },
    });
  return told;
}

type TellingAct = 'credits.refunded' | 'credits.disputed';

function markOf(states: readonly string[]): string {
  return createHash('sha256').update(states.toSorted().join('\n')).digest('hex').slice(0, 24);
}

function factsOf(saying: Told): Record<string, string> {
  return saying.kind === 'refund' ? { money: saying.refunded, failed: String(saying.failed) } : { standing: saying.standing };
}

function movedOf({ taken, owed, restored, heldBack }: Settled['brought']): Record<string, string> {
  const removed = micro(taken + owed);
  return { removed: amountOf(removed), owed: amountOf(owed), returned: amountOf(restored), heldBack: amountOf(heldBack) };
}

async function alarm(core: Core, paymentId: string, why: StandingTrouble | 'dispute-status'): Promise<void> {
  core.log.error({ paymentId, why }, 'payment cannot be settled');
  await raiseAlarm(core, 'purchase-unfit', {
    title: 'A payment needs a decision',
    words: `The payment ${paymentId} at Stripe cannot be settled by itself: ${why}.\nLook at it in the Stripe dashboard.`,
  });
}
