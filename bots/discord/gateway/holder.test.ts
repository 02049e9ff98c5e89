// Who holds the connection to Discord, and what the next one goes on from.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { clockByHand, passTimeUntil } from '#core/testing/runner/clock-by-hand.ts';
import { startSharedClock } from '#core/testing/runner/shared-clock.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { DiscordNo } from '../api/call.ts';
import { idAt } from '../snowflake.ts';
import { ears, generalIn, goingOn, idsAt, openProcesses } from './testing/processes.ts';

const clock = clockByHand();
const processes = forAll(() => openProcesses(clock));
const newest = idsAt(clock);
const MINUTE = 60_000;
/** As long as the product leases the connection for. */
const LEASE_MS = 15_000;

test('who hands over is resumed by the next one, and what it had not taken is told again', async () => {
  const gateway = await processes().fresh();
  const away = Promise.withResolvers<void>();
  const [one, two] = [ears((id) => (id === lost.id ? away.promise : Promise.resolve())), ears()];
  const [taken, lost, later, missed] = [newest(), newest(), newest(), newest()];
  const first = processes().start(gateway, one.dispatch);
  await vi.waitFor(() => expect(gateway.begins).toEqual(['identify']));
  const second = processes().start(gateway, two.dispatch, { name: 'two' });
  await vi.waitFor(() => expect(second.health.health()).toEqual([{ part: 'Discord', ok: true }]));
  for (const each of [taken, lost, later]) gateway.tell('MESSAGE_CREATE', each);
  await vi.waitFor(() => expect(one.heard).toEqual([taken.id]));
  away.reject(new Error('the database is away'));
  await first.stop();
  gateway.tell('MESSAGE_CREATE', missed);
  await goingOn(clock, () => expect(two.heard).toEqual([lost.id, later.id, missed.id]), 60_000);
  expect(gateway.begins).toEqual(['identify', 'resume 2']);
  expect(gateway.open()).toBe(1);
});

test('who dies is followed by the next one once the lease is over; with other intents another session is begun', async () => {
  const gateway = await processes().fresh();
  const [one, two] = [ears(), ears()];
  // Nothing that it wants to say gets out any more.
  const dead = { renew: () => new Promise<never>(() => {}), release: async () => {} };
  const first = processes().start(gateway, one.dispatch, {
    settings: { leaseMs: 15_000 },
    leases: dead,
  });
  await vi.waitFor(() => expect(gateway.begins).toEqual(['identify']));
  const message = newest();
  gateway.tell('MESSAGE_CREATE', message);
  await goingOn(clock, () => expect(processes().left()).resolves.toMatchObject({ session: { seq: 2 } }), 100);
  const diedMs = clock.now().getTime();
  const second = processes().start(gateway, two.dispatch, {
    name: 'two',
    settings: { leaseMs: 15_000 },
  });
  await goingOn(clock, () => expect(gateway.begins).toEqual(['identify', 'resume 2']));
  expect(clock.now().getTime() - diedMs).toBeLessThan(25_000);
  // The first one had ended its connection before that, though the database never told it anything.
  expect(gateway.open()).toBe(1);
  expect(first.log.heard).toContain('lease lost');
  await Promise.all([first.stop(), second.stop()]);
  processes().start(gateway, two.dispatch, { name: 'three', settings: { messageContent: true } });
  await goingOn(clock, () => expect(gateway.begins).toEqual(['identify', 'resume 2', 'identify']), 60_000);
  expect(two.heard).toEqual([]);
});

test('a lease that cannot be renewed because the database is away ends the connection before it is over', async () => {
  const gateway = await processes().fresh();
  const { dispatch } = ears();
  const renew = () => Promise.reject(new Error('the database is away'));
  const startMs = clock.now().getTime();
  const { health } = processes().start(gateway, dispatch, {
    settings: { leaseMs: 15_000 },
    leases: { renew, take: onlyOnce(processes().take) },
  });
  await vi.waitFor(() => expect(gateway.open()).toBe(1));
  await goingOn(clock, () => expect(gateway.open()).toBe(0), 200);
  expect(clock.now().getTime() - startMs).toBeLessThan(15_000);
  expect(health.health()).toMatchObject([{ ok: false }]);
});

test('after a session that is gone, all that was said meanwhile is heard once, oldest first, and no older than a day', async () => {
  const gateway = await processes().fresh();
  const { heard, dispatch } = ears();
  const [tooOld, ...missed] = [newest(25 * 60 * MINUTE), ...Array.from({ length: 230 }, (_, i) => newest((230 - i) * MINUTE))];
  const [direct, dm] = ['400000000000000001', '400000000000000009'];
  const first = processes().start(gateway, dispatch);
  await vi.waitFor(() => expect(gateway.begins).toHaveLength(1));
  // The first connection ever catches up with nothing.
  expect(gateway.calls).toEqual(['/gateway/bot']);
  gateway.tell('MESSAGE_CREATE', { id: dm, channel_id: direct });
  await vi.waitFor(() => expect(heard).toEqual([dm]));
  await first.stop();
  await processes().set((left) => ({
    ...left,
    mark: idAt(new Date(clock.now().getTime() - 30 * 60 * MINUTE)),
  }));

  gateway.forgets = true;
  const closed = '200000000000000003';
  gateway.guilds.push(
    generalIn({
      '200000000000000001': missed.at(-1)!.id,
      [closed]: newest().id,
      '200000000000000004': tooOld!.id,
    }),
  );
  gateway.history.set('200000000000000001', [tooOld!, ...missed]);
  gateway.history.set(direct, [newest(MINUTE)]);
  gateway.history.set(closed, () => {
    throw new DiscordNo('Missing Access', { status: 403, code: 50_001 });
  });
  const again = processes().start(gateway, dispatch, { name: 'two' });
  await goingOn(clock, () => expect(heard).toHaveLength(1 + 230 + 1));
  expect(heard.filter((id) => missed.some((one) => one.id === id))).toEqual(missed.map(({ id }) => id));
  await vi.waitFor(() => expect(again.log.heard).toContain('caught up with Discord'));
  expect(again.log.heard).toContain('messages of Discord older than a day are not caught up with');
  expect(again.health.gauges()).toContainEqual(expect.objectContaining({ name: 'impacter_discord_caught_up_messages', value: 231 }));
});

test('a channel whose history cannot be read holds up neither the others nor, for long, itself', async () => {
  const gateway = await processes().fresh();
  const { heard, dispatch } = ears();
  const [broken, other] = ['200000000000000001', '200000000000000002'];
  const missed = newest(3 * MINUTE, other);
  await processes().set(() => ({ v: 1, session: null, mark: idAt(new Date(clock.now().getTime() - 4 * MINUTE)), dms: [] }));
  gateway.guilds.push(generalIn({ [broken]: newest(2 * MINUTE).id, [other]: missed.id }));
  gateway.history.set(broken, () => {
    throw new DiscordNo('Internal Server Error', { status: 500, code: 0 });
  });
  gateway.history.set(other, [missed]);
  const { log } = processes().start(gateway, dispatch);
  await goingOn(clock, () => expect(heard).toEqual([missed.id]));
  const now = newest();
  gateway.tell('MESSAGE_CREATE', now);
  await goingOn(clock, () => expect(heard).toEqual([missed.id, now.id]), 20_000);
  expect(log.heard).toContain('history of Discord given up: it cannot be read');
  await vi.waitFor(() => expect(log.heard).toContain('caught up with Discord'));
});

test('what is known of a history is not taken again, and where that cannot be found out all of it is', async () => {
  const gateway = await processes().fresh();
  const general = '200000000000000001';
  const said = Array.from({ length: 3 }, (_, i) => newest((3 - i) * MINUTE));
  gateway.history.set(general, said);
  gateway.guilds.push(generalIn({ [general]: said.at(-1)!.id }));
  const mark = idAt(new Date(clock.now().getTime() - 30 * MINUTE));
  const caughtUp = async (settled: () => Promise<ReadonlySet<string>>) => {
    await processes().start(gateway, {}, { name: 'before' }).stop();
    await processes().set((left) => ({ v: 1, session: null, dms: [], ...left, mark }));
    gateway.forgets = true;
    const { heard, dispatch } = ears();
    const process = processes().start(gateway, dispatch, { name: 'after', settled });
    await goingOn(clock, () => expect(process.log.heard).toContain('caught up with Discord'));
    await process.stop();
    return heard;
  };
  expect(await caughtUp(async () => new Set([said[1]!.id]))).toEqual([said[0]!.id, said[2]!.id]);
  expect(await caughtUp(() => Promise.reject(new Error('the database is away')))).toEqual(said.map(({ id }) => id));
});

test('who dies while it catches up leaves that to the next one, from the same place', async () => {
  const gateway = await processes().fresh();
  const [one, two] = [ears(() => new Promise(() => {})), ears()];
  const missed = [newest(3 * MINUTE), newest(2 * MINUTE)];
  await processes().set(() => ({
    v: 1,
    session: null,
    mark: idAt(new Date(clock.now().getTime() - 4 * MINUTE)),
    dms: [],
  }));
  gateway.guilds.push(generalIn({ '200000000000000001': missed[1]!.id }));
  gateway.history.set('200000000000000001', missed);
  const first = processes().start(gateway, one.dispatch);
  await vi.waitFor(() => expect(gateway.calls).toHaveLength(2));
  await goingOn(clock, () => expect(first.health.health()).toMatchObject([{ ok: true }]));
  await passTimeUntil(first.stop(), clock);
  processes().start(gateway, two.dispatch, { name: 'two' });
  await goingOn(clock, () => expect(two.heard).toEqual(missed.map(({ id }) => id)));
  expect(gateway.begins).toEqual(['identify', 'identify']);
});

test('of two processes one holds the connection; when it is frozen for a minute the other one goes on, and what it wakes up with is refused', async () => {
  const gateway = await processes().fresh();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'impacter-clock-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'clock');
  const both = startSharedClock(file);
  const [one, two] = [ownProcess(gateway, 'one', file), ownProcess(gateway, 'two', file)];
  const isConnected = ({ said }: typeof one) => said.includes('log: connected to Discord');
  await vi.waitFor(() => expect([one, two].some(isConnected)).toBe(true));
  const [first, second] = isConnected(one) ? [one, two] : [two, one];
  const [before, meanwhile, after] = [newest(), newest(), newest()];
  gateway.tell('MESSAGE_CREATE', before);
  await vi.waitFor(() => expect(first.said).toContain(before.id));
  await vi.waitFor(async () => expect(await processes().left()).toMatchObject({ session: { seq: 2 } }));
  first.child.kill('SIGSTOP');
  const frozenMs = both.now().getTime();
  gateway.tell('MESSAGE_CREATE', meanwhile);
  both.forward(LEASE_MS + 1_000);
  await vi.waitFor(() => expect(second.said).toContain(meanwhile.id));
  // The second one renews its lease all the while.
  while (both.now().getTime() - frozenMs < 60_000) {
    both.forward(LEASE_MS / 3);
    const nextMs = both.now().getTime() + (LEASE_MS * 2) / 3;
    await vi.waitFor(async () => expect((await processes().leasedUntil()).getTime()).toBeGreaterThan(nextMs));
  }
  expect(gateway.open()).toBe(2);
  first.child.kill('SIGCONT');
  await vi.waitFor(() => expect(gateway.open()).toBe(1));
  await vi.waitFor(() => expect(first.said).toContain('log: lease lost'));
  gateway.tell('MESSAGE_CREATE', after);
  await vi.waitFor(() => expect(second.said).toContain(after.id));
  expect(first.said.filter((line) => /^\d/.test(line))).toEqual([before.id]);
  expect(second.said.filter((line) => /^\d/.test(line))).toEqual([meanwhile.id, after.id]);
  expect(second.said).not.toContain('log: lease lost');
  await vi.waitFor(async () => expect(await processes().left()).toMatchObject({ session: { seq: 5 } }));
  expect(gateway.begins).toEqual(['identify', 'resume 2']);
});

function ownProcess({ apiUrl }: { readonly apiUrl: string }, name: string, clockFile: string) {
  const env = { ...process.env, DATABASE_URL: processes().databaseUrl, API_URL: apiUrl, CLOCK: clockFile };
  const script = path.join(import.meta.dirname, 'testing/holding-process.ts');
  const child = spawn(process.execPath, [script, name], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
  onTestFinished(async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });
  return { child, said };
}

/** The database does not come back. */
function onlyOnce<T extends readonly unknown[], R>(take: (...args: T) => Promise<R>): (...args: T) => Promise<R> {
  let isFirst = true;
  return async (...args) => {
    if (!isFirst) throw new Error('the database is away');
    isFirst = false;
    return take(...args);
  };
}
