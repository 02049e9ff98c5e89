// Opens a checkout. The purchase is written first, so whatever happens afterwards is found again: the same key opens the same
// checkout, and a checkout that we never heard of names its purchase. Buying turns nothing on.

import { checkoutTerms, invoiceFooter, type Seller } from '#core/domain/billing/terms.ts';
import { CHECKOUT_MS } from '#core/domain/billing/purchase.ts';
import { firstHalf } from '#core/domain/accounts/network.ts';
import type { Actor } from '#core/domain/actor.ts';
import { currencyIn, isPackId, offerOf, type Offer } from '#core/domain/credits/packs.ts';
import { newId, type PurchaseId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { PaymentsError, type CheckoutWanted, type OpenedCheckout, type Payments } from '#core/ports/payments.ts';
import type { NewPurchase } from '#core/store/billing/purchases.ts';
import { tellOfKey } from '../mail/key-alarm.ts';
import type { Core } from '../runtime/core.ts';

/** Strangers from one network (IPv6: a /64, which is one customer's), and all of them: each checkout is a row and a call to Stripe. */
const CALLER_MOST = 20;
const STRANGERS_MOST = 1_000;
const WINDOW_S = 3_600;

export interface Wanted {
  readonly pack: string;
  /** The usual one where it is left out, or there are no prices in it. */
  readonly currency?: string;
}

/**
 * For the actor's team. Answers where it is paid. Rejects with `pack.unknown`, `billing.off`, `not.allowed`, `team.leaving`,
 * `wallet.frozen`, `payments.unavailable` or `request.too-many`.
 */
export async function buy(core: Core, actor: Actor, wanted: Wanted & { saveCard: boolean }): Promise<{ url: string }> {
  const payments = mustSell(core);
  const offer = wantedOffer(core, wanted);
  mustBeAllowed(actor, 'credits.buy');
  const payer = await core.store.people.payerFor(actor.userId, actor.teamId);
  if (payer === null) throw refuse('not.allowed'); // left the team a moment ago
  if (payer.closed !== null) throw refuse(payer.closed.code, payer.closed.facts as never);
  const [customerId, account] = await Promise.all([core.store.customers.of(actor.teamId), core.store.accounts.read(actor.userId)]);
  const saveCard = wanted.saveCard && core.settings.selling.savesCards;
  return open(core, payments, offer, {
    buyer: { teamId: actor.teamId, walletId: payer.walletId, userId: actor.userId },
    customerId,
    email: account?.email ?? null,
    saveCard,
  });
}

/**
 * For whoever is not logged in: the address that they type at the checkout says whose it is. `caller` is their network address. Also
 * rejects with `mail.off`: without email nobody could get into the account that they paid for.
 */
export async function buyAsStranger(core: Core, wanted: Wanted & { caller: string }): Promise<{ url: string }> {
  const payments = mustSell(core);
  if (!sellsToStrangers(core)) throw refuse('mail.off');
  const offer = wantedOffer(core, wanted);
  const at = core.clock.now();
  const waitSeconds =
    (await core.store.logins.take(`buy|caller|${firstHalf(wanted.caller)}`, CALLER_MOST, WINDOW_S, at)) ||
    (await core.store.logins.take('buy|strangers', STRANGERS_MOST, WINDOW_S, at));
  if (waitSeconds > 0) throw refuse('request.too-many', { waitSeconds });
  return open(core, payments, offer, { buyer: null, customerId: null, email: null, saveCard: false });
}

/** They get into their account by a link in an email. */
export function sellsToStrangers({ payments, mailer }: Core): boolean {
  return payments !== null && mailer !== null;
}

function mustSell({ payments }: Core): Payments {
  if (payments === null) throw refuse('billing.off');
  return payments;
}

function wantedOffer({ settings }: Core, { pack, currency }: Wanted): Offer {
  if (!isPackId(pack)) throw refuse('pack.unknown');
  return offerOf(pack, currencyIn(settings.selling.currencies, currency));
}

type Buyer = Pick<NewPurchase, 'buyer' | 'saveCard'> & Pick<CheckoutWanted, 'customerId' | 'email'>;

async function open(core: Core, payments: Payments, offer: Offer, { buyer, saveCard, customerId, email }: Buyer): Promise<{ url: string }> {
  const openedAt = core.clock.now();
  const id = newId<PurchaseId>(openedAt.getTime());
  await core.store.purchases.open({ id, buyer, offer, livemode: payments.livemode, saveCard }, openedAt);
  const seller = sellerOf(core);
  const wanted: CheckoutWanted = {
    purchaseId: id,
    site: seller.publicUrl,
    pack: offer.pack,
    price: offer.price,
    customerId,
    email: customerId === null ? email : null,
    saveCard,
    expiresAt: new Date(openedAt.getTime() + CHECKOUT_MS),
    successUrl: `${seller.publicUrl}/buy/done?checkout={CHECKOUT_SESSION_ID}`,
    cancelUrl: `${seller.publicUrl}/buy/${offer.pack}?currency=${offer.currency}`,
    terms: checkoutTerms(seller),
    invoiceFooter: invoiceFooter(seller),
  };
  const checkout = await openAt(core, payments, wanted, async () => {
    await core.store.customers.forget(buyer!.teamId, customerId!);
    return { ...wanted, customerId: null, email };
  });
  await core.store.purchases.opened(id, checkout.id);
  core.log.info({ purchaseId: id, checkoutId: checkout.id, pack: offer.pack, teamId: buyer?.teamId ?? null }, 'checkout opened');
  return { url: checkout.url };
}

/**
 * An answer that was lost is asked for once more, with the same key. A customer can be deleted in the dashboard, or belong to
 * the account of an earlier key: then the checkout makes a new one, under another key because it is another request.
 */
async function openAt(
  core: Core,
  payments: Payments,
  wanted: CheckoutWanted,
  withoutCustomer: () => Promise<CheckoutWanted>,
): Promise<OpenedCheckout> {
  const { purchaseId } = wanted;
  try {
    return await openTwice(payments, wanted, `checkout:${purchaseId}`).catch(async (error: unknown) => {
      if (!(error instanceof PaymentsError && error.code === 'unknown-customer')) throw error;
      core.log.warn({ purchaseId }, 'customer is unknown at Stripe');
      return openTwice(payments, await withoutCustomer(), `checkout:${purchaseId}:2`);
    });
  } catch (error) {
    if (!(error instanceof PaymentsError)) throw error;
    await tellOfKey(core, error);
    const { kind, code, message } = error;
    core.log[kind === 'refused' ? 'error' : 'warn']({ purchaseId, kind, code, reason: message }, 'checkout not opened');
    throw Object.assign(refuse('payments.unavailable'), { cause: error });
  }
}

async function openTwice(payments: Payments, wanted: CheckoutWanted, key: string): Promise<OpenedCheckout> {
  const ask = () => payments.openCheckout(wanted, key);
  return ask().catch((error: unknown) => (isUnclear(error) ? ask() : Promise.reject(error as Error)));
}

function isUnclear(error: unknown): boolean {
  return error instanceof PaymentsError && error.kind === 'unknown';
}

export function sellerOf({ settings }: Core): Seller {
  const { brandName, publicUrl, selling } = settings;
  return { brandName, publicUrl, name: selling.seller, email: selling.email };
}
