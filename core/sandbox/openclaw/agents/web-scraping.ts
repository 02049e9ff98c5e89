// Really fetches the page that the request names, and writes what it finds there. Nothing is made up, so nothing is marked.

import { shorten } from '#core/domain/text/text.ts';
import type { SandboxAgent, Work } from './agent.ts';
import { csvOf } from './csv.ts';
import { fetchPage, PageRefused } from './page.ts';
import { readPage } from './read-page.ts';
import type { Found } from './findings.ts';
import { addressIn } from './understand.ts';

const ROWS_MOST = 10_000;

export const webScrapingAgent: SandboxAgent = async (work) => {
  const address =
    addressIn(work.request) ?? work.earlier.map(({ request }) => addressIn(request)).findLast((each) => each !== null) ?? null;
  if (address === null) return 'Your request names no page. Tell me its address, such as https://example.com/prices.';
  const page = await work.step('fetch', `Fetching ${shorten(address, 60)}`, () =>
    orSay(work, fetchPage(address, { signal: work.signal, loopbackPages: work.loopbackPages })),
  );
  if (typeof page === 'string') return `I could not fetch ${address}. ${page}`;
  const found = await work.step('parse', 'Reading what is on the page', () => orSay(work, readPage(page, work.signal)));
  if (typeof found === 'string') return `I could not read ${page.url}. ${found}`;
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

async function orSay<T>(work: Work, result: Promise<T>): Promise<T | string> {
  try {
    return await result;
  } catch (error) {
    work.signal.throwIfAborted();
    if (error instanceof PageRefused) return error.message;
    throw error;
  }
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
