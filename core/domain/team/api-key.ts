// What an API key may do, and for how long.

export const keyScopes = ['full', 'read-only'] as const;
/** `read-only` reads tasks, files, balance, transactions and events, and can do nothing else. */
export type KeyScope = (typeof keyScopes)[number];

/** Days that a new key can be good for; `never` for one without an end. */
export const keyLifetimes = ['30', '90', '365', 'never'] as const;
export type KeyLifetime = (typeof keyLifetimes)[number];
export const USUAL_KEY_LIFETIME: KeyLifetime = '90';

/** Its person gets a mail so long before it expires. */
export const KEY_NOTICE_DAYS = 7;

const DAY_MS = 86_400_000;

export function keyExpiry(lifetime: KeyLifetime, at: Date): Date | null {
  return lifetime === 'never' ? null : new Date(at.getTime() + Number(lifetime) * DAY_MS);
}

/** “Expires in 12 days”. `soon` while its person should do something about it. */
export function sayKeyExpiry(
  expiresAt: string | null,
  now: string,
): { readonly words: string; readonly state: 'good' | 'soon' | 'expired' } {
  if (expiresAt === null) return { words: 'Never expires', state: 'good' };
  const leftMs = Date.parse(expiresAt) - Date.parse(now);
  if (leftMs <= 0) return { words: 'Expired', state: 'expired' };
  const days = Math.ceil(leftMs / DAY_MS);
  const words = leftMs < DAY_MS ? 'Expires within a day' : `Expires in ${days} ${days === 1 ? 'day' : 'days'}`;
  return { words, state: days <= KEY_NOTICE_DAYS ? 'soon' : 'good' };
}
