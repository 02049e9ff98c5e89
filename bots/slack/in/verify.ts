// Whether a request comes from Slack: signed with one of our secrets over its bytes, and made within five minutes of now. Bolt's own
// check takes any time in the future.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** As Slack says in its guide to verifying requests. */
const SKEW_MS = 5 * 60_000;

export type Verdict = 'ok' | 'unsigned' | 'stale' | 'future';

export function verify(headers: IncomingHttpHeaders, body: Buffer, secrets: readonly string[], now: Date): Verdict {
  const time = String(headers['x-slack-request-timestamp'] ?? '');
  const given = /^v0=([0-9a-f]{64})$/.exec(String(headers['x-slack-signature'] ?? ''))?.[1];
  if (given === undefined || !/^\d{1,12}$/.test(time)) return 'unsigned';
  const isSigned = secrets.some((secret) => {
    const should = createHmac('sha256', secret).update(`v0:${time}:`).update(body).digest();
    return timingSafeEqual(Buffer.from(given, 'hex'), should);
  });
  if (!isSigned) return 'unsigned';
  const aheadMs = Number(time) * 1000 - now.getTime();
  if (aheadMs > SKEW_MS) return 'future';
  return aheadMs < -SKEW_MS ? 'stale' : 'ok';
}
