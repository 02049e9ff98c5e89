// Tables: 100 rows, 20 columns, 10,000 characters over all cells, and no cell without words.

import { both, bool, int, isRecord, kinds, list, number, oneOf, shape, text, type Check } from './check.ts';
import { richText } from './rich-text.ts';
import { charactersIn } from './weight.ts';

const mostCharacters = 10_000;

const cell = both(
  kinds({
    raw_text: shape({ text: text(mostCharacters) }),
    raw_number: shape({ value: number, text: text(100) }),
    rich_text: richText,
  }),
  (value, at, note) => {
    if (isRecord(value) && value['type'] === 'rich_text' && charactersIn(value).trim() === '')
      note({ words: 'cell must not be empty', at });
    if (isRecord(value) && value['type'] === 'raw_text' && String(value['text']).trim() === '')
      note({ words: 'cell must not be empty', at });
  },
);

const size: Check = (rows, at, note) => {
  if (!Array.isArray(rows)) return;
  if (charactersIn(rows).length > mostCharacters) note({ words: `must have less than ${mostCharacters + 1} characters in all cells`, at });
  const widths = new Set(rows.map((row: unknown) => (Array.isArray(row) ? row.length : 0)));
  if (widths.size > 1) note({ words: 'rows must have the same number of columns', at });
};

const rows = both(list(list(cell, 20), 100), size);

export const table: Check = shape(
  { rows },
  { column_settings: list(shape({}, { align: oneOf('left', 'center', 'right'), is_wrapped: bool }), 20, 0) },
);

export const dataTable: Check = shape({ rows, caption: text(300) }, { page_size: int(1, 100), row_header_column_index: int(0, 19) });
