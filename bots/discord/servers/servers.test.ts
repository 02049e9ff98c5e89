// Servers that add us, rename themselves, are away, and remove us.

import { expect, test, vi } from 'vitest';
import { forAll } from '#core/testing/stages/stage.ts';
import { openListeningWorld } from '../testing/listening-world.ts';
import { GUILD, ME, people, places } from '../testing/told.ts';

const world = forAll(() => openListeningWorld(), 60_000);
const SEND = String((1n << 10n) | (1n << 11n));
const SEE = String(1n << 10n);

let last = 0;
const newId = () => String(310_000_000_000_000_000n + BigInt(++last) * (1n << 22n));

function guildOf(id: string, more: object = {}) {
  return {
    id,
    name: 'Harbor',
    unavailable: false,
    joined_at: world().clock.now().toISOString(),
    system_channel_id: null,
    roles: [{ id, permissions: SEND }],
    members: [{ user: { id: ME }, roles: [] }],
    channels: [
      { id: '410000000000000001', type: 4, name: 'Text', position: 0, permission_overwrites: [] },
      { id: '410000000000000003', type: 0, name: 'later', position: 3, permission_overwrites: [] },
      { id: '410000000000000002', type: 0, name: 'first', position: 1, permission_overwrites: [] },
    ],
    threads: [],
    ...more,
  };
}

const installation = (id: string) => world().core.store.installations.find('discord', id);
const ready = (ids: readonly string[], shard?: [number, number]) =>
  world().told('READY', {
    user: { id: ME },
    guilds: ids.map((id) => ({ id, unavailable: true })),
    ...(shard && { shard }),
  });

test('whoever adds us is welcomed once, in the topmost channel where we may write', async () => {
  const { told, posts, anew } = world();
  const guild = guildOf(newId());
  await told('GUILD_CREATE', guild);
  await vi.waitFor(() => expect(posts('410000000000000002')).toEqual([expect.stringMatching(/Mention [^]*\/link/)]));
  expect(await installation(guild.id)).toMatchObject({ name: 'Harbor', botUserId: ME });
  await told('GUILD_CREATE', guild);
  await anew();
  await told('GUILD_CREATE', guild);
  await world().listening.ended();
  expect(posts('410000000000000002')).toHaveLength(1);
});

test.each<[string, object, string | null]>([
  ['where Discord greets people', { system_channel_id: '410000000000000003' }, '410000000000000003'],
  [
    'not where the system channel is closed to us',
    {
      system_channel_id: '410000000000000003',
      channels: [
        {
          id: '410000000000000003',
          type: 0,
          name: 'x',
          position: 0,
          permission_overwrites: [{ id: ME, type: 1, allow: '0', deny: SEND }],
        },
        { id: '410000000000000002', type: 0, name: 'y', position: 9, permission_overwrites: [] },
      ],
    },
    '410000000000000002',
  ],
  [
    'where our own role lets us write',
    {
      roles: [{ id: '999', permissions: SEE }],
      members: [{ user: { id: ME }, roles: ['42'] }],
      channels: [
        {
          id: '410000000000000009',
          type: 0,
          name: 'x',
          position: 0,
          permission_overwrites: [{ id: '42', type: 0, allow: SEND, deny: '0' }],
        },
      ],
    },
    '410000000000000009',
  ],
  ['nowhere, where we may not', { roles: [] }, null],
  ['nowhere, where we were added long ago', { joined_at: '2024-01-01T00:00:00.000000+00:00' }, null],
])('the welcome is posted %s', async (_, more, channel) => {
  const { told, calls, listening } = world();
  const before = calls.length;
  const guild = guildOf(newId(), more);
  await told('GUILD_CREATE', guild);
  await listening.ended();
  expect(calls.slice(before).map(({ path }) => path)).toEqual(channel === null ? [] : [`/channels/${channel}/messages`]);
  expect(await installation(guild.id)).not.toBeNull();
  await world().anew();
});

test('a server that removed us while nobody listened has ended, and one that is merely away has not', async () => {
  const { told } = world();
  const [stays, left, added] = [newId(), newId(), newId()];
  for (const id of [stays, left]) await told('GUILD_CREATE', guildOf(id));
  const others = (await world().app.workspaces.installedOn('discord')).map(({ externalId }) => externalId).filter((id) => id !== left);
  await told('GUILD_DELETE', { id: stays, unavailable: true });
  await ready([...others, added]);
  expect([await installation(stays), await installation(left)]).toEqual([expect.anything(), null]);
  // Another connection's servers are told by that connection.
  await told('GUILD_CREATE', guildOf(added));
  const shard = Number((BigInt(added) >> 22n) % 2n);
  await ready([], [1 - shard, 2]);
  expect(await installation(added)).not.toBeNull();
});

test('starting with the token of another app ends nothing', async () => {
  const { told } = world();
  const guild = guildOf(newId());
  await told('GUILD_CREATE', guild);
  await told('READY', { user: { id: '200000000000000002' }, guilds: [] });
  expect(await installation(guild.id)).not.toBeNull();
});

test('a server that removes us ends what waits there, and goes on with its team when it adds us again', async () => {
  const { told, say, tasks, owner, app, clock } = world();
  await told('GUILD_CREATE', guildOf(GUILD, { name: 'Acme' }));
  await app.privacy.setTeamSettings(owner, { confirmAbove: '10000000' });
  const message = await say(places.general, people.ann, `<@${ME}> find me 20 leads`);
  const ref = `discord:${GUILD}:${places.general}:${message.id}`;
  expect(await tasks(ref)).toMatchObject([{ status: 'awaiting_approval' }]);
  await told('GUILD_DELETE', { id: GUILD });
  expect([await installation(GUILD), await tasks(ref)]).toMatchObject([null, [{ status: 'failed' }]]);
  clock.forward(1_000);
  await told('GUILD_CREATE', guildOf(GUILD, { name: 'Acme' }));
  // Told once more after a crash.
  await told('GUILD_DELETE', { id: GUILD }, true);
  const again = await say(places.general, people.ann, `<@${ME}> find me 2 leads`);
  expect(await tasks(`discord:${GUILD}:${places.general}:${again.id}`)).toHaveLength(1);
});

test('a server that removed us while nobody listened, or while another process did, is there once it adds us again', async () => {
  const { told, clock, app } = world();
  const id = newId();
  await told('GUILD_CREATE', guildOf(id));
  clock.forward(2 * 60 * 60_000);
  await ready([]);
  expect(await installation(id)).toBeNull();
  clock.forward(1_000);
  await told('GUILD_CREATE', guildOf(id));
  expect(await installation(id)).toMatchObject({ name: 'Harbor' });
  await app.workspaces.uninstalled({ platform: 'discord', externalId: id });
  clock.forward(1_000);
  await told('GUILD_CREATE', guildOf(id));
  expect(await installation(id)).toMatchObject({ name: 'Harbor' });
});

test('a renamed server and a renamed channel are known by their new names', async () => {
  const { told, say, app } = world();
  await told('GUILD_CREATE', guildOf(GUILD, { name: 'Acme' }));
  await told('GUILD_UPDATE', { id: GUILD, name: 'Acme Inc' });
  expect(await installation(GUILD)).toMatchObject({ name: 'Acme Inc' });
  await say(places.general, people.ann, `<@${ME}> find me 2 leads`);
  expect(await app.workspaces.place(`discord:${GUILD}:${places.general}`)).toMatchObject({
    name: '#general',
    kind: 'channel',
  });
  await told('CHANNEL_UPDATE', { id: places.general, guild_id: GUILD, type: 0, name: 'lobby' });
  await told('CHANNEL_UPDATE', {
    id: places.sales,
    guild_id: GUILD,
    type: 0,
    name: 'nobody asked here',
  });
  expect(await app.workspaces.place(`discord:${GUILD}:${places.general}`)).toMatchObject({
    name: '#lobby',
  });
  expect(await app.workspaces.place(`discord:${GUILD}:${places.sales}`)).toBeNull();
});
