import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditActs, auditTitle, isAuditAct, sayAudit } from './say-audit.ts';

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
  before: '20000000',
  kind: 'member',
  period: 'month',
  retentionDays: 90,
  retentionDaysBefore: 365,
  confirmAbove: '10000000',
  confirmAboveBefore: null,
  until: '2026-12-09T10:00:00.000Z',
  device: 'Firefox on Linux',
  note: 'to try',
};

test('each act is a sentence after a name', () => {
  expect(Object.fromEntries(auditActs.map((act) => [act, sayAudit({ act, whom: 'Grace', facts })]))).toMatchObject({
    grant: 'granted 50 credits: to try',
    'identity.linked': 'linked the Slack account “Acme” to their login',
    'identity.unlinked': 'unlinked the Slack account “Acme” from their login',
    'invitation.declined': 'declined the invitation for grace@example.com',
    'invitation.resent': 'resent the invitation for grace@example.com',
    'invitation.revoked': 'revoked the invitation for grace@example.com',
    'invitation.sent': 'invited grace@example.com as member',
    'key.made': 'created the API key “Acme” (imp_abcd…)',
    'key.revoked': 'revoked the API key “Acme” (imp_abcd…) of Grace',
    'member.joined': 'joined as member',
    'member.left': 'left the team; 2 API keys ended',
    'member.removed': 'removed Grace (member); 2 API keys ended',
    'member.role': 'changed the role of Grace from member to admin',
    'team.made': 'created the team “Acme”',
    'team.renamed': 'renamed the team from “member” to “admin”',
    'workspace.linked': 'linked “Acme” on Slack to the team',
    'workspace.unlinked': 'unlinked “Acme” on Slack from the team',
    'settings.changed': 'changed how long files are kept from 365 to 90 days, and the approval threshold from none to 10 credits',
    'limit.set': 'set a limit of 50 credits a month for a person',
    'limit.changed': 'changed a limit from 20 credits to 50 credits a month for a person',
    'limit.removed': 'removed the limit of 50 credits a month for a person',
    'export.asked': 'created an export of the team’s data',
    'team.deletion-asked': 'scheduled the team for deletion on 2026-12-09',
    'session.began': 'logged in with Slack (Firefox on Linux)',
    'login.connected': 'connected the Slack account “Acme” to log in with',
    'login.removed': 'removed the Slack account “Acme” as a way to log in',
    'person.renamed': 'changed their name from “member” to “admin”',
    'password.reset': 'chose a new password with an emailed link',
    'team.frozen': 'put the team’s credits on hold: to try',
  });
});

test('each act has a title of its own to look for', () => {
  expect(new Set(auditActs.map(auditTitle)).size).toBe(auditActs.length);
});

test('every act that the product writes has words', () => {
  const core = path.join(import.meta.dirname, '../..');
  const files = globSync(['flows/**/*.ts', 'store/**/*.ts', 'commands/**/*.ts'], { cwd: core }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  const written = files.flatMap((file) =>
    [
      ...readFileSync(path.join(core, file), 'utf8').matchAll(/\b(?:act: |auditLine\(core, actor, )(?:\w+ \? '([^']+)' : )?'([^']+)'/g),
    ].flatMap(([, first, second]) => [first, second].filter((act) => act !== undefined)),
  );
  expect(written.length).toBeGreaterThan(20);
  expect(written.filter((act) => !isAuditAct(act))).toEqual([]);
});

test('of a line that was erased it is said that it was, and nothing else', () => {
  expect(sayAudit({ act: 'member.removed', whom: 'Grace', facts, erased: true })).toBe(
    'did something whose details were erased (Member removed)',
  );
});

describe('what was stored otherwise than expected', () => {
  test.each([[null], [{}], ['text'], [[]], [{ name: { a: 1 }, credits: 'much', keys: 'x', platform: '<b>' }]])(
    'still says something with the facts %j',
    (odd) => {
      for (const act of auditActs) expect(sayAudit({ act, whom: null, facts: odd })).not.toMatch(/undefined|null|NaN|\[object|[<>]/);
    },
  );

  test('an act of a later version is named', () => {
    expect(sayAudit({ act: 'team.painted', whom: null, facts: {} })).toBe('performed “team.painted”');
    expect(auditTitle('toString')).toBe('toString');
    expect(auditTitle('<script>')).toBe('script');
  });

  test('a very long fact is cut', () => {
    expect(sayAudit({ act: 'team.made', whom: null, facts: { name: 'x'.repeat(100_000) } }).length).toBeLessThan(300);
  });
});
