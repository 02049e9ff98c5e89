// What the hosted pages have in common. They carry no script and load nothing; forms lead back here, and on to where the
// product wanted its people to go.

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { html, Markup } from '#core/domain/text/html.ts';

export interface HostedPage {
  readonly status?: number;
  readonly title: string;
  readonly brandName: string;
  readonly main: Markup;
  /** Addresses that its forms may end at. */
  readonly leadsTo?: readonly (string | null)[];
}

export function sendHosted(response: ServerResponse, { status = 200, title, brandName, main, leadsTo = [] }: HostedPage): void {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${brandName}</title>
        ${new Markup(`<style>${style}</style>`)}
      </head>
      <body>
        <p class="sandbox" role="note">Stripe sandbox: no money moves, and only test cards work.</p>
        <main>${main}</main>
      </body>
    </html>`;
  const origins = [...new Set(leadsTo.flatMap((address) => (address === null ? [] : [new URL(address).origin])))];
  const hash = createHash('sha256').update(style).digest('base64');
  response.setHeader(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action ${["'self'", ...origins].join(' ')}; frame-ancestors 'none'`,
  );
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cache-Control', 'no-store');
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' }).end(page.text);
}

/** Currencies whose smallest unit is the whole one. */
const WITHOUT_MINOR = new Set(['bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf', 'xof', 'xpf']);

/** An amount in the smallest unit of its currency, as people write it. */
export function money(amount: number, currency: string): string {
  const digits = WITHOUT_MINOR.has(currency) ? 0 : 2;
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: currency.toUpperCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits);
}

const style = `
*, ::before, ::after { box-sizing: border-box; }
:root { --line: light-dark(#d5d5da, #45454c); --quiet: light-dark(#59595e, #a5a5ab); --act: light-dark(#0058b9, #64a9ff); }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: light-dark(#1d1d1f, #f5f5f7); background: light-dark(#fff, #161617); }
.sandbox { margin: 0; padding: 0.5rem 1rem; text-align: center; font-size: 0.85rem; color: light-dark(#5c3c00, #ffd899); background: light-dark(#fff1d6, #3a2a08); }
main { display: grid; gap: 2rem; max-width: 58rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
@media (min-width: 48rem) { main.two, main:has(> .side) { grid-template-columns: 1fr 1fr; gap: 4rem; padding-top: 4rem; } }
h1 { margin: 0 0 0.5rem; font-size: 1rem; font-weight: 600; }
h2 { margin: 0 0 0.75rem; font-size: 1.1rem; }
.total { margin: 0 0 1.5rem; font-size: 2.25rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.02em; }
a { color: var(--act); }
.back { margin: 0 0 1rem; }
.back a { display: inline-block; padding: 0.5rem 0; }
dl, ul { margin: 0; padding: 0; list-style: none; }
li.sum { flex-wrap: wrap; align-items: center; }
.sum { display: flex; justify-content: space-between; gap: 1rem; padding: 0.6rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.sum dd { margin: 0; white-space: nowrap; }
.sum.last { font-weight: 650; }
.small { font-size: 0.85rem; color: var(--quiet); }
form { display: grid; gap: 1rem; align-content: start; }
form > p { margin: 0; }
.side form { margin-top: 1.25rem; }
fieldset { display: grid; gap: 1rem; margin: 0; padding: 1rem; border: 1px solid var(--line); border-radius: 12px; }
legend { padding: 0 0.25rem; font-weight: 600; }
label { display: grid; gap: 0.3rem; font-size: 0.9rem; font-weight: 550; }
label.choice { display: flex; font-weight: 400; align-items: center; gap: 0.6rem; min-height: 2rem; font-size: 1rem; }
.row { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; }
.inline { display: flex; gap: 0.5rem; align-items: end; }
.inline label { flex: 1; }
input:not([type=radio]) { width: 100%; min-height: 2.75rem; padding: 0.5rem 0.75rem; font: 400 1rem/1.5 system-ui, sans-serif; color: inherit; background: light-dark(#fff, #232326); border: 1px solid light-dark(#85858c, #7b7b84); border-radius: 8px; }
input[readonly] { background: light-dark(#f2f2f4, #2c2c30); }
input[aria-invalid=true] { border-color: light-dark(#b3261e, #ff9d96); }
input[type=radio] { width: 1.15rem; height: 1.15rem; accent-color: var(--act); }
button { min-height: 2.75rem; white-space: nowrap; padding: 0.5rem 1rem; font: inherit; font-weight: 600; cursor: pointer; border: 1px solid var(--line); border-radius: 8px; color: inherit; background: light-dark(#f2f2f4, #2c2c30); }
button.main { color: #fff; background: light-dark(#0058b9, #0a63c9); border-color: transparent; }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
.error { margin: 0; padding: 0.75rem 1rem; border-radius: 8px; color: light-dark(#8c1d18, #ffb4ab); background: light-dark(#fdeceb, #41120f); }
.methods:has(#by-card:checked) .debit, .methods:has(#by-debit:checked) .card { display: none; }
details { font-size: 0.9rem; }
summary { padding: 0.5rem 0; cursor: pointer; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.4rem 0.5rem 0.4rem 0; text-align: left; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
`;
