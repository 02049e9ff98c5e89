import { randomBytes } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { clockByHand, type ClockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { stage, type Stage } from '#core/testing/stages/stage.ts';
import { PASSWORD, proxied, visitor } from '#core/testing/visitors/visitor.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

test('a session that is used every day ends 90 days after its login', async () => {
  const clock = clockByHand();
  const world = await stage({ clock, settings: proxied });
  const ada = visitor(world, '203.0.113.1');
  await ada.signUp(someone());
  const lives: boolean[] = [];
  for (let hours = 25; hours < 92 * 24; hours += 25) {
    clock.forward(25 * HOUR_MS);
    lives.push(await ada.isLoggedIn());
  }
  expect(lives.lastIndexOf(true)).toBe(Math.floor((90 * 24) / 25) - 1);
  expect(lives.slice(0, lives.lastIndexOf(true))).not.toContain(false);
});

test('no door of the login engine prolongs a session beyond that', async () => {
  const world = await stage({ settings: proxied });
  const ada = visitor(world, '203.0.113.1');
  await ada.signUp(someone());
  await query(world, `UPDATE sessions SET created_at = now() - interval '89 days', updated_at = now() - interval '2 days'`);
  const ends = `SELECT id, extract(day FROM expires_at - created_at)::int AS days FROM sessions ORDER BY created_at LIMIT 1`;
  await ada.isLoggedIn();
  const [before] = await query(world, ends);
  expect(before).toMatchObject({ days: 90 });
  expect(await ada.auth('/two-factor/enable', { password: PASSWORD })).toMatchObject({ status: 200 });
  expect(await ada.auth('/new-address', { newEmail: someone(), password: PASSWORD })).toMatchObject({ status: 200 });
  expect(await query(world, ends)).toEqual([before]);
});

test('sessions are removed a month after they ended, with the addresses of their people, however many there are', async () => {
  const clock = clockByHand();
  const world = await stage({ clock, settings: proxied });
  const ada = visitor(world, '203.0.113.1');
  await ada.signUp(someone());
  const add = (many: number, ended: string) =>
    query(
      world,
      `INSERT INTO sessions (id, token, user_id, ip_address, created_at, expires_at)
       SELECT gen_random_uuid(), gen_random_uuid(), u.id, '203.0.113.1', now() - interval '70 days', now() - $2::interval
       FROM users u, generate_series(1, $1::int)`,
      [many, ended],
    );
  const [{ live } = {}] = await query(world, 'SELECT count(*)::int AS live FROM sessions');
  await add(1_200, '31 days');
  await add(3, '29 days');
  clock.forward(HOUR_MS);
  const left = () => query(world, 'SELECT count(*)::int AS live FROM sessions');
  await upkeep(clock, async () => expect(await left()).toEqual([{ live: Number(live) + 3 }]));
  clock.forward(2 * DAY_MS);
  await upkeep(clock, async () => expect(await left()).toEqual([{ live }]));
  expect(await ada.isLoggedIn()).toBe(true);
});

test('a link that nobody used is removed a day after it ended', async () => {
  const clock = clockByHand();
  const world = await stage({ clock, settings: proxied });
  const email = someone();
  await visitor(world, '203.0.113.1').auth('/sign-up/email', { email, password: PASSWORD, name: 'Ada' });
  const links = () => query(world, 'SELECT expires_at FROM verifications');
  await vi.waitFor(async () => expect(await links()).toHaveLength(1));
  clock.forward(46 * HOUR_MS);
  // What ended before it is removed in the same round.
  await query(
    world,
    `INSERT INTO verifications (id, identifier, value, expires_at) VALUES (gen_random_uuid(), 'x', 'x', now() - interval '9 days')`,
  );
  await upkeep(clock, async () => expect(await links()).toHaveLength(1));
  clock.forward(3 * HOUR_MS);
  await upkeep(clock, async () => expect(await links()).toEqual([]));
});

/** Until a round of it has brought this about. */
function upkeep(clock: ClockByHand, expected: () => Promise<void>): Promise<void> {
  return vi.waitFor(async () => {
    clock.forward(61_000);
    await expected();
  });
}

function someone(): string {
  return `${randomBytes(5).toString('hex')}@example.com`;
}

async function query({ core }: Stage, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await core.store.money.query({ text }, values)).rows;
}
