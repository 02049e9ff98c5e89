import { expect, test } from 'vitest';
import { mayAskHere } from './speaker.ts';

const member = { isGuest: false, isOutsider: false };
const guest = { isGuest: true, isOutsider: false };
const outsider = { isGuest: false, isOutsider: true };

test.each([
  ['a member spends what the workspace pays', member, true, false, true],
  ['a guest does not', guest, true, false, false],
  ['nor somebody of another organization', outsider, true, false, false],
  ['a guest does where guests are allowed', guest, true, true, true],
  ['an outsider does where guests are allowed', outsider, true, true, true],
  ['a guest spends their own credits where no workspace pays', guest, false, false, true],
])('%s', (_, speaker, workspacePays, guestsMayAsk, expected) => {
  expect(mayAskHere(speaker, { workspacePays, guestsMayAsk })).toBe(expected);
});
