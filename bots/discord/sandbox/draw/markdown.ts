// Discord's Markdown as its readers see it, as HTML: whatever was written is text unless it is markup.

import { html, type Markup } from '#core/domain/text/html.ts';

export interface Drawing {
  /** By mention, such as `<@1…>` and `<@&1…>`. */
  readonly names: ReadonlyMap<string, string>;
  /** Where a link leads: one into Discord leads to its place on this page. */
  leadsTo(url: string): string;
}

export function drawMarkdown(text: string, drawing: Drawing): Markup {
  return html`${text.split(/```(?:[a-z0-9+-]*\n)?([^]*?)\n?```/).map((piece, i) => {
    if (i % 2 === 1) return html`<pre tabindex="0">${piece}</pre>`;
    return piece === '' ? html`` : html`${blocksOf(piece).map((block) => drawBlock(block, drawing))}`;
  })}`;
}

interface Block {
  readonly kind: 'plain' | 'quote' | 'heading' | 'small';
  readonly lines: readonly string[];
}

/** What counts at the beginning of a line. */
const beginnings: readonly (readonly [Block['kind'], RegExp])[] = [
  ['quote', /^> ?/],
  ['heading', /^#{1,3} /],
  ['small', /^-# /],
];

function blocksOf(text: string): Block[] {
  const blocks: { kind: Block['kind']; lines: string[] }[] = [];
  for (const line of text.replace(/^\n|\n$/g, '').split('\n')) {
    const [kind, mark] = beginnings.find(([, begins]) => begins.test(line)) ?? (['plain', /^/] as const);
    const last = blocks.at(-1);
    if (last?.kind === kind && kind !== 'heading') last.lines.push(line.replace(mark, ''));
    else blocks.push({ kind, lines: [line.replace(mark, '')] });
  }
  return blocks;
}

function drawBlock({ kind, lines }: Block, drawing: Drawing): Markup {
  const words = html`${lines.map((line, i) => html`${i === 0 ? '' : '\n'}${drawLine(line, drawing)}`)}`;
  if (kind === 'quote') return html`<blockquote>${words}</blockquote>`;
  if (kind === 'heading') return html`<div><b>${words}</b></div>`;
  return kind === 'small' ? html`<div class="soft">${words}</div>` : html`<div>${words}</div>`;
}

const marks = new RegExp(
  [
    /\\([^0-9A-Za-z\s])/, // escaped
    /`([^`\n]+)`/,
    /(<(?:@[!&]?|#)\d{17,20}>)/,
    /\[([^\]\n]+)\]\(<?(https?:\/\/[^\s<>)]+)>?\)/,
    /<?(https?:\/\/[^\s<>]+[^\s<>.,:;"'\])])>?/,
    /\*\*((?:\\.|[^\\*\n]|\*(?!\*))+)\*\*/,
    /(?<!\w)__((?:\\.|[^\\_\n])+)__(?!\w)/,
    /\*((?:\\.|[^\\*\n])+)\*/,
    /(?<!\w)_((?:\\.|[^\\_\n])+)_(?!\w)/,
    /~~((?:\\.|[^\\~\n])+)~~/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

function drawLine(line: string, drawing: Drawing): Markup {
  const pieces: Markup[] = [];
  let end = 0;
  for (const match of line.matchAll(marks)) {
    pieces.push(html`${line.slice(end, match.index)}`);
    end = match.index + match[0].length;
    pieces.push(drawMark(match.slice(1), drawing));
  }
  return html`${[...pieces, html`${line.slice(end)}`]}`;
}

function drawMark(found: readonly (string | undefined)[], drawing: Drawing): Markup {
  const [escaped, code, mention, label, target, url, bold, underline, star, italic, strike] = found;
  if (escaped !== undefined) return html`${escaped}`;
  if (code !== undefined) return html`<code>${code}</code>`;
  if (mention !== undefined) return html`<b>${drawing.names.get(mention.replace('!', '')) ?? mention}</b>`;
  if (label !== undefined) return linkTo(target!, label, drawing);
  if (url !== undefined) return linkTo(url, url, drawing);
  if (bold !== undefined) return html`<b>${drawLine(bold, drawing)}</b>`;
  if (underline !== undefined) return html`<u>${drawLine(underline, drawing)}</u>`;
  if (strike !== undefined) return html`<s>${drawLine(strike, drawing)}</s>`;
  return html`<i>${drawLine(star ?? italic!, drawing)}</i>`;
}

/** As Discord shows it: its label alone. An address that is no page's stays words, so that it cannot be followed. */
export function linkTo(url: string, label: string, { leadsTo }: Pick<Drawing, 'leadsTo'>): Markup {
  const words = label === '' ? url : label;
  if (!/^https?:\/\//i.test(url)) return html`${words === url ? url : `${words} (${url})`}`;
  if (words === url) return html`<a href="${leadsTo(url)}" rel="noreferrer">${words}</a>`;
  return html`<a href="${leadsTo(url)}" rel="noreferrer" title="${url}">${words}</a>`;
}
