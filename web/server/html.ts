// The few small pages that the server itself shows. They carry no script, load nothing, and read well without style.

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { html, Markup } from '#core/domain/text/html.ts';

export { html, Markup };

export interface Page {
  readonly title: string;
  readonly brandName: string;
  readonly main: Markup;
  /** What this page needs besides the style of all of them. */
  readonly style?: string;
  /** Whether it shows other pages of ours in frames. */
  readonly frames?: boolean;
  /** Whether it has forms, which lead to pages of ours. */
  readonly forms?: boolean;
}

export function sendPage(response: ServerResponse, page: Page): void {
  response.end(startPage(response, page));
}

/** Sets the headers of a page, and gives its text. */
export function startPage(response: ServerResponse, { title, brandName, main, style = '', frames = false, forms = false }: Page): string {
  const css = ownStyle + style;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${brandName}</title>
        ${new Markup(`<style>${css}</style>`)}
      </head>
      <body>
        <main>${main}</main>
      </body>
    </html> `;
  const styleHash = `sha256-${createHash('sha256').update(css).digest('base64')}`;
  response.setHeader(
    'Content-Security-Policy',
    `default-src 'none'; style-src '${styleHash}'; ${frames ? "frame-src 'self'; " : ''}base-uri 'none'; form-action ${forms ? "'self'" : "'none'"}; frame-ancestors 'none'`,
  );
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  return page.text;
}

const ownStyle = `
body { margin: 0; font: 17px/1.5 system-ui, sans-serif; color: light-dark(#1d1d1f, #f5f5f7); background: light-dark(#fff, #161617); }
main { max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem; }
h1 { font-size: 2rem; line-height: 1.15; letter-spacing: -0.02em; }
a { color: light-dark(#0058b9, #64a9ff); }
pre { padding: 1rem; overflow-x: auto; font-size: 0.85rem; border-radius: 12px; background: light-dark(#f5f5f7, #232326); }
.small { font-size: 0.85rem; color: light-dark(#59595e, #a5a5ab); }
`;
