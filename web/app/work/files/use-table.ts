// A table as it arrives: a page has its first rows long before the last ones.

import { useEffect, useState } from 'react';
import { readFile } from './read-file.ts';
import { rowReader, type Row } from './table-rows.ts';

/** Rows that a page keeps. */
export const ROWS_MOST = 100_000;
const SHOW_EVERY_MS = 300;

export interface LoadedTable {
  readonly columns: Row;
  readonly rows: readonly Row[];
  readonly state: 'loading' | 'whole' | 'cut' | 'failed';
}

export function useTable(address: string, separator: string): LoadedTable {
  const [table, setTable] = useState<LoadedTable>({ columns: [], rows: [], state: 'loading' });
  useEffect(() => {
    const leaving = new AbortController();
    const reader = rowReader(separator);
    const all: Row[] = [];
    let shownAt = 0;
    const show = (state: LoadedTable['state']) => {
      if (leaving.signal.aborted) return;
      shownAt = performance.now();
      setTable({ columns: all[0] ?? [], rows: all.slice(1, ROWS_MOST + 1), state });
    };
    const take = (piece: string) => {
      for (const row of reader.take(piece)) all.push(row);
      if (performance.now() - shownAt > SHOW_EVERY_MS) show('loading');
      return all.length <= ROWS_MOST + 1;
    };
    readFile(address, leaving.signal, take).then(
      () => {
        for (const row of reader.end()) all.push(row);
        show(all.length > ROWS_MOST + 1 ? 'cut' : 'whole');
      },
      () => show('failed'),
    );
    return () => leaving.abort();
  }, [address, separator]);
  return table;
}
