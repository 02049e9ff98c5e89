import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares without telling by its time how much was right. */
export function sameSecret(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

/** SHA-256: of equal length, whatever was given, and nothing to be read from it. */
export function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
