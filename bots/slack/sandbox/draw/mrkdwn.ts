// Slack's own markup, as its readers see it, as HTML: whatever was written is text unless it is markup.

import { html, type Markup } from '#core/domain/text/html.ts';

/** Names of people by id. */
export type Names = ReadonlyMap<string, string>;

export function drawMrkdwn(text: string, names: Names): Markup {
  return html`${groups(text).map(({ kind, text: words }) => {
    if (kind === 'code') return html`<pre tabindex="0">${plain(words)}</pre>`;
    const lines = words.split('\n').map((line, i) => html`${i === 0 ? '' : '\n'}${drawLine(line, names)}`);
    return kind === 'quote' ? html`<blockquote>${lines}</blockquote>` : html`<div>${lines}</div>`;
  })}`;
}

interface Group {
  readonly kind: 'plain' | 'quote' | 'code';
  readonly text: string;
}

function groups(text: string): Group[] {
  return text.split(/```\n?([^]*?)\n?```/).flatMap((piece, i): Group[] => {
    if (i % 2 === 1) return [{ kind: 'code', text: piece }];
    const runs = piece.split(/((?:^&gt; ?.*\n?)+)/m);
    return runs.flatMap((run, k): Group[] => {
      if (run.trim() === '') return [];
      if (k % 2 === 0) return [{ kind: 'plain', text: run.replace(/^\n|\n$/g, '') }];
      return [{ kind: 'quote', text: run.replace(/^&gt; ?/gm, '').replace(/\n$/, '') }];
    });
  });
}

const marks = /<([^<>]+)>|`([^`\n]+)`|(?<!\w)\*([^*\n]+)\*(?!\w)|(?<!\w)_([^_\n]+)_(?!\w)|(?<!\w)~([^~\n]+)~(?!\w)/g;

function drawLine(line: string, names: Names): Markup {
  const pieces: Markup[] = [];
  let end = 0;
  for (const match of line.matchAll(marks)) {
    const [all, tag, code, bold, italic, strike] = match;
    pieces.push(html`${plain(line.slice(end, match.index))}`);
    end = match.index + all.length;
    if (tag !== undefined) pieces.push(drawTag(tag, names));
    else if (code !== undefined) pieces.push(html`<code>${plain(code)}</code>`);
    else if (bold !== undefined) pieces.push(html`<b>${drawLine(bold, names)}</b>`);
    else if (italic !== undefined) pieces.push(html`<i>${drawLine(italic, names)}</i>`);
    else pieces.push(html`<s>${drawLine(strike!, names)}</s>`);
  }
  return html`${[...pieces, html`${plain(line.slice(end))}`]}`;
}

function drawTag(tag: string, names: Names): Markup {
  const [target = '', label] = tag.split('|', 2);
  const mention = /^@([A-Z0-9]+)$/.exec(target);
  if (mention !== null) return html`<b>@${names.get(mention[1]!) ?? mention[1]!}</b>`;
  if (/^[!#]/.test(target)) return html`<b>${label ?? target}</b>`;
  return linkTo(plain(target), label === undefined ? undefined : plain(label));
}

/** An address that is no page's stays words, so that it cannot be followed. Where it leads is seen by whoever points at it. */
export function linkTo(url: string, label: string | undefined): Markup {
  if (!/^https?:\/\//i.test(url)) return html`${label === undefined || label === url ? url : `${label} (${url})`}`;
  if (label === undefined || label === url) return html`<a href="${url}" rel="noreferrer">${url}</a>`;
  return html`<a href="${url}" rel="noreferrer" title="${url}">${label}</a>`;
}

function plain(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
