// Posts of Discord for the gallery.

import type { Reply } from '#core/domain/messages/reply.ts';
import { escapeHtml } from '../../testing/html.ts';
import type { Picture } from '../../testing/kit.ts';
import type { Component } from '../draw/components.ts';
import { readMarkdown } from '../draw/markdown.ts';
import { CODE, linesIn, QUOTED } from '../draw/read.ts';
import { renderDiscord } from '../draw/render.ts';

export function discordPictures(reply: Reply): Picture[] {
  return [
    {
      title: 'Discord',
      html: renderDiscord(reply)
        .flatMap(({ components }) => components)
        .map((container) => {
          if (container.type !== 17) return '';
          const color = container.accent_color;
          const edge = color === undefined || color === null ? 'var(--line)' : `#${color.toString(16).padStart(6, '0')}`;
          return `<div class="discord" style="border-left-color: ${edge}">${container.components.map(html).join('')}</div>`;
        })
        .join(''),
    },
  ];
}

function html(component: Component): string {
  switch (component.type) {
    case 10:
      return textHtml(component);
    case 9:
      return `<div class="beside"><div>${component.components.map(textHtml).join('')}</div>${buttonHtml(component.accessory)}</div>`;
    case 1:
      return `<p>${component.components.map(buttonHtml).join(' ')}</p>`;
    default:
      return linesIn([component])
        .map((line) => `<p>${escapeHtml(line)}</p>`)
        .join('');
  }
}

type Text = Extract<Component, { type: 10 }>;

/** Neighbours of one look stand in one frame. */
function textHtml(text: Text): string {
  if (text.content.startsWith('### ')) return `<h4>${escapeHtml(linesIn([text]).join(' '))}</h4>`;
  const lines = linesIn([text]);
  const mark = [QUOTED, CODE].find((each) => lines[0]?.startsWith(each));
  const words = lines.map((line) => escapeHtml(mark === undefined ? line : line.slice(mark.length))).join('\n');
  if (mark === QUOTED) return `<blockquote>${words}</blockquote>`;
  return mark === CODE ? `<pre>${words}</pre>` : `<div>${text.content.split('\n').map(boldHtml).join('\n')}</div>`;
}

/** What a line of ours begins with may be bold. */
function boldHtml(line: string): string {
  const [, label = '', rest = ''] = /^(?:\*\*((?:\\.|[^*\\])*)\*\*)?(.*)$/.exec(line) ?? [];
  return `${label === '' ? '' : `<b>${escapeHtml(readMarkdown(label))}</b>`}${escapeHtml(readMarkdown(rest))}`;
}

function buttonHtml(component: { readonly type: number }): string {
  if (component.type !== 2) return '';
  const { label = '', style = 2, url } = component as { readonly label?: string; readonly style?: number; readonly url?: string };
  return `<span class="button s${style}">${escapeHtml(label)}${url === undefined ? '' : ' ↗'}</span>`;
}

export const discordStyles = `
  .discord { font: 15px/1.375 "gg sans", "Noto Sans", system-ui, sans-serif; overflow-wrap: anywhere; max-width: 560px; padding: 12px 16px; margin: 0 0 8px; border: 1px solid var(--line); border-left-width: 4px; border-radius: 8px; background: var(--card); }
  .discord h4 { font-size: 16px; margin: 0 0 8px; }
  .discord div { white-space: pre-wrap; margin: 0 0 6px; }
  .discord blockquote { white-space: pre-wrap; border-left: 4px solid var(--line); border-radius: 2px; padding-left: 10px; margin: 0 0 6px; }
  .discord pre { font: 12px/1.4 ui-monospace, monospace; border: 1px solid var(--line); border-radius: 4px; padding: 8px; margin: 0 0 6px; overflow-x: auto; white-space: pre; }
  .discord .beside { display: flex; justify-content: space-between; align-items: center; gap: 12px; }
  .discord .button { display: inline-block; border-radius: 8px; padding: 4px 14px; font-weight: 500; margin: 2px 0; background: light-dark(#e3e5e8, #3a3b42); white-space: nowrap; }
  .discord .s1 { background: #5865f2; color: #fff; } .discord .s4 { background: #d83c3e; color: #fff; }
`;
