// What both addresses have in common: a request is read as the bytes that were signed, and refused where Discord did not sign them.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { readRawBody } from '#bots/raw-body.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { publicKeyOf, verify } from './verify.ts';

export interface SignedDeps {
  /** As Discord shows it. */
  readonly publicKey: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** What was sent, as JSON; null where it was refused, which has been answered then. */
export type ReadSigned = (request: IncomingMessage, response: ServerResponse) => Promise<{ readonly body: unknown } | null>;

export function readingSigned({ publicKey, clock, log }: SignedDeps): ReadSigned {
  const key = publicKeyOf(publicKey);
  return async (request, response) => {
    const bytes = await readRawBody(request);
    const verdict = verify(request.headers, bytes, key, clock.now());
    if (verdict !== 'ok') {
      log.warn({ verdict }, 'request refused that Discord did not sign, or long ago');
      await end(response, 401).catch(() => undefined);
      return null;
    }
    try {
      return { body: JSON.parse(bytes.toString()) };
    } catch {
      log.warn({ bytes: bytes.length }, 'signed request that is no JSON');
      await end(response, 400).catch(() => undefined);
      return null;
    }
  };
}

/** Resolves when the answer has left. Rejects where nobody waits for it any more. */
export function end(response: ServerResponse, status: number, answer?: object): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (response.headersSent || response.destroyed) reject(new Error('nobody waits for this answer'));
  else {
    response.once('finish', resolve).once('close', () => reject(new Error('cut off in its answer')));
    if (answer === undefined) response.writeHead(status).end();
    else response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(answer));
  }
  promise.catch(() => undefined);
  return promise;
}
