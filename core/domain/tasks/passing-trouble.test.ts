import { expect, test } from 'vitest';
import { isPassingTrouble } from './passing-trouble.ts';

test.each([
  'HTTP 429: too many requests',
  'HTTP 500: overloaded',
  '503 status code (no body)',
  '429 Rate limit reached for requests',
  'API rate limit reached. Please try again later.',
  'The AI service is temporarily overloaded. Please try again in a moment.',
])('what a model says of a trouble that passes: %s', (reason) => {
  expect(isPassingTrouble(reason)).toBe(true);
});

test.each([
  'HTTP 401: invalid key',
  'HTTP 400: the context is too long',
  'I found only 429 of 500 leads.',
  'The agent ended in an error.',
  '5000 rows do not fit.',
])('what no second try mends: %s', (reason) => {
  expect(isPassingTrouble(reason)).toBe(false);
});
