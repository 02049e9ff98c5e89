// What to see of the journal, as the address says it. Whatever does not make sense in it is left out: a link that somebody
// mangled still shows something.

import { isId } from '#core/domain/ids.ts';
import { isDay } from '#core/domain/text/time-zone.ts';
import { isTransactionType, type TransactionType } from '#core/domain/credits/transaction.ts';
import type { TransactionQuery } from '#core/flows/credits/views.ts';

export interface ShownQuery {
  readonly type: TransactionType | '';
  readonly from: string;
  readonly to: string;
  readonly person: string;
}

export function readQuery(search: URLSearchParams): ShownQuery {
  const type = search.get('type') ?? '';
  const [from, to] = [search.get('from') ?? '', search.get('to') ?? ''];
  const person = search.get('person') ?? '';
  return {
    type: isTransactionType(type) ? type : '',
    from: isDay(from) ? from : '',
    to: isDay(to) ? to : '',
    person: isId(person) ? person : '',
  };
}

export function queryFor({ type, from, to, person }: ShownQuery, timeZone: string): TransactionQuery {
  return {
    timeZone,
    ...(type !== '' && { types: [type] }),
    ...(from !== '' && { from }),
    ...(to !== '' && { to }),
    ...(person !== '' && { person }),
  };
}

/** "?type=settle&person=…", or nothing. */
export function searchFor(query: ShownQuery, more: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(Object.entries({ ...query, ...more }).filter(([, value]) => value !== ''));
  return search.size === 0 ? '' : `?${search}`;
}
