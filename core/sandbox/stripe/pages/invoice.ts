import type { ServerResponse } from 'node:http';
import type { Stripe } from 'stripe';
import { html } from '#core/domain/text/html.ts';
import type { World } from '../world.ts';
import { money, sendHosted } from './frame.ts';

export function showInvoice({ brandName }: World, invoice: Stripe.Invoice, response: ServerResponse): void {
  const { number, currency, lines, total, amount_paid: paid, footer, customer_email: email, created } = invoice;
  const main = html`<section>
    <h1>Invoice ${number ?? ''}</h1>
    <p class="total">${money(total, currency)}</p>
    <p class="small">
      ${brandName} · ${new Date(created * 1000).toISOString().slice(0, 10)} · to ${email ?? 'nobody'} · ${invoice.status ?? ''}
    </p>
    <dl>
      ${lines.data.map(
        (line) =>
          html`<div class="sum">
            <dt>${line.description ?? 'Item'} × ${String(line.quantity ?? 1)}</dt>
            <dd>${money(line.amount, currency)}</dd>
          </div>`,
      )}
      <div class="sum last">
        <dt>Paid</dt>
        <dd>${money(paid, currency)}</dd>
      </div>
    </dl>
    ${footer === null ? '' : html`<p class="small">${footer}</p>`}
  </section>`;
  sendHosted(response, { title: `Invoice ${number ?? ''}`, brandName, main });
}
