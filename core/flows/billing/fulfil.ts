// The one way from a paid checkout to credits, whoever tells of it: the page that people come back to, news of Stripe, or
// a look at what was left open. It goes by what Stripe says of the checkout now, so it may be called as often as anybody likes.
//
// What is asked of Stripe and of other tables is asked first; then one transaction locks the purchase, and writes its state,
// the credits, the mails and the audit line. Who dies before it has done nothing, and who dies after it has done all.

import { judgeCheckout, type Unfit } from '#core/domain/billing/judge-checkout.ts';
import { sayMoney } from '#core/domain/billing/money.ts';
import { purchaseMoves, type Purchase } from '#core/domain/billing/purchase.ts';
import { amountOf } from '#core/domain/credits/credits.ts';
import type { Offer } from '#core/domain/credits/packs.ts';
import { isId, newId, type PurchaseId } from '#core/domain/ids.ts';
import type { Checkout } from '#core/ports/payments.ts';
import { creditPurchase } from '#core/store/billing/credit-purchase.ts';
import { writeAudit } from '#core/store/team/audit.ts';
import { raiseAlarm } from '../mail/alarm.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';
import { addressIn, ownerOf, type Owner } from './whose.ts';

/** Who tells of a checkout: for the log alone. */
export type ToldBy = 'page' | 'news' | 'reconciler';

/**
 * `unknown`: Stripe has no such checkout, or nothing is sold here. `open`: it can still be paid. `pending`: the bank has not
 * said yet. `unfit`: it was paid and is nothing that we sell; the operator has been told, and looking again changes nothing.
 */
export type FulfilOutcome =
  | { readonly kind: 'unknown' | 'open' | 'pending' | 'failed' | 'expired' }
  | { readonly kind: 'paid'; readonly repeated: boolean; readonly purchase: Purchase }
  | { readonly kind: 'unfit'; readonly why: Unfit };

/** Rejects with a PaymentsError where Stripe cannot be asked, and as the database does: then whoever calls tries again later. */
export async function fulfil(core: Core, checkoutId: string, by: ToldBy): Promise<FulfilOutcome> {
  const { payments, store } = core;
  const checkout = payments === null ? null : await payments.checkout(checkoutId);
  if (payments === null || checkout === null) return { kind: 'unknown' };
  const judgment = judgeCheckout(checkout, payments.livemode);
  const purchase = await purchaseOf(core, checkout);
  switch (judgment.kind) {
    case 'open':
      return { kind: 'open' };
    case 'pending':
    case 'failed':
    case 'expired':
      return purchase === null ? { kind: judgment.kind } : move(core, purchase, judgment.kind, checkout);
    case 'unfit':
      return unfit(core, checkout, purchase, judgment.why, by);
    case 'credit': {
      const { offer, paid } = judgment;
      const bought = purchase ?? (await newPurchaseOf(core, checkout, offer));
      if (bought.state === 'paid') return { kind: 'paid', repeated: true, purchase: bought };
      if (!isFor(bought, offer)) return unfit(core, checkout, bought, 'other-purchase', by);
      const owner = await ownerOf(core, bought, checkout);
      if (owner === null) return unfit(core, checkout, bought, 'no-email', by);
      // Its team has the credits, and nobody who could use them: the operator pays them back.
      if ((await store.custody.team(owner.teamId))?.erased) await alarm(core, checkout.id, 'team-gone');
      const outcome = await credit(core, bought, owner, checkout, paid);
      core.log.info({ purchaseId: bought.id, checkoutId: checkout.id, by, repeated: outcome.repeated }, 'purchase credited');
      if (owner.keepsCustomer && checkout.customerId !== null) await store.customers.keep(owner.teamId, checkout.customerId);
      return { kind: 'paid', ...outcome };
    }
  }
}

/** The row that this checkout was opened for. One that died before it heard the checkout's id hears it now. */
async function purchaseOf({ store: { purchases } }: Core, { id, reference }: Checkout): Promise<Purchase | null> {
  const known = await purchases.byCheckout(id);
  if (known !== null || reference === null || !isId(reference)) return known;
  return (await purchases.opened(reference as PurchaseId, id)) ? purchases.byId(reference) : null;
}

/**
 * For a checkout at a price of ours that has no row: one that was lost, or a second checkout of one purchase. It goes to the
 * team of that purchase, or to the address: paid money is never left without credits.
 */
async function newPurchaseOf({ store: { purchases }, clock }: Core, checkout: Checkout, offer: Offer): Promise<Purchase> {
  const at = clock.now();
  const { id: checkoutId, reference, livemode } = checkout;
  const named = reference !== null && isId(reference) ? await purchases.byId(reference) : null;
  const buyer =
    named === null || named.teamId === null ? null : { teamId: named.teamId, walletId: named.walletId!, userId: named.openedBy };
  await purchases.open({ id: newId(at.getTime()), buyer, checkoutId, offer, livemode, saveCard: false }, at);
  return (await purchases.byCheckout(checkoutId))!;
}

function isFor({ pack, packVersion, credits, price, currency }: Purchase, offer: Offer): boolean {
  return (
    pack === offer.pack &&
    packVersion === offer.version &&
    credits === offer.credits &&
    price === offer.price &&
    currency === offer.currency
  );
}

interface Credited {
  readonly purchase: Purchase;
  readonly repeated: boolean;
}

async function credit(core: Core, { id }: Purchase, owner: Owner, checkout: Checkout, paid: bigint): Promise<Credited> {
  const at = core.clock.now();
  const paymentId = checkout.paymentId ?? checkout.id;
  const { teamId, walletId } = owner;
  return core.store.money.transaction(async (client) => {
    const purchase = await core.store.purchases.lock(client, id);
    if (purchase.state === 'paid') {
      if (purchase.paymentId !== paymentId) throw new Error(`purchase ${id} was paid by another payment`);
      return { purchase, repeated: true };
    }
    const given = await creditPurchase(
      client,
      purchase,
      { checkoutId: checkout.id, paymentId, customerId: checkout.customerId, paid, teamId, walletId },
      at,
    );
    await tell(core, given, owner, client);
    await writeAudit(client, {
      at,
      actor: given.openedBy === null ? 'system' : `user:${given.openedBy}`,
      act: 'credits.bought',
      teamId,
      subject: null,
      facts: { credits: amountOf(given.credits), money: sayMoney(paid, given.currency), pack: given.pack },
    });
    return { purchase: given, repeated: false };
  });
}

async function tell(core: Core, { checkoutId, credits, paid, currency }: Purchase, owner: Owner, on: Client): Promise<void> {
  const { publicUrl } = core.settings;
  if (owner.link !== null) {
    const { url, expiresAt } = owner.link;
    const to = owner.receiptTo[0]!.email;
    await writeMail(
      core,
      { key: `welcome:${checkoutId}`, to, saying: { kind: 'welcome', credits: amountOf(credits), url }, expiresAt },
      on,
    );
  }
  const money = sayMoney(paid!, currency);
  for (const { userId, email } of owner.receiptTo)
    await writeMail(
      core,
      {
        key: `receipt:${checkoutId}:${userId}`,
        to: email,
        saying: { kind: 'receipt', team: owner.team, credits: amountOf(credits), money, url: `${publicUrl}/credits` },
      },
      on,
    );
}

/** Where it may go there from where it stands; a later look may have moved it on. */
async function move(core: Core, before: Purchase, state: 'pending' | 'failed' | 'expired', checkout: Checkout): Promise<FulfilOutcome> {
  const at = core.clock.now();
  const { id } = before;
  const to = state === 'failed' ? await failureIsToldTo(core, before, checkout) : null;
  return core.store.money.transaction(async (client): Promise<FulfilOutcome> => {
    const purchase = await core.store.purchases.lock(client, id);
    if (purchase.state === 'paid') return { kind: 'paid', repeated: true, purchase };
    if (!purchaseMoves[purchase.state].includes(state)) return { kind: purchase.state };
    await core.store.purchases.move(client, id, state, at);
    if (to !== null) {
      const url = `${core.settings.publicUrl}/buy/${purchase.pack}`;
      const saying = { kind: 'payment-failed', credits: amountOf(purchase.credits), url } as const;
      await writeMail(core, { key: `payment-failed:${checkout.id}`, to, saying }, client);
    }
    core.log.info({ purchaseId: id, checkoutId: checkout.id, state }, 'purchase moved');
    return { kind: state };
  });
}

/** A stranger hears of it at the address that they typed. */
async function failureIsToldTo(core: Core, { openedBy, teamId }: Purchase, { email }: Checkout): Promise<string | null> {
  const opener = openedBy === null ? null : await core.store.accounts.read(openedBy);
  return opener?.email ?? (teamId === null ? addressIn(email) : null);
}

async function unfit(core: Core, { id }: Checkout, purchase: Purchase | null, why: Unfit, by: ToldBy): Promise<FulfilOutcome> {
  if (purchase?.state === 'paid') return { kind: 'paid', repeated: true, purchase };
  // Whoever compares meets it again and again, and tells of it once by itself.
  if (purchase === null ? by !== 'reconciler' : purchase.trouble !== why) {
    await alarm(core, id, why);
    if (purchase !== null) await core.store.purchases.trouble(purchase.id, why);
  }
  return { kind: 'unfit', why };
}

async function alarm(core: Core, checkoutId: string, why: Unfit): Promise<void> {
  core.log.error({ checkoutId, why }, 'paid checkout does not fit what is sold');
  await raiseAlarm(core, 'purchase-unfit', {
    title: 'A payment needs a decision',
    words: `The checkout ${checkoutId} at Stripe does not fit what is sold here: ${why}.\nLook at it in the Stripe dashboard, and refund it if nobody should have paid.`,
  });
}

type Client = Parameters<Parameters<Core['store']['money']['transaction']>[0]>[0];
