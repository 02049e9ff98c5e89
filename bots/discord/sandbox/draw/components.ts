// Components as their readers see them, as HTML. What is pressed is drawn by the page.

import { isRecord } from '#bots/stand-in/check.ts';
import { html, type Markup } from '#core/domain/text/html.ts';
import { kinds, wordIn, type Piece } from '../checks/components.ts';
import { drawMarkdown, linkTo, type Drawing } from './markdown.ts';

export function drawComponents(components: readonly Piece[], drawing: Drawing): Markup {
  return html`${components.map((piece) => drawPiece(piece, drawing))}`;
}

function drawPiece(piece: Piece, drawing: Drawing): Markup {
  switch (piece['type']) {
    case kinds.container:
      return html`${within(piece).map((inner) => drawPiece(inner, drawing))}`;
    case kinds.text:
      return drawMarkdown(wordIn(piece, 'content'), drawing);
    case kinds.section:
      return html`${within(piece).map((inner) => drawPiece(inner, drawing))}${drawLinks([piece['accessory']], drawing)}`;
    case kinds.row:
      return drawLinks(within(piece), drawing);
    case kinds.separator:
      return piece['divider'] === false ? html`` : html`<hr />`;
    default:
      return html``;
  }
}

/** Buttons that open a page. */
function drawLinks(pieces: readonly unknown[], drawing: Drawing): Markup {
  const links = pieces.filter(isRecord).filter(({ url }) => typeof url === 'string');
  return links.length === 0
    ? html``
    : html`<div class="choices">${links.map((link) => linkTo(wordIn(link, 'url'), wordIn(link, 'label'), drawing))}</div>`;
}

function within({ components }: Piece): Piece[] {
  return Array.isArray(components) ? components.filter(isRecord) : [];
}
