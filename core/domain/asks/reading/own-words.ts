// What a person says themselves: addresses, files, quotations and mentions are taken out, and leave a mark where they stood.

import { plainDigits } from './digits.ts';

export interface OwnWords {
  /** \u0001 stands for a site, \u0002 for another name. */
  readonly text: string;
  readonly addresses: readonly string[];
  readonly files: readonly string[];
  /** Something was quoted. */
  readonly quotes: boolean;
}

const SITE = ' \u0001 ';
const NAME = ' \u0002 ';
const CHARACTERS_MOST = 20_000;

export function ownWords(raw: string): OwnWords {
  const addresses: string[] = [];
  const files: string[] = [];
  let text = raw.length > CHARACTERS_MOST ? raw.slice(0, CHARACTERS_MOST) : raw;
  text = text.replace(/[\u0000-\u0008]/g, ' ');
  if (/[^\u0000-\u00ff]/.test(text) || /[½¼¾]/.test(text)) text = spaced(plainDigits(text).normalize('NFC'));
  if (text.includes('&')) text = text.replace(/&amp;/g, '&').replace(/&lt;/g, '<').replace(/&gt;/g, '>');
  const site = (address: string | null) => {
    if (address === null) return NAME;
    addresses.push(address);
    return SITE;
  };
  if (text.includes('://'))
    text = text.replace(link, (_, label: string | undefined, url: string) => (label ?? '') + site(parsed(url)) + tailOf(url));
  if (/(?:^|\n)\s{0,3}>/.test(text)) text = withoutQuotedLines(text);
  if (addresses.length > 0) text = text.replace(/[(（]\s*\u0001\s*[)）]/g, SITE);
  const before = text.length;
  if (/["“„«`「『]|(?:^|[\s(])['‘]/.test(text))
    text = text.replace(quoted, (all) => (all.includes('\u0001') ? ` ${all.slice(1, -1)} ` : NAME));
  const quotes = text.length < before && text.includes('\u0002');
  if (text.includes('@') || text.includes('<') || text.includes('#')) text = text.replace(mails, NAME).replace(mentions, ' ');
  if (/[\p{L}\p{N}][.:][\p{L}\p{N}]/u.test(text)) {
    text = text.replace(fileNames, (name) => {
      files.push(name);
      return NAME;
    });
    text = text.replace(hosts, (all, host: string) => (isHost(host) ? site(parsed(`https://${all}`, host)) + tailOf(all) : all));
  }
  if (/\d/.test(text)) text = text.replace(/(?<=\d)\s?[x×*]\s?(?=\d)/g, ' × ').replace(/(?<=\d)(?:ish|\+|x)(?=[\s,.!]|$)/g, ' ');
  if (/[*~≈≤≥[\]_]/.test(text)) text = text.replace(/(?<!\p{L})[*~≈≤≥[\]_]+|[*~≈≤≥[\]_]+(?![\p{L}\d])/gu, ' ');
  return { text: text.length > READ_MOST ? headAndTail(text) : text, addresses, files, quotes };
}

/** What is longer carries material with it: the request stands at its front or at its end. */
const READ_MOST = 4_000;
const TAIL = 1_000;

function headAndTail(text: string): string {
  const head = text.slice(0, READ_MOST - TAIL);
  const tail = text.slice(-TAIL);
  return `${head.slice(0, Math.max(head.lastIndexOf(' '), head.lastIndexOf('\n')) + 1) || head}\n${tail.slice(tail.search(/\s/) + 1)}`;
}

/** Kinds of spaces inside numbers stay apart from others until they are read. */
function spaced(text: string): string {
  return text.replace(/(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))/g, "'").replace(/[\u00a0\u2000-\u200b\u202f\u3000]/g, ' ');
}

// `<url|label>` as Slack writes links, `[label](url)` as Markdown does, or plain.
const link =
  /(?:\[([^\][\n]{0,200})\]\(|[<*_~]{0,3})(https?:\/\/(?:(?!,https?:)[^\s<>"“”„«»「」。、，；：（）！？|*…‘’]){1,2000})(?:\|[^<>\n]{0,200})?>?/gi;

/** What the end of an address is not: marks of the sentence around it, and brackets that it did not open. */
function addressIn(url: string): string {
  let end = url.length;
  for (;;) {
    const last = url[end - 1]!;
    if (/[.,;:!?'_~]/.test(last)) end--;
    else if (last === ')' && count(url, '(', end) < count(url, ')', end)) end--;
    else if (last === ']' && count(url, '[', end) < count(url, ']', end)) end--;
    else return url.slice(0, end);
    if (end === 0) return '';
  }
}

function count(text: string, mark: string, end: number): number {
  let found = 0;
  for (let at = 0; at < end; at++) if (text[at] === mark) found++;
  return found;
}

function tailOf(url: string): string {
  const tail = url.slice(addressIn(url).length);
  return /[,.;:!?]/.test(tail) ? tail.replace(/[^,.;:!?]/g, '') : '';
}

/** Whole, by the rules of browsers; null where it is no address. */
function parsed(url: string, host?: string): string | null {
  try {
    const plain = addressIn(url);
    const { href } = new URL(host !== undefined && /^(?:\d|localhost)/.test(host) ? plain.replace('https:', 'http:') : plain);
    return href;
  } catch {
    return null;
  }
}

/** "> find 100 leads" is what somebody else wrote, unless there is nothing beside it. */
function withoutQuotedLines(text: string): string {
  const own = text
    .split('\n')
    .filter((line) => !/^\s{0,3}>/.test(line))
    .join('\n');
  return /[\p{L}\p{N}]/u.test(own) ? own : text.replace(/^\s{0,3}>+/gm, '');
}

const quoted =
  /```[\s\S]{0,20000}?```|`[^`\n]*`|"[^"\n]*"|“[^“”\n]*”|„[^„“”\n]*[“”]|«[^«»\n]*»|‘[^‘’\n]*’|「[^「」\n]*」|『[^『』\n]*』|(?<=^|[\s(])'[^'\n]{2,}'(?=$|[\s).,;:!?])/g;
const mails = /(?<![\p{L}\p{N}.@_+-])[\p{L}\p{N}._+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}/gu;
const mentions = /<[@#!][^<>\n]{0,100}>|(?<=^|\s)[@#][\p{L}\p{N}_.-]{1,60}/gu;
const fileNames =
  /(?<![\p{L}\p{N}_.-])[\p{L}\p{N}_-]{1,80}(?:\.[\p{L}\p{N}_-]{1,40}){0,3}\.(?:csv|tsv|xlsx?|pdf|docx?|pptx?|txt|md|json|xml|zip|png|jpe?g|gif|webp|mp[34]|html?)(?![\p{L}\p{N}_/-])/giu;
const hosts =
  /(?<![\p{L}\p{N}_.@/-])((?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}\p{N}-]{2,24}|localhost(?=:\d)|\d{1,3}(?:\.\d{1,3}){3})(?![\p{L}\p{N}@-])(?::\d{1,5})?(?:\/[^\s<>"“”„«»。、，；：（）！？|*…‘’]{0,500})?/gu;

const domains = new Set(
  `com org net io co edu gov info biz dev app ai me tv shop store online site xyz cloud tech agency example test invalid localhost eu de fr es uk ua it pt nl be ch at pl cz se
  no dk fi ie in cn jp kr br mx ar cl ca us au nz za ae sa eg tr gr ro hu bg sk si hr rs lt lv ee is lu il sg hk tw th vn id my ph pe`.split(
    /\s+/,
  ),
);

/** "node.js" and "prices.Please" are no sites. */
function isHost(host: string): boolean {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) return host.split('.').every((part) => Number(part) < 256);
  if (host === 'localhost') return true;
  return host.startsWith('www.') || domains.has(host.slice(host.lastIndexOf('.') + 1));
}
