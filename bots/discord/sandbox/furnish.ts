// Servers to begin with: one that a team pays for, one that nobody has linked, and one without the bot.

import type { DiscordPeople } from './client.ts';

export const ids = {
  acme: '110000000000000001',
  harbor: '110000000000000002',
  foreign: '110000000000000003',
  ann: '120000000000000001',
  bo: '120000000000000002',
  gus: '120000000000000003',
  olga: '120000000000000004',
  mia: '120000000000000009',
  general: '130000000000000001',
  sales: '130000000000000002',
  ideas: '130000000000000003',
  lounge: '130000000000000004',
  archive: '130000000000000005',
  buyers: '140000000000000001',
  harborGeneral: '130000000000000009',
  foreignGeneral: '130000000000000010',
} as const;

/** Posting, and posting in threads. */
const writing = String((1n << 11n) | (1n << 38n));

export async function furnish(people: DiscordPeople): Promise<void> {
  await people.guild(ids.acme, { name: 'Acme', owner: ids.ann });
  await people.member(ids.acme, { id: ids.ann, name: 'Ann' });
  await people.role(ids.acme, { id: ids.buyers, name: 'Buyers', permissions: '0' });
  await people.member(ids.acme, { id: ids.bo, name: 'Bo', roles: [ids.buyers] });
  await people.member(ids.acme, { id: ids.gus, name: 'Gus', kind: 'guest', emailVerified: false });
  await people.member(ids.acme, { id: ids.olga, name: 'Olga', kind: 'pending', email: null });
  await people.channel(ids.acme, ids.general, { name: 'general' });
  await people.channel(ids.acme, ids.sales, { name: 'sales' });
  await people.channel(ids.acme, ids.ideas, { name: 'ideas', type: 15 });
  await people.channel(ids.acme, ids.lounge, { name: 'lounge', type: 2 });
  await people.channel(ids.acme, ids.archive, {
    name: 'archive',
    overwrites: [{ id: ids.acme, type: 0, allow: '0', deny: writing }],
  });
  await people.guild(ids.harbor, { name: 'Harbor (not linked)', owner: ids.mia });
  await people.member(ids.harbor, { id: ids.mia, name: 'Mia' });
  await people.channel(ids.harbor, ids.harborGeneral, { name: 'general' });
  await people.guild(ids.foreign, { name: 'Foreign (without the app)', owner: ids.mia, bot: false });
  await people.member(ids.foreign, { id: ids.bo, name: 'Bo' });
  await people.channel(ids.foreign, ids.foreignGeneral, { name: 'general' });
  await people.install(ids.bo, true);
  for (const user of [ids.ann, ids.bo, ids.mia]) await people.dm(user);
}
