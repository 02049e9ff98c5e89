// A ZIP archive as it is written: no more of it is in memory than what flows past. A tar would want to know each size
// before the first byte, and a table that is read page by page has none; and everybody can open a ZIP. The format is that
// of PKWARE's APPNOTE 6.3.9: sizes follow each file (4.4.4, bit 3), and archives beyond 4 GB have the larger directory
// (4.3.14). One file in it stays below 4 GB.

import { pipeline } from 'node:stream/promises';
import { createDeflateRaw, crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  /** With `/` between folders. */
  readonly name: string;
  readonly at: Date;
  readonly content: AsyncIterable<Buffer | string>;
}

const MOST = 0xffff_ffff;
const MOST_ENTRIES = 0xffff;
/** Sizes follow the content (bit 3); names are UTF-8 (bit 11). */
const FLAGS = 0x0808;
const DEFLATE = 8;
const VERSION = 20;
const VERSION_64 = 45;
/** Made on Unix, an ordinary file that its owner may read and write. */
const MADE_BY = (3 << 8) | VERSION_64;
const MODE = (0o100600 << 16) >>> 0;

export async function* zip(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Buffer> {
  const directory: Buffer[] = [];
  let offset = 0;
  const counted = (bytes: Buffer) => {
    offset += bytes.length;
    return bytes;
  };

  for await (const { name, at, content } of entries) {
    const start = offset;
    const file = { name: Buffer.from(name), time: dosTime(at), crc: 0, size: 0, packed: 0 };
    yield counted(localHeader(file));
    for await (const bytes of deflated(content, file)) {
      file.packed += bytes.length;
      yield counted(bytes);
    }
    if (file.size >= MOST || file.packed >= MOST) throw new Error('a file of an archive is larger than 4 GB');
    yield counted(descriptor(file));
    directory.push(directoryEntry(file, start));
  }

  const start = offset;
  for (const entry of directory) yield counted(entry);
  yield end(directory.length, start, offset - start);
}

interface Packed {
  readonly name: Buffer;
  /** Time and date as DOS had them. */
  readonly time: number;
  crc: number;
  size: number;
  packed: number;
}

/** What is no larger is packed in one go: most files of a team are small, and a stream costs more than their work. */
const SMALL_BYTES = 64 * 1024;
const NOTHING = deflateRawSync('');

async function* deflated(content: AsyncIterable<Buffer | string>, file: Packed): AsyncGenerator<Buffer> {
  const pieces = measured(content, file);
  const begun: Buffer[] = [];
  try {
    let isWhole = false;
    while (!isWhole && file.size <= SMALL_BYTES) {
      const { done, value } = await pieces.next();
      if (done) isWhole = true;
      else begun.push(value);
    }
    if (isWhole) yield file.size === 0 ? NOTHING : deflateRawSync(Buffer.concat(begun));
    else yield* deflatedAsItComes(begun, pieces);
  } finally {
    await pieces.return(undefined);
  }
}

async function* measured(content: AsyncIterable<Buffer | string>, file: Packed): AsyncGenerator<Buffer, undefined> {
  for await (const piece of content) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    file.crc = crc32(bytes, file.crc);
    file.size += bytes.length;
    yield bytes;
  }
}

async function* deflatedAsItComes(begun: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  async function* all() {
    yield* begun;
    yield* rest;
  }
  const deflate = createDeflateRaw();
  const fed = pipeline(all, deflate);
  // Whoever reads sees the same error; without a listener here it would end the process.
  fed.catch(() => undefined);
  for await (const bytes of deflate) yield bytes as Buffer;
  await fed;
}

function localHeader({ name, time }: Packed): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(DEFLATE, 8);
  header.writeUInt32LE(time, 10);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function descriptor({ crc, packed, size }: Packed): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(crc, 4);
  bytes.writeUInt32LE(packed, 8);
  bytes.writeUInt32LE(size, 12);
  return bytes;
}

function directoryEntry({ name, time, crc, packed, size }: Packed, start: number): Buffer {
  const far = start >= MOST;
  const extra = far ? Buffer.alloc(12) : Buffer.alloc(0);
  if (far) {
    extra.writeUInt16LE(0x0001, 0);
    extra.writeUInt16LE(8, 2);
    extra.writeBigUInt64LE(BigInt(start), 4);
  }
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(MADE_BY, 4);
  entry.writeUInt16LE(far ? VERSION_64 : VERSION, 6);
  entry.writeUInt16LE(FLAGS, 8);
  entry.writeUInt16LE(DEFLATE, 10);
  entry.writeUInt32LE(time, 12);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(packed, 20);
  entry.writeUInt32LE(size, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt16LE(extra.length, 30);
  entry.writeUInt32LE(MODE, 38);
  entry.writeUInt32LE(far ? MOST : start, 42);
  return Buffer.concat([entry, name, extra]);
}

function end(entries: number, start: number, size: number): Buffer {
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50, 0);
  last.writeUInt16LE(Math.min(entries, MOST_ENTRIES), 8);
  last.writeUInt16LE(Math.min(entries, MOST_ENTRIES), 10);
  last.writeUInt32LE(Math.min(size, MOST), 12);
  last.writeUInt32LE(Math.min(start, MOST), 16);
  if (entries < MOST_ENTRIES && start < MOST && size < MOST) return last;

  const large = Buffer.alloc(56 + 20);
  large.writeUInt32LE(0x06064b50, 0);
  large.writeBigUInt64LE(44n, 4);
  large.writeUInt16LE(MADE_BY, 12);
  large.writeUInt16LE(VERSION_64, 14);
  large.writeBigUInt64LE(BigInt(entries), 24);
  large.writeBigUInt64LE(BigInt(entries), 32);
  large.writeBigUInt64LE(BigInt(size), 40);
  large.writeBigUInt64LE(BigInt(start), 48);
  large.writeUInt32LE(0x07064b50, 56);
  large.writeBigUInt64LE(BigInt(start + size), 64);
  large.writeUInt32LE(1, 72);
  return Buffer.concat([large, last]);
}

/** In UTC, to two seconds, from 1980 on. */
function dosTime(at: Date): number {
  const year = Math.max(0, at.getUTCFullYear() - 1980);
  const date = (year << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return ((date << 16) | time) >>> 0;
}
