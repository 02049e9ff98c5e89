// The customer portal: saved cards and invoices.

import type { ServerResponse } from 'node:http';
import type { Stripe } from 'stripe';
import { html, type Markup } from '#core/domain/text/html.ts';
import { testMethod } from '../cards.ts';
import { idOf } from '../ids.ts';
import { attach, detach, newMethod } from '../money/methods.ts';
import { tell } from '../news/event.ts';
import type { World } from '../world.ts';
import { money, sendHosted } from './frame.ts';

export function showPortal(
  world: World,
  { id, customer: customerId, return_url: back }: Stripe.BillingPortal.Session,
  response: ServerResponse,
  error: string | null = null,
): void {
  const { store, brandName } = world;
  const customer = store.get('customer', customerId);
  const usual = idOf(customer?.invoice_settings.default_payment_method);
  const methods = store.all('payment_method').filter((each) => idOf(each.customer) === customerId);
  const invoices = store
    .all('invoice')
    .filter((each) => idOf(each.customer) === customerId)
    .toReversed();
  const main = html`<section>
      ${back === null ? '' : html`<p class="back"><a href="${back}">Back to ${brandName}</a></p>`}
      <h1>Billing</h1>
      <p class="small">${customer?.email ?? ''}</p>
    </section>
    <section aria-labelledby="methods">
      <h2 id="methods">Payment methods</h2>
      ${
        methods.length === 0
          ? html`<p>No saved cards.</p>`
          : html`<ul>
              ${methods.map((each) => methodRow(id, each, each.id === usual))}
            </ul>`
      }
      <form method="post" action="/p/session/${id}">
        ${error === null ? '' : html`<p class="error" role="alert">${error}</p>`}
        <div class="inline">
          <label>Card number <input name="number" inputmode="numeric" autocomplete="off" value="4242 4242 4242 4242" /></label>
          <button name="act" value="add">Add card</button>
        </div>
      </form>
    </section>
    <section aria-labelledby="invoices">
      <h2 id="invoices">Invoices</h2>
      ${
        invoices.length === 0
          ? html`<p>No invoices yet.</p>`
          : html`<ul>
              ${invoices.map(invoiceRow)}
            </ul>`
      }
    </section>`;
  sendHosted(response, { title: 'Billing', brandName, main, leadsTo: [back], status: error === null ? 200 : 400 });
}

export function takePortal(world: World, session: Stripe.BillingPortal.Session, fields: URLSearchParams, response: ServerResponse): void {
  const { store } = world;
  const customer = store.get('customer', session.customer);
  const named = store.get('payment_method', fields.get('method'));
  const method = named !== null && idOf(named.customer) === session.customer ? named : null;
  const act = fields.get('act');
  if (act === 'add') {
    const card = testMethod(fields.get('number') ?? '');
    if (card === null || card.type !== 'card')
      return showPortal(world, session, response, 'Your card number is invalid. Use one of the test cards.');
    store.change(() => {
      const added = attach(
        world,
        newMethod(world, card, { email: customer?.email ?? null, name: customer?.name ?? null }),
        session.customer,
      );
      prefer(world, session.customer, added.id);
    });
  }
  if (act === 'remove' && method !== null) store.change(() => detach(world, method));
  if (act === 'prefer' && method !== null) store.change(() => prefer(world, session.customer, method.id));
  response.writeHead(303, { Location: `/p/session/${session.id}` }).end();
}

function prefer(world: World, customerId: string, methodId: string): void {
  const customer = world.store.get('customer', customerId);
  if (customer === null) return;
  const settings = { ...customer.invoice_settings, default_payment_method: methodId };
  tell(world, 'customer.updated', world.store.put('customer', { ...customer, invoice_settings: settings }));
}

function methodRow(sessionId: string, { id, card, sepa_debit: debit }: Stripe.PaymentMethod, isUsual: boolean): Markup {
  const name = card === undefined ? `Bank account ····${debit?.last4 ?? ''}` : `${card.brand} ····${card.last4}`;
  return html`<li class="sum">
    <span>${name}${isUsual ? ' (default)' : ''}</span>
    <form method="post" action="/p/session/${sessionId}" class="inline">
      <input type="hidden" name="method" value="${id}" />
      ${isUsual ? '' : html`<button name="act" value="prefer" aria-label="Make default: ${name}">Make default</button>`}
      <button name="act" value="remove" aria-label="Remove ${name}">Remove</button>
    </form>
  </li>`;
}

function invoiceRow({ id, number, total, currency, status }: Stripe.Invoice): Markup {
  return html`<li class="sum"><a href="/i/${id}">${number ?? id}</a><span>${money(total, currency)} · ${status ?? ''}</span></li>`;
}
