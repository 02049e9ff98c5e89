// The page where a checkout is paid, as Stripe hosts one.

import type { ServerResponse } from 'node:http';
import type { Stripe } from 'stripe';
import { html, type Markup } from '#core/domain/text/html.ts';
import { testMethod, testMethods } from '../cards.ts';
import { idOf } from '../ids.ts';
import { codeFor } from '../money/discounts.ts';
import { answerBank, pay, withCode, type Paying } from '../money/pay.ts';
import type { World } from '../world.ts';
import { money, sendHosted } from './frame.ts';

type Session = Stripe.Checkout.Session;

/** What was typed, and what is wrong with it. */
interface Typed {
  readonly fields: URLSearchParams;
  readonly error: string | null;
  /** The field that the error is about. */
  readonly at?: 'email' | 'number' | 'expires' | 'cvc' | 'iban' | 'code';
}

const nothing: Typed = { fields: new URLSearchParams(), error: null };

export function showPay(world: World, session: Session, response: ServerResponse, typed: Typed = nothing): void {
  const { brandName } = world;
  const { status, success_url: success, cancel_url: cancel } = session;
  if (status === 'complete') {
    const onwards = successOf(session);
    const main = html`<section>
      <h1>You’ve paid already</h1>
      <p>This checkout is complete.${onwards === null ? '' : html` <a href="${onwards}">Back to ${brandName}</a>`}</p>
    </section>`;
    return sendHosted(response, { title: 'Payment complete', brandName, main });
  }
  if (status !== 'open') {
    const main = html`<section>
      <h1>This checkout has expired</h1>
      <p>Nothing was charged.${cancel === null ? '' : html` <a href="${cancel}">Back to ${brandName}</a>`}</p>
    </section>`;
    return sendHosted(response, { status: 410, title: 'Checkout expired', brandName, main });
  }
  const isConfirming = world.store.get('checkout_inside', session.id)?.confirming !== null;
  sendHosted(response, {
    status: typed.error === null ? 200 : typed.at === undefined ? 402 : 400,
    title: isConfirming ? 'Confirm payment' : 'Pay',
    brandName,
    main: isConfirming ? bankQuestion(session) : html`${summary(world, session, typed)}${payForm(world, session, typed)}`,
    leadsTo: [success ?? null, cancel],
  });
}

/** A form of the page that was sent. */
export function takePay(world: World, session: Session, fields: URLSearchParams, response: ServerResponse): void {
  if (session.status !== 'open') return showPay(world, session, response);
  const act = fields.get('act');
  if (act === 'code' || act === 'no-code') return takeCode(world, session, fields, response);
  if (act === 'confirm' || act === 'refuse') {
    const outcome = world.store.change(() => answerBank(world, session, act === 'confirm'));
    return outcome === null ? again(world, session, response, nothing) : follow(world, outcome, session, response, fields);
  }
  const who = {
    email: emailOf(world, session) ?? fields.get('email')?.trim() ?? '',
    name: (fields.get('name') ?? '').trim().slice(0, 256),
  };
  if (!/^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/.test(who.email) || who.email.length > 254)
    return showPay(world, session, response, { fields, error: 'Enter a valid email.', at: 'email' });
  if (session.amount_total === 0)
    return follow(
      world,
      world.store.change(() => pay(world, session, who, null)),
      session,
      response,
      fields,
    );

  const byDebit = fields.get('by') === 'sepa_debit';
  const method = testMethod(fields.get(byDebit ? 'iban' : 'number') ?? '');
  if (method === null || method.type !== (byDebit ? 'sepa_debit' : 'card')) {
    const error = byDebit
      ? 'Your IBAN is invalid. Use one of the test accounts.'
      : 'Your card number is invalid. Use one of the test cards.';
    return showPay(world, session, response, { fields, error, at: byDebit ? 'iban' : 'number' });
  }
  const wrong = byDebit ? null : wrongWithCard(world, fields);
  if (wrong !== null) return showPay(world, session, response, { fields, ...wrong });
  follow(
    world,
    world.store.change(() => pay(world, session, who, method)),
    session,
    response,
    fields,
  );
}

function follow(world: World, outcome: Paying, session: Session, response: ServerResponse, fields: URLSearchParams): void {
  if (outcome.kind === 'done') return void response.writeHead(303, { Location: successOf(outcome.session)! }).end();
  again(world, session, response, outcome.kind === 'declined' ? { fields, error: outcome.message } : nothing);
}

function again(world: World, { id }: Session, response: ServerResponse, typed: Typed): void {
  showPay(world, world.store.get('session', id)!, response, typed);
}

function takeCode(world: World, session: Session, fields: URLSearchParams, response: ServerResponse): void {
  if (!session.allow_promotion_codes) return showPay(world, session, response);
  const code = fields.get('act') === 'code' ? codeFor(world, fields.get('code') ?? '', session) : null;
  if (fields.get('act') === 'code' && code === null)
    return showPay(world, session, response, { fields, error: 'This promotion code is invalid.', at: 'code' });
  world.store.change(() => withCode(world, session, code));
  response.writeHead(303, { Location: `/c/pay/${session.id}` }).end();
}

function wrongWithCard(world: World, fields: URLSearchParams): (Pick<Typed, 'error' | 'at'> & { error: string }) | null {
  const [, month, year] = /^\s*(\d{1,2})\s*\/\s*(?:20)?(\d{2})\s*$/.exec(fields.get('expires') ?? '') ?? [];
  if (month === undefined || Number(month) < 1 || Number(month) > 12)
    return { error: 'Your card’s expiration date is incomplete.', at: 'expires' };
  if (Date.UTC(2000 + Number(year), Number(month)) <= world.nowMs())
    return { error: 'Your card’s expiration date is in the past.', at: 'expires' };
  return /^\d{3,4}$/.test(fields.get('cvc')?.trim() ?? '') ? null : { error: 'Your card’s security code is incomplete.', at: 'cvc' };
}

export function successOf({ id, success_url: url }: Session): string | null {
  return url?.replaceAll('{CHECKOUT_SESSION_ID}', id) ?? null;
}

/** One that the payer cannot change; null where they type it. */
function emailOf(world: World, session: Session): string | null {
  return world.store.get('customer', idOf(session.customer))?.email ?? session.customer_email;
}

function summary(world: World, session: Session, typed: Typed): Markup {
  const {
    currency,
    cancel_url: cancel,
    total_details: details,
    allow_promotion_codes: takesCodes,
    discounts,
    automatic_tax: tax,
  } = session;
  const inMoney = (amount: number) => money(amount, currency ?? 'usd');
  const lines = world.store.get('checkout_inside', session.id)?.lines ?? [];
  const code = world.store.get('promotion_code', idOf(discounts?.[0]?.promotion_code))?.code;
  return html`<section class="side" aria-labelledby="what">
    ${cancel === null ? '' : html`<p class="back"><a href="${cancel}">Back to ${world.brandName}</a></p>`}
    <h1 id="what">Pay ${world.brandName}</h1>
    <p class="total">${inMoney(session.amount_total ?? 0)}</p>
    <dl>
      ${lines.map((line) => row(`${line.description ?? 'Item'}${(line.quantity ?? 1) > 1 ? ` × ${line.quantity}` : ''}`, inMoney(line.amount_subtotal)))}
      ${row('Subtotal', inMoney(session.amount_subtotal ?? 0))}
      ${(details?.amount_discount ?? 0) === 0 ? '' : row(code === undefined ? 'Discount' : `Discount (${code})`, `-${inMoney(details!.amount_discount)}`)}
      ${tax.enabled ? row('Tax', inMoney(details?.amount_tax ?? 0)) : ''} ${row('Total due', inMoney(session.amount_total ?? 0), 'last')}
    </dl>
    ${!takesCodes ? '' : code === undefined ? codeForm(session, typed) : withoutCode(session, code)}
  </section>`;
}

function row(term: string, value: string, more = ''): Markup {
  return html`<div class="sum ${more}">
    <dt>${term}</dt>
    <dd>${value}</dd>
  </div>`;
}

function codeForm({ id }: Session, typed: Typed): Markup {
  return html`<form method="post" action="/c/pay/${id}">
    ${typed.at === 'code' ? alert(typed) : ''}
    <div class="inline">
      <label
        >Promotion code <input name="code" autocomplete="off" value="${typed.fields.get('code') ?? ''}" ${mark(typed, 'code')}
      /></label>
      <button name="act" value="code">Apply</button>
    </div>
  </form>`;
}

function withoutCode({ id }: Session, code: string): Markup {
  return html`<form method="post" action="/c/pay/${id}"><button name="act" value="no-code">Remove code ${code}</button></form>`;
}

function payForm(world: World, session: Session, typed: Typed): Markup {
  const known = emailOf(world, session);
  const total = session.amount_total ?? 0;
  const terms = session.custom_text.submit?.message;
  const saves = world.store.get('checkout_inside', session.id)?.saveCard ?? false;
  return html`<form method="post" action="/c/pay/${session.id}" aria-label="Payment">
    ${typed.error !== null && typed.at !== 'code' ? alert(typed) : ''}
    <label
      >Email
      <input
        type="email"
        name="email"
        autocomplete="email"
        required
        value="${known ?? typed.fields.get('email') ?? ''}"
        ${known === null ? mark(typed, 'email') : html`readonly`}
      />
    </label>
    ${total === 0 ? html`<p>Nothing is due today.</p>` : methods(typed)}
    <label>Name <input name="name" autocomplete="name" value="${typed.fields.get('name') ?? ''}" /></label>
    ${saves && total > 0 ? html`<p class="small">By paying, you allow ${world.brandName} to charge your card for future payments in accordance with their terms.</p>` : ''}
    ${terms === undefined ? '' : html`<p class="small">${terms}</p>`}
    <button class="main" name="act" value="pay">
      ${total === 0 ? 'Complete order' : `Pay ${money(total, session.currency ?? 'usd')}`}
    </button>
  </form>`;
}

function methods(typed: Typed): Markup {
  const value = (name: string, usual: string) => typed.fields.get(name) ?? usual;
  const byDebit = typed.fields.get('by') === 'sepa_debit';
  const checked = (is: boolean) => (is ? html`checked` : html``);
  return html`<fieldset class="methods">
      <legend>Payment method</legend>
      <label class="choice"><input type="radio" id="by-card" name="by" value="card" ${checked(!byDebit)} /> Card</label>
      <label class="choice"
        ><input type="radio" id="by-debit" name="by" value="sepa_debit" ${checked(byDebit)} /> Bank debit (takes some minutes)</label
      >
      <label class="card"
        >Card number
        <input
          name="number"
          inputmode="numeric"
          autocomplete="off"
          list="cards"
          value="${value('number', '4242 4242 4242 4242')}"
          ${mark(typed, 'number')}
        />
      </label>
      <div class="row card">
        <label
          >Expires (MM / YY)
          <input name="expires" inputmode="numeric" autocomplete="off" value="${value('expires', '12 / 34')}" ${mark(typed, 'expires')}
        /></label>
        <label>CVC <input name="cvc" inputmode="numeric" autocomplete="off" value="${value('cvc', '123')}" ${mark(typed, 'cvc')} /></label>
      </div>
      <label class="debit"
        >IBAN
        <input
          name="iban"
          autocomplete="off"
          list="accounts"
          value="${value('iban', testMethods.find(({ type }) => type === 'sepa_debit')!.number)}"
          ${mark(typed, 'iban')}
      /></label>
    </fieldset>
    ${choices('cards', 'card')} ${choices('accounts', 'sepa_debit')}
    <details>
      <summary>Test cards and accounts</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Number</th>
            <th scope="col">What it does</th>
          </tr>
        </thead>
        <tbody>
          ${testMethods.map(
            ({ number, words }) =>
              html`<tr>
                <td>${spaced(number)}</td>
                <td>${words}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>`;
}

function choices(id: string, type: string): Markup {
  return html`<datalist id="${id}">
    ${testMethods.filter((each) => each.type === type).map(({ number, words }) => html`<option value="${spaced(number)}">${words}</option>`)}
  </datalist>`;
}

function spaced(number: string): string {
  return number.replace(/(.{4})(?=.)/g, '$1 ');
}

function bankQuestion({ id, amount_total: total, currency }: Session): Markup {
  return html`<section>
    <h1>Confirm this payment</h1>
    <p>Your bank wants you to confirm a payment of ${money(total ?? 0, currency ?? 'usd')}.</p>
    <form method="post" action="/c/pay/${id}">
      <button class="main" name="act" value="confirm">Confirm payment</button>
      <button name="act" value="refuse">Decline payment</button>
    </form>
  </section>`;
}

function alert({ error }: Typed): Markup {
  return html`<p class="error" role="alert" id="error">${error ?? ''}</p>`;
}

function mark({ at }: Typed, name: Typed['at']): Markup {
  return at === name ? html`aria-invalid="true" aria-describedby="error" autofocus` : html``;
}
