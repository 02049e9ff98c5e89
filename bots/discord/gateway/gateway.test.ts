// What the connection to Discord survives, against a gateway that is wrong in every way.

import { expect, test, vi } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { ears, generalIn, goingOn, idsAt, openProcesses } from './testing/processes.ts';

const clock = clockByHand();
const processes = forAll(() => openProcesses(clock));

const newest = idsAt(clock);
const [guild, general, sales] = ['100000000000000001', '200000000000000001', '200000000000000002'];

test('frames that are none, unknown ones and one of 25 MB leave the connection as it is', async () => {
  const gateway = await processes().fresh();
  const { heard, dispatch } = ears();
  const { health } = processes().start(gateway, dispatch);
  await vi.waitFor(() => expect(health.health()).toEqual([{ part: 'Discord', ok: true }]));
  const odd = ['no JSON', '[]', 'null', '{"op":"0"}', '{"op":99,"d":{}}', '{"op":0,"d":{}}', '{"op":0,"t":"MESSAGE_CREATE","s":"x"}'];
  for (const frame of [...odd, Buffer.from([1, 2, 3])]) gateway.raw(frame);
  for (const d of [{}, { id: 5 }, { id: guild, roles: 'none' }] as object[])
    for (const t of ['GUILD_CREATE', 'GUILD_DELETE', 'CHANNEL_UPDATE', 'THREAD_LIST_SYNC', 'TIME_TRAVEL', 'MESSAGE_UPDATE'])
      gateway.tell(t, d);
  gateway.tell('GUILD_CREATE', {
    ...generalIn({ [general]: null, [sales]: null }),
    description: 'x'.repeat(25 * 1024 * 1024),
  });
  const last = newest();
  gateway.tell('MESSAGE_CREATE', last);
  await vi.waitFor(() => expect(heard).toEqual([last.id]));
  expect(gateway.begins).toEqual(['identify']);
  expect(health.gauges()).toContainEqual(expect.objectContaining({ name: 'impacter_discord_unknown_events', value: 3 }));
});

test('a connection that is cut, moved or told to begin anew loses nothing', async () => {
  const gateway = await processes().fresh();
  gateway.guilds.push(generalIn({ [general]: null, [sales]: null }));
  const { heard, dispatch } = ears();
  processes().start(gateway, dispatch);
  await vi.waitFor(() => expect(gateway.begins).toHaveLength(1));
  const told: string[] = [];
  const tell = () => {
    const one = newest();
    told.push(one.id);
    gateway.tell('MESSAGE_CREATE', one);
  };
  const ends = [
    () => gateway.end(),
    () => gateway.raw('{"op":7,"d":null}'),
    () => gateway.end(4009),
    () => gateway.raw('{"op":9,"d":true}'),
  ];
  for (const [i, end] of ends.entries()) {
    tell();
    end();
    tell();
    await goingOn(clock, () => expect(gateway.begins).toHaveLength(i + 2));
    tell();
  }
  await vi.waitFor(() => expect(heard).toEqual(told));
  expect(gateway.begins.map((begin) => begin.split(' ')[0])).toEqual(['identify', ...ends.map(() => 'resume')]);
  gateway.raw('{"op":9,"d":null}');
  await goingOn(clock, () => expect(gateway.begins.at(-1)).toBe('identify'));
  tell();
  await vi.waitFor(() => expect(heard).toEqual(told));
});

test('an event that could not be taken is taken again, in its place, and holds back its channel alone', async () => {
  const gateway = await processes().fresh();
  gateway.heartbeatMs = 50;
  let away = 2;
  const [first, second, other] = [newest(), newest(), newest(0, sales)];
  const { heard, dispatch } = ears(async (id) => {
    if (id === first.id && away-- > 0) throw new Error('the database is away');
  });
  const { log } = processes().start(gateway, dispatch);
  await vi.waitFor(() => expect(gateway.begins).toHaveLength(1));
  for (const each of [first, second, other]) gateway.tell('MESSAGE_CREATE', each);
  await vi.waitFor(() => expect(heard).toEqual([other.id]));
  // A heartbeat says what is committed, not what came.
  gateway.beats.length = 0;
  await vi.waitFor(() => expect(gateway.beats.length).toBeGreaterThan(2));
  expect(new Set(gateway.beats)).toEqual(new Set([1]));
  await goingOn(clock, () => expect(heard).toEqual([other.id, first.id, second.id]));
  await vi.waitFor(() => expect(gateway.beats.at(-1)).toBe(4));
  expect(gateway.begins).toEqual(['identify']);
  expect(log.heard.filter((words) => words.startsWith('event of Discord not taken'))).toHaveLength(2);
});

test('an event that cannot be taken for eleven minutes, while others are, is taken then', async () => {
  const gateway = await processes().fresh();
  const [first, other] = [newest(), newest(0, sales)];
  const untilMs = clock.now().getTime() + 11 * 60_000;
  const { heard, dispatch } = ears(async (id) => {
    if (id === first.id && clock.now().getTime() < untilMs) throw new Error('no calls are made');
  });
  processes().start(gateway, dispatch, { settings: { leaseMs: 3_600_000 } });
  await vi.waitFor(() => expect(gateway.begins).toHaveLength(1));
  for (const each of [first, other]) gateway.tell('MESSAGE_CREATE', each);
  await goingOn(clock, () => expect(heard).toEqual([other.id, first.id]), 15_000);
});

test('handlers that do not end hold back neither heartbeats nor other channels; from 5,000 of them on nothing more is read', async () => {
  const gateway = await processes().fresh();
  gateway.heartbeatMs = 50;
  const gate = Promise.withResolvers<void>();
  const { heard, dispatch } = ears(async (id) => {
    if (id.endsWith('0')) await gate.promise;
  });
  const { health } = processes().start(gateway, dispatch);
  await vi.waitFor(() => expect(gateway.begins).toHaveLength(1));
  const told = Array.from({ length: 8_000 }, (_, i) => ({
    id: `${7_000_000_000_000_000 + i}${i === 0 || i > 2 ? 0 : 1}`,
    channel_id: `${i}`,
  }));
  for (const each of told) gateway.tell('MESSAGE_CREATE', each);
  const pending = () => health.gauges().find(({ name }) => name === 'impacter_discord_pending_events')!.value;
  await vi.waitFor(() => expect(pending()).toBeGreaterThanOrEqual(5_000));
  const beats = gateway.beats.length;
  await vi.waitFor(() => expect(gateway.beats.length).toBeGreaterThan(beats + 3));
  expect(heard).toEqual([told[1]!.id, told[2]!.id]);
  expect(pending()).toBeLessThan(8_000 - 500);
  gate.resolve();
  await vi.waitFor(() => expect(heard).toHaveLength(8_000));
  expect(gateway.begins).toEqual(['identify']);
});

test('what concerns nobody of ours is committed at once, and does not wait behind what does', async () => {
  const gateway = await processes().fresh();
  const gate = Promise.withResolvers<void>();
  const { heard, dispatch } = ears(() => gate.promise);
  const concerns = (_name: string, data: unknown) => (data as { id: string }).id.endsWith('1');
  const { health } = processes().start(gateway, dispatch, { concerns });
  await vi.waitFor(() => expect(gateway.begins).toHaveLength(1));
  const told = (last: number, i: number) => ({ id: `${7_000_000_000_000_000 + i}${last}`, channel_id: '1' });
  gateway.tell('MESSAGE_CREATE', told(1, 0));
  for (let i = 1; i <= 500; i++) gateway.tell('MESSAGE_CREATE', told(0, i));
  gateway.tell('MESSAGE_CREATE', told(1, 501));
  const pending = () => health.gauges().find(({ name }) => name === 'impacter_discord_pending_events')!.value;
  await vi.waitFor(() => expect(pending()).toBe(2));
  gate.resolve();
  await vi.waitFor(() => expect(heard).toEqual([told(1, 0).id, told(1, 501).id]));
});

test('a gateway that says nothing and does not close is left within two heartbeats, and health says so until it is back', async () => {
  const gateway = await processes().fresh();
  gateway.heartbeatMs = 1_000;
  const { heard, dispatch } = ears();
  const { health } = processes().start(gateway, dispatch);
  await vi.waitFor(() => expect(health.health()).toEqual([{ part: 'Discord', ok: true }]));
  gateway.isSilent = true;
  const beganMs = performance.now();
  await vi.waitFor(() =>
    expect(health.health()).toEqual([{ part: 'Discord', ok: false, trouble: 'The gateway stopped answering. Reconnecting.' }]),
  );
  expect(performance.now() - beganMs).toBeLessThan(2_500);
  expect(health.gauges()).toContainEqual(expect.objectContaining({ name: 'impacter_discord_gateway_up', value: 0 }));
  const missed = newest();
  gateway.isSilent = false;
  gateway.tell('MESSAGE_CREATE', missed);
  gateway.end();
  await goingOn(clock, () => expect(health.health()).toEqual([{ part: 'Discord', ok: true }]));
  expect(heard).toEqual([missed.id]);
  expect(gateway.begins.at(-1)).toMatch(/^resume/);
});

test.each([
  [4004, 'Discord does not accept DISCORD_TOKEN.'],
  [4010, 'Discord does not accept DISCORD_SHARDS, the number of gateway connections.'],
  [4011, 'Discord requires more than one gateway connection'],
  [4012, 'Discord no longer supports version 10 of its gateway.'],
  [4013, 'Discord does not know one of the gateway intents.'],
  [4014, 'Discord does not allow this bot an intent.'],
])('a connection closed with %i is not tried again, and an operator reads why', async (code, words) => {
  const gateway = await processes().fresh();
  gateway.instead = (socket) => socket.close(code);
  const { health, gateway: held } = processes().start(gateway, {});
  await vi.waitFor(() => expect(health.health()).toEqual([{ part: 'Discord', ok: false, trouble: expect.stringContaining(words) }]));
  clock.forward(24 * 60 * 60_000);
  await held.stop();
  expect(gateway.begins).toEqual(['identify']);
});

test('connections that fail are tried again after 1, 2, 4 … 60 seconds, not all at the same time', async () => {
  const gateway = await processes().fresh();
  gateway.instead = (socket) => socket.terminate();
  const begunMs: number[] = [];
  const { log } = processes().start(gateway, {});
  await goingOn(
    clock,
    () => {
      while (begunMs.length < gateway.begins.length) begunMs.push(clock.now().getTime());
      expect(begunMs).toHaveLength(8);
    },
    500,
  );
  const waitedS = begunMs.slice(1).map((at, i) => (at - begunMs[i]!) / 1_000);
  // Half of it is chance, and one identify in five seconds is the least besides.
  for (const [i, waited] of waitedS.entries()) {
    expect(waited).toBeGreaterThanOrEqual(Math.min(2 ** i, 60) / 2);
    expect(waited).toBeLessThanOrEqual(Math.max(5, Math.min(2 ** i, 60)) + 10);
  }
  expect(log.heard).not.toContain('connected to Discord');
});

test('the last 50 new sessions of a day are not used, by no process and after no restart', async () => {
  const gateway = await processes().fresh();
  gateway.remaining = 49;
  const first = processes().start(gateway, {});
  const trouble = expect.stringContaining('Discord allows 49 more new connections today');
  await vi.waitFor(() => expect(first.health.health()).toEqual([{ part: 'Discord', ok: false, trouble }]));
  await first.stop();
  const second = processes().start(gateway, {}, { name: 'two' });
  await vi.waitFor(() => expect(second.health.health()).toEqual([{ part: 'Discord', ok: false, trouble }]));
  expect(gateway.begins).toEqual([]);
  gateway.remaining = 1_000;
  await goingOn(clock, () => expect(gateway.begins).toEqual(['identify']), 60_000);
});

test('a session whose address takes nobody any more is given up for another one, which loses nothing', async () => {
  const gateway = await processes().fresh();
  gateway.guilds.push(generalIn({ [general]: null }));
  const { heard, dispatch } = ears();
  const first = processes().start(gateway, dispatch);
  await vi.waitFor(() => expect(first.health.health()).toEqual([{ part: 'Discord', ok: true }]));
  await first.stop();
  const missed = newest();
  await processes().set((left) => ({
    ...left,
    session: { ...(left as { session: object }).session, url: 'ws://127.0.0.1:9' },
    mark: String(BigInt(missed.id) - 1n),
  }));
  gateway.guilds[0] = generalIn({ [general]: missed.id });
  gateway.history.set(general, [missed]);
  processes().start(gateway, dispatch, { name: 'two' });
  await goingOn(clock, () => expect(heard).toEqual([missed.id]), 5_000);
  expect(gateway.begins).toEqual(['identify', 'identify']);
});

test('a first event that is not as Discord describes it ends the connection, and nothing of it is taken for heard', async () => {
  const gateway = await processes().fresh();
  const { heard, dispatch } = ears();
  gateway.instead = (socket) => {
    gateway.instead = null;
    socket.send(JSON.stringify({ op: 0, t: 'READY', s: 1, d: { session_id: 'odd' } }));
  };
  const { health } = processes().start(gateway, dispatch);
  await goingOn(clock, () => expect(gateway.begins).toEqual(['identify', 'identify']));
  await vi.waitFor(() => expect(health.health()).toEqual([{ part: 'Discord', ok: true }]));
  const message = newest();
  gateway.tell('MESSAGE_CREATE', message);
  await vi.waitFor(() => expect(heard).toEqual([message.id]));
});
