// Who may link a workspace, and what is said where it granted the app less than it needs.

import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { agentsThat, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openProduct } from '../testing/open-product.ts';
import { readable } from '../testing/stage.ts';

const clock = clockByHand();
const agents = agentsThat(async () => done('Here.'));
const world = forAll(() => openProduct({ clock, agents, installs: 'once', linked: false }), 60_000);

test('who installed the app is welcomed, and may link the workspace as its admins may; nobody else is offered that', async () => {
  const { people, url, told } = world();
  await people.user('T1', { id: 'U8', name: 'Ina' });
  const begun = await fetch(`${url}/slack/install`, { redirect: 'manual' });
  const cookie = begun.headers.get('set-cookie')!.split(';')[0]!;
  const back = new URL(await people.authorize(begun.headers.get('location')!, { team: 'T1', user: 'U8' }));
  expect((await fetch(`${url}${back.pathname}${back.search}`, { redirect: 'manual', headers: { Cookie: cookie } })).status).toBe(303);
  await vi.waitFor(async () => {
    const direct = (await people.places()).channels.find(({ user }) => user === 'U8');
    const [post] = await people.messages(direct!.id);
    expect(readable(post!.blocks)).toMatch(/^✓ Impacter was added to Acme[^]*\/invite @Impacter[^]*Say what you need/);
  });
  for (const who of ['U1', 'U2', 'U8']) await people.command('C1', 'link', who);
  expect((await told('U8', null)).at(-1)).toContain('Link workspace: http');
  expect((await told('U1', null)).at(-1)).toContain('Link workspace: http');
  expect((await told('U2', null)).at(-1)).not.toContain('Link workspace: ');
});

test('a scope that was taken away is noticed when it is needed: the page says so, and its owner gets one mail', async () => {
  const { app, core, owner, people, say, mails, answer } = world();
  await core.store.prisma.workspace.create({
    data: { id: newId(), platform: 'slack', externalId: 'T1', teamId: owner.teamId, name: 'Acme' },
  });
  const missing = async () => (await app.workspaces.linkedWorkspaces(owner))[0]!.missingScopes;
  expect(await missing()).toEqual([]);
  await people.takeScope('T1', 'files:read');
  await people.takeScope('T1', 'reactions:write');
  const files = [{ name: 'list.csv', mime: 'text/csv', bytes: Buffer.from('a') }];
  for (let i = 0; i < 2; i++) {
    const { thread } = await people.say('C1', '@impacter find me 3 leads like these', { from: 'U1', files });
    await answer(thread, /list\.csv/);
  }
  await vi.waitFor(async () => expect(await missing()).toEqual(['files:read', 'reactions:write']));
  clock.forward(60 * 60_000);
  const { thread } = await people.say('C1', '@impacter find me 3 leads like these', { from: 'U1', files });
  await answer(thread, /list\.csv/);
  const told = (await mails(owner.email, 1)).filter(({ kind }) => kind === 'app-permissions');
  expect(told).toHaveLength(1);
  expect(told[0]!.text).toMatch(/Acme[^]*files:read, reactions:write[^]*\/team\/workspaces/);
  // All else goes on.
  await answer(await say('research oat milk'), /Done/);
});
