// The button of every mail leads to the page that its words name. Each mail is had the way people get it where that is possible;
// for the rest, whoever gets it opens the page that the mail would lead to.

import { expect, test } from 'vitest';
import { placeOfNotice, securityChanges, securityNotice, type MailKind } from '#core/domain/mail/mail.ts';
import { newId } from '#core/domain/ids.ts';
import { linkForOwner } from '#core/flows/accounts/link-for-owner.ts';
import { alarmPages, type AlarmKind } from '#core/flows/mail/alarm.ts';
import { writeMail } from '#core/flows/mail/mail.ts';
import { justConfirmed } from '#core/testing/stages/just-confirmed.ts';
import { linkIn } from '#core/testing/visitors/mailbox.ts';
import { portalVisitor, wordsOf, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { mailOf, PASSWORD, proxied, twoFactorOf } from '#core/testing/visitors/visitor.ts';

const OPS = 'ops@operators.example';
const stage = forAll(() => openStage({ portal: true, settings: { ...proxied, OPERATOR_EMAILS: OPS } }), 60_000);
const portal = (email?: string) => portalVisitor(stage(), email);

interface Mailed {
  /** The heading of the page. */
  readonly leadsTo: string;
  /** Has it sent, and says who opens it and where it arrives. */
  send(): Promise<{ who: PortalVisitor; to?: string }>;
}

const mailed: Readonly<Record<Exclude<MailKind, 'security' | 'alarm' | 'key-expiring' | 'app-removed' | 'app-permissions'>, Mailed>> = {
  verify: {
    leadsTo: 'Confirm your email address',
    async send() {
      const who = portal();
      await who.auth('/sign-up/email', { email: who.email, password: PASSWORD, name: 'Ada' });
      return { who };
    },
  },
  known: {
    leadsTo: 'Log in',
    async send() {
      const who = await member();
      await portal().auth('/sign-up/email', { email: who.email, password: PASSWORD, name: 'Ada' });
      return { who: portal(who.email) };
    },
  },
  reset: {
    leadsTo: 'Choose a new password',
    async send() {
      const who = await member();
      await who.auth('/request-password-reset', { email: who.email });
      return { who };
    },
  },
  'set-password': {
    leadsTo: 'Choose your password',
    async send() {
      const who = portal();
      await stage().core.store.people.addUser({ email: who.email, name: 'Ada', emailVerified: false }, new Date());
      await who.auth('/request-password-reset', { email: who.email });
      return { who };
    },
  },
  'magic-link': {
    leadsTo: 'Log in',
    async send() {
      const { email } = await member();
      const who = portal(email);
      await who.auth('/sign-in/magic-link', { email });
      return { who };
    },
  },
  'new-address': {
    leadsTo: 'Confirm your new email address',
    async send() {
      const who = await member();
      const to = `${newId()}@example.com`;
      await who.post('/settings', { intent: 'mail', email: to, password: PASSWORD });
      return { who, to };
    },
  },
  invitation: {
    leadsTo: 'Join Acme',
    async send() {
      const owner = await ownerOf('Acme');
      const who = await member();
      await stage().app.team.invite(owner, { email: who.email, role: 'member' });
      return { who };
    },
  },
  deletion: {
    leadsTo: 'Data',
    async send() {
      const who = await member();
      const { teamId } = await stage().app.team.make(await confirmed(who), 'Leaving');
      await stage().app.privacy.requestTeamDeletion({ ...(await confirmed(who)), teamId, role: 'owner' }, 'Leaving');
      return { who };
    },
  },
  welcome: {
    leadsTo: 'Choose your password',
    async send() {
      const who = portal();
      const { userId } = await stage().core.store.people.addUser({ email: who.email, name: '', emailVerified: false }, new Date());
      const { url } = (await linkForOwner(stage().core, userId))!;
      await writeMail(stage().core, { key: newId(), to: who.email, saying: { kind: 'welcome', credits: '500000000', url } });
      return { who };
    },
  },
  receipt: {
    leadsTo: 'Credits',
    async send() {
      const who = await member();
      const url = `${stage().core.settings.publicUrl}/credits`;
      const saying = { kind: 'receipt', team: 'Ada', credits: '500000000', money: '$25', url } as const;
      await writeMail(stage().core, { key: newId(), to: who.email, saying });
      return { who };
    },
  },
  refund: {
    leadsTo: 'Credits',
    async send() {
      const who = await member();
      const about = { team: 'Ada', bought: '500000000', owed: '0', url: `${stage().core.settings.publicUrl}/credits` };
      const saying = { kind: 'refund', ...about, refunded: '$25', failed: false, left: '0' } as const;
      await writeMail(stage().core, { key: newId(), to: who.email, saying });
      return { who };
    },
  },
  dispute: {
    leadsTo: 'Credits',
    async send() {
      const who = await member();
      const about = { team: 'Ada', bought: '500000000', owed: '0', url: `${stage().core.settings.publicUrl}/credits` };
      await writeMail(stage().core, {
        key: newId(),
        to: who.email,
        saying: { kind: 'dispute', ...about, standing: 'open', before: 'none' },
      });
      return { who };
    },
  },
  'top-up-failed': {
    leadsTo: 'Auto top-up',
    async send() {
      const who = await member();
      const url = `${stage().core.settings.publicUrl}/credits/top-up`;
      const saying = { kind: 'top-up-failed', team: 'Ada', why: 'declined', suspended: false, money: '$25', url } as const;
      await writeMail(stage().core, { key: newId(), to: who.email, saying });
      return { who };
    },
  },
  'low-credits': {
    leadsTo: 'Get credits',
    async send() {
      const who = await member();
      const url = `${stage().core.settings.publicUrl}/buy`;
      const saying = { kind: 'low-credits', team: 'Ada', left: '12500000', level: 5, days: null, url } as const;
      await writeMail(stage().core, { key: newId(), to: who.email, saying });
      return { who };
    },
  },
  'payment-failed': {
    leadsTo: 'Buy 500 credits',
    async send() {
      const who = portal();
      const url = `${stage().core.settings.publicUrl}/buy/starter`;
      await writeMail(stage().core, { key: newId(), to: who.email, saying: { kind: 'payment-failed', credits: '500000000', url } });
      return { who };
    },
  },
  'account-deletion': {
    leadsTo: 'Delete your account',
    async send() {
      const who = await member();
      await stage().app.privacy.requestAccountDeletion(await confirmed(who), who.email);
      return { who };
    },
  },
};

test.each(Object.entries(mailed))('the button of a mail of the kind %s leads to its page', async (kind, { leadsTo, send }) => {
  const { who, to = who.email } = await send();
  const link = linkIn(await mailOf(stage(), to, kind as MailKind));
  const page = await who.page(link.replace(stage().core.settings.publicUrl, ''));
  expect(headingOf(page)).toBe(leadsTo);
});

/** What the page has to offer for what is written on the button. */
const offered: Readonly<Record<string, readonly string[]>> = {
  'Review your security settings': ['Password', 'Two-factor authentication', 'Sessions'],
  'Set up two-factor authentication': ['Set up an authenticator'],
  'Review your linked accounts': ['Linked accounts'],
  'Review your login methods': ['Password', 'Sessions'],
  'Review your API keys': ['Your API keys'],
  'View API keys': ['API keys'],
};

test('the button of every notice about a login leads to where the change can be seen and undone, never to the deletion of the account', async () => {
  const who = await member();
  const { publicUrl } = stage().core.settings;
  expect(securityChanges.length).toBeGreaterThan(10);
  for (const what of securityChanges)
    for (const keys of [0, 2]) {
      const notice = securityNotice(publicUrl, { name: 'Ada', what, at: new Date(), keys });
      const { button } = placeOfNotice(notice);
      const page = await who.page(notice.url.replace(publicUrl, ''));
      expect([what, button, headingOf(page)]).not.toEqual([what, button, 'Delete your account']);
      for (const words of offered[button] ?? ['a button that this test does not know'])
        expect([what, button, wordsOf(page)]).toEqual([what, button, expect.stringContaining(words)]);
    }
});

test('a mail about a new device, as it is sent, leads to the settings', async () => {
  const { email } = await member();
  await portal(email).auth('/sign-in/email', { email, password: PASSWORD }, { 'User-Agent': 'Mozilla/5.0 (iPhone) Safari/605' });
  const mail = await mailOf(stage(), email, 'security');
  expect(linkIn(mail)).toBe(`${stage().core.settings.publicUrl}/settings`);
  expect(mail.text).toContain('Review your security settings:');
});

test('the button of a mail about an expiring key, about an app that was removed or lacks permissions, and of every alarm leads to its page', async () => {
  const ops = portal(OPS);
  await ops.signUp(OPS);
  await twoFactorOf(ops);
  const pages: Record<AlarmKind | 'key-expiring' | 'app-removed' | 'app-permissions', readonly [string, string]> = {
    'key-expiring': ['/team/keys', 'API keys'],
    'app-removed': ['/team/workspaces', 'Chats'],
    'app-permissions': ['/team/workspaces', 'Chats'],
    'letters-dead': [alarmPages['letters-dead'], 'Undelivered'],
    'mails-dead': [alarmPages['mails-dead'], 'Emails'],
    'messages-unhandled': [alarmPages['messages-unhandled'], 'Operator'],
    'platform-down': [alarmPages['platform-down'], 'Operator'],
    'billing-behind': [alarmPages['billing-behind'], 'Payments'],
    'billing-differs': [alarmPages['billing-differs'], 'Payments'],
    'news-late': [alarmPages['news-late'], 'Payments'],
    'ledger-wrong': [alarmPages['ledger-wrong'], 'Ledger'],
    'purchase-unfit': [alarmPages['purchase-unfit'], 'Payments'],
    'payments-key': [alarmPages['payments-key'], 'Payments'],
    'top-up-stuck': [alarmPages['top-up-stuck'], 'Payments'],
    'customers-left': [alarmPages['customers-left'], 'Payments'],
  };
  for (const [page, heading] of Object.values(pages)) expect([page, headingOf(await ops.page(page))]).toEqual([page, heading]);
});

async function member(): Promise<PortalVisitor> {
  const who = portal();
  await who.signUp(who.email);
  return who;
}

async function confirmed(who: PortalVisitor) {
  return { ...(await who.actor()), ...justConfirmed };
}

async function ownerOf(team: string) {
  const owner = await confirmed(await member());
  const { teamId } = await stage().app.team.make(owner, team);
  return { ...owner, teamId, role: 'owner' as const };
}

function headingOf(page: string): string {
  return wordsOf(/<h1[^>]*>(.*?)<\/h1>/s.exec(page)?.[1] ?? '').trim();
}
