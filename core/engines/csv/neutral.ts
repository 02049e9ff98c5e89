// The bytes of a table without its formulas. UTF-8, UTF-16 and everything that writes ASCII as ASCII keep their encoding, and
// every byte that is not part of an inserted apostrophe: what is no valid UTF-8 goes through as it came. Without a byte order
// mark the encoding is guessed from the first bytes. Where they leave a doubt, what is inserted is right in any of them.

import { isUtf8 } from 'node:buffer';
import { formulaFilter, type FormulaFilter } from '#core/domain/files/spreadsheet-cells.ts';
import type { FormulaRemover } from '#core/ports/tables.ts';

interface Encoding {
  decode(bytes: Buffer): string;
  encode(text: string): Buffer;
  /** How many bytes at the end belong to a sign that is not whole yet. */
  unfinished(bytes: Buffer): number;
  /** Goes before a formula, where an apostrophe alone would shift what follows. */
  readonly mark?: string;
}

/** So many bytes tell the encodings apart. */
const SAMPLE_BYTES = 512;

export function formulaRemover(): FormulaRemover {
  let chosen: { encoding: Encoding; filter: FormulaFilter } | null = null;
  let rest: Buffer = Buffer.alloc(0);

  function choose(bytes: Buffer) {
    const encoding = encodingOf(bytes);
    return (chosen = { encoding, filter: formulaFilter(encoding.mark) });
  }

  return {
    push(bytes) {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      if (chosen === null && all.length < SAMPLE_BYTES && marked(all) === null) {
        rest = all;
        return Buffer.alloc(0);
      }
      const { encoding, filter } = chosen ?? choose(all);
      const whole = all.length - encoding.unfinished(all);
      rest = Buffer.from(all.subarray(whole));
      return encoding.encode(filter.write(encoding.decode(all.subarray(0, whole))));
    },
    end() {
      const { encoding, filter } = chosen ?? choose(rest);
      return encoding.encode(filter.write(encoding.decode(rest)) + filter.end());
    },
    changed: () => chosen?.filter.changed() ?? false,
  };
}

function encodingOf(bytes: Buffer): Encoding {
  return marked(bytes) ?? guessed(bytes.subarray(0, SAMPLE_BYTES));
}

/** By the byte order mark. */
function marked([a, b]: Buffer): Encoding | null {
  if (a === 0xff && b === 0xfe) return utf16(false);
  return a === 0xfe && b === 0xff ? utf16(true) : null;
}

/**
 * Separators, digits and line ends have a zero byte in UTF-16, all on the same side, and none in other encodings. Some letters
 * have one on the other side, and a file may hold a few where none belong.
 */
function guessed(bytes: Buffer): Encoding {
  const zeros = [0, 0] as [number, number];
  for (const [at, byte] of bytes.entries()) if (byte === 0) zeros[at % 2 === 0 ? 0 : 1]++;
  const [first, second] = zeros;
  if (first + second === 0) return utf8;
  const isClear = (many: number, few: number) => many >= 2 && many * 8 >= bytes.length && many >= few * 8;
  if (isClear(second, first)) return utf16(false);
  return isClear(first, second) ? utf16(true) : doubtful;
}

/**
 * Reads single bytes, so that a formula is found in each encoding. The apostrophe has two bytes: whether the text is UTF-16 or
 * not, and in whichever order, it stands before the sign, and what follows keeps its place. A quotation mark may be half of
 * another sign, so it hides no separator.
 */
const doubtful: Encoding = {
  decode: (bytes) => bytes.toString('latin1').replaceAll('"', '\u200b'),
  encode: (text) => Buffer.from(text.replaceAll('\u200b', '"'), 'latin1'),
  unfinished: () => 0,
  mark: "'\0",
};

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
