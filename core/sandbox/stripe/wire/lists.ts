// Lists as Stripe gives them: the newest first, a page at a time.

import { noSuch } from './problem.ts';
import type { Range } from './rules.ts';

export interface Page<T> {
  readonly object: 'list';
  readonly data: readonly T[];
  readonly has_more: boolean;
  readonly url: string;
}

interface Paging {
  readonly limit?: number;
  readonly starting_after?: string;
  readonly ending_before?: string;
}

const USUAL = 10;

/** `all` in the order in which they were made. */
export function page<T extends { readonly id: string }>(all: readonly T[], paging: Paging, url: string): Page<T> {
  return pageOf(all.toReversed(), paging, url);
}

/** `all` in the order in which they are shown. */
export function pageOf<T extends { readonly id: string }>(
  all: readonly T[],
  { limit = USUAL, starting_after: after, ending_before: before }: Paging,
  url: string,
): Page<T> {
  const placeOf = (id: string, param: string) => {
    const place = all.findIndex((each) => each.id === id);
    if (place < 0) throw noSuch('object', id, param);
    return place;
  };
  if (before !== undefined) {
    const end = placeOf(before, 'ending_before');
    const begin = Math.max(0, end - limit);
    return { object: 'list', data: all.slice(begin, end), has_more: begin > 0, url };
  }
  const begin = after === undefined ? 0 : placeOf(after, 'starting_after') + 1;
  return { object: 'list', data: all.slice(begin, begin + limit), has_more: all.length > begin + limit, url };
}

export function within(moment: number, range: Range | undefined): boolean {
  if (range === undefined) return true;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range;
  return moment > gt && moment >= gte && moment < lt && moment <= lte;
}
