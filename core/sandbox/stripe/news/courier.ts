// Takes events to endpoints, again and again until one says 2xx, for about three days by the sandbox's clock. The order in
// which they arrive is nobody's promise; the id of an event stays the same.

import http from 'node:http';
import https from 'node:https';
import { isLoopbackHost } from '#core/domain/accounts/loopback.ts';
import type { Order, Troubles } from '../faults.ts';
import type { Delivery } from '../kinds.ts';
import type { World } from '../world.ts';
import { ofOldVersion, signed, thin, whole } from './body.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** How long after each failed try the next one comes. */
const PAUSES_MS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 24 * HOUR];
const ANSWER_WITHIN_MS = 20 * SECOND;
const AT_ONCE = 8;
const OFF_S = 15 * 60;

export class Courier {
  readonly #world: World;
  readonly #troubles: Troubles;
  readonly #underWay = new Map<string, Promise<void>>();
  /** Those that wait for another one to go first. */
  readonly #held = new Set<string>();
  readonly #stopping = new AbortController();

  constructor(world: World, troubles: Troubles) {
    this.#world = world;
    this.#troubles = troubles;
  }

  /** Sends what is due. */
  pump(): void {
    if (this.#stopping.signal.aborted) return;
    for (const delivery of this.#due()) {
      if (this.#underWay.size >= AT_ONCE) return;
      const sending = this.#take(delivery).catch((error: unknown) => {
        if (!this.#stopping.signal.aborted)
          this.#world.log.warn({ error, event: delivery.eventId }, 'Stripe sandbox could not send an event');
      });
      this.#underWay.set(
        delivery.id,
        sending.finally(() => {
          this.#underWay.delete(delivery.id);
          this.pump();
        }),
      );
    }
  }

  /** Until nothing is due or under way. */
  async settled(): Promise<void> {
    for (this.pump(); this.#underWay.size > 0; this.pump()) await Promise.all(this.#underWay.values());
  }

  /** When the next try is due; null where there is none. */
  nextAtMs(): number | null {
    const times = this.#waiting().map(({ nextAtMs }) => nextAtMs);
    return times.length === 0 ? null : Math.min(...times);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#underWay.values());
  }

  #due(): Delivery[] {
    const now = this.#world.nowMs();
    return this.#waiting().filter(({ nextAtMs }) => nextAtMs <= now);
  }

  #waiting(): Delivery[] {
    return this.#world.store.all('delivery_due').filter(({ id }) => !this.#underWay.has(id) && !this.#held.has(id));
  }

  async #take(delivery: Delivery): Promise<void> {
    const { store } = this.#world;
    const event = store.get('event', delivery.eventId);
    const order = event !== null && delivery.tries === 0 ? this.#troubles.forEvent(event.type) : null;
    if (order?.how === 'drop') return this.#note({ ...delivery, state: 'lost' });
    if (order?.how === 'delay') return this.#note({ ...delivery, nextAtMs: this.#world.nowMs() + (order.delayMs ?? 0), tries: 1 });
    if (order?.how === 'reorder') return void this.#held.add(delivery.id);

    const held = [...this.#held];
    const status = await this.#send(delivery, order);
    if (this.#stopping.signal.aborted) return;
    this.#note(afterTry(delivery, status, this.#world.nowMs()));
    for (const id of held) this.#held.delete(id);
  }

  #note(delivery: Delivery): void {
    const { store } = this.#world;
    store.change(() => {
      if (delivery.state === 'due') return void store.put('delivery_due', delivery);
      store.remove('delivery_due', delivery.id);
      store.put('delivery', delivery);
    });
    this.#world.wake();
  }

  /** What the endpoint answered; null where it did not. */
  async #send({ eventId, endpointId }: Delivery, order: Order | null): Promise<number | null> {
    const { store } = this.#world;
    const event = store.get('event', eventId);
    const endpoint = store.get('webhook_endpoint', endpointId);
    const now = this.#world.nowMs();
    const secrets = (store.get('endpoint_secrets', endpointId)?.secrets ?? [])
      .filter(({ untilMs }) => untilMs === null || untilMs > now)
      .map(({ secret }) => secret);
    if (event === null || endpoint === null || endpoint.status !== 'enabled') return null;
    const body = order?.how === 'thin' ? thin(event) : order?.how === 'older-version' ? ofOldVersion(event) : whole(event);
    const atS = Math.floor(this.#world.wallMs() / 1000) + (order?.how === 'stale' ? -OFF_S : order?.how === 'future' ? OFF_S : 0);
    const signature = signed(body, order?.how === 'wrong-secret' ? ['whsec_somebody_else'] : secrets, atS);
    const once = () => post(new URL(endpoint.url), body, signature, this.#stopping.signal);
    if (order?.how !== 'duplicate') return once();
    const [first] = await Promise.all([once(), once()]);
    return first;
  }
}

function afterTry(delivery: Delivery, status: number | null, nowMs: number): Delivery {
  const tries = delivery.tries + 1;
  if (status !== null && status >= 200 && status < 300) return { ...delivery, tries, status, state: 'delivered' };
  const pause = PAUSES_MS[tries - 1];
  return pause === undefined ? { ...delivery, tries, status, state: 'lost' } : { ...delivery, tries, status, nextAtMs: nowMs + pause };
}

/** Nothing leaves this machine. */
function post(url: URL, body: string, signature: string, signal: AbortSignal): Promise<number | null> {
  if (!isLoopbackHost(url.hostname)) return Promise.resolve(null);
  return new Promise((resolve) => {
    const { request } = url.protocol === 'https:' ? https : http;
    const sent = request(url, {
      method: 'POST',
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': Buffer.byteLength(body),
        'Stripe-Signature': signature,
        'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
    });
    sent.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    sent.on('error', () => resolve(null));
    sent.end(body);
  });
}
