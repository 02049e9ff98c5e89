// Answers by their idempotency keys: the same request under the same key is answered the same, whatever the answer was.

import { createHash } from 'node:crypto';
import type { KeptAnswer } from '../kinds.ts';
import type { World } from '../world.ts';
import { Problem } from './problem.ts';

export const KEPT_MS = 24 * 60 * 60_000;
const KEY_MOST = 255;

export class Answers {
  readonly #world: World;
  readonly #inFlight = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The answer that there is; null where this is the first request, which then has the key until `release`. */
  take(key: string, request: string): KeptAnswer | null {
    if (key.length > KEY_MOST) throw idempotency(400, `Idempotency keys can be at most ${KEY_MOST} characters.`);
    if (this.#inFlight.has(key))
      throw idempotency(
        409,
        `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}.`,
        'idempotency_key_in_use',
      );
    const kept = this.#world.store.get('kept_answer', key);
    if (kept !== null && kept.atMs + KEPT_MS > this.#world.nowMs()) {
      if (kept.request === digest(request)) return kept;
      throw idempotency(
        400,
        `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      );
    }
    this.#inFlight.add(key);
    return null;
  }

  /** Within the change that made the answer, so that both are there or neither. */
  keep(key: string, request: string, answer: Pick<KeptAnswer, 'requestId' | 'status' | 'body'>): void {
    this.#world.store.put('kept_answer', { id: key, request: digest(request), ...answer, atMs: this.#world.nowMs() });
  }

  release(key: string): void {
    this.#inFlight.delete(key);
  }
}

function idempotency(status: number, message: string, code?: string): Problem {
  return new Problem(status, { type: 'idempotency_error', message, ...(code !== undefined && { code }) });
}

function digest(request: string): string {
  return createHash('sha256').update(request).digest('base64url');
}
