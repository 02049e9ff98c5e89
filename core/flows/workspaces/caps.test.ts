// What may be spent from a workspace in a day, from its linking on.

import { expect, test } from 'vitest';
import type { Actor } from '#core/domain/actor.ts';
import { amountOf, credits } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { askInChat } from '#core/testing/stages/ask-in-chat.ts';
import { sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';
import type { LinkConfirmed } from './linking.ts';

const clock = clockByHand();
const stage = forAll(() => openStage({ clock, settings: { ROLES: 'web' } }));
const world = () => ({ ...stage(), ...teamStage(stage()) });
const amount = (whole: number) => amountOf(credits(whole));

test('a newly linked workspace has a daily limit for each person and for everybody, which the link shows before', async () => {
  const { app, owner } = world();
  const ada = await owner('Acme');
  const { token } = await link();
  const caps = { personPerDay: amount(100), workspacePerDay: amount(500) };
  expect(await app.workspaces.lookAtLink(ada, token)).toMatchObject({ kind: 'workspace', caps });
  await confirm(ada, token);
  expect(await app.workspaces.linkedWorkspaces(ada)).toMatchObject([{ caps, guestsMayAsk: false }]);
  expect((await app.credits.limits(ada)).map(({ kind, name, period }) => [kind, name, period])).toEqual([
    ['workspace', 'Acme HQ', 'day'],
    ['workspace-person', 'Acme HQ', 'day'],
  ]);
});

test('one person cannot drain a wallet from a workspace: their next request is refused with whose limit it is and when it resets, another person’s is not', async () => {
  const { owner } = world();
  const ada = await owner('Acme');
  await grant(ada, 1_000);
  const { externalId, token } = await link();
  await confirm(ada, token, { timeZone: 'Europe/Berlin' });
  expect(await ask(externalId, 'UMO', 'find me 60 leads')).toBe('task');
  const refused = await ask(externalId, 'UMO', 'find me 41 leads');
  if (refused === 'task') throw new Error('it was not refused');
  expect(refused).toMatchObject({ code: 'limit.reached', facts: { whose: 'workspace-person', period: 'day', left: '40000000' } });
  expect(refuse(refused.code as 'limit.reached', refused.facts as never).sentence).toMatch(
    /^This needs 41 credits and you have 40 left today in this workspace\. The limit resets on \w{3} \d{1,2}, \d{4} at 1[01]:00 PM UTC\.$/,
  );
  expect(await ask(externalId, 'UBO', 'find me 41 leads')).toBe('task');
  expect(await ask(externalId, 'UMO', 'find me 40 leads')).toBe('task');
});

test('whoever links a workspace may choose other limits, or none', async () => {
  const { app, owner } = world();
  const ada = await owner('Acme');
  const { externalId, token } = await link();
  const caps = { personPerDay: amount(2.5), workspacePerDay: null };
  for (const wrong of ['-1', '1.5', 'many', '1000000000000001'])
    await expect(confirm(ada, token, { caps: { ...caps, personPerDay: wrong } })).rejects.toMatchObject({
      code: 'request.invalid',
      facts: { fields: [{ name: 'personPerDay' }] },
    });
  await expect(confirm(ada, token, { caps, timeZone: 'Miami' })).rejects.toMatchObject({ code: 'request.invalid' });
  await confirm(ada, token, { caps });
  expect(await app.workspaces.linkedWorkspaces(ada)).toMatchObject([{ caps }]);
  await grant(ada, 100);
  expect(await ask(externalId, 'UMO', 'find me 3 leads')).toMatchObject({ code: 'limit.reached' });
});

test('an owner changes the limits and lets guests ask, and a member may not', async () => {
  const { app, core, owner, person } = world();
  const { actors } = await sharedTeam(core, 'Acme', [
    [await person(), 'owner'],
    [await person(), 'member'],
  ] as const);
  const [ada, grace] = actors;
  await confirm(ada, (await link()).token);
  const { id } = (await app.workspaces.linkedWorkspaces(ada))[0]!;
  const wanted = { caps: { personPerDay: amount(10), workspacePerDay: amount(500) }, guestsMayAsk: true, timeZone: 'UTC' };
  await expect(app.workspaces.changeWorkspace(grace, id, wanted)).rejects.toMatchObject({ code: 'not.allowed' });
  await app.workspaces.changeWorkspace(ada, id, wanted);
  await app.workspaces.changeWorkspace(ada, id, wanted);
  expect(await app.workspaces.linkedWorkspaces(ada)).toMatchObject([{ caps: wanted.caps, guestsMayAsk: true }]);
  await app.workspaces.changeWorkspace(ada, id, { ...wanted, caps: { personPerDay: null, workspacePerDay: null }, guestsMayAsk: false });
  expect(await app.workspaces.linkedWorkspaces(ada)).toMatchObject([
    { caps: { personPerDay: null, workspacePerDay: null }, guestsMayAsk: false },
  ]);
  expect((await app.team.audit(ada, { limit: 6 })).map(({ words }) => words)).toEqual([
    'turned guest requests off for “Acme HQ” on Slack',
    'removed the limit of 10 credits a day for each person in a workspace',
    'removed the limit of 500 credits a day for a workspace',
    'turned guest requests on for “Acme HQ” on Slack',
    'changed a limit from 100 credits to 10 credits a day for each person in a workspace',
    'linked “Acme HQ” on Slack to the team',
  ]);
  const eve = await owner('Evil');
  for (const unknown of [id, newId(), 'no-id'])
    await expect(app.workspaces.changeWorkspace(eve, unknown, wanted)).rejects.toMatchObject({ code: 'workspace.not-found' });
});

test('with a workspace go its limits, also where another team links it after the app was removed, and linked again it has the usual ones', async () => {
  const { app, core, owner } = world();
  const [ada, eve] = [await owner('Acme'), await owner('Evil')];
  const { externalId, token } = await link();
  await confirm(ada, token, { caps: { personPerDay: amount(1), workspacePerDay: amount(2) } });
  await app.workspaces.unlinkWorkspace(ada, (await app.workspaces.linkedWorkspaces(ada))[0]!.id);
  expect(await app.credits.limits(ada)).toEqual([]);
  await confirm(ada, (await link(externalId)).token);
  expect(await app.workspaces.linkedWorkspaces(ada)).toMatchObject([{ caps: { personPerDay: amount(100) } }]);
  const { id } = (await app.workspaces.linkedWorkspaces(ada))[0]!;
  await app.workspaces.changeWorkspace(ada, id, {
    caps: { personPerDay: amount(1), workspacePerDay: null },
    guestsMayAsk: true,
    timeZone: 'UTC',
  });
  await core.store.money.query({ text: 'UPDATE workspaces SET uninstalled_at = now() WHERE external_id = $1' }, [externalId]);
  await confirm(eve, (await link(externalId)).token);
  expect(await app.credits.limits(ada)).toEqual([]);
  expect(await app.workspaces.linkedWorkspaces(eve)).toMatchObject([{ caps: { personPerDay: amount(100) }, guestsMayAsk: false }]);
});

async function link(externalId = `T${newId()}`) {
  const { url } = await world().app.workspaces.makeWorkspaceLink({ platform: 'slack', externalId, name: 'Acme HQ', askedBy: 'bo' });
  return { externalId, token: url.split('/').at(-1)! };
}

function confirm(actor: Actor, token: string, more: Partial<LinkConfirmed> = {}) {
  return world().app.workspaces.confirmLink(actor, token, { userId: actor.userId, teamId: actor.teamId, ...more });
}

async function grant({ teamId }: Actor, whole: number) {
  const { erase, ledger } = world().core.store;
  const { walletId } = await erase.walletOf(teamId);
  await ledger.credit(
    { key: newId(), wallet: walletId, lot: newId(), type: 'grant', credits: credits(whole), source: 'test' },
    clock.now(),
  );
}

async function ask(workspace: string, person: string, text: string) {
  const taken = await askInChat(world(), {
    key: `slack:${newId()}`,
    threadRef: `slack:${workspace}:C1:${newId()}`,
    workspace,
    channel: `slack:${workspace}:C1`,
    from: { externalId: person, displayName: person.toLowerCase() },
    text,
    at: clock.now(),
  });
  return taken.kind === 'refused' ? taken.refused : 'task';
}
