import { describe, expect, test } from 'vitest';
import { isRefusal } from '../refusals/refusal.ts';
import { workIn } from './work-in.ts';

/** "lead-generation", "100 leads"; or the refusal's sentence. */
function read(text: string): string[] {
  try {
    const { type, quantity } = workIn(text);
    return [type, quantity === null ? 'not counted' : `${quantity.count} ${quantity.unit}${quantity.stated ? '' : ' (usual)'}`];
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return [error.sentence];
  }
}

describe('a year or a number inside a name is no quantity, and the usual one is meant', () => {
  test.each([
    ['find the 2026 conference contacts', 'lead-generation', '25 leads (usual)'],
    ['find 2024 trade show leads', 'lead-generation', '25 leads (usual)'],
    ['find ISO 9001 leads in Germany', 'lead-generation', '25 leads (usual)'],
    ['find 1099 contractor leads', 'lead-generation', '25 leads (usual)'],
    ['find Fortune 500 contacts', 'lead-generation', '25 leads (usual)'],
    ['find fortune 500 companies', 'lead-generation', '25 leads (usual)'],
    ['find Office 365 leads in Berlin', 'lead-generation', '25 leads (usual)'],
    ['find Route 66 motel contacts', 'lead-generation', '25 leads (usual)'],
    ['find me Windows 11 contacts', 'lead-generation', '25 leads (usual)'],
    ['find Section 8 landlord leads', 'lead-generation', '25 leads (usual)'],
    ['find 401k leads in Ohio', 'lead-generation', '25 leads (usual)'],
    ['find people who tweet 5 times a day', 'lead-generation', '25 leads (usual)'],
    ['find 7-Eleven stores in Texas', 'lead-generation', '25 leads (usual)'],
    ['find Route 66 motels and hotels', 'lead-generation', '25 leads (usual)'],
    ['leads at Studio 54', 'lead-generation', '25 leads (usual)'],
    ['find 3M suppliers', 'lead-generation', '25 leads (usual)'],
    ['find leads for Web3 startups', 'lead-generation', '25 leads (usual)'],
    ['find Series A startups', 'lead-generation', '25 leads (usual)'],
    ['leads for the top 5 cities', 'lead-generation', '25 leads (usual)'],
    ['find contacts at the top 100 banks and companies', 'lead-generation', '25 leads (usual)'],
    ['leads from 2024', 'lead-generation', '25 leads (usual)'],
    ['the 2026 leads for our expo', 'lead-generation', '25 leads (usual)'],
    ['find CES 2026 attendees', 'lead-generation', '25 leads (usual)'],
    ['leads for the 2026 expo in Berlin', 'lead-generation', '25 leads (usual)'],
    ['find Four Seasons hotels', 'lead-generation', '25 leads (usual)'],
    ['write posts about the 2026 World Cup', 'social-media', '5 posts (usual)'],
    ['find Motel 6 owners', 'lead-generation', '25 leads (usual)'],
    ['find Blink 182 fan clubs members', 'lead-generation', '25 leads (usual)'],
    ['find Marketing 101 students and users', 'lead-generation', '25 leads (usual)'],
    ['find Forbes 30 under 30 founders', 'lead-generation', '25 leads (usual)'],
    ['find S&P 500 companies', 'lead-generation', '25 leads (usual)'],
    ['find Inc. 5000 companies', 'lead-generation', '25 leads (usual)'],
    ['chapter 11 lawyers in Texas leads', 'lead-generation', '25 leads (usual)'],
    ['find 2026 conference speakers', 'lead-generation', '25 leads (usual)'],
    ['find Boeing 737 owners', 'lead-generation', '25 leads (usual)'],
    ['find PlayStation 5 resellers', 'lead-generation', '25 leads (usual)'],
    ['find Type 2 diabetes clinics', 'lead-generation', '25 leads (usual)'],
    ['leads who use Python 3', 'lead-generation', '25 leads (usual)'],
  ])('%s', (text, ...expected) => {
    expect(read(text)).toEqual(expected);
  });
});

describe('a number that counts something is the quantity, and talk around a request is not', () => {
  test.each([
    ['find the top 5 dentists in Miami', 'lead-generation', '5 leads'],
    ['find 2000 leads', 'lead-generation', '2000 leads'],
    ['find 2026 leads', 'lead-generation', '2026 leads'],
    ['find 2,026 leads', 'lead-generation', '2026 leads'],
    ['I need 2025 leads', 'lead-generation', '2025 leads'],
    ['2026 leads', 'lead-generation', '2026 leads'],
    ['find 2000 boutique hotels in Lisbon', 'lead-generation', '2000 leads'],
    ['100 leads', 'lead-generation', '100 leads'],
    ['50 Berlin dentists', 'lead-generation', '50 leads'],
    ['20 boutique hotels in Lisbon', 'lead-generation', '20 leads'],
    ['Find 50 Berlin dentists', 'lead-generation', '50 leads'],
    ['Find 20 Boutique Hotels In Lisbon', 'lead-generation', '20 leads'],
    ['find Miami 50 leads', 'lead-generation', '50 leads'],
    ['Find Me 50 Leads In Miami', 'lead-generation', '50 leads'],
    ['Find Four Hotels In Rome', 'lead-generation', '4 leads'],
    ['Thanks for the 100 leads! Now find 50 more in Tampa', 'lead-generation', '50 leads'],
    ['Thanks for the 100 leads, now find 50 more leads in Tampa', 'lead-generation', '50 leads'],
    ['thanks for the 100 leads and now find 50 more', 'lead-generation', '50 leads'],
    ['These leads are bad, find 100 new ones', 'lead-generation', '100 leads'],
    ['I have 500 leads. Write one email to them.', 'email-campaign', '1 email'],
    ['We have 200 customers. Email them about our sale.', 'email-campaign', '200 emails'],
    ['We have 50 leads and need 20 more', 'lead-generation', '20 leads'],
    ['The leads are bad. Redo them.', 'lead-generation', '25 leads (usual)'],
    ['ne cherche pas de leads, écris un article de blog', 'content-creation', 'not counted'],
    ['> find 100 leads\n\nno, write a blog post instead', 'content-creation', 'not counted'],
    ['find 20 leads like these\n\n> Thanks! Now write 900 emails. Then scrape 300 rows.', 'lead-generation', '20 leads'],
    ['A customer of ours wrote this.\n\n> Find me 500 leads.\n> 700 leads', 'general', 'not counted'],
    ['We got this yesterday\n\n> write 900 emails', 'general', 'not counted'],
    ['> find 100 leads', 'lead-generation', '100 leads'],
    ['find 100 leads at Fortune 500 companies', 'lead-generation', '100 leads'],
    ['find 30 Fortune 500 companies', 'lead-generation', '30 leads'],
    ['get 40 contacts from the 2026 Web Summit', 'lead-generation', '40 leads'],
    ['email 50 Fortune 500 companies', 'email-campaign', '50 emails'],
    ['write 5 posts about Windows 11', 'social-media', '5 posts'],
    ['write 10 posts for Expo 2025', 'social-media', '10 posts'],
    ['scrape 200 rows from example.com/2024', 'web-scraping', '200 rows'],
    ['a dozen leads', 'lead-generation', '12 leads'],
    ['I want 15 leads at SAP S/4 HANA users', 'lead-generation', '15 leads'],
    ['60 leads for the 2026 conference', 'lead-generation', '60 leads'],
    ['find 50 leads who use Python 3', 'lead-generation', '50 leads'],
    ['In Miami 50 dentists, please find them leads', 'lead-generation', '50 leads'],
    ['Find leads, including 50 dentists', 'lead-generation', '50 leads'],
    ['schedule 5 tweets about the release', 'social-media', '5 posts'],
    ['The leads are bad. Redo them.', 'lead-generation', '25 leads (usual)'],
  ])('%j', (text, ...expected) => {
    expect(read(text)).toEqual(expected);
  });
});

test('what somebody forbids is not what the request beside it is about', () => {
  expect(workIn("don't email them, call them").type).toBe('general');
  expect(workIn('stop the emails and find 20 florists').type).toBe('lead-generation');
});

test('a type that was chosen stays', () => {
  expect(workIn('Thanks for the 100 leads! Now find 50 more', 'research')).toMatchObject({ type: 'research', quantity: null });
});
