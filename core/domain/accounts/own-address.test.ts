import { expect, test } from 'vitest';
import { isOwnPath } from './own-address.ts';

test.each(['/', '/dashboard', '/tasks/7?status=failed&a=//b', '/login?next=%2Fsettings', '/a/../b', '/x#//y'])(
  '%s leads to a page of the product',
  (address) => {
    expect(isOwnPath(address)).toBe(true);
  },
);

test.each([
  '',
  'dashboard',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/..//evil.example',
  '/a/..//evil.example',
  '/%2e%2e//evil.example',
  '/.//evil.example',
  'https:evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  ' /dashboard',
  '/a b',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\u0000',
  '/\u0085x',
  '/a\\b',
  `/${'x'.repeat(2_000)}`,
])('%j is no address of ours', (address) => {
  expect(isOwnPath(address)).toBe(false);
});
