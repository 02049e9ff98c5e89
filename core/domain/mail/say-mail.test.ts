import { describe, expect, test } from 'vitest';
import type { MailSaying, SecurityChange } from './mail.ts';
import { roles } from '../team/permission.ts';
import { sayMail } from './say-mail.ts';

const context = { brandName: 'Impacter', publicUrl: 'https://work.example.com' };
const url = 'https://work.example.com/go?token=abc&next=%2Fdashboard';
const at = '2026-11-25T10:15:00.000Z';

const changes: SecurityChange[] = [
  'password-changed',
  'mail-changed',
  'two-factor-on',
  'two-factor-off',
  'backup-codes',
  'new-device',
  'api-key-made',
  'two-factor-lost',
  'two-factor-reset',
  'sessions-ended-by-operator',
  'keys-revoked-by-operator',
  'identity-linked',
  'login-connected',
  'login-removed',
];

function everySaying(theirs: string): MailSaying[] {
  return [
    { kind: 'verify', name: theirs, url },
    { kind: 'known', name: theirs, url },
    { kind: 'reset', name: theirs, url },
    { kind: 'set-password', name: theirs, url },
    { kind: 'magic-link', url },
    { kind: 'new-address', account: 'a•••@example.com', url },
    ...roles.map((role) => ({ kind: 'invitation', team: theirs, by: theirs, role, url }) as const),
    ...changes.map((what) => ({ kind: 'security', name: theirs, what, at, from: theirs, url }) as const),
    { kind: 'security', name: '', what: 'new-device', at, from: null, url },
    { kind: 'deletion', team: theirs, until: at, url },
    { kind: 'key-expiring', name: theirs, key: theirs, team: theirs, until: at, url },
    { kind: 'app-removed', workspace: theirs, platform: 'slack', team: theirs, at, url },
    { kind: 'app-permissions', workspace: theirs, platform: 'slack', team: theirs, missing: ['files:read', 'chat:write'], url },
    { kind: 'welcome', credits: '500000000', url },
    { kind: 'receipt', team: theirs, credits: '500000000', money: '$25', url },
    { kind: 'receipt', team: theirs, credits: '500000000', money: '$25', auto: true, url },
    { kind: 'payment-failed', credits: '500000000', url },
    ...(['authentication', 'declined', 'no-card', 'cap'] as const).map(
      (why) => ({ kind: 'top-up-failed', team: theirs, why, suspended: why === 'declined', money: '$25', url }) as const,
    ),
    { kind: 'low-credits', team: theirs, left: '12500000', level: 5, days: null, url },
    { kind: 'low-credits', team: theirs, left: '12500000', level: null, days: 2, url },
    ...[true, false].map(
      (failed) =>
        ({ kind: 'refund', team: theirs, bought: '500000000', refunded: '$25', failed, left: '0', owed: '20000000', url }) as const,
    ),
    ...(['none', 'inquiry', 'open', 'lost'] as const).map(
      (standing) => ({ kind: 'dispute', team: theirs, bought: '500000000', standing, before: 'open', owed: '0', url }) as const,
    ),
    { kind: 'alarm', title: theirs, words: `${theirs}\n\nand more`, url },
  ];
}

test('a mail reads like this', () => {
  expect(sayMail({ kind: 'verify', name: 'Ada', url }, context)).toMatchObject({
    subject: 'Confirm your email address',
    text: `Confirm your email address

This email address was used to sign up for Impacter. To confirm it, open the link and enter the password that you chose when you signed up.

Confirm this address:
https://work.example.com/go?token=abc&next=%2Fdashboard

The link works once and expires soon.

If you did not sign up, ignore this email: the account cannot be used without your confirmation.

-- 
Impacter
https://work.example.com
`,
  });
  const { text } = sayMail({ kind: 'security', name: 'Ada', what: 'new-device', at, from: 'Firefox on Linux', url }, context);
  expect(text).toContain('When: 25 November 2026 at 10:15 UTC\nFrom: Firefox on Linux');
});

describe.each(everySaying('Ada Lovelace').map((saying) => [saying.kind, saying] as const))('a mail of kind %s', (_, saying) => {
  const { subject, text, html } = sayMail(saying, context);

  test('has a subject of one line, and its address on a line of its own', () => {
    expect(subject).toMatch(/^[^\r\n]{5,150}$/);
    expect(text.split('\n')).toContain(url);
  });

  test('is a page with a language, a title, one heading, one button and the address in words', () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en"/);
    expect(html.match(/<title>.+<\/title>/g)).toHaveLength(1);
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect([...html.matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, href]) => href)).toEqual([url.replace('&', '&#38;')]);
    expect(html).toContain(`>${url.replace('&', '&#38;')}</span>`);
  });

  test('loads nothing and runs nothing', () => {
    expect(html).not.toMatch(/<(script|img|link|iframe|object|form|video)|\bsrc=|url\(|@import|\bon\w+=/i);
  });
});

test.each(['https://evil.example/win', 'www.evil.example', 'me@evil.example', 'evil.example/a:b'])(
  'a name like “%s” does not become a link',
  (name) => {
    for (const saying of everySaying(`You won! ${name}`)) {
      if (saying.kind === 'alarm') continue; // its words are ours
      const { text, html } = sayMail(saying, context);
      expect(text).not.toContain(name);
      expect(html).not.toContain(name);
    }
  },
);

test('a name cannot bring markup, a second line, or a direction', () => {
  const hostile = '<b onclick="x()">Ada</b>\r\nBcc: all@example.com\n\n\u202eevil & "quoted"\u0000';
  for (const saying of everySaying(hostile)) {
    const { subject, text, html } = sayMail(saying, context);
    expect(subject).not.toMatch(/[\r\n\u202e\u0000]/);
    expect(`${text}${html}`).not.toMatch(/[\r\u202e\u0000]/);
    expect(html).not.toMatch(/<b[ >]|onclick="/);
    // The words of an alarm are ours and may have lines.
    if (saying.kind !== 'alarm') expect(text).not.toMatch(/^Bcc:/m);
  }
});

test('a name is cut where it is long', () => {
  const { subject, text } = sayMail({ kind: 'invitation', team: 'T'.repeat(5_000), by: 'B'.repeat(5_000), role: 'member', url }, context);
  expect(subject.length).toBeLessThan(150);
  expect(text.length).toBeLessThan(1_500);
});

const hostileNames = [
  ['50% OFF visit shop.example', 'shop.example'],
  ['50% OFF visit SHOP.example/win?a=b', 'SHOP.example'],
  ['Get it at www.shop.example now', 'www.'],
  ['https://shop.example', 'shop.example'],
  ['shop。example', 'shop'],
  ['write to sales@shop.example', 'sales'],
  ['call +1 (555) 123-4567', '555'],
  ['93.184.216.34', '93.184'],
  ['\u202eelpmaxe.pohs\u202c\u200b', '\u202e'],
  ['” invites you. “Bank', 'you. “'],
  ['Dear customer, your account was suspended, log in again today', 'again today'],
] as const;

/** Kinds with a name that somebody else than their reader may have chosen. */
const namedBySomebody = ['verify', 'known', 'reset', 'set-password', 'invitation', 'security', 'deletion', 'account-deletion'] as const;

describe.each(namedBySomebody)('a mail of kind %s', (kind) => {
  test.each(hostileNames)('has nothing of an address, and no long words of others, from the name %j', (name, forbidden) => {
    const sayings = [...everySaying(name), { kind: 'account-deletion', name, until: at, url } as const].filter(
      (each) => each.kind === kind,
    );
    expect(sayings.length).toBeGreaterThan(0);
    for (const saying of sayings) {
      const { subject, text, html } = sayMail('from' in saying ? { ...saying, from: 'Firefox on Linux' } : saying, context);
      for (const said of [subject, text, html]) expect(said.replaceAll('\u2060', '')).not.toContain(forbidden);
    }
  });
});

test('an invitation from somebody without a usable name still reads as a sentence', () => {
  const { text } = sayMail({ kind: 'invitation', team: 'shop.example', by: 'https://x.example', role: 'member', url }, context);
  expect(text).toContain('Someone invites you to a team on Impacter,');
});

test('an invitation names the team, and who invites, in its words alone', () => {
  const { subject, text } = sayMail({ kind: 'invitation', team: 'Node.js Berlin', by: 'Ada', role: 'member', url }, context);
  expect(subject).toBe('You’re invited to a team on Impacter');
  expect(text).toContain('“Ada” invites you to the team “Node.\u2060js Berlin” on Impacter,');
});

/** Kinds that reach somebody who has no account, or has not confirmed the address, and the words of others that they may have. */
const toStrangers = {
  verify: 'nowhere',
  'set-password': 'nowhere',
  'magic-link': 'nowhere',
  'new-address': 'nowhere',
  invitation: 'in quotes',
} as const;

test.each(Object.entries(toStrangers))(
  'a mail of kind %s to a stranger has words of others %s, and never in its subject',
  (kind, where) => {
    const offer = 'FREE 500 EUR today';
    for (const saying of everySaying(offer).filter((each) => each.kind === kind)) {
      const { subject, text, html } = sayMail(saying, context);
      expect(subject).not.toContain('FREE');
      for (const said of [text, html])
        expect([said.split('FREE').length - 1, said.split(`“${offer}”`).length - 1]).toEqual(where === 'nowhere' ? [0, 0] : [2, 2]);
    }
  },
);
