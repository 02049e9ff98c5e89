import { expect, test } from 'vitest';
import { contentDisposition } from './content-disposition.ts';

test('a plain name is offered as it is', () => {
  expect(contentDisposition('leads.csv')).toBe(`attachment; filename="leads.csv"; filename*=UTF-8''leads.csv`);
});

test('a name in any script arrives whole, with a likeness for old browsers', () => {
  expect(contentDisposition('Résumé (1).pdf')).toBe(
    `attachment; filename="Resume (1).pdf"; filename*=UTF-8''R%C3%A9sum%C3%A9%20%281%29.pdf`,
  );
  expect(contentDisposition('リード.csv')).toBe(`attachment; filename="___.csv"; filename*=UTF-8''%E3%83%AA%E3%83%BC%E3%83%89.csv`);
});

test('a name cannot end the header early or start another', () => {
  expect(contentDisposition(`a"; filename=evil.exe;\r\nX: '100%.csv`)).toBe(
    `attachment; filename="a_; filename=evil.exe;__X: '100_.csv"; filename*=UTF-8''a%22%3B%20filename%3Devil.exe%3B%0D%0AX%3A%20%27100%25.csv`,
  );
});

test('what may be shown in place says so', () => {
  expect(contentDisposition('chart.png', true)).toBe(`inline; filename="chart.png"; filename*=UTF-8''chart.png`);
});
