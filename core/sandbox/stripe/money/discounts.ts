// Coupons, and the codes that people type to get them.

import type { Stripe } from 'stripe';
import { idOf, newObjectId } from '../ids.ts';
import { tell } from '../news/event.ts';
import { invalid } from '../wire/problem.ts';
import type { World } from '../world.ts';

export function newCoupon(world: World, more: Partial<Stripe.Coupon>): Stripe.Coupon {
  const coupon: Stripe.Coupon = {
    id: newObjectId('', 8),
    object: 'coupon',
    amount_off: null,
    created: world.now(),
    currency: null,
    duration: 'once',
    duration_in_months: null,
    livemode: false,
    max_redemptions: null,
    metadata: {},
    name: null,
    percent_off: null,
    redeem_by: null,
    times_redeemed: 0,
    valid: true,
    ...more,
  };
  tell(world, 'coupon.created', world.store.put('coupon', coupon));
  return coupon;
}

/** Refused while another one is active under this code, however it is written. */
export function newPromotionCode(
  world: World,
  coupon: string,
  code: string,
  more: Partial<Stripe.PromotionCode> = {},
): Stripe.PromotionCode {
  if (world.store.all('promotion_code').some((each) => each.active && each.code.toLowerCase() === code.toLowerCase()))
    throw invalid(`An active promotion code with \`code: ${code}\` already exists.`, { param: 'code' });
  const made: Stripe.PromotionCode = {
    id: newObjectId('promo_1'),
    object: 'promotion_code',
    active: true,
    code,
    created: world.now(),
    customer: null,
    customer_account: null,
    expires_at: null,
    livemode: false,
    max_redemptions: null,
    metadata: {},
    promotion: { coupon, type: 'coupon' },
    restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
    times_redeemed: 0,
    ...more,
  };
  tell(world, 'promotion_code.created', world.store.put('promotion_code', made));
  return made;
}

/** The code as somebody typed it; null where there is none that is valid for this checkout now. */
export function codeFor(world: World, typed: string, session: Stripe.Checkout.Session): Stripe.PromotionCode | null {
  const plain = typed.trim().toLowerCase();
  const code = world.store.all('promotion_code').find((each) => each.active && each.code.toLowerCase() === plain);
  return code !== undefined && isValid(world, code, session) ? code : null;
}

export function isValid(
  world: World,
  code: Stripe.PromotionCode,
  session: Pick<Stripe.Checkout.Session, 'currency' | 'customer'>,
): boolean {
  const coupon = couponOf(world, code);
  if (!code.active || coupon === null || !coupon.valid) return false;
  if (code.expires_at !== null && code.expires_at <= world.now()) return false;
  if (code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions) return false;
  if (code.customer !== null && idOf(code.customer) !== idOf(session.customer)) return false;
  return coupon.amount_off === null || coupon.currency === session.currency;
}

export function couponOf(world: World, code: Stripe.PromotionCode): Stripe.Coupon | null {
  return world.store.get('coupon', idOf(code.promotion.coupon));
}

/** The coupon that a checkout is discounted by. */
export function couponIn(world: World, { discounts }: Pick<Stripe.Checkout.Session, 'discounts'>): Stripe.Coupon | null {
  const [first] = discounts ?? [];
  if (first === undefined) return null;
  const code = world.store.get('promotion_code', idOf(first.promotion_code));
  return code === null ? world.store.get('coupon', idOf(first.coupon)) : couponOf(world, code);
}

/** Counts a use, once the checkout is done. */
export function redeem(world: World, { discounts }: Pick<Stripe.Checkout.Session, 'discounts'>): void {
  const [first] = discounts ?? [];
  if (first === undefined) return;
  const coupon = couponIn(world, { discounts });
  if (coupon !== null) {
    const used = coupon.times_redeemed + 1;
    world.store.put('coupon', { ...coupon, times_redeemed: used, valid: coupon.max_redemptions === null || used < coupon.max_redemptions });
  }
  const code = world.store.get('promotion_code', idOf(first.promotion_code));
  if (code !== null) world.store.put('promotion_code', { ...code, times_redeemed: code.times_redeemed + 1 });
}
