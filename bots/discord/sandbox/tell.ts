// Tells the app something by HTTP, signed as Discord signs.

import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import type { SandboxClock } from '#bots/stand-in/clock.ts';

export interface HttpAnswer {
  /** 0 where nobody answered in time. */
  readonly status: number;
  readonly body: string;
}

export interface Signing {
  /** Instead of the right ones. */
  readonly signature?: string;
  readonly timestamp?: string;
}

export interface Tell {
  /** Three seconds are all that Discord waits. */
  post(url: string, body: string, how?: Signing): Promise<HttpAnswer>;
  stop(): void;
}

const answerMs = 3_000;
/** Of Ed25519 keys in PKCS 8, before the seed. */
const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

export function keyFrom(seed: Buffer): { readonly key: KeyObject; readonly publicKey: string } {
  const key = createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return { key, publicKey: Buffer.from(x!, 'base64url').toString('hex') };
}

export function startTelling(clock: SandboxClock, key: KeyObject): Tell {
  const stopping = new AbortController();
  return {
    async post(url, body, how = {}) {
      const timestamp = how.timestamp ?? String(Math.floor(clock.now().getTime() / 1000));
      const signature = how.signature ?? sign(null, Buffer.from(timestamp + body), key).toString('hex');
      try {
        const response = await fetch(url, {
          method: 'POST',
          body,
          headers: {
            'Content-Type': 'application/json',
            'User-Agent': 'Discord-Interactions/1.0 (+https://discord.com)',
            'X-Signature-Ed25519': signature,
            'X-Signature-Timestamp': timestamp,
          },
          signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(answerMs)]),
        });
        return { status: response.status, body: await response.text() };
      } catch {
        return { status: 0, body: '' };
      }
    },
    stop: () => stopping.abort(),
  };
}
