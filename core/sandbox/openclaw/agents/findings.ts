// What stands on a page: headings, links, rows of tables, and text.

import { load } from 'cheerio';
import { shorten } from '#core/domain/text/text.ts';
import type { Page } from './page.ts';

export interface Found {
  readonly kind: 'heading' | 'link' | 'table row' | 'text';
  readonly text: string;
  readonly address: string;
}

const CELL_CHARACTERS = 2_000;
const FOUND_MOST = 20_000;

export function findOn(page: Page): Found[] {
  if (page.mime === 'text/plain') return page.text.split(/\n\s*\n/).flatMap((block) => one('text', block, page.url));
  const $ = load(page.text);
  $('script, style, noscript, template, svg').remove();
  const found: Found[] = [];
  for (const element of $('h1, h2, h3, h4, h5, h6, a[href], table tr, p, li, blockquote, pre, dt, dd').toArray()) {
    if (found.length >= FOUND_MOST) break;
    const $element = $(element);
    const tag = element.tagName.toLowerCase();
    if (tag === 'tr') {
      const cells = $element
        .children('th, td')
        .toArray()
        .map((cell) => tidy($(cell).text()));
      found.push(...one('table row', cells.join(' | '), page.url));
    } else if (tag === 'a')
      found.push(
        ...one('link', $element.text() || $element.attr('title') || $element.attr('href')!, target($element.attr('href')!, page.url)),
      );
    else found.push(...one(/^h\d$/.test(tag) ? 'heading' : 'text', $element.text(), page.url));
  }
  return found;
}

function one(kind: Found['kind'], text: string, address: string): Found[] {
  const tidied = tidy(text);
  return tidied.replace(/[ |]/g, '') === '' ? [] : [{ kind, text: tidied, address }];
}

function tidy(text: string): string {
  return shorten(text.replace(/\s+/g, ' ').trim(), CELL_CHARACTERS);
}

function target(href: string, base: string): string {
  return URL.parse(href, base)?.href ?? href;
}
