import { expect, test } from 'vitest';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { App } from '#core/flows/app.ts';
import { openDoor } from '../testing/open-door.ts';
import type { Actor } from '#core/domain/actor.ts';

const olga = { userId: 'u1', teamId: 't1', role: 'owner' } as Actor;
const wallet = { available: '0', inUse: '0', debt: '0', version: 1, colour: 'green', words: 'Enough' } as const;

test.each([
  ['is unknown', async () => null],
  ['has expired', async () => Promise.reject(refuse('key.expired', { at: '2026-11-30T00:00:00.000Z' }))],
])('a key that was good and now %s is kept waiting like any other wrong key', async (_, over) => {
  let reads = 0;
  let actorByKey: App['team']['actorByKey'] = async (key) => (key === 'olgas-key' ? olga : null);
  const { fetch } = await openDoor({
    team: { actorByKey: (key) => ((reads += 1), actorByKey(key)) },
    credits: { balance: async () => wallet },
  });
  const statusOf = async (key: string) => (await fetch('/api/balance', { key })).status;
  expect(await statusOf('olgas-key')).toBe(200);
  for (let i = 0; i < 20; i++) await statusOf(`guess-${i}`);
  actorByKey = over;
  expect(await statusOf('olgas-key')).toBe(401);
  const before = reads;
  for (let i = 0; i < 3; i++) expect(await statusOf('olgas-key')).toBe(429);
  expect(reads).toBe(before);
});
