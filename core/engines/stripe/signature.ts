// Whether a notification comes from Stripe: `t=<seconds>,v1=<hex>,v1=…`, where v1 is the HMAC-SHA256 of `<seconds>.<body>`
// with a secret of the endpoint. The SDK has this too, but takes any time in the future, one secret only, and throws.

import { createHmac, timingSafeEqual } from 'node:crypto';

/** How much older or newer than our clock a signature may be. */
const SKEW_MOST_S = 300;
/** Stripe signs twice while a secret rotates. */
const HEADER_MOST = 2_000;

export function isSigned(body: Uint8Array, header: unknown, secrets: readonly string[], at: Date): boolean {
  if (typeof header !== 'string' || header.length > HEADER_MOST) return false;
  const parts = header.split(',').map((part) => part.trim());
  const valuesOf = (name: string) => parts.flatMap((part) => (part.startsWith(`${name}=`) ? [part.slice(name.length + 1)] : []));
  const [time, ...moreTimes] = valuesOf('t');
  if (time === undefined || moreTimes.length > 0 || !/^\d{1,12}$/.test(time)) return false;
  if (Math.abs(Math.floor(at.getTime() / 1000) - Number(time)) > SKEW_MOST_S) return false;
  const given = valuesOf('v1').flatMap((hex) => (/^[0-9a-f]{64}$/.test(hex) ? [Buffer.from(hex, 'hex')] : []));
  return secrets.some((secret) => {
    const right = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
    return given.some((each) => timingSafeEqual(each, right));
  });
}
