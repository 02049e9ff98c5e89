import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agentTypes } from '../tasks/agent-type.ts';
import { chargeFor, type Ended } from './charge.ts';
import { credits, micro, showCredits, type Credits } from './credits.ts';

const unused = { inputTokens: 0, outputTokens: 0, toolCalls: 0, durationMs: 0 };
const someUse = { inputTokens: 60_000, outputTokens: 8_000, toolCalls: 15, durationMs: 240_000 };
const counted: Ended = { end: 'completed', type: 'lead-generation', units: 100, usage: someUse, held: credits(100) };
const used: Ended = { end: 'completed', type: 'research', units: null, usage: someUse, held: credits(40) };

function charge(changes: Partial<Ended>, base = counted): string {
  return showCredits(chargeFor({ ...base, ...changes }));
}

describe('countable work costs what was delivered', () => {
  test('100 leads cost 100 credits, 87 cost 87', () => {
    expect([charge({}), charge({ units: 87 })]).toEqual(['100', '87']);
  });

  test('50 emails cost 25 credits, 2,000 rows 200, 12 posts 24', () => {
    expect(charge({ type: 'email-campaign', units: 50 })).toBe('25');
    expect(charge({ type: 'web-scraping', units: 2000, held: credits(200) })).toBe('200');
    expect(charge({ type: 'social-media', units: 12 })).toBe('24');
  });

  test('more than was asked for costs no more than was held', () => {
    expect(charge({ units: 103 })).toBe('100');
  });

  test('something finished costs at least the minimum, nothing costs nothing', () => {
    expect(charge({ type: 'web-scraping', units: 3 })).toBe('1');
    expect(charge({ type: 'web-scraping', units: 0 })).toBe('0');
  });

  test('what could not be counted is not charged', () => {
    expect(charge({ units: null })).toBe('0');
  });
});

describe('other work costs what was used', () => {
  test('tokens, tools and time, rounded up to a hundredth', () => {
    // 60,000 × 0.0001 + 8,000 × 0.0005 + 15 × 0.2 + 240 × 0.008
    expect(charge({}, used)).toBe('14.92');
    expect(charge({ usage: { ...someUse, inputTokens: 60_001 } }, used)).toBe('14.93');
  });

  test('at least the minimum, at most what was held', () => {
    expect(charge({ usage: unused }, used)).toBe('3');
    expect(charge({ held: credits(10) }, used)).toBe('10');
    expect(charge({ usage: unused, held: credits(2) }, used)).toBe('2');
  });
});

describe('work that was not finished', () => {
  test.each(agentTypes)('%s that failed costs nothing, whatever it used', (type) => {
    expect(charge({ end: 'failed', type, units: 50 })).toBe('0');
  });

  test('cancelled work costs what was delivered or used so far, without a minimum', () => {
    expect(charge({ end: 'canceled', units: 40 })).toBe('40');
    expect(charge({ end: 'canceled', type: 'web-scraping', units: 3 })).toBe('0.3');
    expect(charge({ end: 'canceled', usage: { ...unused, toolCalls: 2 } }, used)).toBe('0.4');
    expect(charge({ end: 'canceled', usage: unused }, used)).toBe('0');
  });
});

test.each([
  ['units', { units: -1 }],
  ['units', { units: Number.NaN }],
  ['units', { units: 1.5 }],
  ['inputTokens', { type: 'research' as const, usage: { ...unused, inputTokens: -1 } }],
  ['toolCalls', { type: 'research' as const, usage: { ...unused, toolCalls: Number.NaN } }],
  ['durationMs', { type: 'research' as const, usage: { ...unused, durationMs: Number.POSITIVE_INFINITY } }],
])('a wrong meter (%s) is an error, never a bill', (name, changes) => {
  expect(() => charge(changes)).toThrow(new RegExp(`^${name} cannot be`));
});

describe('whatever was used', () => {
  const amount = fc.nat({ max: 10_000_000 });
  const ended: fc.Arbitrary<Ended> = fc.record({
    end: fc.constantFrom('completed', 'canceled', 'failed'),
    type: fc.constantFrom(...agentTypes),
    units: fc.option(fc.nat({ max: 100_000 })),
    usage: fc.record({ inputTokens: amount, outputTokens: amount, toolCalls: amount, durationMs: amount }),
    held: fc.bigInt({ min: 0n, max: 10_000_000_000n }).map((held): Credits => micro(held)),
  });

  test('nobody pays less than nothing, nor more than was held', () => {
    fc.assert(
      fc.property(ended, (task) => {
        const charged = chargeFor(task);
        expect(charged >= 0n && charged <= task.held).toBe(true);
      }),
    );
  });

  test('more delivered or more used never costs less', () => {
    fc.assert(
      fc.property(ended, amount, fc.constantFrom('inputTokens', 'outputTokens', 'toolCalls', 'durationMs'), (task, more, meter) => {
        const later = {
          ...task,
          units: task.units === null ? null : task.units + more,
          usage: { ...task.usage, [meter]: task.usage[meter] + more },
        };
        expect(chargeFor(later) >= chargeFor(task)).toBe(true);
      }),
    );
  });

  test('cancelling never costs more than finishing', () => {
    fc.assert(
      fc.property(ended, (task) => {
        expect(chargeFor({ ...task, end: 'canceled' }) <= chargeFor({ ...task, end: 'completed' })).toBe(true);
      }),
    );
  });
});
