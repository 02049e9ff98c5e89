import { expect, test } from 'vitest';
import { isOwn, mustMay } from './acting.ts';
import { newId, type IdentityId, type TeamId, type UserId } from './ids.ts';

const [ada, bob] = [newId<UserId>(), newId<UserId>()];
const account = newId<IdentityId>();
const teamId = newId<TeamId>();

test.each([
  ['a user, what they asked for', { userId: ada }, { userId: ada, identityId: null, identityUserId: null }, true],
  ['a user, what another one asked for', { userId: bob }, { userId: ada, identityId: null, identityUserId: null }, false],
  [
    'an account that is not linked, what it asked for',
    { userId: null, identityId: account },
    { userId: null, identityId: account, identityUserId: null },
    true,
  ],
  [
    'a user, what their account asked for before it was linked',
    { userId: ada },
    { userId: null, identityId: account, identityUserId: ada },
    true,
  ],
  [
    'an account that is not linked any more, what it asked for',
    { userId: null, identityId: account },
    { userId: ada, identityId: account, identityUserId: null },
    true,
  ],
  [
    'a stranger, what nobody is known to have asked for',
    { userId: null, identityId: null },
    { userId: null, identityId: null, identityUserId: null },
    false,
  ],
])('%s, is theirs or not', (_, acting, task, expected) => {
  expect(isOwn({ teamId, role: null, ...acting }, task)).toBe(expected);
});

test('somebody without a role may do what is theirs, and nothing else', () => {
  const stranger = { teamId, userId: null, role: null };
  expect(() => mustMay(stranger, 'tasks.ask', { own: true })).not.toThrow();
  expect(() => mustMay(stranger, 'tasks.see')).toThrow(expect.objectContaining({ code: 'not.allowed' }));
  expect(() => mustMay({ ...stranger, role: 'guest' }, 'tasks.ask', { own: true })).toThrow(
    expect.objectContaining({ code: 'not.allowed' }),
  );
});
