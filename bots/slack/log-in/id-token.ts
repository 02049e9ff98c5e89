// What Slack signs of a person (OpenID Connect): a token in three parts, by RS256 and nothing else. Its keys are at an address of
// Slack's and change now and then.

import { createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { callProvider } from '#bots/provider-call.ts';
import type { Clock } from '#core/ports/clock.ts';
import { ProviderError } from '#core/ports/login-provider.ts';

/** Whose it has to be, and in answer to what. */
export interface Expected {
  readonly issuer: string;
  readonly audience: string;
  readonly nonce: string;
}

export interface SlackKeys {
  /** null where Slack has no such key. Rejects with ProviderError. */
  of(id: string): Promise<KeyObject | null>;
}

const KEEP_MS = 60 * 60_000;
/** A key that is not known is looked for no more often. */
const AGAIN_MS = 60_000;
const KEYS_MOST = 20;
/** Clocks differ. */
const LEEWAY_S = 60;
const TOKEN_MOST = 20_000;

export function keysAt(url: URL, clock: Pick<Clock, 'now'>): SlackKeys {
  let kept: { readonly keys: ReadonlyMap<string, KeyObject>; readonly atMs: number } | null = null;
  return {
    async of(id) {
      const nowMs = clock.now().getTime();
      const ageMs = kept === null ? Infinity : nowMs - kept.atMs;
      if (ageMs > KEEP_MS || (!kept!.keys.has(id) && ageMs > AGAIN_MS)) kept = { keys: await askKeys(url), atMs: nowMs };
      return kept!.keys.get(id) ?? null;
    },
  };
}

async function askKeys(url: URL): Promise<Map<string, KeyObject>> {
  const { body } = await callProvider(url, { method: 'GET' });
  const read = keysSchema.safeParse(body);
  if (!read.success) throw new ProviderError('away', 'no keys at the address of the keys');
  const keys = read.data.keys.slice(0, KEYS_MOST).filter(({ kty, use = 'sig' }) => kty === 'RSA' && use === 'sig');
  return new Map(keys.map((key) => [key.kid, createPublicKey({ key: key as JsonWebKey, format: 'jwk' })]));
}

const keysSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string().max(200), kty: z.string(), use: z.string().optional() })) });

/** The claims of a token that holds. Rejects with ProviderError. */
export async function readIdToken(token: string, keys: SlackKeys, expected: Expected, now: Date): Promise<unknown> {
  const [head = '', claims = '', signature = '', ...more] = token.length > TOKEN_MOST ? [] : token.split('.');
  const header = headSchema.safeParse(jsonIn(head));
  if (!header.success || more.length > 0) throw new ProviderError('untrue', 'no token signed with RS256');
  const key = await keys.of(header.data.kid);
  const isSigned = key !== null && verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'));
  if (!isSigned) throw new ProviderError('untrue', 'a token that Slack did not sign');
  const said = jsonIn(claims);
  const read = claimsSchema.safeParse(said);
  if (!read.success) throw new ProviderError('untrue', 'a token without its claims');
  const { iss, aud, exp, iat, nonce } = read.data;
  const nowS = now.getTime() / 1000;
  const isForUs = Array.isArray(aud) ? aud.length === 1 && aud[0] === expected.audience : aud === expected.audience;
  if (iss !== expected.issuer || !isForUs) throw new ProviderError('untrue', 'a token of or for somebody else');
  if (nonce !== expected.nonce) throw new ProviderError('untrue', 'a token of another login');
  if (exp < nowS - LEEWAY_S || iat > nowS + LEEWAY_S) throw new ProviderError('untrue', 'a token of another time');
  return said;
}

const headSchema = z.object({ alg: z.literal('RS256'), kid: z.string().max(200) });
const claimsSchema = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  iat: z.number(),
  nonce: z.string(),
});

function jsonIn(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return null;
  }
}
