// Markdown, read: what an agent wrote becomes a tree of the elements that are known here. Everything else of it is text. No HTML
// is ever made of it, so nothing in it can run: tags are shown as they were typed, pictures become links, and nothing is
// loaded. A link names the host it leads to. markdown-it needs the same time for the worst text as for a plain one of its
// length, which is why it may also run on the server.

import MarkdownIt, { type Token } from 'markdown-it/browser';
import type { MarkdownNode, MarkdownTag } from './markdown.tsx';

/** Deeper quotes and lists are shown as text. */
const NESTING_MOST = 20;
/** Characters of a result that a page is made with. A longer one is shown as it is. */
const RESULT_MOST = 20_000;

const reader = new MarkdownIt({ html: false, linkify: true, maxNesting: NESTING_MOST }).disable('code');
reader.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });

export function readMarkdown(text: string): MarkdownNode[] {
  return nodesOf(reader.parse(text, {}));
}

/** null where there is none, or more than a page should wait for. */
export function resultMarkdown(result: { readonly summary: string } | null): MarkdownNode[] | null {
  return result === null || result.summary.length > RESULT_MOST ? null : readMarkdown(result.summary);
}

interface Open {
  readonly token: Token | null;
  readonly inside: MarkdownNode[];
}

function nodesOf(tokens: readonly Token[]): MarkdownNode[] {
  const open: Open[] = [{ token: null, inside: [] }];
  for (const token of tokens) {
    if (token.nesting === 1) {
      open.push({ token, inside: [] });
    } else if (token.nesting === -1 && open.length > 1) {
      const { token: begun, inside } = open.pop()!;
      for (const node of nodeOf(begun!, inside)) open.at(-1)!.inside.push(node);
    } else {
      for (const node of leavesOf(token)) open.at(-1)!.inside.push(node);
    }
  }
  return open.flatMap(({ inside }) => inside);
}

/** Headings of a text stand below those of the page. */
const headings = new Map<string, MarkdownTag>([['h1', 'h3'], ['h2', 'h4'], ['h3', 'h5'], ['h4', 'h6'], ['h5', 'h6'], ['h6', 'h6']]); // prettier-ignore
const known: readonly MarkdownTag[] = ['ul', 'li', 'blockquote', 'strong', 'em', 's', 'table', 'thead', 'tbody', 'tr', 'th', 'td'];

function nodeOf(token: Token, inside: MarkdownNode[]): MarkdownNode[] {
  switch (token.tag) {
    case 'p':
      return token.hidden ? inside : [{ tag: 'p', inside }];
    case 'ol':
      return [{ tag: 'ol', start: Number(token.attrGet('start') ?? 1), inside }];
    case 'a':
      return leadsTo(String(token.attrGet('href') ?? ''), inside, token.info === 'auto');
    default: {
      const tag = headings.get(token.tag) ?? known.find((each) => each === token.tag);
      return tag === undefined ? inside : [{ tag, inside }];
    }
  }
}

function leavesOf(token: Token): MarkdownNode[] {
  switch (token.type) {
    case 'inline':
      return nodesOf(token.children ?? []);
    case 'softbreak':
    case 'hardbreak':
      return [{ tag: 'br', inside: [] }];
    case 'hr':
      return [{ tag: 'hr', inside: [] }];
    case 'code_inline':
      return [{ tag: 'code', inside: [token.content] }];
    case 'fence':
    case 'code_block':
      return [{ tag: 'pre', inside: [token.content.replace(/\n$/, '')] }];
    case 'image':
      return leadsTo(String(token.attrGet('src') ?? ''), [`Image${token.content === '' ? '' : `: ${token.content}`}`]);
    default:
      return token.content === '' ? [] : [token.content];
  }
}

/**
 * Only to the web and to mailboxes. Whoever presses it knows where it leads, whatever its words promise; `saysSo`: its words are
 * the address itself.
 */
function leadsTo(to: string, inside: MarkdownNode[], saysSo = false): MarkdownNode[] {
  const place = placeOf(to);
  return place === null ? inside : [{ tag: 'a', href: place.href, place: saysSo ? null : place.name, inside }];
}

function placeOf(to: string): { href: string; name: string } | null {
  const url = URL.parse(to);
  if (url === null) return null;
  if (url.protocol === 'mailto:') return { href: url.href, name: url.pathname };
  // A name before the host looks like a host.
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? { href: url.href, name: url.host } : null;
}
