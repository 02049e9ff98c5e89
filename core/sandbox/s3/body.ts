// The body of an upload: unwrapped when it came as aws-chunked, and believed only when every size, hash, checksum and
// signature that it brought is right. Whoever stores it must wait for the end of the stream before the object counts.

import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { chunkSignature, sameText, trailerSignature, type Signed } from '../aws/signature.ts';
import { Checksums } from './checksums.ts';
import { ChunkReader } from './chunk-reader.ts';
import { Problem } from './problem.ts';

/** The most that S3 takes in one upload. */
const MOST_BYTES = 5 * 1024 ** 3;

export interface Body {
  /** The bytes the sender meant, passed on as they come; throws a Problem when something is wrong with them. */
  readonly bytes: AsyncIterable<Buffer>;
  readonly sizeBytes: number;
  /** Complete once `bytes` has ended. */
  readonly checksums: Checksums;
}

export function openBody(upload: AsyncIterable<Buffer>, headers: IncomingHttpHeaders, signed: Signed): Body {
  const form = forms[signed.payload] ?? (/^[0-9a-f]{64}$/.test(signed.payload) ? whole : undefined);
  if (form === undefined) throw new Problem('InvalidRequest', 'The value of x-amz-content-sha256 is not one that is understood here');
  const sizeBytes = declaredSize(headers, form.chunked);
  const checksums = new Checksums(headers);
  return { bytes: checked(unwrapped(upload, headers, signed, form, checksums), sizeBytes, checksums, signed), sizeBytes, checksums };
}

interface Form {
  readonly chunked: boolean;
  readonly signed: boolean;
  readonly trailer: boolean;
}

const whole: Form = { chunked: false, signed: false, trailer: false };

const forms: Record<string, Form> = {
  'UNSIGNED-PAYLOAD': whole,
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { chunked: true, signed: false, trailer: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { chunked: true, signed: true, trailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { chunked: true, signed: true, trailer: true },
};

function declaredSize(headers: IncomingHttpHeaders, chunked: boolean): number {
  const declared = chunked
    ? headers['x-amz-decoded-content-length']
    : (headers['content-length'] ?? (headers['transfer-encoding'] === undefined ? '0' : undefined));
  if (typeof declared !== 'string' || !/^\d+$/.test(declared)) throw new Problem('MissingContentLength');
  if (Number(declared) > MOST_BYTES) throw new Problem('EntityTooLarge');
  return Number(declared);
}

async function* checked(
  bytes: AsyncIterable<Buffer>,
  sizeBytes: number,
  checksums: Checksums,
  { payload }: Signed,
): AsyncGenerator<Buffer> {
  let received = 0;
  for await (const piece of bytes) {
    received += piece.length;
    if (received > sizeBytes) throw new Problem('IncompleteBody');
    checksums.update(piece);
    yield piece;
  }
  if (received !== sizeBytes) throw new Problem('IncompleteBody');
  checksums.finish();
  if (/^[0-9a-f]{64}$/.test(payload) && checksums.sha256 !== payload) throw new Problem('XAmzContentSHA256Mismatch');
}

async function* unwrapped(
  upload: AsyncIterable<Buffer>,
  headers: IncomingHttpHeaders,
  signed: Signed,
  form: Form,
  checksums: Checksums,
): AsyncGenerator<Buffer> {
  if (!form.chunked) {
    yield* upload;
    return;
  }
  const reader = new ChunkReader(upload);
  let signature = signed.signature;
  let size: number;
  do {
    const chunk = parseChunkHeader(await reader.line(), form);
    size = chunk.size;
    const hash = createHash('sha256');
    for await (const piece of reader.bytes(size)) {
      if (form.signed) hash.update(piece);
      yield piece;
    }
    if (form.signed) {
      signature = chunkSignature(signed, signature, hash.digest('hex'));
      if (!sameText(signature, chunk.signature)) throw new Problem('SignatureDoesNotMatch');
    }
    if (size > 0) await reader.lineEnd();
  } while (size > 0);
  await readTrailer(reader, headers, signed, signature, form, checksums);
}

function parseChunkHeader(line: string, form: Form): { size: number; signature: string } {
  const match = /^([0-9a-f]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line);
  if (match === null || (match[2] !== undefined) !== form.signed)
    throw new Problem('IncompleteBody', 'A chunk of the body does not begin with its size');
  return { size: Number.parseInt(match[1]!, 16), signature: match[2] ?? '' };
}

/** Reads `name:value` lines up to the empty one, and takes the checksum that the header announced from them. */
async function readTrailer(
  reader: ChunkReader,
  headers: IncomingHttpHeaders,
  signed: Signed,
  signature: string,
  form: Form,
  checksums: Checksums,
): Promise<void> {
  const announced = headers['x-amz-trailer'];
  let lines = '';
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const [name, value] = splitAt(line, ':');
    if (name === 'x-amz-trailer-signature' && form.signed) {
      if (!sameText(trailerSignature(signed, signature, lines), value)) throw new Problem('SignatureDoesNotMatch');
      signature = '';
    } else if (name === announced && form.trailer) {
      checksums.expect(name, value);
      lines += `${name}:${value}\n`;
    } else {
      throw new Problem('MalformedTrailerError');
    }
  }
  if (form.trailer && (lines === '' || (form.signed && signature !== ''))) throw new Problem('MalformedTrailerError');
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text.toLowerCase(), ''] : [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()];
}
