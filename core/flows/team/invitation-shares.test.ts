// One address, and many who write to it: nobody's invitations keep another team from inviting there, and no mailbox is flooded.

import { expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';

const DAY_MS = 24 * 60 * 60_000;
const clock = clockByHand();
const stage = forAll(() => openStage({ clock }));
const address = () => `${newId()}@example.com`;
const world = () => {
  const { app } = stage();
  const { owner } = teamStage(stage());
  type Somebody = Awaited<ReturnType<typeof owner>>;
  /** Invites and takes it back, so that the same team can invite again. */
  const invite = async (by: Somebody, email: string) =>
    app.team.revokeInvitation(by, (await app.team.invite(by, { email, role: 'member' })).invitationId);
  /** How many of these were sent, until the first refusal, and with what it was refused. */
  const untilRefused = async (some: number, send: () => Promise<void>) => {
    for (let sent = 0; sent < some; sent++) {
      const code = await send().then(
        () => null,
        (error: { code: string }) => error.code,
      );
      if (code !== null) return [sent, code];
    }
    return [some, null];
  };
  return { app, owner, invite, untilRefused };
};

test('a team that a stranger wrote before still invites, that day and after a month of it', async () => {
  const { owner, invite, untilRefused } = world();
  const email = address();
  const eve = await owner('Evil');
  expect(await untilRefused(10, () => invite(eve, email))).toEqual([5, 'invitations.too-often']);
  await invite(await owner(), email);
  for (let team = 0; team < 6; team++) {
    clock.forward(1.1 * DAY_MS);
    const another = await owner('Evil');
    await untilRefused(10, () => invite(another, email));
  }
  clock.forward(1.1 * DAY_MS);
  await invite(await owner(), email);
});

test('all the teams of one person count as one', async () => {
  const { app, owner, invite, untilRefused } = world();
  const email = address();
  const eve = await owner('Evil');
  const teams = [eve];
  for (let i = 0; i < 7; i++) teams.push({ ...eve, teamId: (await app.team.make(eve, `Team ${i}`)).teamId });
  expect(await untilRefused(teams.length, () => invite(teams.pop()!, email))).toEqual([5, 'invitations.too-often']);
});

test('sending again is limited for all teams together', async () => {
  const { owner, invite, untilRefused } = world();
  const email = address();
  const teams = await Promise.all([1, 2, 3].map(() => owner()));
  for (const team of teams) await invite(team, email);
  expect(await untilRefused(10, () => invite(teams[0]!, email))).toEqual([4, 'invitations.too-often']);
  expect(await untilRefused(10, () => invite(teams[1]!, email))).toEqual([0, 'invitations.too-often']);
  await invite(await owner(), email);
});

test('accounts made today send one address twenty at the most; who is here for a week is not stopped by them', async () => {
  const { owner, invite, untilRefused } = world();
  const email = address();
  const ada = await owner();
  clock.forward(8 * DAY_MS);
  expect(await untilRefused(30, async () => invite(await owner('Evil'), email))).toEqual([20, 'invitations.too-often']);
  await invite(ada, email);
  clock.forward(1.1 * DAY_MS);
  await invite(await owner(), email);
});

test('many who invite one address at the same moment are counted one after another', async () => {
  const { app, owner } = world();
  const email = address();
  const teams = await Promise.all(Array.from({ length: 24 }, () => owner('Evil')));
  const sent = await Promise.allSettled(teams.map((team) => app.team.invite(team, { email, role: 'member' })));
  expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
});
