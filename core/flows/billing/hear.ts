// Receives webhook events of Stripe. Each is stored before it is answered, and handled later by a worker. Stripe sends an event
// again for three days until it gets a 2xx answer, and never after that.

import { followed } from '#core/domain/billing/followed.ts';
import type { Core } from '../runtime/core.ts';

/** `unsigned`: it does not come from Stripe, or says nothing that could be kept. `off`: nothing is sold here. */
export type Heard = 'kept' | 'unsigned' | 'off';

/** `body` as it came, byte for byte. Rejects while the database is away. */
export async function hear(core: Core, body: Uint8Array, signature: unknown): Promise<Heard> {
  const { payments, log, clock, store } = core;
  if (payments === null) return 'off';
  const at = clock.now();
  const news = payments.readNews(body, signature, at);
  if (news === null) {
    log.warn({ bytes: body.length }, 'news of payments refused: not signed by Stripe');
    return 'unsigned';
  }
  const { id, kind, objectId, livemode } = news;
  const left = livemode !== payments.livemode ? 'other-mode' : objectId === null || followed(objectId) === null ? 'not-followed' : null;
  await store.news.keep({ id, kind, objectId, livemode, body: Buffer.from(body).toString('utf8'), left }, at);
  log.info({ newsId: id, kind, objectId, ...(left !== null && { left }) }, 'news of payments kept');
  return 'kept';
}
