import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { may, permissions, roles, type Role } from './permission.ts';
import { isRole, mayGive, rolesGivenBy, whyNot, type RoleChange } from './roles.ts';

/** Every change there can be: who does it, to whom, from which role to which. */
const changes: RoleChange[] = roles.flatMap((by) =>
  roles.flatMap((from) =>
    [...roles, null].flatMap((to) =>
      [1, 2].flatMap((owners) => [true, false].map((personal) => ({ by, self: false, from, to, owners, personal }))),
    ),
  ),
);
const toThemselves = changes.filter(({ by, from }) => by === from).map((change) => ({ ...change, self: true }));

describe('what is done to others', () => {
  test.each([
    ['owner', ['owner', 'admin', 'billing', 'approver', 'member', 'guest']],
    ['admin', ['admin', 'billing', 'approver', 'member', 'guest']],
    ['billing', []],
    ['approver', []],
    ['member', []],
    ['guest', []],
  ] as const)('a person who is %s gives and takes %j', (by, given) => {
    expect(rolesGivenBy(by)).toEqual(given);
  });

  test('happens exactly when both roles are theirs to give, and an owner stays', () => {
    for (const change of changes) {
      const { by, from, to, owners, personal } = change;
      const theirs = mayGive(by, from) && (to === null || mayGive(by, to));
      const ownerStays = from !== 'owner' || to === 'owner' || (owners > 1 && !personal);
      expect([change, whyNot(change) === null]).toEqual([change, theirs && ownerStays]);
    }
  });

  test('and who may not hears why: no business of theirs, above them, a personal team, the last owner', () => {
    const why = (by: Role, from: Role, to: Role | null, more = {}) =>
      whyNot({ by, self: false, from, to, owners: 2, personal: false, ...more });
    expect(why('member', 'guest', 'member')).toBe('not.allowed');
    expect(why('billing', 'member', null)).toBe('not.allowed');
    expect(why('admin', 'owner', 'member')).toBe('role.above');
    expect(why('admin', 'member', 'owner')).toBe('role.above');
    expect(why('admin', 'owner', null)).toBe('role.above');
    expect(why('owner', 'owner', 'admin', { personal: true })).toBe('owner.personal');
    expect(why('owner', 'owner', null, { owners: 1 })).toBe('owner.last');
    expect(why('admin', 'admin', null)).toBeNull();
  });
});

describe('what people do to themselves', () => {
  test('everybody may leave, but for the last owner and the person of a personal team', () => {
    for (const change of toThemselves.filter(({ to }) => to === null)) {
      const stays = change.from === 'owner' && (change.personal ? 'owner.personal' : change.owners === 1 && 'owner.last');
      expect([change, whyNot(change)]).toEqual([change, stays || null]);
    }
  });

  test('nobody raises themselves: whatever a new role allows, the old one allowed', () => {
    for (const change of toThemselves) {
      const { from, to } = change;
      if (to === null || to === from || whyNot(change) !== null) continue;
      const gained = permissions.filter((permission) => may(to, permission) && !may(from, permission));
      expect([change, gained]).toEqual([change, []]);
    }
  });
});

test('whatever people of a team do to one another, it keeps an owner, and nobody gets what only an owner gives', () => {
  const step = fc.record({ by: fc.nat(5), whom: fc.nat(5), to: fc.constantFrom<(Role | null)[]>(...roles, null) });
  const world = fc.record({
    team: fc.array(fc.constantFrom(...roles), { minLength: 6, maxLength: 6 }),
    steps: fc.array(step, { maxLength: 40 }),
    personal: fc.boolean(),
  });
  fc.assert(
    fc.property(world, ({ team: start, steps, personal }) => {
      const team: (Role | null)[] = ['owner', ...start.slice(1)];
      for (const { by, whom, to } of steps) {
        const [doer, from] = [team[by]!, team[whom]!];
        if (doer === null || from === null) continue;
        const owners = team.filter((role) => role === 'owner').length;
        const no = whyNot({ by: doer, self: by === whom, from, to, owners, personal: personal && whom === 0 });
        if (no !== null) continue;
        if (to === 'owner' && from !== 'owner') expect(doer).toBe('owner');
        team[whom] = to;
      }
      expect(team).toContain('owner');
      if (personal) expect(team[0]).toBe('owner');
    }),
  );
});

test('a role is one of the six words', () => {
  expect(roles.every(isRole)).toBe(true);
  expect(['', 'Owner', 'root', 'constructor'].some(isRole)).toBe(false);
});
