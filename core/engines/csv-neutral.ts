// The bytes of a table without its formulas. UTF-8, UTF-16 and everything that writes ASCII as ASCII keep their encoding, and
// every byte that is not part of an inserted apostrophe: what is no valid UTF-8 goes through as it came.

import { isUtf8 } from 'node:buffer';
import { formulaFilter } from '#core/domain/spreadsheet-cells.ts';
import type { FormulaRemover } from '#core/ports/tables.ts';

interface Encoding {
  decode(bytes: Buffer): string;
  encode(text: string): Buffer;
  /** How many bytes at the end belong to a sign that is not whole yet. */
  unfinished(bytes: Buffer): number;
}

export function formulaRemover(): FormulaRemover {
  const filter = formulaFilter();
  let encoding: Encoding | null = null;
  let rest: Buffer = Buffer.alloc(0);

  return {
    push(bytes) {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      // Four bytes tell the encodings apart.
      if (encoding === null && all.length < 4) {
        rest = all;
        return Buffer.alloc(0);
      }
      encoding ??= encodingOf(all);
      const whole = all.length - encoding.unfinished(all);
      rest = Buffer.from(all.subarray(whole));
      return encoding.encode(filter.write(encoding.decode(all.subarray(0, whole))));
    },
    end() {
      encoding ??= encodingOf(rest);
      return encoding.encode(filter.write(encoding.decode(rest)) + filter.end());
    },
    changed: filter.changed,
  };
}

function encodingOf([a, b, c, d]: Buffer): Encoding {
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0 && c !== 0 && d === 0)) return utf16(false);
  if ((a === 0xfe && b === 0xff) || (a === 0 && b !== 0 && c === 0 && d !== 0)) return utf16(true);
  return utf8;
}

/** Node reads single units, so that half a pair stays what it is. A last single byte is passed on. */
function utf16(isBigEndian: boolean): Encoding {
  const turned = (bytes: Buffer) => (isBigEndian ? Buffer.from(bytes).swap16() : bytes);
  let odd: Buffer = Buffer.alloc(0);
  return {
    decode(bytes) {
      if (bytes.length % 2 === 1) odd = Buffer.from(bytes.subarray(-1));
      return turned(bytes.subarray(0, bytes.length - (bytes.length % 2))).toString('utf16le');
    },
    encode(text) {
      const bytes = Buffer.concat([turned(Buffer.from(text, 'utf16le')), odd]);
      odd = Buffer.alloc(0);
      return bytes;
    },
    unfinished: (bytes) => bytes.length % 2,
  };
}

/** A byte that is no valid UTF-8 becomes half a surrogate pair on the way, which no valid UTF-8 holds. */
const utf8: Encoding = {
  decode(bytes) {
    if (isUtf8(bytes)) return bytes.toString('utf8');
    let text = '';
    for (let at = 0; at < bytes.length;) {
      const length = lengthOf(bytes[at]!);
      const sign = bytes.subarray(at, at + length);
      const valid = sign.length === length && isUtf8(sign);
      text += valid ? sign.toString('utf8') : String.fromCharCode(0xdc00 + bytes[at]!);
      at += valid ? length : 1;
    }
    return text;
  },
  encode(text) {
    if (text.isWellFormed()) return Buffer.from(text, 'utf8');
    const pieces = text.split(/((?<![\ud800-\udbff])[\udc80-\udcff])/);
    return Buffer.concat(
      pieces.map((piece, n) => (n % 2 === 1 ? Buffer.from([piece.charCodeAt(0) - 0xdc00]) : Buffer.from(piece, 'utf8'))),
    );
  },
  unfinished(bytes) {
    for (let back = 1; back <= Math.min(3, bytes.length); back++) {
      const byte = bytes[bytes.length - back]!;
      if (byte >= 0xc0) return lengthOf(byte) > back ? back : 0;
      if (byte < 0x80) return 0;
    }
    return 0;
  },
};

function lengthOf(first: number): number {
  return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
