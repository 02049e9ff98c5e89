import { expect, test } from 'vitest';
import { mimeOf } from './mime.ts';

test('a file is what its name says, in any case', () => {
  expect(mimeOf('leads.csv')).toBe('text/csv; charset=utf-8');
  expect(mimeOf('Chart.PNG')).toBe('image/png');
});

test.each(['page.html', 'image.svg', 'run.exe', 'README', 'x.constructor', 'x.__proto__', 'x.toString', ''])(
  'whatever is not known is only ever downloaded: %s',
  (name) => {
    expect(mimeOf(name)).toBe('application/octet-stream');
  },
);
