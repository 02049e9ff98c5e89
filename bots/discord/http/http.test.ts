// What Discord sends over HTTP: only what it signed, lately, is taken, and no more than it may be.

import { expect, test, vi } from 'vitest';
import type { Log } from '#core/ports/log.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { ACME, command, GENERAL, newSnowflake, openActsWorld, THREAD } from '../testing/acts-world.ts';

const logged: { readonly level: string; readonly about: object; readonly words: string }[] = [];
const log = watched(quietLog);
const world = forAll(() => openActsWorld({ log }), 60_000);

const PING = JSON.stringify({ type: 1, id: newSnowflake(), token: 't' });
const seconds = (away: number) => String(Math.floor(world().core.clock.now().getTime() / 1000) + away);

test('Discord is answered when it asks whether we are there, and an event needs no answer', async () => {
  expect(await world().post('/discord/interactions', PING)).toEqual({
    status: 200,
    body: '{"type":1}',
  });
  expect(await world().post('/discord/events', JSON.stringify({ version: 1, type: 0 }))).toEqual({
    status: 204,
    body: '',
  });
});

test.each(['/discord/interactions', '/discord/events'])(
  '%s takes only what Discord signed, within five minutes, and at most a megabyte',
  async (path) => {
    const { post } = world();
    const status = async (...asked: Parameters<typeof post>) => (await post(...asked)).status;
    expect(await status(path, PING, { signature: '0'.repeat(128) })).toBe(401);
    expect(await status(path, PING, { signature: '' })).toBe(401);
    for (const away of [-301, 301]) expect(await status(path, PING, { timestamp: seconds(away) })).toBe(401);
    expect(await status(path, PING, { timestamp: '1.5' })).toBe(401);
    expect(await status(path, 'no JSON')).toBe(400);
    expect(await status(path, ' '.repeat(1_000_001))).toBe(413);
    expect(await status(path, PING)).toBeLessThan(300);
  },
);

test('what was signed for another body, or is no interaction, is not taken', async () => {
  const { post, tasks } = world();
  const ask = command('ask', { request: 'find me 3 leads in Miami' }, { at: 'thread' });
  const timestamp = seconds(0);
  const other = JSON.stringify({ ...ask, id: newSnowflake() });
  const signature = world().sign(timestamp, PING);
  expect((await post('/discord/interactions', other, { timestamp, signature })).status).toBe(401);
  for (const body of ['[]', '"x"', '{}', JSON.stringify({ type: 2 })]) expect((await post('/discord/interactions', body)).status).toBe(400);
  expect(await tasks(`discord:${ACME}:${GENERAL}:${THREAD}`)).toEqual([]);
});

test('events are logged by their names and ids, those we do not know as such, and never with words of people', async () => {
  const user = { id: newSnowflake(), username: 'Ann Secret' };
  const told = (type: string, data: object) =>
    JSON.stringify({
      version: 1,
      application_id: '1',
      type: 1,
      event: { type, timestamp: '2026-11-30T00:00:00Z', data },
    });
  expect((await world().post('/discord/events', told('APPLICATION_DEAUTHORIZED', { user }))).status).toBe(204);
  expect((await world().post('/discord/events', told('QUEST_USER_ENROLLMENT', { user }))).status).toBe(204);
  expect((await world().post('/discord/events', told('ENTITLEMENT_CREATE', { id: '5', guild_id: '7' }))).status).toBe(204);
  await vi.waitFor(() =>
    expect(logged.filter(({ about }) => 'event' in about)).toEqual([
      {
        level: 'info',
        about: { event: 'APPLICATION_DEAUTHORIZED', userId: user.id, guildId: null },
        words: expect.any(String),
      },
      {
        level: 'warn',
        about: { event: 'QUEST_USER_ENROLLMENT', userId: user.id, guildId: null },
        words: expect.stringContaining('do not know'),
      },
      {
        level: 'info',
        about: { event: 'ENTITLEMENT_CREATE', userId: null, guildId: '7' },
        words: expect.any(String),
      },
    ]),
  );
});

function watched(inner: Log): Log {
  const keep = (level: 'info' | 'warn') => (about: object, words: string) => {
    logged.push({ level, about, words });
    inner[level](about, words);
  };
  return { ...inner, info: keep('info'), warn: keep('warn'), child: () => watched(inner) };
}
