// A message as the board's readers see it, as HTML: whatever was written is text, unless it is the board's own markup.

import { html, type Markup } from '#core/domain/text/html.ts';
import { inlineMarks } from './markup.ts';

export function drawMarkup(text: string): Markup {
  return html`${groups(text.split('\n')).map(({ kind, lines }) => {
    const drawn = lines.map((line, i) => html`${i === 0 ? '' : '\n'}${drawLine(line)}`);
    if (kind === 'quote') return html`<blockquote>${drawn}</blockquote>`;
    return kind === 'table' ? html`<pre>${drawn}</pre>` : html`<div>${drawn}</div>`;
  })}`;
}

interface Group {
  readonly kind: 'plain' | 'quote' | 'table';
  readonly lines: string[];
}

function groups(lines: readonly string[]): Group[] {
  const found: Group[] = [];
  for (const line of lines) {
    const kind = line.startsWith('> ') ? 'quote' : line.startsWith('| ') ? 'table' : 'plain';
    const shown = kind === 'quote' ? line.slice(2) : line;
    const last = found.at(-1);
    if (last?.kind === kind) last.lines.push(shown);
    else found.push({ kind, lines: [shown] });
  }
  return found;
}

function drawLine(line: string): Markup {
  const pieces: Markup[] = [];
  let isBold = false;
  let end = 0;
  const add = (text: string) => pieces.push(isBold ? html`<b>${text}</b>` : html`${text}`);
  for (const match of line.matchAll(inlineMarks)) {
    const [all, escaped, url, label, target, ping] = match;
    add(line.slice(end, match.index));
    end = match.index + all.length;
    if (escaped !== undefined) add(escaped);
    else if (url !== undefined) pieces.push(linkTo(url, url));
    // An address that is no page's stays words, so that it cannot be followed.
    else if (label !== undefined) pieces.push(/^https?:\/\//i.test(target!) ? linkTo(target!, `${label} (${target})`) : html`${all}`);
    else if (ping !== undefined) pieces.push(html`<b>${all}</b>`);
    else isBold = !isBold;
  }
  add(line.slice(end));
  return html`${pieces}`;
}

function linkTo(url: string, words: string): Markup {
  return html`<a href="${url}" rel="noreferrer">${words}</a>`;
}
