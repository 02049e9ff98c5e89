import { expect, test } from 'vitest';
import { readConfig } from '#core/contracts/env.ts';
import { openDoor } from '../testing/open-door.ts';

test('who finds a security problem reads where to report it', async () => {
  const nowMs = () => Date.parse('2026-11-30T12:00:00Z');
  const { fetch } = await openDoor({}, { nowMs, securityContacts: ['mailto:security@example.com', 'https://example.com/report'] });
  const answer = await fetch('/.well-known/security.txt');
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await answer.text()).toBe(`Contact: mailto:security@example.com
Contact: https://example.com/report
Expires: 2027-02-28T00:00:00.000Z
Preferred-Languages: en
Policy: http://impacter.test/docs/security
Canonical: http://impacter.test/.well-known/security.txt
`);
});

test('nobody’s address is published unless a setting names it', async () => {
  const { http } = readConfig({ OPERATOR_EMAILS: 'ops@example.com' });
  const { fetch } = await openDoor({}, { securityContacts: http.securityContacts });
  expect((await fetch('/.well-known/security.txt')).status).toBe(404);
  expect(() => readConfig({ SECURITY_CONTACT: 'ops@example.com' })).toThrow('SECURITY_CONTACT must be addresses that begin with mailto:');
});

test('a password manager is led to where the password is changed', async () => {
  const { fetch } = await openDoor({}, { portal: [] });
  const answer = await fetch('/.well-known/change-password');
  expect([answer.status, answer.headers.get('location')]).toEqual([303, 'http://impacter.test/settings']);
  expect((await (await openDoor({})).fetch('/.well-known/change-password')).status).toBe(404);
});
