// The part of S3 that the product needs, one function an operation. What is not here is refused, never half done.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Signed } from '../aws/signature.ts';
import { textsOf } from '../aws/xml.ts';
import { openBody } from './body.ts';
import { byteRange } from './byte-range.ts';
import type { ObjectFacts, Objects } from './objects.ts';
import { Problem } from './problem.ts';
import { document } from './xml.ts';

export interface Call {
  readonly request: IncomingMessage;
  /** The body of the request, as it came. */
  readonly upload: AsyncIterable<Buffer>;
  readonly response: ServerResponse;
  readonly objects: Objects;
  readonly signed: Signed;
  readonly bucket: string;
  readonly key: string;
  /** Without those of the signature. */
  readonly query: ReadonlyMap<string, string>;
}

export interface Operation {
  readonly run: (call: Call) => Promise<void>;
  readonly query: readonly string[];
}

/** By method and what the path names. `x-id` is how SDKs name the operation; it changes nothing. */
const onBucket: Record<string, Operation> = {
  PUT: { run: createBucket, query: ['x-id'] },
  HEAD: { run: headBucket, query: ['x-id'] },
  GET: { run: listObjects, query: ['x-id', 'list-type', 'prefix', 'max-keys', 'continuation-token', 'start-after'] },
  POST: { run: deleteObjects, query: ['x-id', 'delete'] },
};

const overrides = {
  'response-content-type': 'content-type',
  'response-content-disposition': 'content-disposition',
  'response-cache-control': 'cache-control',
  'response-content-language': 'content-language',
  'response-expires': 'expires',
} as const;

const onObject: Record<string, Operation> = {
  PUT: { run: putObject, query: ['x-id'] },
  GET: { run: getObject, query: ['x-id', ...Object.keys(overrides)] },
  HEAD: { run: getObject, query: ['x-id', ...Object.keys(overrides)] },
  DELETE: { run: deleteObject, query: ['x-id'] },
};

/** Headers that would change what is stored or answered in ways we don't know are refused too. */
const knownAmzHeaders = /^x-amz-(content-sha256|date|decoded-content-length|trailer|user-agent|sdk-checksum-algorithm|checksum-.+)$/;

export function operationFor(request: IncomingMessage, key: string, query: ReadonlyMap<string, string>): Operation {
  const operation = (key === '' ? onBucket : onObject)[request.method ?? ''];
  if (operation === undefined) throw new Problem('MethodNotAllowed');
  const unknown =
    [...query.keys()].find((name) => !operation.query.includes(name)) ??
    Object.keys(request.headers).find((name) => name.startsWith('x-amz-') && !knownAmzHeaders.test(name));
  if (unknown !== undefined) throw new Problem('NotImplemented', `${unknown} is not implemented here`);
  return operation;
}

async function createBucket({ response, objects, bucket }: Call): Promise<void> {
  if (!(await objects.createBucket(bucket))) throw new Problem('BucketAlreadyOwnedByYou');
  response.writeHead(200, { location: `/${bucket}` }).end();
}

async function headBucket(call: Call): Promise<void> {
  await bucketExists(call);
  call.response.writeHead(200).end();
}

async function putObject(call: Call): Promise<void> {
  const { request, upload, response, objects, signed, bucket, key } = call;
  if (Buffer.byteLength(key) > 1024) throw new Problem('KeyTooLongError');
  // Anything but aws-chunked would have to be told again with each download.
  if (!/^(aws-chunked)?,?$/.test(request.headers['content-encoding'] ?? ''))
    throw new Problem('NotImplemented', 'Content-Encoding is not kept here');
  await bucketExists(call);
  const body = openBody(upload, request.headers, signed);
  if (request.headers.expect === '100-continue') response.writeContinue();
  const facts = await objects.write(bucket, key, body.bytes, () => ({
    sizeBytes: body.sizeBytes,
    mime: request.headers['content-type'] ?? 'binary/octet-stream',
    md5: body.checksums.md5,
    crc32: body.checksums.crc32,
    storedAt: Date.now(),
  }));
  response.writeHead(200, { etag: etag(facts), 'x-amz-checksum-crc32': facts.crc32 }).end();
}

/** Also HEAD, which is the same without the bytes. */
async function getObject(call: Call): Promise<void> {
  const { request, response, objects, bucket, key, query } = call;
  const object = await objects.read(bucket, key);
  if (object === undefined) {
    await bucketExists(call);
    throw new Problem('NoSuchKey');
  }
  try {
    const { facts } = object;
    const headers = headersOf(facts, query);
    if (request.headers['if-none-match'] === etag(facts)) {
      response.writeHead(304, headers).end();
      return;
    }
    // A download that was cut goes on only where it is still the same object.
    const mayResume = [undefined, etag(facts)].includes(request.headers['if-range'] as string | undefined);
    const range = mayResume ? rangeOf(call, facts) : undefined;
    const { from, to } = range ?? { from: 0, to: facts.sizeBytes - 1 };
    if (range !== undefined) headers['content-range'] = `bytes ${from}-${to}/${facts.sizeBytes}`;
    else if (request.headers['x-amz-checksum-mode'] === 'ENABLED') headers['x-amz-checksum-crc32'] = facts.crc32;
    response.writeHead(range === undefined ? 200 : 206, { ...headers, 'content-length': to - from + 1 });
    if (request.method === 'HEAD' || to < from) response.end();
    else await pipeline(object.bytes(from, to), response);
  } finally {
    await object.close();
  }
}

function rangeOf({ request, response }: Call, { sizeBytes }: ObjectFacts) {
  try {
    return byteRange(request.headers.range, sizeBytes);
  } catch (problem) {
    response.setHeader('content-range', `bytes */${sizeBytes}`);
    throw problem;
  }
}

function headersOf(facts: ObjectFacts, query: ReadonlyMap<string, string>): Record<string, string | number> {
  const headers: Record<string, string | number> = {
    'content-type': facts.mime,
    etag: etag(facts),
    'last-modified': new Date(facts.storedAt).toUTCString(),
    'accept-ranges': 'bytes',
  };
  for (const [name, header] of Object.entries(overrides)) {
    const value = query.get(name);
    if (value === undefined) continue;
    if (!/^[\x20-\x7e]*$/.test(value)) throw new Problem('InvalidArgument', `${name} must be printable ASCII`);
    headers[header] = value;
  }
  return headers;
}

async function deleteObject(call: Call): Promise<void> {
  await bucketExists(call);
  await call.objects.remove(call.bucket, call.key);
  call.response.writeHead(204).end();
}

async function deleteObjects(call: Call): Promise<void> {
  const { request, upload, response, objects, signed, bucket, query } = call;
  if (!query.has('delete')) throw new Problem('NotImplemented', 'Only ?delete is implemented here');
  await bucketExists(call);
  if (request.headers.expect === '100-continue') response.writeContinue();
  const xml = (await Array.fromAsync(openBody(upload, request.headers, signed).bytes)).join('');
  const keys = textsOf(xml, 'Key');
  if (keys.length === 0 || keys.length > 1000) throw new Problem('MalformedXML');
  for (const key of keys) await objects.remove(bucket, key);
  const quiet = textsOf(xml, 'Quiet')[0] === 'true';
  sendXml(response, document('DeleteResult', { Deleted: quiet ? [] : keys.map((key) => ({ Key: key })) }));
}

async function listObjects(call: Call): Promise<void> {
  const { response, objects, bucket, query } = call;
  if (query.get('list-type') !== '2') throw new Problem('NotImplemented', 'Only ListObjectsV2 (list-type=2) is implemented here');
  await bucketExists(call);
  const prefix = query.get('prefix') ?? '';
  const most = Math.min(wholeNumber(query.get('max-keys') ?? '1000'), 1000);
  const token = query.get('continuation-token');
  const after = token === undefined ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const rest = (await objects.list(bucket, prefix)).filter(({ key }) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0);
  const page = rest.slice(0, most);
  const truncated = page.length < rest.length && page.length > 0;
  sendXml(
    response,
    document('ListBucketResult', {
      Name: bucket,
      Prefix: prefix,
      MaxKeys: most,
      KeyCount: page.length,
      IsTruncated: truncated,
      ...(truncated && { NextContinuationToken: Buffer.from(page.at(-1)!.key).toString('base64url') }),
      Contents: page.map((facts) => ({
        Key: facts.key,
        LastModified: new Date(facts.storedAt).toISOString(),
        ETag: etag(facts),
        Size: facts.sizeBytes,
        StorageClass: 'STANDARD',
      })),
    }),
  );
}

async function bucketExists({ objects, bucket }: Call): Promise<void> {
  if (!(await objects.hasBucket(bucket))) throw new Problem('NoSuchBucket');
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Problem('InvalidArgument');
  return Number(text);
}

function etag({ md5 }: ObjectFacts): string {
  return `"${md5}"`;
}

function sendXml(response: ServerResponse, xml: string): void {
  response.writeHead(200, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) }).end(xml);
}
