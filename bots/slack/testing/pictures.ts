// Posts of Slack for the gallery.

import type { KnownBlock } from '@slack/web-api';
import type { Reply } from '#core/domain/messages/reply.ts';
import { escapeHtml } from '../../testing/html.ts';
import type { Picture } from '../../testing/kit.ts';
import { renderSlack } from '../draw/render.ts';
import { linesIn } from '../draw/read.ts';

export function slackPictures(reply: Reply): Picture[] {
  return [
    {
      title: 'Slack',
      html: renderSlack(reply)
        .map(({ blocks }) => `<div class="slack">${blocks.map(blockHtml).join('')}</div>`)
        .join(''),
    },
  ];
}

function blockHtml(block: KnownBlock): string {
  switch (block.type) {
    case 'header':
      return `<h4>${escapeHtml(block.text.text)}</h4>`;
    case 'rich_text':
      return block.elements
        .map((part) => `<div class="${part.type}">${part.elements.map((each) => wordsHtml(each as Element)).join('')}</div>`)
        .join('');
    case 'table':
      return `<table>${block.rows
        .map((row) => `<tr>${row.map((cell) => `<td>${cell.type === 'raw_text' ? escapeHtml(cell.text) : ''}</td>`).join('')}</tr>`)
        .join('')}</table>`;
    case 'actions':
      return `<p>${block.elements
        .map((button) =>
          button.type === 'button' ? `<span class="button ${button.style ?? ''}">${escapeHtml(button.text.text)}</span>` : '',
        )
        .join(' ')}</p>`;
    default:
      return linesIn([block])
        .map((line) => `<p>${escapeHtml(line)}</p>`)
        .join('');
  }
}

interface Element {
  readonly type: string;
  readonly text?: string;
  readonly url?: string;
  readonly style?: { readonly bold?: boolean };
}

function wordsHtml({ type, text = '', url = '', style }: Element): string {
  if (type === 'link') return `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`;
  return style?.bold === true ? `<b>${escapeHtml(text)}</b>` : escapeHtml(text);
}

export const slackStyles = `
  .slack { font: 15px/1.46 Lato, system-ui, sans-serif; overflow-wrap: anywhere; max-width: 600px; padding: 12px 16px; margin: 0 0 8px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
  .slack h4 { font-size: 18px; margin: 0 0 8px; }
  .slack div { white-space: pre-wrap; margin: 0 0 6px; }
  .slack .rich_text_quote { border-left: 4px solid var(--line); padding-left: 12px; }
  .slack .rich_text_preformatted { font: 12px/1.5 ui-monospace, monospace; border: 1px solid var(--line); border-radius: 4px; padding: 8px; }
  .slack table { border-collapse: collapse; font-size: 13px; } .slack td { border: 1px solid var(--line); padding: 4px 8px; }
  .slack tr:first-child { font-weight: 700; }
  .slack .button { display: inline-block; border: 1px solid var(--line); border-radius: 4px; padding: 2px 10px; font-weight: 600; margin: 2px 0; }
  .slack .primary { background: #007a5a; color: #fff; } .slack .danger { color: #e01e5a; }
`;
