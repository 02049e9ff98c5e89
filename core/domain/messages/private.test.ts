import { expect, test } from 'vitest';
import { privateReply, type LinkOffer, type PrivateSaying } from './private.ts';
import type { ReplyContext } from './say.ts';

const context: ReplyContext = {
  portalUrl: 'https://impacter.example',
  linkFor: () => '',
  now: new Date(0),
  brandName: 'Impacter',
};
const offer: LinkOffer = { kind: 'link', why: 'nobody-pays', isLinked: false, accountUrl: 'https://x/link/a', workspaceUrl: null };

function read(saying: PrivateSaying, given = context): { says: string; leadsTo: Record<string, string> } {
  const { fallback, blocks } = privateReply(saying, given);
  const choices = blocks.flatMap((block) => (block.kind === 'choices' ? block.choices : []));
  return { says: fallback, leadsTo: Object.fromEntries(choices.map(({ label, url }) => [label, url!])) };
}

test('who asked where nobody pays reads that nothing was charged, and how to link an account', () => {
  expect(read(offer)).toEqual({
    says: 'No team pays for requests here yet. Nothing was charged. Link your account so we know it’s you. Where no team pays, your own credits are used. The link works for 10 minutes, and only for you. An admin of this workspace can link it to a team, which then pays for requests made here. Then send your request again.',
    leadsTo: { 'Link account': 'https://x/link/a' },
  });
});

test('who administers the workspace reads that the team sees what is asked there', () => {
  const { says, leadsTo } = read({ ...offer, workspaceUrl: 'https://x/link/w' });
  expect(says).toContain('which then pays for requests made here and sees them');
  expect(leadsTo).toEqual({ 'Link account': 'https://x/link/a', 'Link workspace': 'https://x/link/w' });
});

test('who is linked already reads that, and gets no link', () => {
  expect(read({ ...offer, why: 'asked', isLinked: true, accountUrl: null })).toEqual({ says: 'Your account is linked', leadsTo: {} });
});

test('settings lead to the portal where there is one; privacy says when there is nothing to erase', () => {
  expect(read({ kind: 'settings' }).leadsTo).toEqual({ 'Open settings': 'https://impacter.example/settings' });
  expect(read({ kind: 'settings' }, { ...context, portalUrl: null }).leadsTo).toEqual({});
  expect(read({ kind: 'privacy', url: null })).toEqual({ says: 'Privacy. We have no data about this chat account.', leadsTo: {} });
  expect(read({ kind: 'privacy', url: 'https://x/e' }).leadsTo).toEqual({ 'Erase my data': 'https://x/e' });
});

test('what a thread says is said to one person in the same words', () => {
  expect(read({ kind: 'notice', notice: 'not-yours' }).says).toBe('Only the person who asked can do this');
  expect(read({ kind: 'help' }).says).toContain('Impacter');
});
