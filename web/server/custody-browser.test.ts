// The pages about what a team keeps, and the operator's, in a real browser: by keyboard, on a phone, in the dark.

import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { agentsThat, csvOf, done } from '#core/testing/agents-that.ts';
import { forAll, openStage } from '#core/testing/stage.ts';
import { visitor } from '#core/testing/visitor.ts';
import { inABrowser, oneBrowser } from '../testing/browser.ts';

const OPS = 'ops@example.com';
const agents = agentsThat(({ message }) => {
  if (message.includes('impossible')) throw new Error('this cannot be done');
  return done('Here.', [csvOf('leads.csv', 3)]);
});

inABrowser('the pages about what a team keeps, and the operator’s', () => {
  const browser = oneBrowser();
  const stage = forAll(() => openStage({ portal: true, agents, settings: { OPERATOR_EMAILS: OPS } }));

  test('an export is packed while the page is open, and appears by itself', async () => {
    const { at, cookies } = await ownerOf('Acme');
    const { page } = await browser().open({ at, cookies });
    await page.goto('/team/data');
    await page.getByRole('button', { name: 'Pack everything' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('It is being packed.').waitFor();
    const link = page.getByRole('link', { name: 'Download' });
    await link.waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toMatch(/^export-\d{4}-\d\d-\d\d\.zip$/);
  });

  test('by keyboard: a wrong name is said at its field, and the right one deletes the team in two weeks', async () => {
    const { at, cookies } = await ownerOf('Acme');
    const { page, expectTrouble } = await browser().open({ at, cookies });
    await page.goto('/team/data');
    const opens = page.locator('summary', { hasText: 'Delete this team' });
    await opens.focus();
    await page.keyboard.press('Enter');
    expectTrouble(/^400 POST \/team\/data/);
    await page.getByLabel('Type the name of the team').fill('acme');
    await page.keyboard.press('Enter');
    await page.getByText('is not the name of this team').waitFor();
    await page.locator('[name=name]:focus').waitFor();
    await page.getByLabel('Type the name of the team').fill('Acme');
    await page.keyboard.press('Enter');
    await page.getByText('This team will be deleted on').waitFor();
    await page.locator(':focus', { hasText: 'All owners were told by mail.' }).waitFor();
  });

  test('on a phone in the dark and at a desk in the light nothing is clipped, and nobody is kept out', async () => {
    const { at, cookies, paths } = await ownerOf('A team with a rather long name that wraps');
    const seen = await paths();
    for (const look of [{ width: 390, height: 844, colours: 'dark' }, { colours: 'light' }] as const) {
      const { page } = await browser().open({ at, cookies, ...look });
      for (const path of seen) {
        await page.goto(path);
        await page.evaluate("document.querySelectorAll('main details').forEach((each) => (each.open = true))");
        const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
        expect([path, tooWide, violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)]).toEqual([path, 0, []]);
      }
    }
  });

  let members = 0;

  /** Each owns the team and operates the product: whoever does both sees every page. */
  async function ownerOf(name: string) {
    const { app, core, product } = stage();
    const at = core.settings.publicUrl;
    const ada = visitor({ ...stage(), url: at });
    const email = members++ === 0 ? OPS : `${newId()}@example.com`;
    await ada.signUp(email);
    const cookie = [...ada.cookies].map((pair) => pair.join('=')).join('; ');
    const loggedIn = (await product.auth.sessionOf(new Headers({ cookie })))!;
    const { teamId } = await app.makeTeam(await app.actorOf(loggedIn), name);
    await app.chooseTeam(await app.actorOf(loggedIn), teamId);
    const actor = await app.actorOf(loggedIn);
    const paths = async () => {
      await core.store.money.query({ text: 'UPDATE users SET email = $2 WHERE email = $1' }, [OPS, `${newId()}@example.com`]);
      await core.store.money.query({ text: 'UPDATE users SET email = $2 WHERE id = $1' }, [actor.userId, OPS]);
      const { walletId } = await core.store.erase.walletOf(teamId);
      await core.store.ledger.credit(
        { key: `test:${walletId}`, wallet: walletId, lot: newId(), type: 'grant', credits: 100_000_000n as never, source: 'test' },
        new Date(),
      );
      for (const why of ['gone', 'unsure']) await undeliverable(teamId, actor.userId, why);
      await undeliverable(teamId, actor.userId, 'gone', 'find me 3 impossible leads');
      await app.exportTeam(actor);
      await app.checkLedger(actor, null);
      await core.store.money.query(
        {
          text: `INSERT INTO mails (id, key, to_address, kind, saying, state, next_at, created_at, trouble)
                 VALUES (uuidv7(), 'test', 'a.person.with-a-long-name@a-rather-long-address.example.com', 'verify', 'x', 'unknown', now(), now(), 'The connection was cut.')`,
        },
        [],
      );
      await core.store.money.query(
        {
          text: `INSERT INTO identities (id, platform, space, external_id, display_name) VALUES (uuidv7(), 'slack', 'T1', 'U1', 'Zebedee')`,
        },
        [],
      );
      const erase = (await app.makeErasureLink({ platform: 'slack', workspace: 'T1', externalId: 'U1' }))!;
      return [
        '/team/undelivered',
        '/team/data',
        '/settings/account',
        new URL(erase.url).pathname,
        '/privacy/erase/done',
        '/operator',
        '/operator/teams',
        `/operator/teams/${teamId}`,
        '/operator/tasks',
        '/operator/tasks?sight=failed',
        '/operator/undelivered',
        '/operator/mails',
        '/operator/ledger',
      ];
    };
    return { at, cookies: ada.cookies, paths };
  }

  async function undeliverable(
    teamId: string,
    userId: string,
    why: string,
    text = 'find me 3 leads in a city whose name nobody can remember',
  ) {
    const { app, core } = stage();
    const taken = await app.ask({
      key: `web:${newId()}`,
      threadRef: `web:${newId()}`,
      from: { kind: 'user', userId: userId as never, teamId: teamId as never },
      text,
      at: new Date(),
    });
    const taskId = taken.kind === 'task' ? taken.taskId : '';
    const sent = async () =>
      (await core.store.money.query({ text: `SELECT 1 FROM letters WHERE task_id = $1 AND seq = 2` }, [taskId])).rows.length;
    await vi.waitFor(async () => expect(await sent()).toBe(1));
    await core.store.money.query(
      {
        text: `WITH dead AS (UPDATE letters SET state = 'dead', platform = 'slack', trouble = 'channel_not_found' WHERE task_id = $1 AND seq = 2 RETURNING id)
               INSERT INTO dead_letters SELECT id, $2, $3, $3 = 'unsure', now() FROM dead`,
      },
      [taskId, teamId, why],
    );
  }
});
