import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cpuMs } from '#core/testing/runner/cpu-time.ts';
import { whyGuessable } from './guessable-password.ts';

const about = { brandName: 'Impacter', person: { email: 'ada.lovelace+work@engines.example', name: 'Ada de la Cruz-Núñez' } };
const why = (password: string) => whyGuessable(password, about);

test.each([
  '1234567890',
  '0987654321',
  '123123123123',
  '1212121212',
  'aaaaaaaaaa',
  '----------',
  '          ',
  'abcabcabcabc',
  'xk4qxk4qxk4q',
  'qwertyuiop',
  'QWERTZUIOP',
  'poiuytrewq',
  'asdfghjkl1',
  'qwerty12345',
  '1q2w3e4r5t6y',
  'zaq12wsxcde3',
  '1qaz2wsx3edc',
  'йцукенгшщз',
  'abcdefghij',
  'abc123abc123',
  '1111122222',
  '123456789!!',
  'asdfasdfasdf',
  '!@#$%^&*()',

  'password12',
  'Password123!',
  'P@ssw0rd2024',
  'pa$$w0rd123',
  'p4ssw0rd!!',
  'passwordpassword',
  '123password',
  '!!Password!!',
  'pass_word_2024',
  'welcome2024',
  'Welcome-2026!',
  'letmein1234',
  'iloveyou123',
  'I love you!!!',
  'admin123456',
  'changeme01',
  'dragon199012',
  'Sommer2024!',
  'qwertypassword',
  'monkey!monkey!',
  'contraseña1',
  'Liverpool1892',
  'hello12345',
  '12345hello',
])('%j is too common', (password) => {
  expect(why(password)).toBe('common');
});

test.each([
  'impacter123',
  'Impacter2026!',
  '1mp4cter2026',
  'impacterimpacter',
  'impacter-password',
  'impacterqwerty',

  'ada.lovelace',
  'AdaLovelace1815',
  'lovelace2026!',
  'ada.lovelace+work@engines.example',
  'lovelaceada1',
  'engines2026!',
  'engines.example',
  'cruznunez1',
  'Núñez_Cruz_1',
  'adadelacruz',
  'password-lovelace',
])('%j is too close to a name or an address', (password) => {
  expect(why(password)).toBe('personal');
});

test.each([
  'correct horse battery',
  'an even better one',
  'chosen with a link',
  'monkey dragon football',
  'password is a bad word',
  'winter in Lisbon',
  'x8$kQ2vLp0',
  '8361947205',
  'gT5hvV0aQw3z',
  'lovelace liked horses',
  'the impacter of my heart',
  'ada counts on engines daily',
  'mmmmmmm, good pie',
])('%j is taken', (password) => {
  expect(why(password)).toBeNull();
});

test('whoever is not known is still kept from the common ones and the name of the product', () => {
  const unknown = { brandName: 'Impacter', person: null };
  expect(['password12', 'impacter123', 'lovelace1815'].map((password) => whyGuessable(password, unknown))).toEqual([
    'common',
    'personal',
    null,
  ]);
});

test('what is added at the ends makes no common word a good password, however it is written', () => {
  const added = fc.stringMatching(/^[0-9!?.*#-]{0,2}$/);
  const word = fc.constantFrom('password', 'welcome', 'iloveyou', 'qwertyuiop', 'sunshine', 'impacter', 'lovelace', '123456789');
  const inAnyCase = word.chain((text) => fc.mixedCase(fc.constant(text)));
  fc.assert(
    fc.property(added, inAnyCase, added, (before, middle, after) => {
      expect(why(before + middle + after)).not.toBeNull();
    }),
  );
});

test('random passwords are taken, and any text is answered quickly', () => {
  const random = fc.string({
    unit: fc.constantFrom(...Array.from('abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789')),
    minLength: 14,
    maxLength: 40,
  });
  fc.assert(fc.property(random, (password) => new Set(password).size < 8 || why(password) === null));
  fc.assert(fc.property(fc.string({ unit: 'binary', minLength: 10, maxLength: 128 }), (password) => cpuMs(() => why(password)) < 100));
  for (const hard of ['a'.repeat(128), 'ab1'.repeat(42), 'qwertyuiop'.repeat(12), 'password'.repeat(16), '1q2w'.repeat(32)]) {
    expect(cpuMs(() => why(hard))).toBeLessThan(100);
  }
});
