import { describe, expect, test } from 'vitest';
import { agentTypes } from './agent-type.ts';
import { failureCodes, failureFor, needsPersonToRepeat } from './failure.ts';

describe.each(failureCodes)('%s', (code) => {
  test.each(agentTypes)('as %s says what happened, that it cost nothing, and what to do next', (type) => {
    const failure = failureFor(code, type);
    expect(failure.sentence).toMatch(/^[A-Z].*\.$/);
    expect(failure.cost).toBe('Nothing was charged.');
    expect(failure.wayForward).toMatch(/^[A-Z].*\.$/);
  });
});

test('work with effects outside is repeated only after a person looked', () => {
  expect(agentTypes.filter(needsPersonToRepeat)).toEqual(['email-campaign', 'social-media']);
  expect(failureFor('agent.lost', 'email-campaign').wayForward).toBe(
    'Some emails may already have been sent: check before you try again. Try again.',
  );
  expect(failureFor('agent.lost', 'research').wayForward).toBe('Try again.');
});

test('an agent that was never reached cannot have sent anything', () => {
  expect(failureFor('agent.unreachable', 'email-campaign').wayForward).toBe('Try again in a few minutes.');
});
