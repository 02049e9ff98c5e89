// The few small pages that the server itself shows. They carry no script, load nothing, and read well without style.

import { createHash } from 'node:crypto';
import type { Response } from 'express';

/** Markup in which everything that came from outside is escaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** html`<p>${words}</p>`: escapes what stands in the braces, unless it is markup itself or a list of it. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Markup | readonly Markup[])[]): Markup {
  return new Markup(parts.map((part, i) => part + escaped(values[i] ?? '')).join(''));
}

function escaped(value: string | Markup | readonly Markup[]): string {
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
  return value instanceof Markup ? value.text : value.map(({ text }) => text).join('');
}

export function sendPage(response: Response, { title, brandName, main }: { title: string; brandName: string; main: Markup }): void {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${brandName}</title>
        ${styleTag}
      </head>
      <body>
        <main>${main}</main>
      </body>
    </html> `;
  response.set(
    'Content-Security-Policy',
    `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  response.type('html').send(page.text);
}

const style = `
body { margin: 0; font: 17px/1.5 system-ui, sans-serif; color: light-dark(#1d1d1f, #f5f5f7); background: light-dark(#fff, #161617); }
main { max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem; }
h1 { font-size: 2rem; line-height: 1.15; letter-spacing: -0.02em; }
a { color: light-dark(#0058b9, #64a9ff); }
pre { padding: 1rem; overflow-x: auto; font-size: 0.85rem; border-radius: 12px; background: light-dark(#f5f5f7, #232326); }
.small { font-size: 0.85rem; color: light-dark(#59595e, #a5a5ab); }
`;
const styleTag = new Markup(`<style>${style}</style>`);
const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`;
