import { expect, test } from 'vitest';
import { privateReply, type LinkOffer, type PrivateSaying } from './private.ts';
import type { ReplyContext } from './say.ts';

const context: ReplyContext = {
  portalUrl: 'https://impacter.example',
  linkFor: () => '',
  now: new Date(0),
  brandName: 'Impacter',
};
const offer: LinkOffer = {
  kind: 'link',
  why: 'nobody-pays',
  platform: 'slack',
  workspace: 'unpaid',
  isLinked: false,
  accountUrl: 'https://x/link/a',
  workspaceUrl: null,
};

function read(saying: PrivateSaying, given = context): { says: string; leadsTo: Record<string, string> } {
  const { fallback, blocks } = privateReply(saying, given);
  const choices = blocks.flatMap((block) => (block.kind === 'choices' ? block.choices : []));
  return { says: fallback, leadsTo: Object.fromEntries(choices.map(({ label, url }) => [label, url!])) };
}

test('a request where no team pays is answered with what it cost, how to get a payer, and that it has to be sent again', () => {
  expect(read(offer)).toEqual({
    says: 'No team pays for requests here yet. Nothing was charged. Once your account is linked, your own credits pay for your requests. The link works for 10 minutes, and only for you. An admin of this workspace can link it to a team, which then pays for requests made here. Then send your request again.',
    leadsTo: { 'Link account': 'https://x/link/a' },
  });
});

test('a command where no team pays speaks of no charge and no request', () => {
  const { says } = read({ ...offer, why: 'no-team' });
  expect(says).toContain('An admin of this workspace can link it');
  expect(says).not.toMatch(/charged|send your request/);
});

test('outside of workspaces nobody is sent to an admin', () => {
  expect(read({ ...offer, workspace: 'none' }).says).not.toContain('admin');
});

test('an admin of the workspace reads that the team sees what is asked there', () => {
  const { says, leadsTo } = read({ ...offer, workspaceUrl: 'https://x/link/w' });
  expect(says).toContain('which then pays for requests made here and sees them');
  expect(leadsTo).toEqual({ 'Link account': 'https://x/link/a', 'Link workspace': 'https://x/link/w' });
});

test('in Discord a workspace is called a server', () => {
  const { says, leadsTo } = read({ ...offer, platform: 'discord', workspaceUrl: 'https://x/link/w' });
  expect(says).toContain('You administer this server.');
  expect(Object.keys(leadsTo)).toContain('Link server');
});

test('where the workspace’s team pays, linking an account promises no own credits', () => {
  expect(read({ ...offer, why: 'asked', workspace: 'paid' }).says).toBe(
    'Link your account. Once your account is linked, your role and limits apply, and your requests appear in the portal. The link works for 10 minutes, and only for you.',
  );
});

test('somebody whose account is linked is told so, and gets no link', () => {
  expect(read({ ...offer, why: 'asked', isLinked: true, accountUrl: null })).toEqual({ says: 'Your account is linked', leadsTo: {} });
});

test('settings lead to the portal, and say so where there is none; privacy says when there is nothing to erase', () => {
  expect(read({ kind: 'settings' })).toEqual({
    says: 'Settings. Manage your account, linked chats, and approval threshold in the portal.',
    leadsTo: { 'Open settings': 'https://impacter.example/settings' },
  });
  expect(read({ kind: 'settings' }, { ...context, portalUrl: null })).toEqual({
    says: 'Settings. There is no web portal here, so there are no settings to change.',
    leadsTo: {},
  });
  expect(read({ kind: 'privacy', url: null })).toEqual({ says: 'Privacy. We have no requests from this chat account.', leadsTo: {} });
  expect(read({ kind: 'privacy', url: 'https://x/e' }).leadsTo).toEqual({ 'Erase my data': 'https://x/e' });
});

test('credits are bought in the portal, and where there is none that is said', () => {
  expect(read({ kind: 'buy' }).leadsTo).toEqual({ 'Get credits': 'https://impacter.example/buy' });
  expect(read({ kind: 'buy' }, { ...context, portalUrl: null }).leadsTo).toEqual({});
});

test('what a thread says is said to one person in the same words', () => {
  expect(read({ kind: 'notice', notice: 'not-yours' }).says).toBe('This is somebody else’s request');
  expect(read({ kind: 'help' }).says).toContain('Impacter');
});
