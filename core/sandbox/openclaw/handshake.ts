// Who may connect: protocol 4, a client id from the closed list (the schema keeps that), the right token, and, where a device
// is named, proof that its key is really there.

import { createHash, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { invalid, isObject, Refused, type Json } from './wire.ts';

export interface Admitted {
  readonly deviceId: string | null;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly caps: readonly string[];
}

export function admit(params: Json, nonce: string, token: string): Admitted {
  if ((params['minProtocol'] as number) > 4 || (params['maxProtocol'] as number) < 4) {
    throw invalid('protocol mismatch', { code: 'PROTOCOL_MISMATCH', expectedProtocol: 4 });
  }
  const auth = (params['auth'] ?? {}) as { token?: string };
  if (auth.token === undefined) throw unauthorized('AUTH_TOKEN_MISSING', 'unauthorized: gateway token missing');
  if (!sameText(auth.token, token)) throw unauthorized('AUTH_TOKEN_MISMATCH', 'unauthorized: gateway token mismatch');
  const role = (params['role'] as string | undefined) ?? 'operator';
  const scopes = (params['scopes'] as string[] | undefined) ?? [];
  const device = params['device'];
  const deviceId = isObject(device) ? proven(device, { ...params, role, scopes }, nonce, auth.token) : null;
  return { deviceId, role, scopes, caps: (params['caps'] as string[] | undefined) ?? [] };
}

function unauthorized(code: string, message: string): Refused {
  return new Refused({ code: 'INVALID_REQUEST', message, details: { code, recommendedNextStep: 'update_auth_credentials' } });
}

function proven(device: Json, params: Json & { role: string; scopes: readonly string[] }, nonce: string, token: string): string {
  const wrong = (code: string) => invalid('device identity could not be verified', { code });
  const key = Buffer.from(device['publicKey'] as string, 'base64url');
  if (key.length !== 32) throw wrong('DEVICE_AUTH_PUBLIC_KEY_INVALID');
  if (createHash('sha256').update(key).digest('hex') !== device['id']) throw wrong('DEVICE_AUTH_DEVICE_ID_MISMATCH');
  if (device['nonce'] !== nonce) throw wrong('DEVICE_AUTH_NONCE_MISMATCH');
  const client = params['client'] as { id: string; mode: string; platform?: string; deviceFamily?: string };
  const signed = [
    'v3',
    device['id'],
    client.id,
    client.mode,
    params.role,
    params.scopes.join(','),
    String(device['signedAt']),
    token,
    nonce,
    (client.platform ?? '').toLowerCase(),
    (client.deviceFamily ?? '').toLowerCase(),
  ].join('|');
  const publicKey = createPublicKey({ key: Buffer.concat([spkiPrefix, key]), format: 'der', type: 'spki' });
  if (!verify(null, Buffer.from(signed), publicKey, Buffer.from(device['signature'] as string, 'base64url')))
    throw wrong('DEVICE_AUTH_SIGNATURE_INVALID');
  return device['id'] as string;
}

/** What stands in front of the 32 bytes of an Ed25519 key in SPKI. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

export function sameText(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
