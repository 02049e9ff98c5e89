// Blocks as their readers see them, as HTML.

import { html, type Markup } from '#core/domain/text/html.ts';
import { isRecord } from '../checks/check.ts';
import type { Block } from '../shapes.ts';
import { drawMrkdwn, linkTo, type Names } from './mrkdwn.ts';
import { drawRichText } from './rich-text.ts';

type Json = Readonly<Record<string, unknown>>;

export function drawBlocks(blocks: readonly Block[], names: Names): Markup {
  return html`${blocks.map((block) => drawBlock(block, names))}`;
}

function drawBlock(block: Json, names: Names): Markup {
  switch (block['type']) {
    case 'header':
      return html`<div><b>${drawText(block['text'], names)}</b></div>`;
    case 'section':
      return html`<div>${drawText(block['text'], names)}${listIn(block['fields']).map((field) => html` ${drawText(field, names)}`)}</div>`;
    case 'context':
      return html`<div class="soft">${listIn(block['elements']).map((element) => html`${drawText(element, names)} `)}</div>`;
    case 'rich_text':
      return drawRichText(block, names);
    case 'table':
    case 'data_table':
      return drawTable(block, names);
    case 'markdown':
      return html`<div>${wordIn(block['text'])}</div>`;
    case 'divider':
      return html`<hr />`;
    case 'image':
      return linkTo(wordIn(block['image_url']), wordIn(block['alt_text']));
    case 'actions':
      return drawLinks(block);
    case 'task_card':
      return html`<div>${wordIn(block['title'])} (${wordIn(block['status'])})</div>`;
    case 'plan':
      return html`<div><b>${wordIn(block['title'])}</b>${listIn(block['tasks']).map((task) => drawBlock(task, names))}</div>`;
    default:
      return html``;
  }
}

/** Buttons that open a page; all others are pressed, and drawn by the page. */
function drawLinks({ elements }: Json): Markup {
  const links = listIn(elements).filter(({ url }) => typeof url === 'string');
  return links.length === 0 ? html`` : html`<div class="choices">${links.map(({ url, text }) => linkTo(wordIn(url), textIn(text)))}</div>`;
}

function drawTable({ rows, caption }: Json, names: Names): Markup {
  const lines = Array.isArray(rows) ? (rows as unknown[]) : [];
  return html`<table>
    ${
      caption === undefined
        ? ''
        : html`<caption>
            ${wordIn(caption)}
          </caption>`
    }
    ${lines.map((row, i) => {
      const cells = listIn(row).map((cell) => {
        const words = cell['type'] === 'rich_text' ? drawRichText(cell, names) : html`${wordIn(cell['text'])}`;
        return i === 0 ? html`<th>${words}</th>` : html`<td>${words}</td>`;
      });
      return html`<tr>
        ${cells}
      </tr>`;
    })}
  </table>`;
}

function drawText(text: unknown, names: Names): Markup {
  if (!isRecord(text)) return html``;
  if (text['type'] === 'image') return html`${wordIn(text['alt_text'])}`;
  return text['type'] === 'mrkdwn' ? drawMrkdwn(wordIn(text['text']), names) : html`${wordIn(text['text'])}`;
}

function textIn(text: unknown): string {
  return isRecord(text) ? wordIn(text['text']) : '';
}

export function wordIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function listIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
