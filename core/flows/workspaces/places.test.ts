import { expect, test } from 'vitest';
import type { Actor } from '#core/domain/actor.ts';
import { newId } from '#core/domain/ids.ts';
import { wholeWorkspace, type NamedPlace } from '#core/domain/workspaces/place.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';

const clock = clockByHand();
const stage = forAll(() => openStage({ clock, settings: { ROLES: 'web' } }));

function general(): NamedPlace {
  const workspace = `T${newId()}`;
  return { ref: `slack:${workspace}:C1`, platform: 'slack', workspace, kind: 'channel', name: '#general', private: false };
}

async function changedAt(ref: string) {
  const { rows } = await stage().core.store.money.query<{ at: Date }>({ text: 'SELECT changed_at AS at FROM places WHERE ref = $1' }, [
    ref,
  ]);
  return rows[0]?.at ?? null;
}

test('a place has the name its platform told last, and is written only when that changed', async () => {
  const { app } = stage();
  const place = general();
  expect(await app.workspaces.place(place.ref)).toBeNull();
  await app.workspaces.placeNamed(place);
  const first = await changedAt(place.ref);
  for (let i = 0; i < 3; i++) {
    clock.forward(11 * 60_000);
    await app.workspaces.placeNamed(place);
  }
  expect(await changedAt(place.ref)).toEqual(first);
  await app.workspaces.placeNamed({ ...place, name: '#everybody' });
  expect(await app.workspaces.place(place.ref)).toEqual({
    ...place,
    name: '#everybody',
    answers: 'mention',
    muted: false,
    guestsMayAsk: null,
    roles: [],
    roleNames: {},
    onlyListed: false,
    open: false,
  });
});

test('a name that another process heard later is not held back by what this one knows', async () => {
  const { app, core } = stage();
  const place = general();
  await app.workspaces.placeNamed(place);
  await core.store.places.named({ ...place, name: '#other' }, clock.now());
  clock.forward(11 * 60_000);
  await app.workspaces.placeNamed(place);
  expect(await app.workspaces.place(place.ref)).toMatchObject({ name: '#general' });
});

test('rules are changed one by one, and a name that is told afterwards leaves them', async () => {
  const { app } = stage();
  const place = general();
  await app.workspaces.rulePlace(place, { answers: 'always' });
  await app.workspaces.rulePlace(place, { muted: true, guestsMayAsk: true, roles: ['R1', 'R2'] });
  await app.workspaces.rulePlace(place, { guestsMayAsk: null });
  await app.workspaces.placeNamed({ ...place, name: '#renamed', private: true });
  expect(await app.workspaces.place(place.ref)).toEqual({
    ...place,
    name: '#renamed',
    private: true,
    answers: 'always',
    muted: true,
    guestsMayAsk: null,
    roles: ['R1', 'R2'],
    roleNames: {},
    onlyListed: false,
    open: false,
  });
});

test('of two words about muting the one that was said later counts, in whatever order and to whichever process they come', async () => {
  const { app, core } = stage();
  const place = { ...general(), kind: 'thread' as const };
  const muted = async () => (await app.workspaces.place(place.ref))!.muted;
  const [first, second, third] = [1, 2, 3].map((n) => new Date(clock.now().getTime() - 60_000 + n));
  await app.workspaces.rulePlace(place, { muted: false }, second);
  await core.store.places.rule(place, { muted: true }, clock.now(), first!);
  expect(await muted()).toBe(false);
  await app.workspaces.rulePlace(place, { answers: 'thread' });
  await app.workspaces.rulePlace(place, { muted: true }, third);
  await app.workspaces.rulePlace(place, { muted: false }, second);
  expect(await muted()).toBe(true);
});

test('names are cleaned and cut, and a ref of another platform or too many roles are refused', async () => {
  const { app } = stage();
  const place = general();
  await app.workspaces.placeNamed({ ...place, name: `#gen\n\u202eeral${'x'.repeat(500)}` });
  const { name } = (await app.workspaces.place(place.ref))!;
  expect(name).toMatch(/^#gen eralx+…$/);
  expect(name!.length).toBeLessThanOrEqual(100);
  await app.workspaces.placeNamed({ ...place, name: ' \n ' });
  expect(await app.workspaces.place(place.ref)).toMatchObject({ name: null });
  const invalid = { code: 'request.invalid' };
  await expect(app.workspaces.placeNamed({ ...place, ref: 'discord:G1:C1' })).rejects.toMatchObject(invalid);
  await expect(app.workspaces.placeNamed({ ...place, ref: `slack:${'T'.repeat(300)}` })).rejects.toMatchObject(invalid);
  await expect(app.workspaces.rulePlace(place, { roles: Array<string>(251).fill('R') })).rejects.toMatchObject(invalid);
});

test('an owner chooses where people may ask, sees what was chosen on the platform, and the audit log says who changed what', async () => {
  const { app } = stage();
  const { owner } = teamStage(stage());
  const [ada, eve] = [await owner('Acme'), await owner('Other')];
  const bo: Actor = { ...ada, role: 'member' };
  const server = `G${newId()}`;
  const { url } = await app.workspaces.makeWorkspaceLink({ platform: 'discord', externalId: server, name: 'Acme HQ' });
  await app.workspaces.confirmLink(ada, url.split('/').at(-1)!, { userId: ada.userId, teamId: ada.teamId });
  const channel = (id: string, name: string) => ({
    ...general(),
    platform: 'discord',
    workspace: server,
    ref: `discord:${server}:${id}`,
    name,
  });
  const [lobby, sales] = [channel('C1', '#lobby'), channel('C2', '#sales')];
  await app.workspaces.placeNamed(lobby);
  const [mo, at] = [{ space: null, externalId: `mo${newId()}` }, clock.now()];
  const roleNames = { R1: 'Buyers', R2: 'Staff', R3: 'Not chosen' };
  await app.workspaces.rulePlace(wholeWorkspace('discord', server), { roles: ['R1', 'R2'], roleNames }, at, mo);
  await app.workspaces.rulePlace(sales, { open: true, muted: true }, at, mo);
  const asking = async (actor: Actor) => (await app.workspaces.linkedWorkspaces(actor))[0]!.asking;
  const { id } = (await app.workspaces.linkedWorkspaces(ada))[0]!;
  expect(await asking(ada)).toEqual({
    onlyListed: false,
    direct: null,
    roles: [
      { id: 'R1', name: 'Buyers' },
      { id: 'R2', name: 'Staff' },
    ],
    openChannels: 1,
    channels: [
      { ref: sales.ref, name: '#sales', open: true, roles: [] },
      { ref: lobby.ref, name: '#lobby', open: false, roles: [] },
    ],
  });
  // Members see that there are rules, and no names of channels.
  expect(await asking(bo)).toMatchObject({ openChannels: 1, channels: [] });

  const refs = [lobby.ref, 'discord:elsewhere:C1'];
  const wanted = { onlyListed: true, direct: false, shown: refs, open: refs, keptRoles: ['R2', 'R9'] };
  await app.workspaces.changeWhereToAsk(ada, id, wanted);
  await app.workspaces.changeWhereToAsk(ada, id, wanted);
  // What was not on the page stays as it was.
  expect(await asking(ada)).toMatchObject({ onlyListed: true, roles: [{ name: 'Staff' }], openChannels: 2 });
  expect(await app.workspaces.openIn('discord', server)).toEqual({ in: ['#lobby', '#sales'], direct: false });
  expect(await app.workspaces.place('discord:elsewhere:C1')).toBeNull();
  await expect(app.workspaces.changeWhereToAsk(bo, id, wanted)).rejects.toMatchObject({ code: 'not.allowed' });
  await expect(app.workspaces.changeWhereToAsk(eve, id, wanted)).rejects.toMatchObject({ code: 'workspace.not-found' });
  const log = await app.team.audit(ada, { limit: 50, act: 'place.changed' });
  expect(log.map(({ who, words }) => `${who} ${words}`)).toEqual([
    'Ada listed #lobby as a channel for requests in “Acme HQ” on Discord',
    'Ada chose which roles can start tasks in “Acme HQ” on Discord',
    'Ada limited “Acme HQ” on Discord to listed channels',
    expect.stringMatching(/^\S.* listed #sales as a channel for requests in “Acme HQ” on Discord \(set in Discord\)$/),
    expect.stringMatching(/chose which roles can start tasks in “Acme HQ” on Discord \(set in Discord\)$/),
  ]);
});
