// The gallery draws a terminal: the very text that is printed, with its colours as HTML.

import type { Reply } from '#core/domain/messages/reply.ts';
import { escapeHtml } from '../testing/html.ts';
import type { Picture } from '../testing/kit.ts';
import { widthOf } from '../drawing/width.ts';
import { renderTerminal } from './render.ts';

export function terminalPictures(reply: Reply): Picture[] {
  return [40, 80, 120].map((columns) => ({
    title: `terminal, ${columns} columns`,
    html: `<div class="terminal"><pre style="width:${columns}ch">${coloursToHtml(renderTerminal(reply, { columns, colour: true, links: false }))}</pre></div>`,
  }));
}

const classes: Readonly<Record<string, string>> = { '1': 'bold', '2': 'dim', '31': 'red', '32': 'green', '33': 'yellow', '36': 'cyan' };

function coloursToHtml(text: string): string {
  return text
    .split(/\u001b\[(\d+)m/)
    .map((piece, i) => (i % 2 === 0 ? keepColumns(piece) : piece in classes ? `<b class="${classes[piece]}">` : '</b>'))
    .join('');
}

// Browsers have no font in which a wide character is exactly two narrow ones.
function keepColumns(text: string): string {
  return Array.from(graphemes.segment(text), ({ segment }) =>
    widthOf(segment) === 2 ? `<i>${escapeHtml(segment)}</i>` : escapeHtml(segment),
  ).join('');
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

export const terminalStyles = `
.terminal { overflow-x: auto; padding: 14px 16px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
.terminal pre { font: 13px/1.45 ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.terminal i { display: inline-block; width: 2ch; font-style: normal; }
.terminal b { font-weight: normal; }
.terminal .bold { font-weight: 650; }
.terminal .dim { color: var(--quiet); }
.terminal .red { color: light-dark(#b3261e, #ff8a80); }
.terminal .green { color: light-dark(#1b7a3d, #6fdc8c); }
.terminal .yellow { color: light-dark(#8a6100, #f2c14e); }
.terminal .cyan { color: light-dark(#0b6b8a, #6fc7e6); }
`;
