// The rows of a table in a text, as they arrive (RFC 4180), and what a person wants of them: those that hold some words, in
// the order of a column.

export type Row = readonly string[];

/** Takes a text in pieces, cut anywhere, and gives the rows that each completes. */
export function rowReader(separator: string): { take(piece: string): Row[]; end(): Row[] } {
  let [cell, isQuoted, endedQuote] = ['', false, false];
  let row: string[] = [];
  let isBegun = false;
  const take = (piece: string): Row[] => {
    const rows: Row[] = [];
    for (const char of piece) {
      if (isQuoted && !endedQuote) {
        if (char === '"') endedQuote = true;
        else cell += char;
        continue;
      }
      if (endedQuote && char === '"') {
        cell += '"';
        endedQuote = false;
        continue;
      }
      if (endedQuote) isQuoted = endedQuote = false;
      if (char === '"' && cell === '') isQuoted = isBegun = true;
      else if (char === separator) {
        row.push(cell);
        [cell, isBegun] = ['', true];
      } else if (char === '\n') rows.push(...finish());
      else if (char !== '\r') [cell, isBegun] = [cell + char, true];
    }
    return rows;
  };
  const finish = (): Row[] => {
    if (!isBegun) return [];
    const done = [...row, cell];
    [row, cell, isBegun, isQuoted, endedQuote] = [[], '', false, false, false];
    return [done];
  };
  return { take, end: finish };
}

export interface Order {
  readonly column: number;
  readonly isDown: boolean;
}

/** Without an order they stay as they are in the file. Numbers come in the order of numbers, and empty cells last. */
export function chosenRows(rows: readonly Row[], search: string, order: Order | null): readonly Row[] {
  const words = search.trim().toLowerCase();
  const found = words === '' ? rows : rows.filter((row) => row.some((cell) => cell.toLowerCase().includes(words)));
  if (order === null) return found;
  const { column, isDown } = order;
  const keyed = found.map((row) => ({ row, text: row[column] ?? '', number: numberIn(row[column] ?? '') }));
  const turn = isDown ? -1 : 1;
  return keyed
    .sort((a, b) => {
      if (a.text === '' || b.text === '') return Number(a.text === '') - Number(b.text === '');
      if (a.number !== null && b.number !== null) return turn * (a.number - b.number);
      if (a.number !== null || b.number !== null) return turn * (a.number === null ? 1 : -1);
      return turn * collator.compare(a.text, b.text);
    })
    .map(({ row }) => row);
}

const collator = new Intl.Collator('en', { sensitivity: 'base' });

/** "1,250.5", "−3 %", "$20" */
export function numberIn(cell: string): number | null {
  const text = cell
    .trim()
    .replace(/^([-−+]?)[$€£]/, '$1')
    .replace(/\s?%$/, '')
    .replace('−', '-');
  if (!/^[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$/.test(text)) return null;
  return Number(text.replaceAll(',', ''));
}

/** For a spreadsheet to take: cells side by side, and nothing in one that would break the row. */
export function asPasted(row: Row): string {
  return row.map((cell) => cell.replace(/[\t\r\n]+/g, ' ')).join('\t');
}
