import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuMs } from '#core/testing/runner/cpu-time.ts';
import type { AgentType } from '../tasks/agent-type.ts';
import { quantityIn } from './quantity.ts';
import { isRefusal } from '../refusals/refusal.ts';

/** "100 leads", "25 leads (usual)", or the refusal's sentence. */
function read(type: AgentType, text: string): string {
  try {
    const quantity = quantityIn(text, type);
    return quantity === null ? 'not counted' : `${quantity.count} ${quantity.unit}${quantity.stated ? '' : ' (usual)'}`;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.sentence;
  }
}

describe('a number beside the thing it counts is the quantity', () => {
  test.each<[AgentType, string, string]>([
    ['lead-generation', 'find me 100 leads in Miami', '100 leads'],
    ['lead-generation', 'a hundred leads', '100 leads'],
    ['lead-generation', 'two hundred and fifty leads', '250 leads'],
    ['lead-generation', 'twenty-five leads', '25 leads'],
    ['lead-generation', 'a dozen leads', '12 leads'],
    ['lead-generation', 'half a dozen leads', '6 leads'],
    ['lead-generation', 'a couple of leads', '2 leads'],
    ['lead-generation', '1,500 leads', '1500 leads'],
    ['lead-generation', '1.500 leads', '1500 leads'],
    ['lead-generation', '2.5k leads', '2500 leads'],
    ['lead-generation', '100+ leads', '100 leads'],
    ['lead-generation', '~100 leads', '100 leads'],
    ['lead-generation', 'leads: 100', '100 leads'],
    ['lead-generation', 'leads (100)', '100 leads'],
    ['lead-generation', '50 highly qualified B2B leads', '50 leads'],
    ['lead-generation', 'a list of 50 plumbers', '50 leads'],
    ['lead-generation', 'find 20 violin makers in Ghent', '20 leads'],
    ['lead-generation', 'find up to 50 dentists', '50 leads'],
    ['lead-generation', 'find 2026 leads', '2026 leads'],
    ['lead-generation', 'find a lead', '1 lead'],
    ['email-campaign', '50 emails', '50 emails'],
    ['email-campaign', 'write 5 cold emails for CTOs', '5 emails'],
    ['email-campaign', 'email 200 dentists', '200 emails'],
    ['email-campaign', 'send an email to 50 dentists', '50 emails'],
    ['email-campaign', 'send an email to my boss', '1 email'],
    ['email-campaign', 'a 10-email nurture sequence', '10 emails'],
    ['email-campaign', 'send my newsletter to 1,200 subscribers', '1200 emails'],
    ['web-scraping', '2k rows', '2000 rows'],
    ['web-scraping', 'scrape 1,500 products from example.com', '1500 rows'],
    ['web-scraping', 'first 200 results', '200 rows'],
    ['social-media', 'write a tweet announcing our launch', '1 post'],
    ['social-media', '5 tweets of 200 characters each', '5 posts'],
  ])('%s: %s', (type, text, expected) => {
    expect(read(type, text)).toBe(expected);
  });
});

describe('of a range the upper end, since that is what may be delivered', () => {
  test.each(['10-20 leads', '10 – 20 leads', '10 to 20 leads', 'between 10 and 20 leads', '10 or 20 leads'])('%s', (text) => {
    expect(read('lead-generation', text)).toBe('20 leads');
  });
});

describe('amounts that belong together are one quantity', () => {
  test.each<[AgentType, string, string]>([
    ['social-media', '3 posts a week for 4 weeks', '12 posts'],
    ['social-media', 'for 4 weeks, 3 posts', '3 posts'],
    ['social-media', '2 posts per day for a week', '14 posts'],
    ['social-media', 'a post a day for two weeks', '14 posts'],
    ['social-media', '4 posts weekly for a month', '16 posts'],
    ['social-media', 'post 3 times a week on LinkedIn for 2 months', '24 posts'],
    ['social-media', '5 posts each 100 words', '5 posts'],
    ['lead-generation', '20 leads per city in 3 cities', '60 leads'],
    ['lead-generation', '20 leads for each of the 3 cities', '60 leads'],
    ['lead-generation', '50 leads in Miami and 30 leads in Boston', '80 leads'],
    ['email-campaign', '5 emails to each of 20 leads', '100 emails'],
    ['email-campaign', 'send 3 emails to 50 customers', '50 emails'],
  ])('%s: %s', (type, text, expected) => {
    expect(read(type, text)).toBe(expected);
  });
});

describe('other numbers are not the quantity, and the usual one is meant', () => {
  test.each([
    'leads for the top 5 cities',
    'leads for 2026',
    'leads under $500',
    '10 days of leads',
    'in 5 cities with leads',
    'cheap $5 leads',
    '20% more leads',
    'leads for 20% growth',
    'support 24/7 leads',
    'call +1 305 555 0100 for leads',
    'leads by 2026-12-01',
    'companies with 50 people',
    'startups with 10 to 50 employees',
    '5-star hotels in Rome',
    'covid-19 leads',
    'for 3 companies find leads',
    'leads at "100 Leads Inc"',
    'leads from https://example.com/100',
    'no leads',
    'a lead list',
  ])('%s', (text) => {
    expect(read('lead-generation', text)).toBe('25 leads (usual)');
  });

  test('each countable type has its own usual quantity', () => {
    expect(read('email-campaign', 'an email campaign')).toBe('20 emails (usual)');
    expect(read('web-scraping', 'scrape https://example.com')).toBe('100 rows (usual)');
    expect(read('social-media', 'tweet this')).toBe('5 posts (usual)');
  });

  test('work that is charged by usage has no quantity', () => {
    expect(read('research', 'research 3 competitors')).toBe('not counted');
  });
});

describe('what cannot be delivered is refused with words', () => {
  test.each([
    ['-5 leads', 'We can’t deliver -5 leads.'],
    ['minus five leads', 'We can’t deliver -5 leads.'],
    ['0 leads', 'We can’t deliver 0 leads.'],
    ['zero leads', 'We can’t deliver zero leads.'],
    ['1.5 leads', 'We only deliver whole leads, and you asked for 1.5.'],
    ['half a lead', 'We only deliver whole leads, and you asked for half.'],
    ['20,000 leads', 'One task can deliver at most 10,000 leads; you asked for 20,000.'],
    ['a million leads', 'One task can deliver at most 10,000 leads; you asked for a million.'],
    ['99999999999999999999 leads', 'One task can deliver at most 10,000 leads; you asked for 99999999999999999999.'],
    ['1e99 leads', 'One task can deliver at most 10,000 leads; you asked for 1e99.'],
    ['9,000 leads per city in 3 cities', 'One task can deliver at most 10,000 leads; you asked for 27,000.'],
  ])('%s', (text, sentence) => {
    expect(read('lead-generation', text)).toBe(sentence);
  });
});

test('whatever is written, the quantity is a whole number within the limit or a refusal', () => {
  const piece = fc.oneof(
    fc.constantFrom('leads', 'a', 'per', 'week', 'for', 'and', '-', ':', 'hundred', 'half', 'k', '.', ',', 'to', 'of', 'each'),
    fc.integer().map(String),
    fc.double().map(String),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        const { count } = quantityIn(pieces.join(' '), 'lead-generation')!;
        expect(Number.isInteger(count) && count > 0 && count <= 10_000).toBe(true);
      } catch (error) {
        expect(isRefusal(error)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test.each(['9', '9 ', '9,', 'a ', 'one ', '9 leads and ', '9-', '+9 ', '9 per ', 'a lead '])(
  'twenty thousand characters of %j are read in a blink',
  (piece) => {
    expect(cpuMs(() => read('lead-generation', piece.repeat(20_000 / piece.length)))).toBeLessThan(500);
  },
);
