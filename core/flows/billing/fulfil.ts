// Turns a paid checkout into credits. The page after payment, webhook events and the reconciler all call it. It acts on the
// checkout's current state at Stripe, so calling it again changes nothing.
//
// Stripe and other tables are read first. Then one transaction locks the purchase and writes the mails, the audit line, its state
// and the credits: a process that is killed has done all of it or nothing.

import { judgeCheckout, type Unfit } from '#core/domain/billing/judge-checkout.ts';
import { sayMoney } from '#core/domain/billing/money.ts';
import { purchaseMoves, type Purchase } from '#core/domain/billing/purchase.ts';
import { amountOf } from '#core/domain/credits/credits.ts';
import type { Offer } from '#core/domain/credits/packs.ts';
import { isId, newId, type PurchaseId } from '#core/domain/ids.ts';
import type { Checkout } from '#core/ports/payments.ts';
import { creditPurchase } from '#core/store/billing/credit-purchase.ts';
import { writeAudit, type Writes } from '#core/store/team/audit.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';
import { settlePayment } from './settle-payment.ts';
import { askForDecision, tellOperators } from './unfit.ts';
import { addressIn, ownerOf, type Owner } from './whose.ts';

/** Who tells of a checkout: for the log alone. */
export type ToldBy = 'page' | 'news' | 'reconciler';

/**
 * `unknown`: Stripe has no such checkout, or nothing is sold here. `elsewhere`: another installation opened it. `open`: it can still be paid. `pending`: the bank has not
 * said yet. `newer`: a newer version of the product sells it, and credits it. `unfit`: it was paid and is nothing that we sell;
 * operators have been told, and looking again changes nothing.
 */
export type FulfilOutcome =
  | { readonly kind: 'unknown' | 'open' | 'pending' | 'failed' | 'expired' | 'newer' | 'elsewhere' }
  | { readonly kind: 'paid'; readonly repeated: boolean; readonly purchase: Purchase }
  | { readonly kind: 'unfit'; readonly why: Unfit };

/** Rejects with a PaymentsError where Stripe cannot be asked, and as the database does: then whoever calls tries again later. */
export async function fulfil(core: Core, checkoutId: string, by: ToldBy): Promise<FulfilOutcome> {
  const { payments, store } = core;
  const checkout = payments === null ? null : await payments.checkout(checkoutId);
  if (payments === null || checkout === null) return { kind: 'unknown' };
  const purchase = await purchaseOf(core, checkout);
  // Installations can share one account of Stripe, and each hears of all checkouts in it.
  if (purchase === null && checkout.site !== null && checkout.site !== core.settings.publicUrl) return { kind: 'elsewhere' };
  const judgment = judgeCheckout(checkout, payments.livemode, purchase?.price);
  switch (judgment.kind) {
    case 'open':
    case 'newer':
      return { kind: judgment.kind };
    case 'pending':
    case 'failed':
    case 'expired':
      return purchase === null ? { kind: judgment.kind } : move(core, purchase, judgment.kind, checkout);
    case 'unfit':
      return unfit(core, checkout, purchase, judgment.why, by);
    case 'credit': {
      const { offer, paid } = judgment;
      const bought = purchase ?? (await newPurchaseOf(core, checkout, offer));
      if (bought.state === 'paid') return settled(core, checkout, { kind: 'paid', repeated: true, purchase: bought });
      // A person was asked to decide: they may have refunded it, or granted the credits by hand. Not where Stripe used a status
      // that we did not know: nothing was paid then.
      if (bought.trouble !== null && bought.trouble !== 'status') return unfit(core, checkout, bought, bought.trouble as Unfit, by);
      if (!isFor(bought, offer)) return unfit(core, checkout, bought, 'other-purchase', by);
      const owner = await ownerOf(core, bought, checkout);
      if (owner === null) return unfit(core, checkout, bought, 'no-email', by);
      // Its team has the credits, and nobody who could use them: the operator pays them back.
      const isGone = (await store.custody.team(owner.teamId))?.erased === true;
      if (isGone) await tellOperators(core, checkout.id, 'team-gone');
      // Before the credits, so that whoever dies in between finds it still to do.
      if (owner.keepsCustomer && checkout.customerId !== null) await store.customers.keep(owner.teamId, checkout.customerId);
      const outcome = await credit(core, bought, owner, isGone ? { ...checkout, customerId: null } : checkout, paid);
      if (bought.saveCard) await store.topUpSettings.readCardAgain(owner.teamId);
      if (!outcome.repeated) core.log.info({ purchaseId: bought.id, checkoutId: checkout.id, by }, 'purchase credited');
      return settled(core, checkout, { kind: 'paid', ...outcome });
    }
  }
}

/** What was refunded or disputed before it was credited is taken back at once, whether or not we hear of that by itself. */
async function settled(core: Core, { takenBack, paymentId }: Checkout, outcome: FulfilOutcome): Promise<FulfilOutcome> {
  if (takenBack && paymentId !== null) await settlePayment(core, paymentId);
  return outcome;
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
    // The wallet is locked last: everybody who asks for work of this team waits for it.
    await tell(core, { ...purchase, checkoutId: checkout.id, paid }, owner, client);
    await writeAudit(client, {
      at,
      actor: purchase.openedBy === null ? 'system' : `user:${purchase.openedBy}`,
      act: 'credits.bought',
      teamId,
      subject: null,
      facts: { credits: amountOf(purchase.credits), money: sayMoney(paid, purchase.currency), pack: purchase.pack },
    });
    const given = await creditPurchase(
      client,
      purchase,
      { checkoutId: checkout.id, paymentId, customerId: checkout.customerId, paid, teamId, walletId },
      at,
    );
    return { purchase: given, repeated: false };
  });
}

async function tell(core: Core, { checkoutId, credits, paid, currency }: Purchase, owner: Owner, on: Writes): Promise<void> {
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

async function unfit(core: Core, checkout: Checkout, purchase: Purchase | null, why: Unfit, by: ToldBy): Promise<FulfilOutcome> {
  if (purchase?.state === 'paid') return { kind: 'paid', repeated: true, purchase };
  await askForDecision(core, checkout, purchase, why, by);
  return { kind: 'unfit', why };
}
