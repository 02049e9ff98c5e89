// What is agreed when credits are bought: the same words on the page of terms, at the checkout and in the invoice.

/** Who sells, as far as the operator has said. */
export interface Seller {
  readonly brandName: string;
  readonly publicUrl: string;
  /** With a tax ID. */
  readonly name: string | null;
  /** Where people write about payments. */
  readonly email: string | null;
}

/** So long the deletion of a team or an account can be taken back (core/flows/privacy/leaving.ts). */
const DELETION_DAYS = 14;

/** One rule each. */
export function sellingTerms({ brandName, name, email }: Seller): string[] {
  return [
    `Credits are sold by ${name ?? `whoever runs ${brandName}`}. Credits pay for tasks on ${brandName}. They are not money: they can’t be paid out or moved to another team.`,
    'Credits that you bought don’t expire.',
    `You can ask for a refund of credits that you bought and haven’t used. ${email === null ? `Write to whoever runs ${brandName}` : `Write to ${email}`}: we process refunds manually, to the card or account that paid. The credits of a refunded or disputed payment can be taken back.`,
    'Auto top-up charges your saved card only after you turn it on, and never more in a month than the limit you set. You can turn it off at any time.',
    `If you delete your team or account, you have ${DELETION_DAYS} days to cancel the deletion or to ask for a refund. After that, unused credits are lost.`,
    'Stripe handles the payment. We never see your card number.',
  ];
}

/** Where credits are used, refunded and lost, in short. */
function inShort(email: string | null): string {
  return `Credits don’t expire, and unused ones can be refunded on request${email === null ? '' : ` to ${email}`}. ${DELETION_DAYS} days after you delete your team or account, unused credits are lost.`;
}

/** Beside the button that pays: Stripe takes at most 1,200 characters. */
export function checkoutTerms({ brandName, publicUrl, name, email }: Seller): string {
  return `${name === null ? '' : `Sold by ${name}. `}By paying you agree to the terms of ${brandName}: ${publicUrl}/terms. ${inShort(email)}`;
}

/** At the end of an invoice: Stripe takes at most 5,000 characters. */
export function invoiceFooter({ brandName, publicUrl, name, email }: Seller): string {
  return [
    ...(name === null ? [] : [`Sold by ${name}.`]),
    `Credits for ${brandName}. ${inShort(email)} Terms: ${publicUrl}/terms.`,
    ...(email === null ? [] : [`Questions about this invoice: ${email}.`]),
  ].join(' ');
}
