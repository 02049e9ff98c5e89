// AWS Signature Version 4, from the side that checks it: a request is let in only when whoever sent it knows the secret
// and nothing that was signed has changed. Header and presigned form; nothing unsigned and no other algorithm.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const MOST_SKEW_MS = 15 * 60_000;
/** Seven days, the longest that a presigned link may live. */
const MOST_EXPIRES_SECONDS = 604_800;

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export type Service = 's3' | 'ses';

export interface RawRequest {
  readonly method: string;
  /** As it came over the wire: path and query, still encoded. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Where the whole body is there already; else its hash must come in a header. */
  readonly bodySha256?: string;
}

/** Why a request is not let in, in S3's words; other services have others for the same. */
export type SignatureProblemCode =
  | 'AccessDenied'
  | 'AuthorizationHeaderMalformed'
  | 'AuthorizationQueryParametersError'
  | 'InvalidAccessKeyId'
  | 'InvalidRequest'
  | 'InvalidURI'
  | 'RequestTimeTooSkewed'
  | 'SignatureDoesNotMatch';

export class SignatureProblem extends Error {
  readonly code: SignatureProblemCode;
  /** undefined where the code says it all. */
  readonly words: string | undefined;

  constructor(code: SignatureProblemCode, words?: string) {
    super(words ?? code);
    this.name = 'SignatureProblem';
    this.code = code;
    this.words = words;
  }
}

/** What a good signature says about the body, and what the signatures of its chunks go on from. */
export interface Signed {
  /** The value of x-amz-content-sha256: a hash, or how the body proves itself. */
  readonly payload: string;
  readonly signature: string;
  readonly signingKey: Buffer;
  readonly amzDate: string;
  readonly scope: string;
}

export function verifySignature(service: Service, request: RawRequest, keys: Keys, now: Date): Signed {
  const target = parseTarget(request.url);
  const claim = header(request, 'authorization') === undefined ? presignedClaim(service, target) : headerClaim(service, request);
  if (claim.accessKeyId !== keys.accessKeyId) throw new SignatureProblem('InvalidAccessKeyId');
  checkTime(claim, now);
  checkCoverage(request, claim);

  const scope = `${claim.date}/${claim.region}/${service}/aws4_request`;
  const stringToSign = [ALGORITHM, claim.amzDate, scope, sha256(canonicalRequest(request, target, claim))].join('\n');
  const key = signingKey(service, keys.secretAccessKey, claim);
  if (!sameText(hmac(key, stringToSign).toString('hex'), claim.signature)) throw new SignatureProblem('SignatureDoesNotMatch');
  return { payload: claim.payload, signature: claim.signature, signingKey: key, amzDate: claim.amzDate, scope };
}

/** What a request says about its own signature, before any of it is believed. */
interface Claim {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly amzDate: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payload: string;
  /** Presigned links only. */
  readonly expiresSeconds: number | null;
}

function headerClaim(service: Service, request: RawRequest): Claim {
  const match = /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
    header(request, 'authorization')!,
  );
  if (match === null) throw new SignatureProblem('AuthorizationHeaderMalformed');
  const payload = header(request, 'x-amz-content-sha256') ?? request.bodySha256;
  if (payload !== (request.bodySha256 ?? payload)) throw new SignatureProblem('SignatureDoesNotMatch');
  if (payload === undefined) throw new SignatureProblem('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  const amzDate = header(request, 'x-amz-date');
  if (amzDate === undefined) throw new SignatureProblem('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  const credential = parseCredential(service, match[1]!, 'AuthorizationHeaderMalformed');
  return { ...credential, amzDate, signedHeaders: match[2]!.split(';'), signature: match[3]!, payload, expiresSeconds: null };
}

function presignedClaim(service: Service, { query }: Target): Claim {
  const value = (name: string) => query.find(([each]) => each === name)?.[1];
  if (value('X-Amz-Signature') === undefined) throw new SignatureProblem('AccessDenied');
  if (value('X-Amz-Algorithm') !== ALGORITHM)
    throw new SignatureProblem('AuthorizationQueryParametersError', `X-Amz-Algorithm only supports "${ALGORITHM}"`);
  const expires = value('X-Amz-Expires') ?? '';
  if (!/^\d{1,7}$/.test(expires) || Number(expires) < 1)
    throw new SignatureProblem('AuthorizationQueryParametersError', 'X-Amz-Expires must be a positive number of seconds');
  if (Number(expires) > MOST_EXPIRES_SECONDS) {
    throw new SignatureProblem(
      'AuthorizationQueryParametersError',
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${MOST_EXPIRES_SECONDS} seconds`,
    );
  }
  return {
    ...parseCredential(service, value('X-Amz-Credential') ?? '', 'AuthorizationQueryParametersError'),
    amzDate: value('X-Amz-Date') ?? '',
    signedHeaders: (value('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: value('X-Amz-Signature')!,
    payload: value('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
    expiresSeconds: Number(expires),
  };
}

function parseCredential(service: Service, text: string, otherwise: 'AuthorizationHeaderMalformed' | 'AuthorizationQueryParametersError') {
  const match = /^([^/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request$/.exec(text);
  if (match?.[4] !== service)
    throw new SignatureProblem(otherwise, `The Credential must read <access key>/<yyyymmdd>/<region>/${service}/aws4_request`);
  return { accessKeyId: match[1]!, date: match[2]!, region: match[3]! };
}

function checkTime({ amzDate, date, expiresSeconds }: Claim, now: Date): void {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate);
  if (match === null || !amzDate.startsWith(date))
    throw new SignatureProblem('AccessDenied', 'The date of the request and the date of its credential must be given, and agree');
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, number, number, number, number, number];
  const ageMs = now.getTime() - Date.UTC(year, month - 1, day, hour, minute, second);
  if (expiresSeconds === null) {
    if (Math.abs(ageMs) > MOST_SKEW_MS) throw new SignatureProblem('RequestTimeTooSkewed');
    return;
  }
  if (ageMs < -MOST_SKEW_MS) throw new SignatureProblem('AccessDenied', 'Request is not valid yet');
  if (ageMs > expiresSeconds * 1000) throw new SignatureProblem('AccessDenied', 'Request has expired');
}

// A header that means something to the service but was not signed could have been added by anyone on the way.
function checkCoverage(request: RawRequest, { signedHeaders }: Claim): void {
  const open = Object.keys(request.headers).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !signedHeaders.includes(name),
  );
  if (open.length > 0)
    throw new SignatureProblem('AccessDenied', `There were headers present in the request which were not signed: ${open.join(', ')}`);
}

function canonicalRequest(request: RawRequest, { path, query }: Target, { signedHeaders, payload }: Claim): string {
  const pairs = query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)));
  return [
    request.method,
    path.split('/').map(encode).join('/'),
    pairs.map(([name, value]) => `${name}=${value}`).join('&'),
    ...signedHeaders.map((name) => `${name}:${(header(request, name) ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    payload,
  ].join('\n');
}

interface Target {
  /** Decoded. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
}

export function parseTarget(url: string): Target {
  const mark = url.indexOf('?');
  const [path, query] = mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
  const pairs = query.split('&').filter((pair) => pair !== '');
  return {
    path: decode(path),
    query: pairs.map((pair) => [decode(pair.split('=', 1)[0]!), decode(pair.includes('=') ? pair.slice(pair.indexOf('=') + 1) : '')]),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new SignatureProblem('InvalidURI');
  }
}

/** As SigV4 wants it: everything but letters, digits and -._~ */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function signingKey(service: Service, secret: string, { date, region }: Claim): Buffer {
  return hmac(hmac(hmac(hmac(Buffer.from(`AWS4${secret}`), date), region), service), 'aws4_request');
}

/** The signature of one chunk goes on from the one before it, so chunks cannot be dropped, moved or changed. */
export function chunkSignature(signed: Signed, previous: string, chunkSha256: string): string {
  return hmac(
    signed.signingKey,
    [`${ALGORITHM}-PAYLOAD`, signed.amzDate, signed.scope, previous, sha256(''), chunkSha256].join('\n'),
  ).toString('hex');
}

export function trailerSignature(signed: Signed, previous: string, trailer: string): string {
  return hmac(signed.signingKey, [`${ALGORITHM}-TRAILER`, signed.amzDate, signed.scope, previous, sha256(trailer)].join('\n')).toString(
    'hex',
  );
}

export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function header(request: RawRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
