import type { Stripe } from 'stripe';
import { newPrice, newProduct } from '../stock.ts';
import { idOf, newObjectId } from '../ids.ts';
import { customerNamed } from '../money/customers.ts';
import { newCoupon, newPromotionCode } from '../money/discounts.ts';
import { tell } from '../news/event.ts';
import {
  createCoupon,
  createPrice,
  createProduct,
  createPromotionCode,
  listPrices,
  listProducts,
  listPromotionCodes,
  retrieveCoupon,
  retrievePrice,
  retrieveProduct,
  retrievePromotionCode,
  updatePrice,
  updateProduct,
  updatePromotionCode,
} from '../params/catalog.ts';
import { page, within } from '../wire/lists.ts';
import { mergeMetadata } from '../wire/metadata.ts';
import { invalid, noSuch } from '../wire/problem.ts';
import type { World } from '../world.ts';
import { route, type Route } from './route.ts';

export const catalogRoutes: readonly Route[] = [
  route('POST', '/v1/products', createProduct, ({ world, given }) => {
    const { id, name, description = null, expand: _, metadata, ...more } = given;
    if (id !== undefined && world.store.get('product', id) !== null)
      throw invalid(`Product already exists.`, { code: 'resource_already_exists', param: 'id' });
    const product = { ...newProduct(world, { name, description, ...(id !== undefined && { id }) }), ...more };
    return told(world, 'product.created', world.store.put('product', { ...product, metadata: mergeMetadata({}, metadata) }));
  }),
  route('GET', '/v1/products', listProducts, ({ world, given, path }) => {
    const { active, created, ids } = given;
    const products = world.store
      .all('product')
      .filter((each) => within(each.created, created))
      .filter((each) => active === undefined || each.active === active)
      .filter((each) => ids === undefined || ids.includes(each.id));
    return page(products, given, path);
  }),
  route('GET', '/v1/products/:id', retrieveProduct, ({ world, id }) => productOf(world, id)),
  route('POST', '/v1/products/:id', updateProduct, ({ world, id, given }) => {
    const { expand: _, metadata, ...more } = given;
    const before = productOf(world, id);
    const product = { ...before, ...more, metadata: mergeMetadata(before.metadata, metadata), updated: world.now() };
    return told(world, 'product.updated', world.store.put('product', product));
  }),

  route('POST', '/v1/prices', createPrice, ({ world, given }) => {
    const { currency, unit_amount: unitAmount, product, lookup_key: lookupKey = null, transfer_lookup_key: transfer, metadata } = given;
    if (product === undefined) throw invalid('Missing required param: product.', { code: 'parameter_missing', param: 'product' });
    if (unitAmount === undefined)
      throw invalid('Missing required param: unit_amount.', { code: 'parameter_missing', param: 'unit_amount' });
    productOf(world, product, 'product');
    if (!/^[a-z]{3}$/.test(currency)) throw invalid(`Invalid currency: ${currency}.`, { param: 'currency' });
    freeKey(world, lookupKey, transfer ?? false);
    const price = {
      ...newPrice(world, { product, currency, unitAmount, lookupKey }),
      active: given.active ?? true,
      nickname: given.nickname ?? null,
      tax_behavior: given.tax_behavior ?? 'unspecified',
      metadata: mergeMetadata({}, metadata),
    };
    return told(world, 'price.created', world.store.put('price', price));
  }),
  route('GET', '/v1/prices', listPrices, ({ world, given, path }) => {
    const { active, created, currency, lookup_keys: keys, product, type } = given;
    const prices = world.store
      .all('price')
      .filter((each) => within(each.created, created))
      .filter((each) => active === undefined || each.active === active)
      .filter((each) => currency === undefined || each.currency === currency)
      .filter((each) => keys === undefined || (each.lookup_key !== null && keys.includes(each.lookup_key)))
      .filter((each) => product === undefined || idOf(each.product) === product)
      .filter((each) => type === undefined || each.type === type);
    return page(prices, given, path);
  }),
  route('GET', '/v1/prices/:id', retrievePrice, ({ world, id }) => priceOf(world, id)),
  route('POST', '/v1/prices/:id', updatePrice, ({ world, id, given }) => {
    const { expand: _, metadata, transfer_lookup_key: transfer, ...more } = given;
    const before = priceOf(world, id);
    if (more.lookup_key !== undefined && more.lookup_key !== before.lookup_key) freeKey(world, more.lookup_key, transfer ?? false);
    return told(
      world,
      'price.updated',
      world.store.put('price', { ...before, ...more, metadata: mergeMetadata(before.metadata, metadata) }),
    );
  }),

  route('POST', '/v1/coupons', createCoupon, ({ world, given }) => {
    const { id = newObjectId('', 8), percent_off: percent = null, amount_off: amount = null, currency = null } = given;
    if (world.store.get('coupon', id) !== null) throw invalid('Coupon already exists.', { code: 'resource_already_exists', param: 'id' });
    if ((percent === null) === (amount === null)) throw invalid('You must pass either percent_off or amount_off, not both.');
    if (amount !== null && currency === null) throw invalid('You must pass currency when passing amount_off', { param: 'currency' });
    const more = {
      id,
      duration: given.duration ?? 'once',
      max_redemptions: given.max_redemptions ?? null,
      name: given.name ?? null,
    } as const;
    return newCoupon(world, { ...more, amount_off: amount, currency, percent_off: percent, metadata: mergeMetadata({}, given.metadata) });
  }),
  route('GET', '/v1/coupons/:id', retrieveCoupon, ({ world, id }) => couponNamed(world, id)),

  route('POST', '/v1/promotion_codes', createPromotionCode, ({ world, given }) => {
    const { promotion, customer = null, code = newObjectId('', 8).toUpperCase() } = given;
    if (promotion.coupon === undefined)
      throw invalid('Missing required param: promotion[coupon].', { code: 'parameter_missing', param: 'promotion[coupon]' });
    couponNamed(world, promotion.coupon, 'promotion[coupon]');
    if (customer !== null) customerNamed(world, customer, 'customer');
    return newPromotionCode(world, promotion.coupon, code, {
      active: given.active ?? true,
      customer,
      expires_at: given.expires_at ?? null,
      max_redemptions: given.max_redemptions ?? null,
      metadata: mergeMetadata({}, given.metadata),
    });
  }),
  route('GET', '/v1/promotion_codes', listPromotionCodes, ({ world, given, path }) => {
    const { active, code, coupon, created, customer } = given;
    const codes = world.store
      .all('promotion_code')
      .filter((each) => within(each.created, created))
      .filter((each) => active === undefined || each.active === active)
      .filter((each) => code === undefined || each.code.toLowerCase() === code.toLowerCase())
      .filter((each) => coupon === undefined || idOf(each.promotion.coupon) === coupon)
      .filter((each) => customer === undefined || idOf(each.customer) === customer);
    return page(codes, given, path);
  }),
  route('GET', '/v1/promotion_codes/:id', retrievePromotionCode, ({ world, id }) => codeOf(world, id)),
  route('POST', '/v1/promotion_codes/:id', updatePromotionCode, ({ world, id, given }) => {
    const before = codeOf(world, id);
    const code = { ...before, active: given.active ?? before.active, metadata: mergeMetadata(before.metadata, given.metadata) };
    return told(world, 'promotion_code.updated', world.store.put('promotion_code', code));
  }),
];

/** A lookup key is one price's; it moves to another only when that is asked for. */
function freeKey(world: World, key: string | null, transfer: boolean): void {
  const holder = key === null ? undefined : world.store.all('price').find((each) => each.lookup_key === key);
  if (holder === undefined) return;
  if (!transfer)
    throw invalid(
      `A price (\`${holder.id}\`) already uses that lookup key. Specify \`transfer_lookup_key=true\` to transfer the lookup key from that price to this new price.`,
      { param: 'lookup_key' },
    );
  world.store.put('price', { ...holder, lookup_key: null });
}

function told<T extends object>(world: World, type: Stripe.Event.Type, object: T): T {
  tell(world, type, object);
  return object;
}

function productOf(world: World, id: string, param?: string) {
  const product = world.store.get('product', id);
  if (product === null) throw noSuch('product', id, param);
  return product;
}

function priceOf(world: World, id: string) {
  const price = world.store.get('price', id);
  if (price === null) throw noSuch('price', id);
  return price;
}

function couponNamed(world: World, id: string, param?: string) {
  const coupon = world.store.get('coupon', id);
  if (coupon === null) throw noSuch('coupon', id, param);
  return coupon;
}

function codeOf(world: World, id: string) {
  const code = world.store.get('promotion_code', id);
  if (code === null) throw noSuch('promotion code', id);
  return code;
}
