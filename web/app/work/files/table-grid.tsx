// One page of a table: a press on the head of a column orders by it, and a cell is chosen with a press or the arrow keys.

import { ArrowDown, ArrowUp } from 'lucide-react';
import { useRef, type KeyboardEvent } from 'react';
import { classes } from '../../components/classes.ts';
import { table as words } from '../../texts/reading.ts';
import { numberIn, type Order, type Row } from './table-rows.ts';

export interface Cursor {
  readonly row: number;
  readonly column: number;
}

interface GridProps {
  readonly name: string;
  readonly columns: Row;
  readonly rows: readonly Row[];
  /** How many come before these. */
  readonly first: number;
  readonly total: number;
  readonly order: Order | null;
  onOrder(order: Order | null): void;
  readonly cursor: Cursor | null;
  onCursor(cursor: Cursor): void;
}

export function TableGrid({ name, columns, rows, first, total, order, onOrder, cursor, onCursor }: GridProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const isNumeric = columns.map((_, at) => rows.length > 0 && rows.every((row) => (row[at] ?? '') === '' || numberIn(row[at]!) !== null));
  const onKeyDown = (event: KeyboardEvent) => {
    const move = moves[event.key];
    if (move === undefined || cursor === null) return;
    event.preventDefault();
    const to = move(cursor, { row: rows.length - 1, column: columns.length - 1 });
    onCursor(to);
    body.current?.rows[to.row]?.cells[to.column + 1]?.focus();
  };
  return (
    <div className="min-h-0 flex-1 overflow-auto overscroll-contain">
      <table role="grid" aria-label={name} aria-rowcount={total + 1} className="min-w-full border-separate border-spacing-0 text-sm">
        <thead>
          <tr>
            <th scope="col" className={classes(head, 'left-0 z-20 text-right font-normal')}>
              <span className="sr-only">{words.row}</span>
            </th>
            {columns.map((column, at) => (
              <ColumnHead key={at} {...{ column, at, order, onOrder }} isNumeric={isNumeric[at] === true} />
            ))}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={onKeyDown}>
          {rows.map((row, down) => (
            <tr key={first + down} aria-rowindex={first + down + 2}>
              <th
                scope="row"
                className="numbers sticky left-0 border-r border-b border-hairline bg-canvas px-3 py-2 text-right font-normal text-soft"
              >
                {first + down + 1}
              </th>
              {columns.map((_, at) => {
                const isChosen = cursor?.row === down && cursor.column === at;
                return (
                  <td
                    key={at}
                    dir="auto"
                    tabIndex={isChosen || (cursor === null && down === 0 && at === 0) ? 0 : -1}
                    aria-selected={isChosen}
                    onFocus={() => onCursor({ row: down, column: at })}
                    className={classes(
                      'max-w-80 truncate border-b border-hairline px-3 py-2 whitespace-nowrap focus:outline-offset-[-3px]',
                      isNumeric[at] === true && 'numbers text-right',
                      isChosen && 'bg-accent-wash',
                    )}
                  >
                    {row[at] ?? ''}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const head = 'sticky top-0 z-10 border-b border-hairline bg-sunken px-3 py-0';

interface HeadProps extends Pick<GridProps, 'order' | 'onOrder'> {
  readonly column: string;
  readonly at: number;
  readonly isNumeric: boolean;
}

/** One press orders by it, a second turns the order, a third gives up ordering. */
function ColumnHead({ column, at, isNumeric, order, onOrder }: HeadProps) {
  const isDown = order?.column === at ? order.isDown : null;
  const next = isDown === null ? { column: at, isDown: false } : isDown ? null : { column: at, isDown: true };
  return (
    <th
      scope="col"
      aria-sort={isDown === null ? 'none' : isDown ? 'descending' : 'ascending'}
      className={classes(head, isNumeric ? 'text-right' : 'text-left')}
    >
      <button
        type="button"
        onClick={() => onOrder(next)}
        className="inline-flex min-h-11 max-w-80 items-center gap-1 rounded font-medium whitespace-nowrap hover:text-accent"
      >
        <span className="truncate" dir="auto">
          {column === '' ? `Column ${at + 1}` : column}
        </span>
        {isDown !== null && (isDown ? <ArrowDown aria-hidden className="size-4" /> : <ArrowUp aria-hidden className="size-4" />)}
      </button>
    </th>
  );
}

type Move = (from: Cursor, last: Cursor) => Cursor;

const moves: Readonly<Record<string, Move | undefined>> = {
  ArrowUp: ({ row, column }) => ({ row: Math.max(row - 1, 0), column }),
  ArrowDown: ({ row, column }, last) => ({ row: Math.min(row + 1, last.row), column }),
  ArrowLeft: ({ row, column }) => ({ row, column: Math.max(column - 1, 0) }),
  ArrowRight: ({ row, column }, last) => ({ row, column: Math.min(column + 1, last.column) }),
  Home: ({ row }) => ({ row, column: 0 }),
  End: ({ row }, last) => ({ row, column: last.column }),
};
