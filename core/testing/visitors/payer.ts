// Somebody who pays on a page of the Stripe sandbox, as a browser without scripts does.

export interface Paying {
  /** A test card's number, or a test IBAN. */
  readonly card?: string;
  readonly email?: string;
  readonly name?: string;
  /** A promotion code to apply first. */
  readonly code?: string;
  /** What to answer where the bank asks; nothing is answered when left out. */
  readonly bank?: 'confirm' | 'refuse';
}

export interface Paid {
  readonly status: number;
  /** Where the page led to; null where it did not. */
  readonly leadsTo: string | null;
  /** What was wrong, as the page says it. */
  readonly error: string | null;
  readonly page: string;
}

export async function payAt(
  url: string,
  { card = '4242 4242 4242 4242', email = 'ada@example.com', name = 'Ada', code, bank }: Paying = {},
): Promise<Paid> {
  if (code !== undefined) {
    const applied = await sendForm(url, { act: 'code', code });
    if (applied.error !== null) return applied;
  }
  const isCard = /^[\d\s]+$/.test(card);
  const method = isCard ? { by: 'card', number: card, expires: '12 / 34', cvc: '123' } : { by: 'sepa_debit', iban: card };
  const paid = await sendForm(url, { act: 'pay', email, name, ...method });
  return bank === undefined || paid.leadsTo !== null || paid.error !== null ? paid : sendForm(url, { act: bank });
}

async function sendForm(url: string, fields: Record<string, string>): Promise<Paid> {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  const page = await answer.text();
  const error = /role="alert"[^>]*>([^<]*)</.exec(page)?.[1] ?? null;
  return { status: answer.status, leadsTo: answer.headers.get('location'), error, page };
}
