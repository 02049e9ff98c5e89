// A notification becomes the name of an object; what else it says is not believed.

import { stripeNews } from '#core/contracts/stripe-news.ts';
import type { News } from '#core/ports/payments.ts';
import { isSigned } from './signature.ts';

/** null: not from Stripe, or nothing that we could give an answer for. Never throws. */
export function readNews(body: Uint8Array, signature: unknown, secrets: readonly string[], at: Date): News | null {
  if (!isSigned(body, signature, secrets, at)) return null;
  try {
    return stripeNews.safeParse(JSON.parse(Buffer.from(body).toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}
