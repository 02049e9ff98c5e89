// What Slack signs of a person is taken only where it is of Slack, for us, of this login, and of now.

import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { keysAt, readIdToken, type Expected } from './id-token.ts';

const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
const theirs = generateKeyPairSync('rsa', { modulusLength: 2048 });
const clock = clockByHand();
const nowS = Math.floor(clock.now().getTime() / 1000);

/** What stands at the address of the keys, and how often it was asked for. */
let published = [{ ...ours.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig' }];
let asked = 0;
const server = createServer((_, response) => {
  asked++;
  response.end(JSON.stringify({ keys: published }));
});
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => void server.close());

const at = () => new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
const expected: Expected = { issuer: 'https://slack.com', audience: '1.2', nonce: 'n1' };
const claims = { iss: 'https://slack.com', aud: '1.2', exp: nowS + 300, iat: nowS, nonce: 'n1', name: 'Ann' };

interface Made {
  readonly head?: object;
  readonly said?: object;
  readonly key?: typeof ours.privateKey;
  readonly changed?: (token: string) => string;
}

function tokenOf({ head = {}, said = {}, key = ours.privateKey, changed = (token) => token }: Made = {}): string {
  const part = (what: object) => Buffer.from(JSON.stringify(what)).toString('base64url');
  const text = `${part({ alg: 'RS256', kid: 'k1', ...head })}.${part({ ...claims, ...said })}`;
  return changed(`${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`);
}

test('a token that holds gives its claims', async () => {
  expect(await readIdToken(tokenOf(), keysAt(at(), clock), expected, clock.now())).toEqual(claims);
});

test.each<[string, Made]>([
  ['is signed by somebody else', { key: theirs.privateKey }],
  ['is not signed', { head: { alg: 'none' }, changed: (token) => token.replace(/[^.]*$/, '') }],
  ['says that it is signed with a secret', { head: { alg: 'HS256' } }],
  ['names a key that Slack does not have', { head: { kid: 'k2' } }],
  ['is of another issuer', { said: { iss: 'https://slack.com.evil.example' } }],
  ['is for another app', { said: { aud: '1.3' } }],
  ['is for us and another app', { said: { aud: ['1.2', '1.3'] } }],
  ['is of another login', { said: { nonce: 'n2' } }],
  ['has no nonce', { said: { nonce: undefined } }],
  ['has expired', { said: { exp: nowS - 61 } }],
  ['is of tomorrow', { said: { iat: nowS + 86_400 } }],
  ['has other claims than were signed', { changed: (token) => token.replace(/\.[^.]+\./, `.${Buffer.from('{}').toString('base64url')}.`) }],
  ['is no token', { changed: () => 'a.b' }],
  ['is longer than any of Slack’s', { said: { name: 'x'.repeat(20_000) } }],
])('a token that %s is refused', async (_, made) => {
  const refused = readIdToken(tokenOf(made), keysAt(at(), clock), expected, clock.now());
  await expect(refused).rejects.toMatchObject({ name: 'ProviderError', why: 'untrue' });
});

test('keys are kept for an hour, and a new one is found within a minute without asking for each unknown one', async () => {
  const keys = keysAt(at(), clock);
  asked = 0;
  for (let n = 0; n < 5; n++) await keys.of('k1');
  for (let n = 0; n < 5; n++) expect(await keys.of('k3')).toBeNull();
  expect(asked).toBe(1);
  published = [{ ...theirs.publicKey.export({ format: 'jwk' }), kid: 'k3', use: 'sig' }];
  clock.forward(60_001);
  expect(await keys.of('k3')).not.toBeNull();
  expect(await keys.of('k1')).toBeNull();
  expect(asked).toBe(2);
});

test('where Slack does not answer with keys, it is away', async () => {
  const nowhere = keysAt(new URL('http://127.0.0.1:9/keys'), clock);
  await expect(nowhere.of('k1')).rejects.toMatchObject({ why: 'away' });
});
