import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';

const clock = clockByHand();
const stage = forAll(() => openStage({ clock }));
const world = () => ({ ...stage(), ...teamStage(stage()) });

test('a new key works at once, is shown once, and its person hears of it', async () => {
  const { app, core, owner, mails, url } = world();
  const ada = await owner();
  const { id, name, key } = await app.team.makeApiKey(ada, ' nightly report ');
  expect([name, key]).toEqual(['nightly report', expect.stringMatching(/^imp_[\w-]{32}$/)]);
  expect(await app.team.actorByKey(key)).toMatchObject({ userId: ada.userId, teamId: ada.teamId, role: 'owner', apiKeyId: id });
  const balance = await fetch(`${url}/api/balance`, { headers: { authorization: `Bearer ${key}` } });
  expect(balance.status).toBe(200);
  const listed = await app.team.apiKeys(ada);
  expect(listed).toMatchObject([{ id, name, prefix: key.slice(0, 8), yours: true, owner: 'Ada' }]);
  expect(JSON.stringify(listed)).not.toContain(key.slice(8));
  const { rows } = await core.store.money.query<{ row: string }>({ text: 'SELECT to_json(k)::text AS row FROM api_keys k WHERE id = $1' }, [
    id,
  ]);
  expect(rows[0]!.row).not.toContain(key.slice(8));
  expect((await mails(ada.email))[0]).toMatchObject({ kind: 'security', text: expect.stringContaining('/team/keys') });
});

test('when a key was used last is written once a minute, and nobody waits for it', async () => {
  const { app, core, owner } = world();
  const ada = await owner();
  const { key } = await app.team.makeApiKey(ada, 'script');
  const lastUsed = async () => (await app.team.apiKeys(ada))[0]!.lastUsedAt;
  expect(await lastUsed()).toBeNull();
  await Promise.all(Array.from({ length: 20 }, () => app.team.actorByKey(key)));
  const first = await vi.waitFor(async () => {
    const at = await lastUsed();
    if (at === null) throw new Error('not written yet');
    return at;
  });
  expect((await app.team.members(ada))[0]!.lastSeenAt).toBe(first);

  clock.forward(30_000);
  await app.team.actorByKey(key);
  clock.forward(31_000);
  await core.store.money.query({ text: 'SELECT 1' }, []);
  expect(await lastUsed()).toBe(first);
  await app.team.actorByKey(key);
  await vi.waitFor(async () => expect(await lastUsed()).not.toBe(first));
});

test('another process that saw the key in the same minute writes nothing', async () => {
  const { app, core, owner, another } = world();
  const ada = await owner();
  const { id, key } = await app.team.makeApiKey(ada, 'script');
  await app.team.actorByKey(key);
  const version = async () => {
    const { rows } = await core.store.money.query<{ xmin: string; used: boolean }>(
      { text: 'SELECT xmin::text, last_used_at IS NOT NULL AS used FROM api_keys WHERE id = $1' },
      [id],
    );
    return rows[0]!.used ? rows[0]!.xmin : null;
  };
  const written = await vi.waitFor(async () => {
    const at = await version();
    if (at === null) throw new Error('not written yet');
    return at;
  });
  const other = await another({ ROLES: 'worker' });
  await other.app.team.actorByKey(key);
  await other.stop();
  expect(await version()).toBe(written);
});

test('a revoked key stops at once, and its open streams are asked to go', async () => {
  const { app, core, owner } = world();
  const ada = await owner();
  const { id, key } = await app.team.makeApiKey(ada, 'script');
  const told = vi.fn();
  const stop = core.store.wakeups.on('session', told);
  await app.team.revokeApiKey(ada, id);
  expect(await app.team.actorByKey(key)).toBeNull();
  expect(await app.team.apiKeys(ada)).toEqual([]);
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith(ada.userId));
  stop();
  await expect(app.team.revokeApiKey(ada, id)).rejects.toMatchObject({ code: 'key.not-found' });
});

test('members see and revoke their own keys, owners and admins everybody’s in the team, and nobody those of another team', async () => {
  const { app, owner, joins } = world();
  const ada = await owner();
  const [grace, admin, eve] = [await joins(ada, 'member'), await joins(ada, 'admin'), await owner('Evil')];
  const [hers, adas] = [await app.team.makeApiKey(grace, 'hers'), await app.team.makeApiKey(ada, 'adas')];
  expect((await app.team.apiKeys(grace)).map(({ name }) => name)).toEqual(['hers']);
  expect((await app.team.apiKeys(admin)).map(({ name, yours }) => [name, yours])).toEqual([
    ['adas', false],
    ['hers', false],
  ]);
  await expect(app.team.revokeApiKey(grace, adas.id)).rejects.toMatchObject({ code: 'key.not-found' });
  for (const id of [hers.id, newId(), 'no-id'])
    await expect(app.team.revokeApiKey(eve, id)).rejects.toMatchObject({ code: 'key.not-found' });
  expect(await app.team.actorByKey(hers.key)).not.toBeNull();
  await app.team.revokeApiKey(admin, hers.id);
  expect(await app.team.actorByKey(hers.key)).toBeNull();
});

test('guests have no keys, and a key makes no other key', async () => {
  const { app, owner, joins } = world();
  const ada = await owner();
  const guest = await joins(ada, 'guest');
  await expect(app.team.apiKeys(guest)).rejects.toMatchObject({ code: 'not.allowed' });
  await expect(app.team.makeApiKey(guest, 'x')).rejects.toMatchObject({ code: 'not.allowed' });
  const { key } = await app.team.makeApiKey(ada, 'script');
  await expect(app.team.makeApiKey((await app.team.actorByKey(key))!, 'another')).rejects.toMatchObject({ code: 'not.allowed' });
});

test('a person has twenty keys in a team at the most, also when they are made at the same time', async () => {
  const { app, owner } = world();
  const ada = await owner();
  const made = await Promise.allSettled(Array.from({ length: 23 }, (_, i) => app.team.makeApiKey(ada, `key ${i}`)));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  expect(await app.team.apiKeys(ada)).toHaveLength(20);
  await expect(app.team.makeApiKey(ada, 'one more')).rejects.toMatchObject({ code: 'keys.too-many', facts: { most: 20 } });
});

test('a key that is made while its person is removed works in no case', async () => {
  const { app, owner, joins } = world();
  const ada = await owner();
  for (let round = 0; round < 8; round++) {
    const grace = await joins(ada, 'member');
    const member = (await app.team.members(ada)).find(({ userId }) => userId === grace.userId)!;
    const [made] = await Promise.allSettled([app.team.makeApiKey(grace, 'quick'), app.team.removeMember(ada, member.id)]);
    if (made.status === 'fulfilled') expect(await app.team.actorByKey(made.value.key)).toBeNull();
    expect(await app.team.apiKeys(ada)).toEqual([]);
  }
});
