// The words for reading results in place: documents and tables.

export const reading = {
  loading: 'Loading…',
  failed: 'This file can’t be shown right now. You can still download it.',
  open: 'Read full document',
  copy: 'Copy',
  copyText: 'Copy text',
  document: (name: string) => `Content of ${name}`,
  rest: 'The rest is in the download.',
} as const;

export const table = {
  open: 'Open table',
  search: 'Search this table',
  close: 'Close table',
  copyCell: 'Copy cell',
  copyRow: 'Copy row',
  selected: 'Selected cell',
  noneSelected: 'Select a cell to copy it or to read all of it.',
  nothingFound: 'No rows match your search.',
  loading: (rows: string) => `Loading… ${rows} rows so far`,
  rows: (rows: string) => `${rows} ${rows === '1' ? 'row' : 'rows'}`,
  found: (found: string, all: string) => `${found} of ${all} rows`,
  range: (from: string, to: string, all: string) => `Rows ${from}–${to} of ${all}`,
  cut: (rows: string) => `Only the first ${rows} rows are shown. The download has all of them.`,
  incomplete: 'The table could not be loaded completely. Close it and open it again, or download the file.',
  previous: 'Previous rows',
  next: 'Next rows',
  row: 'Row',
} as const;
