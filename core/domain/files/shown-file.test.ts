import { expect, test } from 'vitest';
import { shownAs } from './shown-file.ts';

test.each([
  ['image/png', 'picture'],
  ['IMAGE/JPEG', 'picture'],
  ['text/markdown; charset=utf-8', 'text'],
  ['application/json', 'text'],
  ['application/pdf', 'pdf'],
])('%s is shown as %s', (mime, as) => expect(shownAs(mime)).toBe(as));

test.each(['image/svg+xml', 'image/png+x', 'application/zip', 'application/octet-stream', 'application/xhtml+xml', ''])(
  '“%s” is only downloaded',
  (mime) => expect(shownAs(mime)).toBeNull(),
);

test('a page of somebody else’s is shown as the text that it is', () => expect(shownAs('text/html')).toBe('text'));
