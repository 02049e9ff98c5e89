import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agentTypes, type AgentType } from '../tasks/agent-type.ts';
import { chargeFor } from './charge.ts';
import { credits, micro, showCredits } from './credits.ts';
import { estimate, quantile, type Learned } from './estimate.ts';
import { rateOf, RATE_VERSION, sayUnits } from './rates.ts';

function range(type: AgentType, quantity: number | null, learned?: Learned): string {
  const { low, high } = estimate(type, quantity, learned);
  return `${showCredits(low)}–${showCredits(high)}`;
}

describe('from the table, while we have too few tasks of our own', () => {
  test.each<[AgentType, number | null, string]>([
    ['lead-generation', 100, '80–100'],
    ['lead-generation', 1, '1–1'],
    ['email-campaign', 50, '25–25'],
    ['web-scraping', 2000, '100–200'],
    ['web-scraping', 3, '1–1'],
    ['social-media', 12, '24–24'],
    ['content-creation', null, '8–25'],
    ['research', null, '15–40'],
    ['general', null, '4–15'],
  ])('%s × %s costs %s', (type, quantity, expected) => {
    expect(range(type, quantity)).toBe(expected);
  });

  test('29 tasks of our own say too little', () => {
    expect(range('research', null, { tasks: 29, p50: credits(5), p90: credits(10) })).toBe('15–40');
  });
});

describe('from our own settled tasks, once there are thirty', () => {
  test('half of them cost the low one or less, nine of ten the high one or less', () => {
    expect(range('research', null, { tasks: 30, p50: credits(5), p90: credits(10) })).toBe('5–10');
  });

  test('it stays between the minimum and the maximum of the table', () => {
    expect(range('research', null, { tasks: 99, p50: credits(1), p90: credits(1) })).toBe('3–3');
    expect(range('research', null, { tasks: 99, p50: credits(90), p90: credits(100) })).toBe('40–40');
  });

  test('countable work still holds the price of everything asked for', () => {
    expect(range('lead-generation', 100, { tasks: 30, p50: credits(0.6), p90: credits(0.9) })).toBe('60–100');
  });
});

test('everything that was asked for can be paid from the hold', () => {
  fc.assert(
    fc.property(fc.constantFrom(...agentTypes), fc.integer({ min: 1, max: 10_000 }), (type, quantity) => {
      const { low, high } = estimate(type, quantity);
      const usage = { inputTokens: 0, outputTokens: 0, toolCalls: 0, durationMs: 0 };
      expect(low > 0n && low <= high).toBe(true);
      expect(chargeFor({ end: 'completed', type, units: quantity, usage, held: micro(high * 10n) }) <= high).toBe(true);
    }),
  );
});

test('a quantile is one of the amounts', () => {
  const amounts = [5, 1, 4, 2, 3].map((amount) => credits(amount));
  expect([50, 90, 0, 100].map((percent) => showCredits(quantile(amounts, percent)))).toEqual(['3', '5', '1', '5']);
  expect(quantile([], 50)).toBe(0n);
});

describe('the rate table', () => {
  test.each(agentTypes)('%s has a price for what is usual, within its own limits', (type) => {
    const rate = rateOf(type);
    if (rate.unit === null) expect(rate.minimum <= rate.typical && rate.typical <= rate.maximum).toBe(true);
    else
      expect(rate.usualQuantity > 0 && rate.usualQuantity <= rate.mostQuantity && rate.perUnit > 0n && rate.usuallyFound <= 100).toBe(true);
  });

  test('a version that never was is an error', () => {
    expect(() => rateOf('general', RATE_VERSION + 1)).toThrow('there is no rate version 2');
  });

  test('units are said as people say them', () => {
    expect([sayUnits('lead-generation', 1), sayUnits('web-scraping', 1500), sayUnits('research', 2)]).toEqual([
      '1 lead',
      '1,500 rows',
      '2',
    ]);
  });
});
