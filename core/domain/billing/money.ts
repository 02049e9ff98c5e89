// Money that moves outside, in the smallest unit of its currency, as people read it.

/**
 * How many digits of an amount stand behind the point: what Stripe's amounts mean, which is not always what the rest of the
 * world writes. Only currencies that we sell in are here.
 */
const digits: Readonly<Record<string, number>> = { usd: 2, eur: 2, jpy: 0 };
const signs: Readonly<Record<string, string>> = { usd: '$', eur: '€', jpy: '¥' };

/** "$110", "$12.50", "¥3,800"; "1,250 XYZ" in minor units where the currency is not one of ours. Never negative. */
export function sayMoney(amount: bigint, currency: string): string {
  if (amount < 0n) throw new RangeError('an amount of money is not negative');
  const places = Object.hasOwn(digits, currency) ? digits[currency] : undefined;
  if (places === undefined) return `${grouped(amount)} ${currency.toUpperCase()}`;
  const unit = 10n ** BigInt(places);
  const rest = amount % unit;
  return `${signs[currency]}${grouped(amount / unit)}${rest === 0n ? '' : `.${rest.toString().padStart(places, '0')}`}`;
}

/** So many dollars, euros or yen, in the currency's smallest unit. Throws where the currency is not one of ours. */
export function wholeMoney(units: bigint, currency: string): bigint {
  const places = Object.hasOwn(digits, currency) ? digits[currency] : undefined;
  if (places === undefined) throw new RangeError(`nothing is sold in ${currency}`);
  return units * 10n ** BigInt(places);
}

function grouped(whole: bigint): string {
  return whole.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}
