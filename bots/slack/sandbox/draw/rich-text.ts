// rich_text, which has no markup of its own: its words are shown as they are.

import { html, type Markup } from '#core/domain/text/html.ts';
import { isRecord } from '../checks/check.ts';
import { linkTo, type Names } from './mrkdwn.ts';

type Json = Readonly<Record<string, unknown>>;

export function drawRichText({ elements }: Json, names: Names): Markup {
  return html`${elementsIn(elements).map((part) => drawPart(part, names))}`;
}

function drawPart({ type, elements, style }: Json, names: Names): Markup {
  const inner = elementsIn(elements);
  if (type === 'rich_text_list') {
    const items = inner.map((item) => html`<li>${elementsIn(item['elements']).map((each) => drawElement(each, names))}</li>`);
    return style === 'ordered'
      ? html`<ol>
          ${items}
        </ol>`
      : html`<ul>
          ${items}
        </ul>`;
  }
  const drawn = inner.map((each) => drawElement(each, names));
  if (type === 'rich_text_quote') return html`<blockquote>${drawn}</blockquote>`;
  return type === 'rich_text_preformatted' ? html`<pre tabindex="0">${drawn}</pre>` : html`<div>${drawn}</div>`;
}

function drawElement(element: Json, names: Names): Markup {
  const { type, text, url, user_id: user, name, range, fallback, style } = element;
  if (type === 'link') return linkTo(String(url), typeof text === 'string' ? text : undefined);
  if (type === 'user') return html`<b>@${names.get(String(user)) ?? String(user)}</b>`;
  if (type === 'broadcast') return html`<b>@${String(range)}</b>`;
  if (type === 'emoji') return html`:${String(name)}:`;
  if (type === 'date') return html`${typeof fallback === 'string' ? fallback : ''}`;
  return styled(html`${typeof text === 'string' ? text : ''}`, isRecord(style) ? style : {});
}

function styled(words: Markup, { bold, italic, strike, code }: Json): Markup {
  const inner = code === true ? html`<code>${words}</code>` : words;
  const struck = strike === true ? html`<s>${inner}</s>` : inner;
  const slanted = italic === true ? html`<i>${struck}</i>` : struck;
  return bold === true ? html`<b>${slanted}</b>` : slanted;
}

function elementsIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
