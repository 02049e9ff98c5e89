import { expect, test } from 'vitest';
import type { ThreadRef } from '../messages/thread-ref.ts';
import { channelOfThread, whyNotHere } from './speaker.ts';

const member = { isGuest: false, isOutsider: false, roles: ['R1'] };
const guest = { ...member, isGuest: true };
const outsider = { ...member, isOutsider: true };

test.each([
  ['a member spends what the workspace pays', member, true, false, [], null],
  ['a guest does not', guest, true, false, [], 'guests.not-allowed'],
  ['nor somebody of another organization', outsider, true, false, [], 'guests.not-allowed'],
  ['a guest does where guests are allowed', guest, true, true, [], null],
  ['an outsider does where guests are allowed', outsider, true, true, [], null],
  ['a guest spends their own credits where no workspace pays', guest, false, false, [], null],
  ['a member asks where one of their roles may', member, true, false, ['R0', 'R1'], null],
  ['nobody asks without one of the roles that may', member, true, true, ['R0'], 'roles.not-allowed'],
  ['nor do they where they pay themselves', { ...member, roles: [] }, false, false, ['R0'], 'roles.not-allowed'],
])('%s', (_, speaker, workspacePays, guestsMayAsk, roles, expected) => {
  const asked = { workspacePays, guestsMayAsk, place: { roles, onlyListed: false, open: false } };
  expect(whyNotHere(speaker, asked)).toBe(expected);
  expect(whyNotHere(speaker, { ...asked, place: { roles, onlyListed: true, open: true } })).toBe(expected);
  // What a guest has to know first is that guests may not.
  const closed = { ...asked, place: { roles, onlyListed: true, open: false } };
  expect(whyNotHere(speaker, closed)).toBe(expected === 'guests.not-allowed' ? expected : 'place.not-allowed');
});

test.each([
  ['slack:T1:C9:1712.34' as ThreadRef, 'slack:T1:C9'],
  ['slack:T1:C9:' as ThreadRef, 'slack:T1:C9'],
] as const)('the channel of %s is %s', (threadRef, channel) => {
  expect(channelOfThread(threadRef)).toBe(channel);
});
