// Money inside is whole micro-credits in a bigint, so nothing is ever rounded on the way. People see credits.

declare const unit: unique symbol;
/** An amount of micro-credits: 1 credit is 1,000,000 of them. */
export type Credits = bigint & { readonly [unit]: 'micro-credits' };

const MICRO = 1_000_000n;
/** One thousand million credits. Larger amounts are refused at the edge: they are mistakes. */
export const MOST_CREDITS = micro(1_000_000_000n * MICRO);

/** Credits from a number people write, such as 12 or 0.5; more than six decimals is an error. */
export function credits(amount: number): Credits {
  const whole = Math.round(amount * Number(MICRO));
  if (!Number.isSafeInteger(whole) || whole / Number(MICRO) !== amount) throw new RangeError(`${amount} is not an amount of credits`);
  return BigInt(whole) as Credits;
}

/** Credits from whole micro-credits, as the database keeps them. */
export function micro(amount: bigint | number | string): Credits {
  return BigInt(amount) as Credits;
}

export const NO_CREDITS = micro(0n);

/** Rounds up to a whole number of micro-credits per unit: `units` may be any non-negative integer. */
export function times(units: number, rate: Credits): Credits {
  return micro(BigInt(units) * rate);
}

export function sum(...amounts: Credits[]): Credits {
  return micro(amounts.reduce<bigint>((total, amount) => total + amount, 0n));
}

export function least(a: Credits, b: Credits): Credits {
  return a < b ? a : b;
}

export function most(a: Credits, b: Credits): Credits {
  return a > b ? a : b;
}

/** Credits from what somebody typed into a form: "100", "2.5"; null when it is no such number, or beyond MOST_CREDITS. */
export function readCredits(text: string): Credits | null {
  const [, whole, fraction = ''] = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined) return null;
  const amount = micro(BigInt(whole) * MICRO + BigInt(fraction.padEnd(6, '0')));
  return amount > MOST_CREDITS ? null : amount;
}

/** "1,234.5": as people read it, without a unit, never in exponent form. */
export function showCredits(amount: Credits): string {
  const sign = amount < 0n ? '-' : '';
  const positive = amount < 0n ? -amount : amount;
  const whole = (positive / MICRO).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = (positive % MICRO).toString().padStart(6, '0').replace(/0+$/, '');
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** "-1234.5": as a spreadsheet reads a number. */
export function plainCredits(amount: Credits): string {
  return showCredits(amount).replaceAll(',', '');
}

/** "1 credit", "12.5 credits". */
export function sayCredits(amount: Credits): string {
  return `${showCredits(amount)} ${amount === MICRO ? 'credit' : 'credits'}`;
}

/** Credits as JSON carries them: whole micro-credits in decimal. `micro()` reads it back. */
export type Amount = string;

export function amountOf(credits: Credits): Amount {
  return credits.toString();
}

/** For JSON that people's programs read: credits as a number. Every amount up to MOST_CREDITS survives it exactly. */
export function asNumber(amount: Credits): number {
  return Number(amount) / Number(MICRO);
}
