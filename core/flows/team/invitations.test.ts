import { expect, test } from 'vitest';
import { credits } from '#core/domain/credits/credits.ts';
import { newId, type WalletId } from '#core/domain/ids.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { linkIn } from '#core/testing/visitors/mailbox.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const clock = clockByHand();
const stage = forAll(() => openStage({ clock }));
const world = () => ({ ...stage(), ...teamStage(stage()) });
const address = () => `${newId()}@example.com`;

test('an invitation reaches the mailbox with who, where and as what, and its link shows the same without a login', async () => {
  const { app, core, owner, mails, invitationFor } = world();
  const ada = await owner('Acme');
  const email = address();
  await app.team.invite(ada, { email: ` ${email.toUpperCase()} `, role: 'billing' });
  const [mail] = await mails(email);
  expect(mail!.kind).toBe('invitation');
  expect(mail!.text).toContain('Ada');
  expect(mail!.text).toContain('Acme');
  expect(linkIn(mail!)).toMatch(new RegExp(`^${core.settings.publicUrl}/invitations/[\\w-]{32}$`));
  expect(await app.team.lookAtInvitation(await invitationFor(email))).toEqual({
    state: 'open',
    team: 'Acme',
    by: 'Ada',
    role: 'billing',
    email: `${email[0]}•••@example.com`,
    expiresAt: expect.any(String),
  });
  expect(await app.team.invitations(ada)).toMatchObject([{ email, role: 'billing', by: 'Ada' }]);
});

test('the database holds nothing that opens an invitation', async () => {
  const { app, core, owner, invitationFor } = world();
  const ada = await owner();
  const email = address();
  await app.team.invite(ada, { email, role: 'member' });
  const token = await invitationFor(email);
  const { rows } = await core.store.money.query<{ row: string }>(
    { text: 'SELECT to_json(i)::text AS row FROM invitations i WHERE email = $1' },
    [email],
  );
  expect(rows[0]!.row).not.toContain(token);
});

test('accepting makes a member, once, however often and from wherever it is pressed', async () => {
  const { app, owner, person, people, invitationFor } = world();
  const ada = await owner();
  const grace = await person(0);
  await app.team.invite(ada, { email: grace.email, role: 'approver' });
  const token = await invitationFor(grace.email);
  const answers = await Promise.all(Array.from({ length: 5 }, () => app.team.acceptInvitation(grace, token)));
  expect(answers.filter(({ joined }) => joined)).toEqual([{ teamId: ada.teamId, joined: true }]);
  expect(answers.filter(({ joined }) => !joined)).toHaveLength(4);
  expect(await people(ada)).toEqual(['Ada: owner', 'Ada: approver']);
  expect(await app.team.lookAtInvitation(token)).toEqual({ state: 'over', why: 'accepted' });
  expect(await app.team.invitations(ada)).toEqual([]);
});

test('somebody with another address hears for whom it is, masked, and the invitation stays', async () => {
  const { app, owner, person, people, invitationFor } = world();
  const ada = await owner();
  const [grace, eve] = [await person(0), await person(0)];
  await app.team.invite(ada, { email: grace.email, role: 'admin' });
  const token = await invitationFor(grace.email);
  await expect(app.team.acceptInvitation(eve, token)).rejects.toMatchObject({
    code: 'invitation.elsewhere',
    facts: { email: `${grace.email[0]}•••@example.com` },
  });
  expect(await people(ada)).toEqual(['Ada: owner']);
  await app.team.acceptInvitation(grace, token);
});

test('an address that was never shown to be somebody’s accepts nothing', async () => {
  const { app, core, owner, invitationFor } = world();
  const ada = await owner();
  const email = address();
  const user = await core.store.people.addUser({ email, name: 'Grace', emailVerified: false }, clock.now());
  await app.team.invite(ada, { email, role: 'admin' });
  await expect(app.team.acceptInvitation({ ...user, role: 'owner', email }, await invitationFor(email))).rejects.toMatchObject({
    code: 'invitation.unconfirmed',
  });
});

test('inviting says the same whether the address has an account or not', async () => {
  const { app, owner, person } = world();
  const ada = await owner();
  const answers = [
    await app.team.invite(ada, { email: (await person(0)).email, role: 'member' }),
    await app.team.invite(ada, { email: address(), role: 'member' }),
  ];
  expect(answers.map((answer) => Object.keys(answer))).toEqual([['invitationId'], ['invitationId']]);
});

test('who is in the team or invited already is not invited again', async () => {
  const { app, owner, joins } = world();
  const ada = await owner();
  const grace = await joins(ada, 'guest');
  await expect(app.team.invite(ada, { email: grace.email.toUpperCase(), role: 'admin' })).rejects.toMatchObject({
    code: 'member.already',
    facts: { email: grace.email },
  });
  const email = address();
  const twice = await Promise.allSettled([1, 2, 3].map(() => app.team.invite(ada, { email, role: 'member' })));
  expect(twice.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(twice.filter(({ status }) => status === 'rejected')).toMatchObject([
    { reason: { code: 'invitation.already' } },
    { reason: { code: 'invitation.already' } },
  ]);
});

test('who joined by another way keeps their role', async () => {
  const { app, core, owner, person, people, invitationFor } = world();
  const ada = await owner();
  const grace = await person(0);
  await app.team.invite(ada, { email: grace.email, role: 'owner' });
  await core.store.money.query({ text: `INSERT INTO members (id, team_id, user_id, role) VALUES ($1, $2, $3, 'guest')` }, [
    newId(),
    ada.teamId,
    grace.userId,
  ]);
  expect(await app.team.acceptInvitation(grace, await invitationFor(grace.email))).toMatchObject({ joined: false });
  expect(await people(ada)).toContain('Ada: guest');
});

test('admins invite below owner, owners as anything, and a role that is none is refused', async () => {
  const { app, owner, joins } = world();
  const ada = await owner();
  const admin = await joins(ada, 'admin');
  await expect(app.team.invite(admin, { email: address(), role: 'owner' })).rejects.toMatchObject({ code: 'role.above' });
  await app.team.invite(admin, { email: address(), role: 'admin' });
  const { invitationId } = await app.team.invite(ada, { email: address(), role: 'owner' });
  await expect(app.team.resendInvitation(admin, invitationId)).rejects.toMatchObject({ code: 'role.above' });
  await expect(app.team.revokeInvitation(admin, invitationId)).rejects.toMatchObject({ code: 'role.above' });
  await expect(app.team.invite(ada, { email: address(), role: 'king' })).rejects.toMatchObject({ code: 'request.invalid' });
  await expect(app.team.invite(ada, { email: 'not an address', role: 'member' })).rejects.toMatchObject({ code: 'request.invalid' });
});

test('an invitation ends after seven days, and the address can be invited again', async () => {
  const { app, owner, person, invitationFor } = world();
  const ada = await owner();
  const grace = await person(0);
  await app.team.invite(ada, { email: grace.email, role: 'member' });
  const token = await invitationFor(grace.email);
  clock.forward(6.9 * DAY_MS);
  expect(await app.team.lookAtInvitation(token)).toMatchObject({ state: 'open' });
  clock.forward(0.1 * DAY_MS);
  expect(await app.team.lookAtInvitation(token)).toEqual({ state: 'over', why: 'expired' });
  await expect(app.team.acceptInvitation(grace, token)).rejects.toMatchObject({ code: 'invitation.over', facts: { why: 'expired' } });
  expect(await app.team.invitations(ada)).toEqual([]);
  await app.team.invite(ada, { email: grace.email, role: 'member' });
  await app.team.acceptInvitation(grace, await invitationFor(grace.email));
});

test('sent again, it has a new link and another week; the old link is dead', async () => {
  const { app, owner, person, mails, invitationFor } = world();
  const ada = await owner();
  const grace = await person(0);
  const { invitationId } = await app.team.invite(ada, { email: grace.email, role: 'member' });
  const old = await invitationFor(grace.email);
  await expect(app.team.resendInvitation(ada, invitationId)).rejects.toMatchObject({ code: 'invitation.soon' });
  clock.forward(6 * DAY_MS);
  await app.team.resendInvitation(ada, invitationId);
  await expect(app.team.resendInvitation(ada, invitationId)).rejects.toMatchObject({ code: 'invitation.soon' });
  await mails(grace.email, 2);
  clock.forward(6 * DAY_MS);
  await expect(app.team.acceptInvitation(grace, old)).rejects.toMatchObject({ code: 'invitation.over', facts: { why: 'unknown' } });
  expect(await app.team.acceptInvitation(grace, await invitationFor(grace.email))).toMatchObject({ joined: true });
});

test('one that expired can be sent again from a page that still shows it', async () => {
  const { app, owner } = world();
  const ada = await owner();
  const { invitationId } = await app.team.invite(ada, { email: address(), role: 'member' });
  clock.forward(8 * DAY_MS);
  await app.team.resendInvitation(ada, invitationId);
  expect(await app.team.invitations(ada)).toHaveLength(1);
});

test('taken back or declined, it is over for good', async () => {
  const { app, owner, person, invitationFor } = world();
  const ada = await owner();
  const [grace, bo] = [await person(0), await person(0)];
  const { invitationId } = await app.team.invite(ada, { email: grace.email, role: 'member' });
  await app.team.invite(ada, { email: bo.email, role: 'member' });
  await app.team.revokeInvitation(ada, invitationId);
  await app.team.declineInvitation(await invitationFor(bo.email));
  for (const [who, why] of [[grace, 'revoked'] as const, [bo, 'declined'] as const]) {
    const token = await invitationFor(who.email);
    await expect(app.team.acceptInvitation(who, token)).rejects.toMatchObject({ code: 'invitation.over', facts: { why } });
    await expect(app.team.declineInvitation(token)).rejects.toMatchObject({ code: 'invitation.over', facts: { why } });
  }
  await expect(app.team.revokeInvitation(ada, invitationId)).rejects.toMatchObject({ code: 'invitation.not-found' });
  await expect(app.team.resendInvitation(ada, invitationId)).rejects.toMatchObject({ code: 'invitation.not-found' });
});

test('accepted and taken back at the same moment, one of the two happened', async () => {
  const { app, owner, person, people, invitationFor } = world();
  for (let round = 0; round < 10; round++) {
    const ada = await owner();
    const grace = await person(0);
    const { invitationId } = await app.team.invite(ada, { email: grace.email, role: 'member' });
    const token = await invitationFor(grace.email);
    const both = await Promise.allSettled([app.team.acceptInvitation(grace, token), app.team.revokeInvitation(ada, invitationId)]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await people(ada)).toHaveLength(both[0].status === 'fulfilled' ? 2 : 1);
  }
});

test('whoever was removed cannot come back by an invitation they sent themselves', async () => {
  const { app, owner, joins, person, invitationFor } = world();
  const ada = await owner();
  const [grace, friend] = [await joins(ada, 'admin'), await person(0)];
  await app.team.invite(grace, { email: friend.email, role: 'admin' });
  const [, member] = await app.team.members(ada);
  await app.team.removeMember(ada, member!.id);
  await expect(app.team.acceptInvitation(friend, await invitationFor(friend.email))).rejects.toMatchObject({ facts: { why: 'revoked' } });
});

test('the inviter’s account is gone: nobody answers for the invitation any more', async () => {
  const { app, core, owner, joins, person, invitationFor } = world();
  const ada = await owner();
  const [grace, friend] = [await joins(ada, 'admin'), await person(0)];
  await app.team.invite(grace, { email: friend.email, role: 'member' });
  await core.store.money.query({ text: 'DELETE FROM users WHERE id = $1' }, [grace.userId]);
  expect(await app.team.lookAtInvitation(await invitationFor(friend.email))).toEqual({ state: 'over', why: 'revoked' });
  expect(await app.team.invitations(ada)).toEqual([]);
});

test('somebody else’s invitations are unknown, as are ids and links that are none', async () => {
  const { app, owner, person } = world();
  const [ada, eve] = [await owner(), await owner('Evil')];
  const { invitationId } = await app.team.invite(ada, { email: address(), role: 'member' });
  for (const id of [invitationId, newId(), 'no-id']) {
    await expect(app.team.resendInvitation(eve, id)).rejects.toMatchObject({ code: 'invitation.not-found' });
    await expect(app.team.revokeInvitation(eve, id)).rejects.toMatchObject({ code: 'invitation.not-found' });
  }
  const grace = await person(0);
  for (const token of ['', 'x', 'A'.repeat(32), 'A'.repeat(100_000), '\u0000']) {
    expect(await app.team.lookAtInvitation(token)).toEqual({ state: 'over', why: 'unknown' });
    await expect(app.team.acceptInvitation(grace, token)).rejects.toMatchObject({ code: 'invitation.over' });
  }
});

test('inviting, taking back and inviting again is no way to flood a mailbox', async () => {
  const { app, owner, mails } = world();
  const ada = await owner();
  const email = address();
  for (let i = 0; i < 5; i++) await app.team.revokeInvitation(ada, (await app.team.invite(ada, { email, role: 'member' })).invitationId);
  await expect(app.team.invite(ada, { email, role: 'member' })).rejects.toMatchObject({ code: 'invitations.too-often' });
  expect(await mails(email, 5)).toHaveLength(5);
});

test('a team has fifty open invitations at the most, and sends a hundred a day', async () => {
  const { app, owner } = world();
  const ada = await owner();
  clock.forward(8 * DAY_MS);
  const invite = () => app.team.invite(ada, { email: address(), role: 'member' });
  const first = [];
  for (let i = 0; i < 50; i++) first.push(await invite());
  await expect(invite()).rejects.toMatchObject({ code: 'invitations.too-many', facts: { most: 50 } });
  for (const { invitationId } of first) await app.team.revokeInvitation(ada, invitationId);
  for (let i = 0; i < 50; i++) await app.team.revokeInvitation(ada, (await invite()).invitationId);
  await expect(invite()).rejects.toMatchObject({ code: 'invitations.too-often' });
});

test('a new account sends few invitations a day, in all its teams together, and more with its age', async () => {
  const { app, owner } = world();
  const ada = await owner();
  const { teamId } = await app.team.make(ada, 'Another');
  const sentToday = async () => {
    for (let sent = 0; ; sent++) {
      const team = sent % 2 === 0 ? ada : { ...ada, teamId };
      const made = await app.team.invite(team, { email: address(), role: 'member' }).catch((error: { code: string }) => error);
      if ('code' in made) return [sent, made.code];
      await app.team.revokeInvitation(team, made.invitationId);
    }
  };
  expect(await sentToday()).toEqual([10, 'invitations.too-often']);
  // Others are not stopped by it, though they are as new.
  await app.team.invite(await owner(), { email: address(), role: 'member' });
  clock.forward(1.1 * DAY_MS);
  expect(await sentToday()).toEqual([30, 'invitations.too-often']);
  clock.forward(6.1 * DAY_MS);
  expect((await sentToday())[0]).toBeGreaterThan(30);
});

test('who has bought credits sends as many as everybody from the first day', async () => {
  const { app, core, owner } = world();
  const ada = await owner();
  const { rows } = await core.store.money.query<{ id: WalletId }>({ text: 'SELECT id FROM wallets WHERE team_id = $1' }, [ada.teamId]);
  await core.store.ledger.credit(
    {
      key: newId(),
      wallet: rows[0]!.id,
      lot: newId(),
      type: 'purchase',
      credits: credits(100),
      source: 'stripe',
      payment: `pi_${newId()}`,
    },
    clock.now(),
  );
  for (let i = 0; i < 11; i++) await app.team.invite(ada, { email: address(), role: 'member' });
});

test('somebody who never answers is left alone by a team, until they join one', async () => {
  const { app, owner, person, invitationFor } = world();
  const grace = await person(0);
  const ada = await owner();
  clock.forward(8 * DAY_MS);
  const invite = async (by: typeof ada) =>
    app.team.revokeInvitation(by, (await app.team.invite(by, { email: grace.email, role: 'member' })).invitationId);
  for (let i = 0; i < 5; i++) {
    await invite(ada);
    clock.forward(1.1 * DAY_MS);
  }
  await expect(invite(ada)).rejects.toMatchObject({ code: 'invitation.unanswered' });
  const bo = await owner();
  await app.team.invite(bo, { email: grace.email, role: 'member' });
  await app.team.acceptInvitation(grace, await invitationFor(grace.email));
  await invite(ada);
});

test('sending one invitation again and again comes to an end', async () => {
  const { app, owner } = world();
  const ada = await owner();
  const { invitationId } = await app.team.invite(ada, { email: address(), role: 'member' });
  for (let i = 0; i < 4; i++) {
    clock.forward(DAY_MS);
    await app.team.resendInvitation(ada, invitationId);
  }
  clock.forward(1.1 * DAY_MS);
  await expect(app.team.resendInvitation(ada, invitationId)).rejects.toMatchObject({ code: 'invitation.unanswered' });
});

test('an offer or an address is no name, at any door where names are chosen', async () => {
  const { app, owner } = world();
  const ada = { ...(await owner()), sessionId: newId() as never };
  for (const name of ['50% OFF visit shop.example', 'https://shop.example', 'call 0800 123 45 67']) {
    await expect(app.team.make(ada, name)).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(app.team.rename(ada, name)).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(app.accounts.rename(ada, name)).rejects.toMatchObject({ code: 'request.invalid' });
  }
});

test('a name from before that rule reaches nobody as an address', async () => {
  const { app, core, owner, mails } = world();
  const ada = await owner();
  await core.store.money.query({ text: `UPDATE teams SET name = '50% OFF visit shop.example' WHERE id = $1` }, [ada.teamId]);
  await core.store.money.query({ text: `UPDATE users SET name = 'www.shop.example' WHERE id = $1` }, [ada.userId]);
  const email = address();
  await app.team.invite(ada, { email, role: 'member' });
  const [mail] = await mails(email);
  expect(`${mail!.subject}\n${mail!.text}`).not.toMatch(/shop/);
  expect(mail!.subject).toMatch(/^You’re invited to a team on \w+$/);
  expect(mail!.text).toContain('“50% OFF visit …”');
});
