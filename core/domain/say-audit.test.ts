import { describe, expect, test } from 'vitest';
import { auditActs, auditTitle, sayAudit } from './say-audit.ts';

const facts = {
  name: 'Acme',
  from: 'member',
  to: 'admin',
  role: 'member',
  keys: 2,
  email: 'grace@example.com',
  prefix: 'imp_abcd',
  own: false,
  platform: 'slack',
  credits: '50000000',
  note: 'to try',
};

test('each act is a sentence after a name', () => {
  expect(Object.fromEntries(auditActs.map((act) => [act, sayAudit({ act, whom: 'Grace', facts })]))).toMatchObject({
    grant: 'granted 50 credits: to try',
    'identity.linked': 'linked the Slack account “Acme” to their login',
    'identity.unlinked': 'unlinked the Slack account “Acme” from their login',
    'invitation.declined': 'declined the invitation of grace@example.com',
    'invitation.resent': 'sent the invitation of grace@example.com again',
    'invitation.revoked': 'took back the invitation of grace@example.com',
    'invitation.sent': 'invited grace@example.com as member',
    'key.made': 'made the API key “Acme” (imp_abcd…)',
    'key.revoked': 'revoked the API key “Acme” (imp_abcd…) of Grace',
    'member.joined': 'joined as member',
    'member.left': 'left the team; 2 API keys ended',
    'member.removed': 'removed Grace (member); 2 API keys ended',
    'member.role': 'changed the role of Grace from member to admin',
    'team.made': 'made the team “Acme”',
    'team.renamed': 'renamed the team from “member” to “admin”',
    'workspace.linked': 'linked “Acme” on Slack to the team',
    'workspace.unlinked': 'unlinked “Acme” on Slack from the team',
  });
});

test('each act has a title of its own to look for', () => {
  expect(new Set(auditActs.map(auditTitle)).size).toBe(auditActs.length);
});

describe('what was stored otherwise than expected', () => {
  test.each([[null], [{}], ['text'], [[]], [{ name: { a: 1 }, credits: 'much', keys: 'x', platform: '<b>' }]])(
    'still says something with the facts %j',
    (odd) => {
      for (const act of auditActs) expect(sayAudit({ act, whom: null, facts: odd })).not.toMatch(/undefined|null|NaN|\[object|[<>]/);
    },
  );

  test('an act of a later version is named', () => {
    expect(sayAudit({ act: 'team.painted', whom: null, facts: {} })).toBe('did something that is called “team.painted”');
    expect(auditTitle('toString')).toBe('toString');
    expect(auditTitle('<script>')).toBe('script');
  });

  test('a very long fact is cut', () => {
    expect(sayAudit({ act: 'team.made', whom: null, facts: { name: 'x'.repeat(100_000) } }).length).toBeLessThan(300);
  });
});
