// What we read of any answer. A 404 without an `error` in it resolves as if it were the object asked for, so each answer is
// looked at before it is believed.

import { PaymentsError } from '#core/ports/payments.ts';

/** Gives back what it got, if it is what its name says. */
export function expectObject<T extends { readonly object: string }>(answer: T, name: T['object']): T {
  const object: unknown = (answer as { object?: unknown } | null)?.object;
  if (object !== name) throw new PaymentsError('unknown', 'answer', `Stripe answered with no ${name}`);
  return answer;
}

/** A whole amount that is not negative; null for anything else. */
export function amountIn(value: unknown): bigint | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : null;
}

/** Of an object that may be expanded. */
export function idOf(value: string | { readonly id: string } | null | undefined): string | null {
  const id: unknown = typeof value === 'object' ? value?.id : value;
  return typeof id === 'string' && id !== '' ? id : null;
}

export function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Ids come from addresses and notifications too: what cannot be one is not asked for. */
export function couldBe(id: string, ...prefixes: readonly string[]): boolean {
  return /^[a-z]+_\w{1,250}$/.test(id) && prefixes.some((prefix) => id.startsWith(prefix));
}
