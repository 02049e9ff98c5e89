// What a checkout comes to: its lines, less a discount, with tax.

import type { Stripe } from 'stripe';

/** A made-up one, the same everywhere: how taxes are worked out is Stripe's business. */
const TAX_PERCENT = 20;

export interface Totals {
  readonly lines: readonly Stripe.LineItem[];
  readonly subtotal: number;
  readonly discount: number;
  readonly tax: number;
  readonly total: number;
}

export function totalsOf(lines: readonly Stripe.LineItem[], coupon: Stripe.Coupon | null, taxed: boolean): Totals {
  // A sum off is taken from the first lines, as far as they go.
  let off = coupon?.amount_off ?? 0;
  const priced = lines.map((line) => {
    const subtotal = line.amount_subtotal;
    const discount = coupon?.percent_off ? Math.round((subtotal * coupon.percent_off) / 100) : Math.min(off, subtotal);
    if (!coupon?.percent_off) off -= discount;
    const isInside = line.price?.tax_behavior === 'inclusive';
    const after = subtotal - discount;
    const tax = !taxed ? 0 : Math.round((after * TAX_PERCENT) / (isInside ? 100 + TAX_PERCENT : 100));
    return { ...line, amount_discount: discount, amount_tax: tax, amount_total: isInside ? after : after + tax };
  });
  const sum = (of: (line: Stripe.LineItem) => number) => priced.reduce((all, line) => all + of(line), 0);
  return {
    lines: priced,
    subtotal: sum((line) => line.amount_subtotal),
    discount: sum((line) => line.amount_discount),
    tax: sum((line) => line.amount_tax),
    total: sum((line) => line.amount_total),
  };
}
