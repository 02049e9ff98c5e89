// The pages of the Stripe sandbox in a real browser: paying, the customer portal, and the page with its buttons.

import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { startFront } from '#core/sandbox/stripe/testing/front.ts';
import { CONTROL_TOKEN, openSandbox } from '#core/sandbox/stripe/testing/open-sandbox.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { payAt } from '#core/testing/visitors/payer.ts';
import { openDoor } from '#web/server/testing/open-door.ts';
import { tillPages } from '#web/server/sandbox/till.ts';
import { axeFindings, contrastFindings } from '../browsers/axe.ts';
import { inABrowser, oneBrowser } from '../browsers/browser.ts';
import { layoutFlaws } from '../browsers/layout.ts';
import { narrow, show, wide } from '../show.ts';

inABrowser('the pages of the Stripe sandbox', () => {
  const browser = oneBrowser();
  const sandbox = forAll(openSandbox);

  test('somebody pays by keyboard, without a script: a declined card is told, another one leads to where the product wanted', async () => {
    const front = await startFront();
    onTestFinished(() => front.stop());
    const { url } = await sandbox().checkout({
      success_url: `${front.url}/done?checkout={CHECKOUT_SESSION_ID}`,
      cancel_url: `${front.url}/buy`,
    });
    const { page, expectTrouble } = await browser().open({ at: sandbox().url, javaScript: false });
    await page.goto(url!);
    await page.getByRole('textbox', { name: 'Email' }).fill('ada@example.com');
    await page.getByLabel('Card number').fill('4000000000000002');
    expectTrouble(/^402 POST \/c\/pay/);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Your card was declined.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Email' }).inputValue()).toBe('ada@example.com');
    await page.getByLabel('Card number').fill('4242 4242 4242 4242');
    await page.getByRole('button', { name: 'Pay $25.00' }).click();
    await page.waitForURL(/\/done\?checkout=cs_test_/);
  });

  test('somebody changes their mind, and comes back to where they came from', async () => {
    const front = await startFront();
    onTestFinished(() => front.stop());
    const { url } = await sandbox().checkout({ cancel_url: `${front.url}/buy` });
    const { page } = await browser().open({ at: sandbox().url });
    await page.goto(url!);
    await page.getByRole('link', { name: 'Back to Impacter' }).click();
    await page.waitForURL(`${front.url}/buy`);
  });

  test('on a phone and on a desk, light and dark, in every state: nothing that axe or an eye would find', async () => {
    const { stripe, checkout, url: at } = sandbox();
    const customer = await stripe.customers.create({ email: 'ada@example.com', name: 'Ada' });
    await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    const coupon = await stripe.coupons.create({ percent_off: 20 });
    const code = 'SAVE20';
    await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code });
    const options = {
      allow_promotion_codes: true,
      invoice_creation: { enabled: true, invoice_data: { footer: 'Refunds: see our terms.' } },
      payment_intent_data: { setup_future_usage: 'off_session' },
      custom_text: { submit: { message: 'Credits do not expire. Refunds within 14 days. See our terms.' } },
      automatic_tax: { enabled: true },
    } as const;
    const [plain, asking, known] = [
      await checkout(options),
      await checkout(options),
      await checkout({ ...options, customer: customer.id }),
    ];
    const portal = await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: 'http://127.0.0.1:1/credits' });
    const { page, expectTrouble } = await browser().open({ at, ...narrow });
    expectTrouble(/^400 POST \/c\/pay/, /^410 GET \/c\/pay/);
    const pay = async (number: string) => {
      const email = page.getByRole('textbox', { name: 'Email' });
      if (await email.isEditable()) await email.fill('ada@example.com');
      await page.getByLabel('Card number').fill(number);
      await page.getByRole('button', { name: /^Pay / }).click();
    };
    const states: [string, () => Promise<unknown>][] = [
      ['open', () => page.goto(plain.url!)],
      ['cards', () => page.getByText('Test cards and accounts').click()],
      ['debit', () => page.getByLabel('Bank debit (takes some minutes)').check()],
      [
        'wrong number',
        async () => {
          await page.goto(plain.url!);
          await pay('4111 1111 1111 1111');
        },
      ],
      [
        'code',
        async () => {
          await page.getByLabel('Promotion code').fill(code);
          await page.getByRole('button', { name: 'Apply' }).click();
          await page.getByText(`Discount (${code})`).waitFor();
        },
      ],
      [
        'bank',
        async () => {
          await page.goto(asking.url!);
          await pay('4000 0027 6000 3184');
          await page.getByRole('button', { name: 'Confirm payment' }).waitFor();
        },
      ],
      ['known', () => page.goto(known.url!)],
      ['portal', () => page.goto(portal.url)],
      [
        'expired',
        async () => {
          await stripe.checkout.sessions.expire(known.id);
          await page.goto(known.url!);
        },
      ],
    ];
    const found: string[] = [];
    for (const [state, reach] of states) {
      await reach();
      found.push(...(await flawsOf(page)).map((flaw) => `${state}: ${flaw}`));
    }
    expect(found).toEqual([]);
  });

  test('a card is added and made the default in the customer portal', async () => {
    const { stripe, url: at } = sandbox();
    const customer = await stripe.customers.create({ email: 'ada@example.com' });
    const portal = await stripe.billingPortal.sessions.create({ customer: customer.id });
    const { page } = await browser().open({ at });
    await page.goto(portal.url);
    for (const number of ['4242424242424242', '5555555555554444']) {
      await page.getByLabel('Card number').fill(number);
      await page.getByRole('button', { name: 'Add card' }).click();
      await page.getByText(`····${number.slice(-4)} (default)`).waitFor();
    }
    await page.getByRole('button', { name: 'Make default: visa ····4242' }).click();
    await page.getByText('visa ····4242 (default)').waitFor();
    await page.getByRole('button', { name: 'Remove mastercard ····4444' }).click();
    await page.getByText('mastercard').waitFor({ state: 'detached' });
    const { data } = await stripe.paymentMethods.list({ customer: customer.id });
    expect((await stripe.customers.retrieve(customer.id)) as object).toMatchObject({
      invoice_settings: { default_payment_method: data[0]!.id },
    });
  });

  test('payments are completed by keyboard, refunded and disputed on the page with the buttons, and nothing is found on it', async () => {
    const { checkout, url: till } = sandbox();
    const cards = ['4000000000000259', 'AT611904300234573201', '4242424242424242'];
    for (const card of cards) await payAt((await checkout()).url!, { card });
    const mounts = tillPages({ url: till, token: CONTROL_TOKEN, brandName: 'Impacter' });
    const door = await openDoor({}, { mounts, sandboxToken: 'printed' });
    const { page } = await browser().open({ at: door.url, ...narrow });
    await page.goto('/sandbox/stripe?token=printed');
    await page
      .getByRole('button', { name: /^Complete payment/ })
      .first()
      .focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Complete payment/ }).waitFor({ state: 'detached' });
    await page
      .getByRole('button', { name: /^Win dispute/ })
      .first()
      .click();
    await page.getByText('dispute won').first().waitFor();
    await page
      .getByRole('button', { name: /^Refund payment/ })
      .first()
      .click();
    await page.getByText('$25 refunded').first().waitFor();
    expect(await flawsOf(page)).toEqual([]);
  });
});

/** On the page as it stands on a phone: what axe finds, and what an eye would find, there, on a desk and in the dark. */
async function flawsOf(page: Page): Promise<string[]> {
  const found = [...(await axeFindings(page)), ...(await layoutFlaws(page))];
  await show(page, { ...wide, colours: 'dark' });
  found.push(...(await contrastFindings(page)).map((flaw) => `dark, ${flaw}`), ...(await layoutFlaws(page)).map((flaw) => `wide, ${flaw}`));
  await show(page, { ...narrow, colours: 'light' });
  return found;
}
