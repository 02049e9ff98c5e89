// The SDK: large, so the first call loads it; told to repeat nothing, because whether something may be done again is for its
// caller to know. It does repeat a request once whose connection was closed, with the same idempotency key.

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Stripe } from 'stripe';
import type { Log } from '#core/ports/log.ts';
import { PaymentsError } from '#core/ports/payments.ts';
import { paymentsError } from './errors.ts';

/** The one that this release of the SDK has its types for. Endpoints of webhooks are made with it. */
export const API_VERSION = '2026-10-28.endive';

/** A connection that is silent for so long is given up; Stripe answers within a second or two. */
const SILENCE_MS = 10_000;
/** From the call to its end. */
const ANSWER_WITHIN_MS = 15_000;
const CONNECTIONS_MOST = 20;

export interface Client {
  /** Every failure is a PaymentsError. */
  ask<T>(call: (stripe: Stripe) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** As `ask`, where null says that Stripe knows no such object. */
  find<T>(call: (stripe: Stripe) => Promise<T>, signal?: AbortSignal): Promise<T | null>;
  close(): void;
}

export function openClient({ secretKey, apiUrl, log }: { secretKey: string; apiUrl: string | null; log: Log }): Client {
  let loading: Promise<Stripe> | null = null;
  const url = new URL(apiUrl ?? 'https://api.stripe.com');
  const isPlain = url.protocol === 'http:';
  const agent = new (isPlain ? HttpAgent : HttpsAgent)({ keepAlive: true, maxSockets: CONNECTIONS_MOST });

  async function load(): Promise<Stripe> {
    const { Stripe: Sdk } = await import('stripe');
    return new Sdk(secretKey, {
      apiVersion: API_VERSION,
      maxNetworkRetries: 0,
      timeout: SILENCE_MS,
      host: url.hostname,
      port: url.port || (isPlain ? '80' : '443'),
      protocol: isPlain ? 'http' : 'https',
      telemetry: false,
      httpAgent: agent,
    });
  }

  async function run<T>(call: (stripe: Stripe) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    // One that failed, as on a full disk, is tried again by the next call.
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return inTime(call(await loading), signal);
  }

  function explain(error: unknown): never {
    const told = paymentsError(error);
    if (told.kind === 'refused' || told.ofKey) log.error({ code: told.code, words: told.message }, 'Stripe refused a request');
    throw told;
  }

  return {
    ask: (call, signal) => run(call, signal).catch(explain),
    find: (call, signal) => run(call, signal).catch((error: unknown) => (isMissing(error) ? null : explain(error))),
    close: () => agent.destroy(),
  };
}

/** The SDK's own limit is for silence alone: an answer that trickles would take for ever. */
async function inTime<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const giveUp = (why: string) => reject(new PaymentsError('unknown', 'timeout', `Stripe did not answer ${why}`));
  const timer = setTimeout(giveUp, ANSWER_WITHIN_MS, `within ${ANSWER_WITHIN_MS / 1000} s`);
  const onAbort = () => giveUp('before we stopped waiting');
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    answer.catch(() => undefined); // nobody waits for it any more
  }
}

/** Stripe says so in words of its own: an address that it does not know is another 404. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'resource_missing';
}
