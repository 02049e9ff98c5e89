// Really fetches the page that the request names, and writes what it finds there. Nothing is made up, so nothing is marked.

import { shorten } from '#core/domain/text.ts';
import type { SandboxAgent, Work } from './agent.ts';
import { csvOf } from './csv.ts';
import { fetchPage, PageRefused, type Page } from './page.ts';
import { addressIn } from './understand.ts';

interface Found {
  readonly kind: 'heading' | 'link' | 'table row' | 'text';
  readonly text: string;
  readonly address: string;
}

const ROWS_MOST = 10_000;
const CELL_CHARACTERS = 2_000;

export const webScrapingAgent: SandboxAgent = async (work) => {
  const address =
    addressIn(work.request) ?? work.earlier.map(({ request }) => addressIn(request)).findLast((each) => each !== null) ?? null;
  if (address === null) return 'Your request names no page. Tell me its address, such as https://example.com/prices.';
  const page = await work.step('fetch', `Fetching ${shorten(address, 60)}`, () => fetchOrSay(address, work));
  if (typeof page === 'string') return `I could not fetch ${address}. ${page}`;
  const found = await work.step('parse', 'Reading what is on the page', () => findOn(page));
  const wanted = kindsIn(work.request);
  const rows = found.filter(({ kind }) => wanted === null || wanted.has(kind)).slice(0, work.brief.quantity ?? ROWS_MOST);
  if (rows.length === 0)
    return `The page ${page.url} has nothing of what you asked for${wanted === null ? '' : ` (${[...wanted].join(', ')})`}.`;

  const name = `page-${new URL(page.url).hostname.replace(/[^a-z0-9.-]/gi, '-')}.csv`;
  await work.step('write', `Writing ${name}`, () =>
    work.write(
      name,
      csvOf(
        ['kind', 'text', 'address', 'page'],
        rows.map((row) => [row.kind, row.text, row.address, page.url]),
      ),
    ),
  );
  const fewer =
    work.brief.quantity !== null && rows.length < work.brief.quantity ? ` You asked for ${work.brief.quantity}; there are no more.` : '';
  return `I fetched ${page.url} and found ${counted(rows)}. ${rows.length} ${rows.length === 1 ? 'row is' : 'rows are'} in ${name}.${fewer}`;
};

async function fetchOrSay(address: string, work: Work): Promise<Page | string> {
  try {
    return await fetchPage(address, { signal: work.signal, allowLoopback: work.allowLoopbackFetch });
  } catch (error) {
    work.signal.throwIfAborted();
    if (error instanceof PageRefused) return error.message;
    throw error;
  }
}

async function findOn(page: Page): Promise<Found[]> {
  if (page.mime === 'text/plain') return page.text.split(/\n\s*\n/).flatMap((block) => one('text', block, page.url));
  const { load } = await import('cheerio');
  const $ = load(page.text);
  $('script, style, noscript, template, svg').remove();
  const found: Found[] = [];
  for (const element of $('h1, h2, h3, h4, h5, h6, a[href], table tr, p, li, blockquote, pre, dt, dd').toArray()) {
    const $element = $(element);
    const tag = element.tagName.toLowerCase();
    if (tag === 'tr') {
      const cells = $element
        .children('th, td')
        .toArray()
        .map((cell) => tidy($(cell).text()));
      found.push(...one('table row', cells.join(' | '), page.url));
    } else if (tag === 'a')
      found.push(
        ...one('link', $element.text() || $element.attr('title') || $element.attr('href')!, target($element.attr('href')!, page.url)),
      );
    else found.push(...one(/^h\d$/.test(tag) ? 'heading' : 'text', $element.text(), page.url));
  }
  return found;
}

function one(kind: Found['kind'], text: string, address: string): Found[] {
  const tidied = tidy(text);
  return tidied.replace(/[ |]/g, '') === '' ? [] : [{ kind, text: tidied, address }];
}

function tidy(text: string): string {
  return shorten(text.replace(/\s+/g, ' ').trim(), CELL_CHARACTERS);
}

function target(href: string, base: string): string {
  return URL.parse(href, base)?.href ?? href;
}

function kindsIn(request: string): Set<Found['kind']> | null {
  const words = request.replace(/\bhttps?:\S+/gi, '');
  const wanted = asked.filter(([pattern]) => pattern.test(words)).map(([, kind]) => kind);
  return wanted.length === 0 ? null : new Set(wanted);
}

const asked: readonly (readonly [RegExp, Found['kind']])[] = [
  [/\blinks?\b|\burls?\b/i, 'link'],
  [/\bhead(?:ing|line)s?\b|\btitles?\b/i, 'heading'],
  [/\btables?\b/i, 'table row'],
  [/\bparagraphs?\b|\btexts?\b/i, 'text'],
];

function counted(rows: readonly Found[]): string {
  const counts = Map.groupBy(rows, ({ kind }) => kind);
  return [...counts].map(([kind, { length }]) => `${length} ${kind}${length === 1 ? '' : 's'}`).join(', ');
}
