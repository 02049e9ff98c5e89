import { expect, test, vi } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';
import { tellOfExpiringKeys } from './key-expiry.ts';

const DAY_MS = 86_400_000;
const clock = clockByHand();
const stage = forAll(() => openStage({ clock }));
const world = () => ({ ...stage(), ...teamStage(stage()) });

test('a new key expires after 90 days unless its person chooses otherwise, and then says so', async () => {
  const { app, owner, url } = world();
  const ada = await owner();
  const usual = await app.team.makeApiKey(ada, 'usual');
  const forever = await app.team.makeApiKey(ada, 'forever', { lifetime: 'never' });
  const days = async () =>
    Object.fromEntries(
      (await app.team.apiKeys(ada)).map(({ name, scope, expiresAt }) => [
        name,
        [scope, expiresAt && Math.round((Date.parse(expiresAt) - clock.now().getTime()) / DAY_MS)],
      ]),
    );
  expect(await days()).toEqual({ usual: ['full', 90], forever: ['full', null] });
  for (const choice of [{ lifetime: '7' }, { lifetime: '' }, { scope: 'all' }])
    await expect(app.team.makeApiKey(ada, 'odd', choice)).rejects.toMatchObject({ code: 'request.invalid' });

  clock.forward(90 * DAY_MS);
  await expect(app.team.actorByKey(usual.key)).rejects.toMatchObject({ code: 'key.expired' });
  const answer = await fetch(`${url}/api/balance`, { headers: { authorization: `Bearer ${usual.key}` } });
  expect([answer.status, await answer.json()]).toEqual([
    401,
    {
      error: expect.objectContaining({
        code: 'key.expired',
        message: expect.stringMatching(/^This API key expired on \d{4}-\d\d-\d\d\.$/),
      }),
    },
  ]);
  expect(await app.team.actorByKey(forever.key)).toMatchObject({ userId: ada.userId });
  expect((await app.team.apiKeys(ada)).map(({ name }) => name)).toContain('usual');
});

test('a key from before expiry existed keeps full access and never expires', async () => {
  const { app, person } = world();
  const { apiKey } = await person();
  clock.forward(1000 * DAY_MS);
  expect(await app.team.actorByKey(apiKey)).toMatchObject({ scope: 'full' });
});

test('its person gets one mail a week before a key expires, and none for a key that was revoked', async () => {
  const { app, core, owner, mails } = world();
  const ada = await owner();
  await app.team.makeApiKey(ada, 'Nightly report', { lifetime: '30' });
  const { id } = await app.team.makeApiKey(ada, 'Old script', { lifetime: '30' });
  await app.team.revokeApiKey(ada, id);
  const told = async () => (await mails(ada.email, 0)).filter(({ kind }) => kind === 'key-expiring');

  await mails(ada.email, 2); // of the two new keys
  clock.forward(22.9 * DAY_MS);
  await tellOfExpiringKeys(core);
  expect(await told()).toEqual([]);
  clock.forward(0.2 * DAY_MS);
  await tellOfExpiringKeys(core);
  await tellOfExpiringKeys(core);
  const [mail] = await vi.waitFor(async () => {
    const found = await told();
    expect(found).toHaveLength(1);
    return found;
  });
  expect(mail).toMatchObject({ subject: 'API key “Nightly report” expires soon', text: expect.stringContaining('/team/keys') });
  clock.forward(3 * DAY_MS);
  await tellOfExpiringKeys(core);
  await core.store.money.query({ text: 'SELECT 1' }, []);
  expect(await told()).toHaveLength(1);
});

test('expired keys do not count towards the most that a person can have', async () => {
  const { app, owner } = world();
  const ada = await owner();
  for (let i = 0; i < 20; i++) await app.team.makeApiKey(ada, `key ${i}`, { lifetime: '30' });
  await expect(app.team.makeApiKey(ada, 'one more')).rejects.toMatchObject({ code: 'keys.too-many' });
  clock.forward(30 * DAY_MS);
  await app.team.makeApiKey(ada, 'one more');
});
