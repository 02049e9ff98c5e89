// A file name that is safe to show, to save on any system, and to put into a header, and still readable.
// What people and agents call their files is untrusted: it may be a path, lie about its ending, or be a device on Windows.

import { cleanText } from '../text/text.ts';

/** Most systems stop at 255 bytes; the room left is for what others add, such as " (1)" or ".crdownload". */
const MOST_BYTES = 200;
const MOST_EXTENSION_BYTES = 20;

/** The end of a path is enough, and spares us the work that a hostile megabyte would make. */
const MOST_UNITS_READ = 2_000;

/** Makes a safe name from any text. Safe names come back unchanged; text with nothing usable in it becomes `otherwise`. */
export function safeFileName(text: string, otherwise = 'file'): string {
  const name = trimEnds(withoutForbidden(lastPart(cleanText(text.slice(-MOST_UNITS_READ)))));
  return visible.test(name) ? fit(notADevice(name), otherwise) : otherwise;
}

/**
 * The same safe names, in their order, with those of one name told apart: "leads.csv", "leads (2).csv". A file keeps its name
 * unless an earlier one has it. Most disks take upper and lower case for the same, so this does too.
 */
export function distinctFileNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  const isFirst = names.map((name) => taken.size < taken.add(sameOnDisk(name)).size);
  return names.map((name, at) => (isFirst[at] ? name : freeFileName(name, taken)));
}

/** The safe name, with a number where it is taken already. It is taken afterwards. */
export function freeFileName(name: string, taken: Set<string>): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot <= 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
  let free = name;
  for (let n = 2; taken.has(sameOnDisk(free)); n++) free = `${stem} (${n})${extension}`;
  taken.add(sameOnDisk(free));
  return free;
}

/** What no disk tells apart: "ſ" and "ß" have no lower case of their own. */
function sameOnDisk(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase();
}

const visible = /[\p{L}\p{N}\p{P}\p{S}]/u;

function lastPart(path: string): string {
  return path.split(/[/\\]/).findLast((part) => trimEnds(part) !== '') ?? '';
}

// Windows refuses these; a colon there would even write into another file's hidden stream.
function withoutForbidden(name: string): string {
  return name.replace(/\s+/g, ' ').replace(/[<>:"|?*]/g, '-');
}

// A leading dot hides a file, a leading dash is read as an option by command lines, and Windows drops ends of dots and spaces.
function trimEnds(name: string): string {
  return name.replace(/^[\s.-]+/, '').replace(/[\s.]+$/, '');
}

function notADevice(name: string): string {
  return devices.test(name) ? `_${name}` : name;
}

const devices = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)/i;

/** Shortens the stem and keeps the extension, never splitting what people see as one character. */
function fit(name: string, otherwise: string): string {
  if (bytes(name) <= MOST_BYTES) return name;
  const extension = extensionOf(name);
  const room = MOST_BYTES - bytes(extension);
  let stem = '';
  for (const { segment } of graphemes.segment(name.slice(0, name.length - extension.length))) {
    if (bytes(stem) + bytes(segment) > room) break;
    stem += segment;
  }
  return `${trimEnds(stem) || otherwise}${extension}`;
}

function extensionOf(name: string): string {
  const extension = /(?<=[^.])\.[\p{L}\p{N}_-]+$/u.exec(name)?.[0] ?? '';
  return bytes(extension) <= MOST_EXTENSION_BYTES ? extension : '';
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function bytes(text: string): number {
  return encoder.encode(text).length;
}

const encoder = new TextEncoder();
