// As much XML as AWS's bodies need: elements, text and the five entities; no attributes but the one namespace.

const PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Children of one element in their order; a list repeats its name. */
export interface Element {
  readonly [name: string]: Value | readonly Value[];
}
export type Value = string | number | boolean | Element;

export function document(root: string, namespace: string | null, children: Element): string {
  return `${PROLOG}<${root}${namespace === null ? '' : ` xmlns="${namespace}"`}>${content(children)}</${root}>`;
}

function content(value: Value): string {
  if (typeof value !== 'object') return escape(String(value));
  return Object.entries(value)
    .flatMap(([name, child]) => [child].flat().map((each) => `<${name}>${content(each)}</${name}>`))
    .join('');
}

// Keys may hold characters that no XML can carry, such as U+0001; AWS writes those as references too, and SDKs read them.
function escape(text: string): string {
  return text.replace(/[&<>"'\u0000-\u001f]/g, (char) => entities[char] ?? `&#x${char.charCodeAt(0).toString(16)};`);
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** The text of each `<name>` in a document that nests no element of its own name. */
export function textsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`, 'g'))].map((match) => unescape(match[1]!));
}

function unescape(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot|apos));/gi, (_, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return characters[name.toLowerCase()]!;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
