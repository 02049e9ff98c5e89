import { createHash, type Hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { Problem } from './problem.ts';

/** The checksum headers that are understood; any other is refused, because a checksum that nobody checks is a false promise. */
const kinds = { 'x-amz-checksum-crc32': 'crc32', 'x-amz-checksum-sha256': 'sha256' } as const;
type Kind = (typeof kinds)[keyof typeof kinds];

/** Sums up what flowed by, and compares it with what the sender said in a header or, later, in a trailer. */
export class Checksums {
  readonly #expected = new Map<Kind | 'md5', string>();
  readonly #md5: Hash = createHash('md5');
  readonly #sha256: Hash = createHash('sha256');
  #crc32 = 0;
  /** Lower-case hex, once finished. */
  md5 = '';
  /** Lower-case hex, once finished. */
  sha256 = '';
  /** Base64, as S3 writes it, once finished. */
  crc32 = '';

  constructor(headers: IncomingHttpHeaders) {
    const md5 = headers['content-md5'];
    if (typeof md5 === 'string') this.#expected.set('md5', digest(md5, 16));
    for (const [name, value] of Object.entries(headers)) {
      if (/^x-amz-checksum-(?!mode$|algorithm$)/.test(name)) this.expect(name, String(value));
    }
    if (headers['x-amz-trailer'] !== undefined) kindOf(String(headers['x-amz-trailer']));
  }

  expect(header: string, value: string): void {
    const kind = kindOf(header);
    this.#expected.set(kind, digest(value, kind === 'crc32' ? 4 : 32));
  }

  update(piece: Buffer): void {
    this.#md5.update(piece);
    this.#sha256.update(piece);
    this.#crc32 = crc32(piece, this.#crc32);
  }

  finish(): void {
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(this.#crc32);
    const found = { md5: this.#md5.digest(), sha256: this.#sha256.digest(), crc32: crc };
    for (const [kind, value] of this.#expected) {
      if (found[kind].toString('base64') !== value)
        throw new Problem('BadDigest', `The ${kind} you specified did not match what we received.`);
    }
    [this.md5, this.sha256, this.crc32] = [found.md5.toString('hex'), found.sha256.toString('hex'), crc.toString('base64')];
  }
}

function kindOf(header: string): Kind {
  const kind = kinds[header as keyof typeof kinds];
  if (kind === undefined) throw new Problem('NotImplemented', `The checksum ${header} is not understood here`);
  return kind;
}

function digest(base64: string, bytes: number): string {
  if (Buffer.from(base64, 'base64').length !== bytes) throw new Problem('InvalidDigest');
  return base64;
}
