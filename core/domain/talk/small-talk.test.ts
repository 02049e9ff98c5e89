import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuMs } from '#core/testing/runner/cpu-time.ts';
import { requests } from '#core/testing/sentences/request-sentences.ts';
import { talk } from '#core/testing/sentences/talk-sentences.ts';
import { isRefusal, isRefusalCode } from '../refusals/refusal.ts';
import { smallTalkIn } from './small-talk.ts';
import { workIn } from '../asks/work-in.ts';

describe.each(Object.entries(talk))('%s: starts nothing', (kind, texts) => {
  test.each(texts)('%s', (text) => {
    expect(smallTalkIn(text)).toBe(`ask.${kind}`);
  });
});

describe('a request stays a request', () => {
  test.each(requests)('%j', (text) => {
    expect(smallTalkIn(text)).toBeNull();
  });
});

test('every kind of talk has its answer', () => {
  for (const kind of Object.keys(talk)) expect(isRefusalCode(`ask.${kind}`)).toBe(true);
});

const counted = [
  'find 50 more leads in Tampa',
  'Find 30 dentists and 20 lawyers in Miami',
  '100 leads',
  '50 Berlin dentists',
  '20 boutique hotels in Lisbon, please',
  'Now find 100 new leads',
  'Can you find 20 suppliers in Ghent?',
  'I need 15 leads',
  'write 5 cold emails for CTOs',
  'send 40 emails to my customers',
  'scrape 200 rows from https://example.com/list',
  'Write 3 posts a week for 4 weeks',
  'research three competitors',
  'leads for dentists in Boston',
  "Don't write anything, just get me 12 leads",
] as const;
const before = fc.constantFrom(
  'Thanks! ',
  'Thank you so much. ',
  'Hi, ',
  'Hello!\n\n',
  'Hi team, thanks for the 300 leads! ',
  'Thanks for the 300 emails, they were great. ',
  'These 40 leads are bad, ',
  'The last 60 emails you wrote were terrible. ',
  'You never sent the 70 emails. ',
);

test('thanks, a greeting or a complaint in front of a request changes neither its type nor its number', () => {
  fc.assert(
    fc.property(before, fc.constantFrom(...counted), (front, request) => {
      expect(smallTalkIn(front + request)).toBeNull();
      const { type, quantity } = workIn(front + request);
      expect({ type, quantity }).toEqual({ type: workIn(request).type, quantity: workIn(request).quantity });
    }),
    { numRuns: 400 },
  );
});

const number = fc.oneof(
  fc.integer({ min: 1, max: 9_999 }).map(String),
  fc.integer({ min: 1_000, max: 9_999 }).map((n) => n.toLocaleString('en-US')),
  fc.constantFrom('twenty', 'a hundred', 'two dozen', '2k'),
);
const unit = fc.constantFrom(
  'leads',
  'emails',
  'rows',
  'posts',
  'tweets',
  'contacts',
  'Berlin dentists',
  'boutique hotels in Lisbon',
  'verified B2B leads',
);

test('whatever somebody thanks for, nothing is bought', () => {
  const thanks = fc.constantFrom(
    'Thanks for the',
    'Thank you so much for the',
    'thx for',
    'Great, thanks for finding',
    'Many thanks for the',
    'I appreciate the',
  );
  const after = fc.constantFrom(
    '',
    '!',
    ' :)',
    '!!! 🎉',
    '. Great job.',
    ', they were perfect',
    '. I will call them tomorrow.',
    ', well done!',
  );
  fc.assert(
    fc.property(thanks, number, unit, after, (front, many, of, end) => {
      expect(smallTalkIn(`${front} ${many} ${of}${end}`)).toBe('ask.thanks');
    }),
    { numRuns: 500 },
  );
});

test('whatever somebody complains about or forbids, nothing is bought', () => {
  const delivered = fc.constantFrom('leads', 'emails', 'rows', 'posts', 'contacts');
  const wrong = fc.constantFrom(
    'are wrong',
    'were duplicates',
    'are not good',
    "don't work",
    'look fake',
    'are outdated and useless',
    'were terrible',
  );
  const forbid = fc.constantFrom("Don't send", 'never write', 'Please do not find', "don't scrape", 'Stop sending');
  fc.assert(
    fc.property(number, delivered, wrong, forbid, (many, of, verdict, never) => {
      expect(smallTalkIn(`The ${many} ${of} you sent ${verdict}.`)).toBe('ask.complaint');
      expect(smallTalkIn(`${never} ${many} ${of}!`)).toBe('ask.prohibition');
    }),
    { numRuns: 300 },
  );
});

test('a number and a known unit make a request, with words between them too', () => {
  const verb = fc.constantFrom('find ', 'get me ', 'I need ', 'please find ', 'Can you find me ', '');
  const leads = fc.constantFrom(
    'leads',
    'Berlin dentists',
    'boutique hotels',
    'verified B2B leads',
    'small family restaurants',
    'contacts',
  );
  const place = fc.constantFrom('', ' in Lisbon', ' in Miami, please', ' for my agency. Thanks!');
  // Those that could be a year are in work-in.test.ts.
  fc.assert(
    fc.property(verb, fc.integer({ min: 2, max: 1_899 }), leads, place, (front, many, of, end) => {
      const text = `${front}${many} ${of}${end}`;
      expect(smallTalkIn(text)).toBeNull();
      expect(workIn(text)).toMatchObject({ type: 'lead-generation', quantity: { count: many, stated: true } });
    }),
    { numRuns: 500 },
  );
});

test('any text is read or refused in words', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'thanks',
      'for',
      'the',
      'leads',
      '100',
      'stop',
      "don't",
      'send',
      ',',
      '.',
      '!',
      '\n',
      '> ',
      ' - ',
      'what',
      'can',
      'you',
      'do',
      'credits',
      'and',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
      const text = pieces.join(' ');
      const found = smallTalkIn(text);
      expect(found === null || isRefusalCode(found)).toBe(true);
      try {
        workIn(text);
      } catch (error) {
        expect(isRefusal(error)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test.each([
  'a, ',
  '- ',
  ' ',
  '> a\n',
  'thanks ',
  'thanks for the leads and ',
  'and more leads. ',
  'the leads are ',
  'can you ',
  'how much is 1 ',
  "don't ",
  'we need ',
  'Fortune ',
  'Find Me 4 ',
  'Section ',
  '99 under ',
  'Four Sx ',
  '1-800-a',
  '’',
  '!',
])('twenty thousand characters of %j are read in a blink', (piece) => {
  const text = piece.repeat(20_000 / piece.length);
  expect(cpuMs(() => [smallTalkIn(text), workIn(text)])).toBeLessThan(500);
});
