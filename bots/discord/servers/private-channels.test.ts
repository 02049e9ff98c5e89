// Which channels may be named to people who might not see them, and what a connection that is given up forgets.

import { expect, test } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { heardLog } from '#core/testing/runner/heard-log.ts';
import { DiscordNo } from '../api/call.ts';
import { guildMemory } from '../gateway/guild-memory.ts';

const [acme, harbor] = ['100000000000000001', '100000000004194305'];
const SEE = String(1n << 10n);
const soon = AbortSignal.timeout(5_000);

function channel(id: string, permission_overwrites: object[] | null, last_message_id: string | null = null) {
  return { id, type: 0, name: 'a channel', parent_id: null, last_message_id, permission_overwrites };
}

function memory() {
  const call = () => Promise.reject(new DiscordNo('Unknown Channel', { status: 404, code: 10_003 }));
  const guilds = guildMemory({ call, clock: clockByHand(), log: heardLog() });
  const server = (id: string, channels: object[]) =>
    guilds.note('GUILD_CREATE', { id, name: 'Acme', owner_id: '1', premium_tier: 0, roles: [{ id, permissions: '0' }], channels });
  return { guilds, server };
}

test('a channel that is hidden from everybody is private, and one that is hidden from a role, or of an odd shape, is not', async () => {
  const { guilds, server } = memory();
  server(acme, [
    channel('1', [{ id: acme, type: 0, allow: '0', deny: SEE }]),
    channel('2', [{ id: '42', type: 0, allow: '0', deny: SEE }]),
    channel('3', null),
    { ...channel('4', null), permission_overwrites: 'odd' },
  ]);
  const seen = await Promise.all(['1', '2', '3', '4'].map(async (id) => (await guilds.whereIs(id, soon))?.isPrivate));
  expect(seen).toEqual([true, false, false, false]);
});

test('a connection that another process takes over forgets its own servers alone', async () => {
  const { guilds, server } = memory();
  server(acme, [channel('1', null, '900')]);
  server(harbor, [channel('2', null, '901')]);
  const all = () => guilds.channelsAfter('1', () => true).map(({ id }) => id);
  expect([all(), guilds.channelsAfter('1', (guild) => guild === harbor).map(({ id }) => id)]).toEqual([['1', '2'], ['2']]);
  guilds.forget((guild) => guild === acme);
  expect([all(), await guilds.whereIs('1', soon), guilds.nameOf(harbor)]).toEqual([['2'], null, 'Acme']);
});
