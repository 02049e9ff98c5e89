// Two rows may have one time: a batch gives all of its rows the same. A list that is ordered by a time alone would then show
// them in another order each time, so every order ends in what tells rows apart.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** These give a time, or what does not depend on which of two rows with one time comes first. */
const harmless = [
  'core/store/credits/transactions.ts: z.at',
  'core/store/credits/wallets.ts: t.expires_at',
  'core/store/operator/operate.ts: x.created_at DESC',
  'core/store/tasks/learned.ts: t.finished_at DESC',
];

test('every list of rows has one order, also where rows have the same time', () => {
  const files = globSync('{core,web,bots}/**/*.ts').filter((file) => !file.endsWith('.test.ts'));
  const byTimeAlone = files.flatMap((file) => ordersIn(readFileSync(file, 'utf8')).map((order) => `${file}: ${order}`));
  expect(byTimeAlone.toSorted()).toEqual(harmless);
});

test('an order is recognized by its last part', () => {
  expect(ordersIn('`SELECT x ORDER BY x.created_at DESC LIMIT 1`')).toEqual(['x.created_at DESC']);
  expect(ordersIn('`json_agg(x ORDER BY x.at), y`')).toEqual(['x.at']);
  expect(ordersIn("'x ORDER BY y, max(x.asked_at)'")).toEqual(['y, max(x.asked_at)']);
  expect(ordersIn('`x ORDER BY at, id`')).toEqual([]);
  expect(ordersIn('`x ORDER BY at LIMIT 1 FOR UPDATE SKIP LOCKED`')).toEqual([]);
});

/** The orders that end in a time. Whoever takes rows off a pile one after another (SKIP LOCKED) shows nobody their order. */
function ordersIn(source: string): string[] {
  return Array.from(source.matchAll(/ORDER BY\s+/g), ({ index, 0: start }) => orderAt(source, index + start.length)).filter(
    (order) => order !== null && /(?:^|[\s.(])(?:\w+_at|at|since)\)*(?: (?:ASC|DESC))?$/.test(order),
  ) as string[];
}

/** Up to the end of its part of the statement; null for a pile. */
function orderAt(source: string, from: number): string | null {
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    const rest = source.slice(at, at + 200);
    if (depth === 0 && /^(?:[)`';]|\s*\b(?:LIMIT|FOR|OFFSET|ROWS)\b)/.test(rest))
      return /^[^`';]*SKIP LOCKED/.test(rest) ? null : source.slice(from, at).trim();
    if (source[at] === '(') depth++;
    if (source[at] === ')') depth--;
  }
  return null;
}
