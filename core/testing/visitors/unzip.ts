// Reads a ZIP archive by its directory, for tests: every check that a strict program makes is made here too.

import { crc32, inflateRawSync } from 'node:zlib';

export function unzip(archive: Buffer): Map<string, Buffer> {
  const last = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (last < 0) throw new Error('this archive has no end');
  let [entries, start] = [archive.readUInt16LE(last + 10), archive.readUInt32LE(last + 16)];
  if (entries === 0xffff || start === 0xffff_ffff) {
    const large = Number(archive.readBigUInt64LE(last - 20 + 8));
    if (archive.readUInt32LE(large) !== 0x06064b50) throw new Error('the large end is not where it should be');
    [entries, start] = [Number(archive.readBigUInt64LE(large + 32)), Number(archive.readBigUInt64LE(large + 48))];
  }
  const files = new Map<string, Buffer>();
  for (let at = start; entries > 0; entries--) {
    if (archive.readUInt32LE(at) !== 0x02014b50) throw new Error('the directory is broken');
    const [crc, packed, size] = [archive.readUInt32LE(at + 16), archive.readUInt32LE(at + 20), archive.readUInt32LE(at + 24)];
    const [nameLength, extraLength] = [archive.readUInt16LE(at + 28), archive.readUInt16LE(at + 30)];
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const local = archive.readUInt32LE(at + 42);
    if (archive.readUInt32LE(local) !== 0x04034b50) throw new Error(`${name} is not where the directory says`);
    const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const content = inflateRawSync(archive.subarray(from, from + packed));
    if (content.length !== size || crc32(content) !== crc) throw new Error(`${name} is not what the directory says`);
    if (archive.readUInt32LE(from + packed) !== 0x08074b50 || archive.readUInt32LE(from + packed + 4) !== crc)
      throw new Error(`${name} is not followed by its sizes`);
    if (files.has(name)) throw new Error(`${name} is there twice`);
    files.set(name, content);
    at += 46 + nameLength + extraLength;
  }
  return files;
}
