import { expect, test } from 'vitest';
import { micro, showCredits } from '#core/domain/credits/credits.ts';
import { stage } from '#core/testing/stages/stage.ts';
import { visitor } from '#core/testing/visitors/visitor.ts';
import { welcomeFirstUser } from './first-user.ts';

test('the first person of a laptop has the 500 credits that the start names, before and after their first login', async () => {
  const world = await stage({ settings: { STARTING_CREDITS: '50' } });
  const { core, dataDir, databaseUrl, url } = world;
  const { email, password, isNew } = await welcomeFirstUser(core, dataDir, { url, mailUrl: null, databaseUrl });
  expect(isNew).toBe(true);
  const { teamId } = (await core.store.people.findByEmail(email))!;
  const balance = async () => showCredits(micro((await core.store.people.wallet(teamId)).balance));
  expect(await balance()).toBe('500');
  const browser = visitor(world);
  expect(await browser.logIn(email, password)).toMatchObject({ status: 200 });
  expect(await browser.isLoggedIn()).toBe(true);
  expect(await balance()).toBe('500');
  // Somebody else still gets theirs.
  const other = visitor(world);
  await other.signUp('grace@example.com');
  const { teamId: hers } = (await core.store.people.findByEmail('grace@example.com'))!;
  expect(showCredits(micro((await core.store.people.wallet(hers)).balance))).toBe('50');
});
