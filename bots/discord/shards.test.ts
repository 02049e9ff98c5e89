// Several connections, each with the servers of its own: held by one process each, whichever that is, and caught up with apart.

import { expect, test, vi } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { ears, generalIn, goingOn, idsAt, openProcesses } from './gateway/testing/processes.ts';
import { idAt, shardOf } from './snowflake.ts';

const clock = clockByHand();
const processes = forAll(() => openProcesses(clock));
const newest = idsAt(clock);
const MINUTE = 60_000;
/** A server of each connection, with a channel. */
const [acme, harbor] = ['100000000000000001', '100000000004194305'];
const [general, lobby] = ['200000000000000001', '200000000000000002'];
const two = { shards: 2 };

test('two connections over two processes: each is held once, what comes over one is taken once, and one that is lost goes to the other process alone', async () => {
  expect([acme, harbor].map((guild) => shardOf(guild, 2))).toEqual([0, 1]);
  const gateway = await processes().fresh();
  gateway.guilds.push(generalIn({ [general]: null }), generalIn({ [lobby]: null }, harbor));
  const [one, other] = [ears(), ears()];
  // Whatever it says of its second lease does not get out any more, as if it were frozen there.
  const frozen = new AbortController();
  const isFrozen = (lease: string) => frozen.signal.aborted && lease.endsWith('/1');
  const first = processes().start(gateway, one.dispatch, {
    settings: { ...two, leaseMs: 15_000 },
    leases: {
      take: (name, forMs) => (isFrozen(name) ? Promise.reject(new Error('the database is away')) : processes().take(name, forMs)),
      renew: (lease, forMs) => (isFrozen(lease.name) ? new Promise<never>(() => {}) : processes().renew(lease, forMs)),
    },
  });
  await goingOn(clock, () => expect(gateway.begins.toSorted()).toEqual(['identify 0/2', 'identify 1/2']));
  await vi.waitFor(() => expect(first.health.health()).toEqual([{ part: 'Discord', ok: true }]));
  const second = processes().start(gateway, other.dispatch, { name: 'two', settings: { ...two, leaseMs: 15_000 } });
  const [there, here] = [newest(0, lobby, harbor), newest(0, general, acme)];
  gateway.tell('MESSAGE_CREATE', there, 1);
  gateway.tell('MESSAGE_CREATE', here, 0);
  await vi.waitFor(() => expect(one.heard.toSorted()).toEqual([there.id, here.id].toSorted()));
  await goingOn(clock, async () => expect(await processes().left(1)).toMatchObject({ session: { seq: 3 } }), 500);
  frozen.abort();
  await goingOn(clock, () => expect(gateway.begins.slice(2)).toEqual(['resume 3 1/2']));
  expect(gateway.open()).toBe(2);
  expect(first.log.heard.filter((words) => words === 'lease lost')).toHaveLength(1);
  const [later, laterHere] = [newest(0, lobby, harbor), newest(0, general, acme)];
  gateway.tell('MESSAGE_CREATE', later, 1);
  gateway.tell('MESSAGE_CREATE', laterHere, 0);
  await vi.waitFor(() => expect([one.heard.at(-1), other.heard]).toEqual([laterHere.id, [later.id]]));
  await Promise.all([first.stop(), second.stop()]);
});

test('each connection catches up with the servers of its own, from a mark of its own', async () => {
  const gateway = await processes().fresh();
  const [mine, theirs] = [newest(3 * MINUTE, general, acme), newest(2 * MINUTE, lobby, harbor)];
  gateway.guilds.push(generalIn({ [general]: mine.id }), generalIn({ [lobby]: theirs.id }, harbor));
  gateway.history.set(general, [mine]);
  gateway.history.set(lobby, [newest(20 * MINUTE, lobby, harbor), theirs]);
  const mark = (agoMs: number) => idAt(new Date(clock.now().getTime() - agoMs));
  await processes().set(() => ({ v: 1, session: null, mark: mark(30 * MINUTE), dms: [] }));
  await processes().set(() => ({ v: 1, session: null, mark: mark(10 * MINUTE), dms: [] }), 1);
  const { heard, dispatch } = ears();
  const { log } = processes().start(gateway, dispatch, { settings: two });
  await goingOn(clock, () => expect(log.heard.filter((words) => words === 'caught up with Discord')).toHaveLength(2));
  expect(heard.toSorted()).toEqual([mine.id, theirs.id].toSorted());
  const read = gateway.calls.flatMap((path) => /^\/channels\/(\d+)\/messages/.exec(path)?.[1] ?? []);
  expect(read.toSorted()).toEqual([general, lobby]);
});

test('where one connection becomes two, the new one catches up with what was said while that was changed', async () => {
  const gateway = await processes().fresh();
  const [mine, theirs] = [newest(3 * MINUTE, general, acme), newest(2 * MINUTE, lobby, harbor)];
  gateway.guilds.push(generalIn({ [general]: mine.id }), generalIn({ [lobby]: theirs.id }, harbor));
  gateway.history.set(general, [mine]);
  gateway.history.set(lobby, [newest(20 * MINUTE, lobby, harbor), theirs]);
  await processes().set(() => ({ v: 1, session: null, mark: idAt(new Date(clock.now().getTime() - 5 * MINUTE)), dms: [] }));
  const { heard, dispatch } = ears();
  const { log } = processes().start(gateway, dispatch, { settings: two });
  await goingOn(clock, () => expect(log.heard.filter((words) => words === 'caught up with Discord')).toHaveLength(2));
  expect(heard.toSorted()).toEqual([mine.id, theirs.id].toSorted());
});

test('a server that is told late, after it was away or by another process, is caught up with then', async () => {
  const gateway = await processes().fresh();
  const [early, late] = [newest(3 * MINUTE, general, acme), newest(2 * MINUTE, lobby, harbor)];
  const there = generalIn({ [lobby]: late.id }, harbor);
  gateway.guilds.push(generalIn({ [general]: early.id }), there);
  gateway.late.add(harbor);
  gateway.history.set(general, [early]);
  gateway.history.set(lobby, [late]);
  await processes().set(() => ({ v: 1, session: null, mark: idAt(new Date(clock.now().getTime() - 10 * MINUTE)), dms: [] }));
  const { heard, dispatch } = ears();
  const first = processes().start(gateway, dispatch);
  await goingOn(clock, () => expect(first.log.heard).toContain('caught up with Discord'));
  expect(heard).toEqual([early.id]);
  await vi.waitFor(async () => expect(await processes().left()).toMatchObject({ late: [[harbor, expect.anything()]] }));
  await first.stop();
  const second = processes().start(gateway, dispatch, { name: 'two' });
  await goingOn(clock, () => expect(gateway.begins).toHaveLength(2), 60_000);
  gateway.tell('GUILD_CREATE', there);
  await goingOn(clock, () => expect(heard).toEqual([early.id, late.id]));
  await vi.waitFor(async () => expect(await processes().left()).toMatchObject({ late: [] }));
  // Away for a while: what was said meanwhile is told by nobody.
  gateway.tell('GUILD_DELETE', { id: harbor, unavailable: true });
  const meanwhile = newest(0, lobby, harbor);
  gateway.history.set(lobby, [late, meanwhile]);
  gateway.tell('GUILD_CREATE', generalIn({ [lobby]: meanwhile.id }, harbor));
  await goingOn(clock, () => expect(heard).toContain(meanwhile.id));
  await second.stop();
});

test('catching up with many channels leaves most of Discord’s calls to answers: twenty reads a second over all of them', async () => {
  const gateway = await processes().fresh();
  const channels = Array.from({ length: 12 }, (_, i) => String(200_000_000_000_000_100n + BigInt(i)));
  const said = channels.map((channel) => newest(MINUTE, channel));
  gateway.guilds.push(generalIn(Object.fromEntries(channels.map((channel, i) => [channel, said[i]!.id]))));
  for (const [i, channel] of channels.entries()) gateway.history.set(channel, [said[i]!]);
  await processes().set(() => ({ v: 1, session: null, mark: idAt(new Date(clock.now().getTime() - 10 * MINUTE)), dms: [] }));
  const { heard, dispatch } = ears();
  processes().start(gateway, dispatch, { settings: { historyEveryMs: 500 } });
  await goingOn(clock, () => expect(gateway.begins).toHaveLength(1));
  await vi.waitFor(() => expect(heard.length).toBeGreaterThan(0));
  const beganMs = clock.now().getTime();
  await goingOn(clock, () => expect(heard).toHaveLength(12), 25);
  expect(clock.now().getTime() - beganMs).toBeGreaterThanOrEqual(10 * 50);
});
