// The app is removed from a workspace.

import { expect, test, vi } from 'vitest';
import { forAll } from '#core/testing/stages/stage.ts';
import { installationOf } from '../sandbox/play.ts';
import { openProduct } from '../testing/open-product.ts';

const world = forAll(() => openProduct(), 60_000);

const installed = () => world().core.store.installations.find('slack', 'T1');

/** As Slack writes times: seconds. */
const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

test('revoked tokens of people, and of the bot where ours still works, end nothing', async () => {
  const { tell, url, envelope } = world();
  for (const tokens of [{ oauth: ['U1'] }, { oauth: [], bot: [] }, { bot: ['U0BOT1'] }])
    expect(await tell(url, envelope({ type: 'tokens_revoked', tokens }, { event_time: secondsFromNow(1) }))).toBe(200);
  expect(await installed()).not.toBeNull();
});

test('when the app is removed its tokens are deleted, its tasks end with nothing charged, and the owner gets a mail; installed again, late news of the removal changes nothing', async () => {
  const { people, say, tasks, openclaw, owner, mails, app, core, tell, url, envelope } = world();
  openclaw.set({ held: true });
  const thread = await say('find me 5 leads');
  await vi.waitFor(async () => expect(await tasks(thread)).toEqual(['processing']));
  await people.revoke('T1', 'uninstall');
  await vi.waitFor(async () => expect(await tasks(thread)).toEqual(['failed']));
  expect(await installed()).toBeNull();
  expect(await app.credits.balance(owner)).toMatchObject({ inUse: '0', available: '500000000' });
  const [mail] = (await mails(owner.email)).filter(({ kind }) => kind === 'app-removed');
  expect(mail).toBeDefined();
  const { rows } = await core.store.money.query<{ tokens: unknown }>(
    { text: `SELECT tokens FROM installations WHERE external_id = 'T1'` },
    [],
  );
  expect(rows).toEqual([{ tokens: null }]);

  await app.workspaces.installed(installationOf(await people.team('T1', { token: 'xoxb-T1-fresh-token' })));
  expect(await tell(url, envelope({ type: 'app_uninstalled' }, { event_time: secondsFromNow(-3_600) }))).toBe(200);
  expect(await installed()).toMatchObject({ tokens: { bot: 'xoxb-T1-fresh-token' } });
});
