// A plain front page, until the portal brings its own, and the API's documentation beside it.

import { readFile } from 'node:fs/promises';
import type { SandboxPage } from '#core/ports/mount.ts';
import { html, sendPage } from '../html.ts';
import type { Route } from '../route.ts';
import type { Parts } from '../parts.ts';

export function landingRoutes(
  { brandName, publicUrl }: Pick<Parts, 'brandName' | 'publicUrl'>,
  sandboxPages: readonly SandboxPage[],
): Route[] {
  return [
    {
      path: '/',
      GET(_request, response) {
        const main = html`<h1>${brandName}</h1>
          <p>Ask for a piece of work where you already talk, and get the finished file, a link that doesn't die, and a correct bill.</p>
          <p>From a program:</p>
          <pre>
curl ${publicUrl}/api/tasks/create \\
  -H 'Authorization: Bearer …' -H 'Content-Type: application/json' \\
  -d '{"requestText":"find me 25 leads in Miami"}'</pre>
          <p><a href="/docs/api">How to use the API</a></p>
          ${listOf(sandboxPages)}`;
        sendPage(response, { title: 'Get real work done, right from chat', brandName, main });
      },
    },
  ];
}

function listOf(pages: readonly SandboxPage[]) {
  if (pages.length === 0) return '';
  return html`<h2>Try it here</h2>
    <p>These stand in for services that are not set up yet:</p>
    <ul>
      ${pages.map(({ title, path }) => html`<li><a href="${path}">${title}</a></li>`)}
    </ul>`;
}

export function docsRoutes({ publicUrl }: Pick<Parts, 'publicUrl'>): Route[] {
  return (['api', 'security'] as const).map((name) => ({
    path: `/docs/${name}`,
    async GET(_request, response) {
      const text = await readFile(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8');
      response.type('text/plain').send(text.replaceAll('http://localhost:3000', publicUrl));
    },
  }));
}
