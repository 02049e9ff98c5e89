import { expect, test } from 'vitest';
import { readLabel, readName } from './name.ts';

test.each([
  ['Acme', 'Acme'],
  ['  Acme \n  Marketing ', 'Acme Marketing'],
  ['Büro für Käse 🧀', 'Büro für Käse 🧀'],
  ['Ac\u0000me\u202e', 'Acme'],
  ['🧀'.repeat(60), '🧀'.repeat(60)],
  // With dots, digits and signs, as people and companies have them.
  ...[
    'St. John’s',
    'St.John’s',
    'Dr. Jane Doe, Ph.D.',
    'J.R.R. Tolkien',
    'J.R.R.Tolkien',
    'J.Doe',
    'Kleingarten e.V.',
    'Müller GmbH & Co. KG',
    'Müller GmbH & Co.KG',
    'Node.js Berlin',
    'ASP.NET Users',
    '.NET Developers',
    'Yahoo!',
    '@home',
    'Team 1.5',
    '3M',
    'Class of 2024-2025',
    'Studio 54, Floor 3/4',
    '100% Design',
    'Anna, Com. Dept',
    'J.P. Morgan & Co',
    'Acme Inc.',
    'Acme, Inc.',
    'Smith,Jones',
    'St. Mary’s',
    "St. Mary's Hospital (Kids)",
    'J. de Boer',
    'Jan. de Wit',
    'Office Berlin,DE',
    'Smith & Sons Ltd. (est. 1990)',
    'Polka Dot Shop',
    'Dot Com Veterans',
    'Berlin .NET Users',
    'Paral·lel Teatre',
    'Sales (EMEA), Net New',
    'R&D [internal]',
    '@work',
    'Me @ Home',
    'Wwwhat?',
    '2026-11-30 14:00',
    'Standup 2026-11-30 14:00-15:30',
    'Offsite 30.11.2026, 9:00',
    'Trip 11/30/2026 14:00',
    'Item 4006381333931',
    'Ольга Иванова',
    '株式会社アクメ',
    'عمر',
  ].map((name) => [name, name]),
])('%j is the name %j', (typed, name) => {
  expect(readName(typed)).toBe(name);
});

const address = 'must be a name, without a web address, an email address or a phone number';

test.each([
  ['', 'is missing'],
  [' \u200b\n', 'is missing'],
  ['x'.repeat(61), 'is longer than 60 characters'],
  ['x'.repeat(1_000_000), 'is longer than 60 characters'],
  ...[
    'You have won https://evil.example',
    'Visit WWW.evil.example',
    '50% OFF visit shop.example',
    'acme.com',
    'Company.com GmbH',
    'shop.example/win',
    'Go to bit.ly/3xY',
    'Bit.Ly/3xY',
    't.me/shop',
    'shop.example:8080',
    'sub.domain.shop.example',
    'shop。example',
    'ｓｈｏｐ．ｅｘａｍｐｌｅ',
    'магазин.рф',
    'xn--80aswg.xn--p1ai',
    'sho\u200bp.example',
    '(shop.example)',
    'now!shop.example',
    'me@shop.example',
    'me@localhost',
    'mailto:me',
    '93.184.216.34',
    'FREE 500 EUR today, shop[.]example',
    'shop [.] example',
    'shop(.)com',
    'shop{.}com',
    'shop[dot]com',
    'shop (DOT) com',
    'sales(at)shop',
    'sales [at] shop [dot] example',
    'shop dot com',
    'shop Dot Example',
    'visit shop . com',
    'shop . online',
    'shop .com',
    'shop. com',
    'shop,com',
    'shop,online now',
    'shop，com',
    'shop·com',
    'shop•com',
    'write @telegram_user',
    '@freecoins24',
    'Free (@freecoins)',
    'www shop',
    'WWW shop com',
    'www, shop',
    'www2 shop',
    'Call 0800 123 45 67',
    'Call 08001234567',
    '00491511234567',
    '49-151-1234-5678-9',
    '2026-11-30 0800 123 45 67',
    '+1 (555) 123-4567',
  ].map((name) => [name, address]),
])('%j is none: it %s', (typed, problem) => {
  expect(() => readName(typed)).toThrow(
    expect.objectContaining({ code: 'request.invalid', facts: { fields: [{ name: 'name', problem }] } }),
  );
});

test('a key may be called after the machine that uses it, though not be a link', () => {
  expect(readLabel('build-7.acme.example')).toBe('build-7.acme.example');
  expect(() => readLabel('https://acme.example')).toThrow(expect.objectContaining({ code: 'request.invalid' }));
});

test('long words without end are looked at quickly', () => {
  for (const text of ['a.'.repeat(5_000), 'a-'.repeat(5_000), '1 '.repeat(5_000), `${'a'.repeat(9_999)}@`, 'x:'.repeat(4_000)]) {
    const begun = performance.now();
    expect(() => readName(text)).toThrow();
    expect(performance.now() - begun).toBeLessThan(500);
  }
});
