// The page of a platform on which somebody chooses who they are, for an app that wants to know it. It works without scripts.

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { html, Markup } from '#core/domain/text/html.ts';

export interface LogInChoice {
  readonly value: string;
  readonly name: string;
  readonly about: string;
}

export interface LogInPage {
  /** What people call the platform. */
  readonly platform: string;
  /** What the app is told, in words. */
  readonly told: string;
  readonly choices: readonly LogInChoice[];
  /** Where the browser goes afterwards: browsers look at it when the form is answered. */
  readonly redirectUri: string;
}

/** The form posts `who` to the same address: a value of the choices, or nothing for no. */
export function sendLogInPage(response: ServerResponse, { platform, told, choices, redirectUri }: LogInPage): void {
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self' ${new URL(redirectUri).origin}; base-uri 'none'; frame-ancestors 'none'`;
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy, 'Cache-Control': 'no-store' });
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Log in with ${platform} (sandbox)</title>
        ${new Markup(`<style>${style}</style>`)}
      </head>
      <body>
        <main>
          <h1>Log in with ${platform}</h1>
          <p>This is the sandbox of ${platform}, so nobody asks for a password. Choose who you are. The app is told ${told}.</p>
          <form method="post">
            ${choices.map(({ value, name, about }) => html`<button name="who" value="${value}"><b>${name}</b> <span>${about}</span></button>`)}
            <button name="who" value="">Cancel</button>
          </form>
        </main>
      </body>
    </html>`;
  response.end(page.text);
}

const style = `
:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: light-dark(#1d1d1f, #f5f5f7); background: light-dark(#fff, #161617); }
main { max-width: 28rem; margin: 8vh auto; padding: 0 1.25rem; }
h1 { font-size: 1.75rem; line-height: 1.2; }
button { display: block; width: 100%; min-height: 44px; margin: 0 0 0.5rem; padding: 0.5rem 1rem; font: inherit; text-align: left; color: inherit; background: light-dark(#f2f2f5, #2a2a2d); border: 1px solid light-dark(#86868b, #7c7c82); border-radius: 12px; cursor: pointer; overflow-wrap: anywhere; }
span { color: light-dark(#4f4f54, #b0b0b6); }
`;
