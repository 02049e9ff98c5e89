// What a page shows by itself, in a real browser.

import { expect, onTestFinished, test } from 'vitest';
import { credits as creditsOf } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { proxied, visitor } from '#core/testing/visitors/visitor.ts';
import { inABrowser, oneBrowser } from './browsers/browser.ts';

inABrowser('an open page', () => {
  const stage = forAll(() =>
    openStage({
      portal: true,
      settings: { ...proxied, STARTING_CREDITS: '50' },
      agents: agentsThat((job) => done('Here.', [csvOf('leads.csv', job.quantity ?? 1)])),
    }),
  );
  const browser = oneBrowser();
  let callers = 0;

  async function ada() {
    const from = `198.51.100.${++callers}`;
    const email = `${newId()}@example.com`;
    const person = visitor(stage(), from);
    await person.signUp(email);
    const { core, app } = stage();
    const window = await browser().open({ at: core.settings.publicUrl, cookies: person.cookies, from });
    const { userId, teamId, walletId } = (await core.store.people.findByEmail(email))!;
    return {
      window,
      person,
      badge: async () => (await window.page.getByRole('banner').getByText('credits').textContent())!,
      grant: (amount: number) =>
        core.store.ledger.credit(
          { key: newId(), wallet: walletId, lot: newId(), type: 'grant', credits: creditsOf(amount), source: 'test' },
          core.clock.now(),
        ),
      ask: (text: string) =>
        app.tasks.ask({ key: newId(), threadRef: `web:${newId()}`, from: { kind: 'user', userId, teamId }, text, at: core.clock.now() }),
    };
  }

  test('the balance moves in every tab, within two seconds of a grant, and after an ask', async () => {
    const { window, grant, ask } = await ada();
    const tabs = [window.page, await window.tab()];
    for (const tab of tabs) {
      await tab.goto('/dashboard');
      await tab
        .getByRole('banner')
        .getByText(/^50credits/)
        .waitFor();
    }
    const shown = async (credits: string) => {
      const began = performance.now();
      for (const tab of tabs)
        await tab
          .getByRole('banner')
          .getByText(new RegExp(`^${credits}credits`))
          .waitFor();
      return performance.now() - began;
    };
    // A browser that does not get its turn is late whatever we do: one of a few is enough.
    let quickestMs = Infinity;
    let credits = 50;
    for (let n = 0; n < 5 && quickestMs > 2_000; n++) {
      await grant(100);
      quickestMs = Math.min(quickestMs, await shown(String((credits += 100))));
    }
    expect(quickestMs).toBeLessThan(2_000);
    const words = tabs[1]!.getByRole('textbox', { name: 'What do you need done?' });
    await words.fill('half a thought');
    await ask('find me 30 leads');
    await shown(String(credits - 30));
    // The history was read anew, and what somebody was typing is still there.
    await tabs[1]!
      .getByRole('link', { name: /find me 30 leads/ })
      .first()
      .waitFor();
    expect(await words.inputValue()).toBe('half a thought');
  });

  test('who logs out in one place is out in every tab', async () => {
    const { window, person } = await ada();
    await window.page.goto('/dashboard');
    await window.page.getByText('50').first().waitFor();
    window.expectTrouble(/^401 GET \/api\/events/, /^401 HEAD \/api\/events/);
    await person.auth('/sign-out', {});
    await window.page.waitForURL('**/login**');
  });

  test('a page says that it can’t reach us, keeps what it shows, and is brought up to date afterwards', async () => {
    const { window, grant } = await ada();
    const { page, context } = window;
    const opened = page.waitForResponse('**/api/events?**');
    await page.goto('/dashboard');
    await opened;
    window.expectTrouble(/^net::ERR_INTERNET_DISCONNECTED GET \/api\/events/);
    await context.setOffline(true);
    onTestFinished(() => context.setOffline(false));
    await page.getByText('Connection lost. Reconnecting…').waitFor();
    await grant(100);
    await context.setOffline(false);
    await page
      .getByRole('banner')
      .getByText(/^150credits/)
      .waitFor();
    await page.getByText('Connection lost. Reconnecting…').waitFor({ state: 'detached' });
  });
});
