// Coupons, and the codes that people type to get them.

import type { Stripe } from 'stripe';
import { idOf } from '../ids.ts';
import type { World } from '../world.ts';

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
