// The page holds everything it needs: it can be opened from a disk, and sent to somebody.

import type { Reply } from '#core/domain/messages/reply.ts';
import { escapeHtml } from './html.ts';
import type { Kit } from './kit.ts';

export interface Chapter {
  readonly title: string;
  readonly entries: readonly { readonly title: string; readonly reply: Reply }[];
}

export function galleryPage(chapters: readonly Chapter[], kits: readonly Kit[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Gallery of replies</title>
<style>${pageStyles}${kits.map(({ styles }) => styles).join('')}</style>
<nav aria-label="Index">
<h1>Replies</h1>
${chapters.map(indexOf).join('\n')}
</nav>
<main>
${chapters.map((chapter) => drawChapter(chapter, kits)).join('\n')}
</main>
</html>
`;
}

function indexOf({ title, entries }: Chapter): string {
  const links = entries.map((entry) => `<li><a href="#${anchor(title, entry.title)}">${escapeHtml(entry.title)}</a></li>`).join('');
  return `<details><summary>${escapeHtml(title)} <small>${entries.length}</small></summary><ul>${links}</ul></details>`;
}

function drawChapter({ title, entries }: Chapter, kits: readonly Kit[]): string {
  const sections = entries.map(
    (entry) =>
      `<section id="${anchor(title, entry.title)}"><h3>${escapeHtml(entry.title)}</h3><div class="pictures">${kits
        .flatMap((kit) => kit.pictures(entry.reply))
        .map((picture) => `<figure><figcaption>${escapeHtml(picture.title)}</figcaption>${picture.html}</figure>`)
        .join('')}</div></section>`,
  );
  return `<h2>${escapeHtml(title)}</h2>\n${sections.join('\n')}`;
}

function anchor(...titles: string[]): string {
  return titles
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
}

const pageStyles = `
:root { color-scheme: light dark; --paper: light-dark(#f5f5f7, #111113); --card: light-dark(#fff, #1b1b1f); --ink: light-dark(#1d1d1f, #f2f2f4); --quiet: light-dark(#66666d, #98989f); --line: light-dark(#dcdce1, #303036); --accent: light-dark(#0058c7, #64a8ff); }
* { box-sizing: border-box; margin: 0; }
body { display: grid; grid-template-columns: 260px minmax(0, 1fr); background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 24px 20px; border-right: 1px solid var(--line); }
nav ul { list-style: none; padding: 4px 0 8px 14px; font-size: 13px; }
nav summary { padding: 4px 0; cursor: pointer; }
nav small { color: var(--quiet); }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
main { min-width: 0; padding: 24px 32px 80px; }
h1 { font-size: 20px; margin-bottom: 12px; }
h2 { font-size: 26px; margin: 40px 0 4px; letter-spacing: -0.01em; }
h2:first-child { margin-top: 0; }
h3 { font-size: 15px; font-weight: 600; margin: 20px 0 8px; }
section { scroll-margin-top: 12px; }
.pictures { display: flex; flex-wrap: wrap; gap: 16px 20px; align-items: flex-start; }
figure { min-width: 0; max-width: 100%; }
figcaption { color: var(--quiet); font-size: 12px; margin-bottom: 4px; }
@media (max-width: 800px) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 16px 16px 60px; }
}
`;
