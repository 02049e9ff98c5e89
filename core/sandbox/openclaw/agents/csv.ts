import { stringify } from 'csv-stringify/sync';

/** A table with a header row. A cell that a spreadsheet would run as a formula is written as text. */
export function csvOf(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return stringify([columns, ...rows], {
    escape_formulas: true,
    cast: { number: (value) => ({ value: String(value), escape_formulas: false }) },
  });
}
