import { expect, test } from 'vitest';
import { newId, type IdentityId } from '../ids.ts';
import { isForUs, type ThreadState } from './addressed.ts';

const [ann, bob] = [newId<IdentityId>(), newId<IdentityId>()];
const at = (second: number) => new Date(Date.UTC(2026, 10, 30, 12, 0, second));
/** Its workspace is open everywhere. */
const open = { onlyListed: false, open: false };
const engaged: ThreadState = { askedBy: ann, askedAt: at(10), spokenAt: null };

test.each([
  ['a mention outside of any thread of ours', 'mention', bob, 20, null, 'mention', true],
  ['a direct message', 'direct', bob, 20, null, 'mention', true],
  ['a command', 'command', bob, 20, null, 'mention', true],
  ['a sentence where we were never asked', 'thread', ann, 20, null, 'mention', false],
  ['a follow-up of whoever asked', 'thread', ann, 20, engaged, 'mention', true],
  ['a sentence of somebody else', 'thread', bob, 20, engaged, 'mention', false],
  ['a sentence of somebody whom we do not know', 'thread', null, 20, engaged, 'mention', false],
  ['a sentence of whoever asked, once somebody else has spoken', 'thread', ann, 20, { ...engaged, spokenAt: at(15) }, 'mention', false],
  ['a follow-up after somebody spoke before the request', 'thread', ann, 20, { ...engaged, spokenAt: at(5) }, 'mention', true],
  ['what was said before the request and arrives after it', 'thread', ann, 5, engaged, 'mention', false],
  ['a sentence of somebody else, where every message of such a thread is for us', 'thread', bob, 20, engaged, 'thread', true],
  ['what was said before the request, there', 'thread', bob, 5, engaged, 'thread', false],
  ['a sentence where we were never asked, there', 'thread', bob, 20, null, 'thread', false],
  ['a sentence in a channel where every message is for us', 'thread', bob, 20, null, 'always', true],
] as const)('%s: for us or not', (_, how, identityId, second, thread, answers, expected) => {
  const message = { how, at: at(second), identityId };
  expect(isForUs(message, thread, { ...open, answers, muted: false })).toBe(expected);
  // Muted, only who speaks to us is heard.
  expect(isForUs(message, thread, { ...open, answers, muted: true })).toBe(how !== 'thread');
  // Nor where nobody may ask.
  expect(isForUs(message, thread, { ...open, onlyListed: true, answers, muted: false })).toBe(how !== 'thread');
  expect(isForUs(message, thread, { onlyListed: true, open: true, answers, muted: false })).toBe(expected);
});
