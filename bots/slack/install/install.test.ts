// Installing the app by a link, in a browser.

import { expect, test, vi } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { openProduct } from '../testing/open-product.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { newId } from '#core/domain/ids.ts';
import { portalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { proxied } from '#core/testing/visitors/visitor.ts';
import { scopeNames } from '../manifest/scopes.ts';

const clock = clockByHand();
const world = forAll(() => openProduct({ clock, installs: 'once', linked: false, wired: true, portal: true, settings: proxied }), 60_000);

interface Begun {
  /** Slack's page. */
  readonly page: string;
  readonly cookie: string;
}

async function begin(): Promise<Begun> {
  const response = await fetch(`${world().url}/slack/install`, { redirect: 'manual' });
  expect(response.status).toBe(303);
  return { page: response.headers.get('location')!, cookie: response.headers.get('set-cookie')!.split(';')[0]! };
}

/** The browser comes back from Slack. */
async function back(location: string, cookie: string): Promise<{ status: number; to: string | null; text: string }> {
  const { pathname, search } = new URL(location);
  const response = await fetch(`${world().url}${pathname}${search}`, { redirect: 'manual', headers: { Cookie: cookie } });
  return { status: response.status, to: response.headers.get('location'), text: await response.text() };
}

/** Mia allows it in a workspace of her own. */
async function allow(page: string, team: string): Promise<string> {
  const { people } = world();
  await people.team(team, { name: 'Harbor' });
  await people.user(team, { id: 'U9', name: 'Mia', role: 'admin' });
  return people.authorize(page, { team, user: 'U9' });
}

const installed = (team: string) => world().core.store.installations.find('slack', team);

test('somebody adds the app to their workspace, goes on to link a team to it, and is answered there', async () => {
  const { app, people, person, core } = world();
  const { page, cookie } = await begin();
  const asked = new URL(page);
  expect(asked.searchParams.get('scope')).toBe(scopeNames.join(','));
  expect(asked.searchParams.get('redirect_uri')).toBe(`${core.settings.publicUrl}/slack/oauth_redirect`);
  const { status, to } = await back(await allow(page, 'T5'), cookie);
  expect([status, to]).toEqual([303, expect.stringMatching(/\/link\/[\w-]+$/)]);
  expect(await installed('T5')).toMatchObject({ name: 'Harbor', scopes: scopeNames });

  const mia = await person();
  const token = to!.split('/').at(-1)!;
  expect(await app.workspaces.lookAtLink(mia, token)).toMatchObject({ kind: 'workspace', placeName: 'Harbor', state: 'free' });
  await people.channel('T5', 'C5', { name: 'general' });
  await people.say('C5', '@impacter find me 3 leads', { from: 'U9' });
  // Told to Mia alone, in the channel: nobody pays there yet.
  await vi.waitFor(async () => {
    const { messages } = await people.seen('C5', 'U9');
    expect(messages.some(({ isBot }) => isBot)).toBe(true);
  });
});

test('an installation begun in another browser, or too long ago, or finished twice, is refused, and nothing is installed by it', async () => {
  const [mine, foreign] = [await begin(), await begin()];
  const location = await allow(mine.page, 'T6');
  const inOther = await back(location, foreign.cookie);
  const without = await back(location, '');
  const changed = await back(location.replace(/state=\d/, 'state=2'), mine.cookie);
  for (const { status, text } of [inOther, without, changed]) {
    expect([status, text]).toEqual([400, expect.stringContaining('This installation has expired')]);
    expect(text).toContain('href="/slack/install"');
  }
  expect(await installed('T6')).toBeNull();

  clock.forward(9 * 60_000);
  expect((await back(location, mine.cookie)).status).toBe(303);
  const version = (await installed('T6'))!.version;
  const again = await back(location, mine.cookie);
  expect([again.status, again.text]).toEqual([400, expect.stringContaining('This link has already been used')]);
  const late = await begin();
  const lateLocation = await allow(late.page, 'T6');
  clock.forward(10 * 60_000 + 1);
  expect((await back(lateLocation, late.cookie)).text).toContain('This installation has expired');
  expect((await installed('T6'))!.version).toBe(version);
});

test('a workspace that granted less than the app needs is shown with what is missing, until the app is installed again', async () => {
  const { app, core, person } = world();
  const first = await begin();
  await back(await allow(first.page, 'T8'), first.cookie);
  const mia = await person();
  await core.store.prisma.workspace.create({
    data: { id: newId(), platform: 'slack', externalId: 'T8', teamId: mia.teamId, name: 'Harbor' },
  });
  const missing = async () => (await app.workspaces.linkedWorkspaces(mia)).map(({ missingScopes }) => missingScopes);
  expect(await missing()).toEqual([[]]);
  await core.store.money.query(
    { text: `UPDATE installations SET scopes = array_remove(scopes, 'files:read') WHERE external_id = 'T8'` },
    [],
  );
  expect(await missing()).toEqual([['files:read']]);
  const again = await begin();
  await back(await allow(again.page, 'T8'), again.cookie);
  expect(await missing()).toEqual([[]]);
});

test('an owner finds “Add to Slack” among the team’s workspaces', async () => {
  const ada = portalVisitor(world());
  await ada.signUp(ada.email);
  expect(await ada.page('/team/workspaces')).toContain('href="/slack/install"');
});

test('who cancels at Slack reads that nothing was changed', async () => {
  const { people } = world();
  const { page, cookie } = await begin();
  const location = await people.authorize(page, { team: 'T1', user: 'U1', allow: false });
  const { status, text } = await back(location, cookie);
  expect([status, text]).toEqual([200, expect.stringContaining('Installation canceled')]);
});

test('when the installation cannot be saved, its fresh token is revoked, and the person can try again', async () => {
  const { people, wire } = world();
  const { page, cookie } = await begin();
  const location = await allow(page, 'T7');
  wire.cut();
  const { status, text } = await back(location, cookie);
  wire.mend();
  expect([status, text]).toEqual([503, expect.stringContaining('could not be saved')]);
  const { teams } = await people.places();
  expect(teams.find(({ id }) => id === 'T7')!.tokenState).toBe('revoked');
  await vi.waitFor(async () => expect(await installed('T7')).toBeNull());
});

test('an installation in a whole company is refused, and its token is revoked', async () => {
  const { people } = world();
  const { page, cookie } = await begin();
  const { status, text } = await back(await allow(page, 'E1'), cookie);
  expect([status, text]).toEqual([400, expect.stringContaining('Organization-wide installation is not supported')]);
  expect((await people.places()).teams.find(({ id }) => id === 'E1')!.tokenState).toBe('revoked');
  expect(await installed('E1')).toBeNull();
});
