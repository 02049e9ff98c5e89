// A whole table over the whole window: its rows page by page, in the order of a column, with those that hold some words. A cell
// is chosen with a press or the arrow keys, then read in full, and copied alone or with its row. At most PAGE_ROWS rows are in
// the page, however many there are.

import { ChevronLeft, ChevronRight, Download, X } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import type { FileView } from '#core/domain/tasks/task-view.ts';
import { buttonClass, IconButton } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { TextField } from '../../components/field.tsx';
import { formatNumber, useReader } from '../../components/format.tsx';
import { table as words } from '../../texts/reading.ts';
import { TableGrid, type Cursor } from './table-grid.tsx';
import { asPasted, chosenRows, type Order } from './table-rows.ts';
import { ROWS_MOST, useTable, type LoadedTable } from './use-table.ts';

const PAGE_ROWS = 100;

export default function WholeTable({ file, address, onClose }: { file: FileView; address: string; onClose(): void }) {
  const reader = useReader();
  const loaded = useTable(address, file.mime.startsWith('text/tab-separated-values') ? '\t' : ',');
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<Order | null>(null);
  const [page, setPage] = useState(0);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const searched = useDeferredValue(search);
  const rows = useMemo(() => chosenRows(loaded.rows, searched, order), [loaded.rows, searched, order]);
  const shown = rows.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS);
  const chosen = cursor === null ? undefined : shown[cursor.row];
  const count = (amount: number) => formatNumber(amount, reader);
  const turnTo = (next: number) => {
    setPage(next);
    setCursor(null);
  };

  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-hairline px-4 py-3 sm:px-6">
        <div className="min-w-0 flex-1 basis-48">
          <h2 className="truncate font-semibold">{file.name}</h2>
          <p role="status" className="numbers text-sm text-soft">
            {statusOf(loaded, rows.length, count)}
          </p>
        </div>
        <TextField
          label={words.search}
          hideLabel
          type="search"
          placeholder={words.search}
          value={search}
          onChange={({ target }) => {
            setSearch(target.value);
            turnTo(0);
          }}
          className="w-full sm:w-72"
        />
        <a href={file.url ?? ''} className={buttonClass('plain', true)}>
          <Download aria-hidden className="size-4" />
          Download
        </a>
        <IconButton name={words.close} onClick={onClose} className="max-sm:absolute max-sm:top-2 max-sm:right-2">
          <X aria-hidden className="size-5" />
        </IconButton>
      </div>
      <TableGrid
        name={file.name}
        columns={loaded.columns}
        rows={shown}
        first={page * PAGE_ROWS}
        total={rows.length}
        order={order}
        onOrder={(next) => {
          setOrder(next);
          turnTo(0);
        }}
        cursor={cursor}
        onCursor={setCursor}
        key={`${page}`}
      />
      {rows.length === 0 && searched !== '' && <p className="p-6 text-center text-soft">{words.nothingFound}</p>}
      <div className="mt-auto flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-hairline px-4 py-3 sm:px-6">
        <p className="max-h-24 min-w-0 flex-1 basis-64 overflow-y-auto text-sm wrap-anywhere" dir="auto">
          {chosen === undefined ? (
            <span className="text-soft">{words.noneSelected}</span>
          ) : (
            <>
              <span className="sr-only">{words.selected}: </span>
              {chosen[cursor!.column] ?? ''}
            </>
          )}
        </p>
        {chosen !== undefined && (
          <>
            <CopyButton text={chosen[cursor!.column] ?? ''} words={words.copyCell} />
            <CopyButton text={asPasted(chosen)} words={words.copyRow} />
          </>
        )}
        {rows.length > PAGE_ROWS && (
          <div className="flex items-center gap-1">
            <span className="numbers text-sm whitespace-nowrap text-soft">
              {words.range(count(page * PAGE_ROWS + 1), count(page * PAGE_ROWS + shown.length), count(rows.length))}
            </span>
            <IconButton name={words.previous} disabled={page === 0} onClick={() => turnTo(page - 1)} className="disabled:opacity-40">
              <ChevronLeft aria-hidden className="size-5" />
            </IconButton>
            <IconButton
              name={words.next}
              disabled={(page + 1) * PAGE_ROWS >= rows.length}
              onClick={() => turnTo(page + 1)}
              className="disabled:opacity-40"
            >
              <ChevronRight aria-hidden className="size-5" />
            </IconButton>
          </div>
        )}
      </div>
    </>
  );
}

function statusOf({ rows, state }: LoadedTable, found: number, count: (amount: number) => string): string {
  if (state === 'loading') return words.loading(count(rows.length));
  if (state === 'failed') return words.incomplete;
  const all = found === rows.length ? words.rows(count(found)) : words.found(count(found), count(rows.length));
  return state === 'cut' ? `${all}. ${words.cut(count(ROWS_MOST))}` : all;
}
