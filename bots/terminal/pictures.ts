// The gallery draws a terminal: the very text that is printed, with its colours as HTML.

import type { Reply } from '#core/domain/reply.ts';
import { escapeHtml } from '../testing/html.ts';
import type { Picture } from '../testing/kit.ts';
import { renderTerminal } from './render.ts';

export function terminalPictures(reply: Reply): Picture[] {
  return [40, 80, 120].map((columns) => ({
    title: `terminal, ${columns} columns`,
    html: `<pre class="terminal" style="width:${columns}ch">${coloursToHtml(renderTerminal(reply, { columns, colour: true, links: false }))}</pre>`,
  }));
}

const classes: Readonly<Record<string, string>> = { '1': 'bold', '2': 'dim', '31': 'red', '32': 'green', '33': 'yellow', '36': 'cyan' };

function coloursToHtml(text: string): string {
  return text
    .split(/\u001b\[(\d+)m/)
    .map((piece, i) => (i % 2 === 0 ? escapeHtml(piece) : piece in classes ? `<b class="${classes[piece]}">` : '</b>'))
    .join('');
}
