// Markdown as a page: what an agent wrote is read by markdown-it, and each token that is known here becomes an element. No
// HTML is ever made of a text, so nothing in it can run: tags are shown as they were typed, pictures become links, and
// nothing is loaded. A link names the host it leads to. markdown-it needs the same time for the worst text as for a plain
// one of its length, which is why it may also run on the server.

import MarkdownIt, { type Token } from 'markdown-it/browser';
import { Fragment, type ReactNode } from 'react';

/** Deeper quotes and lists are shown as text. */
const NESTING_MOST = 20;

const reader = new MarkdownIt({ html: false, linkify: true, maxNesting: NESTING_MOST }).disable('code');
reader.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });

export default function Markdown({ text }: { text: string }) {
  return <div className="markdown wrap-anywhere">{elements(reader.parse(text, {}))}</div>;
}

interface Open {
  readonly token: Token | null;
  readonly inside: ReactNode[];
}

function elements(tokens: readonly Token[]): ReactNode[] {
  const open: Open[] = [{ token: null, inside: [] }];
  tokens.forEach((token, key) => {
    if (token.nesting === 1) {
      open.push({ token, inside: [] });
    } else if (token.nesting === -1 && open.length > 1) {
      const { token: begun, inside } = open.pop()!;
      open.at(-1)!.inside.push(<Fragment key={key}>{element(begun!, inside)}</Fragment>);
    } else {
      open.at(-1)!.inside.push(<Fragment key={key}>{leaf(token)}</Fragment>);
    }
  });
  return open.flatMap(({ inside }) => inside);
}

/** Headings of a text stand below those of the page. */
const headings: Readonly<Record<string, 'h3' | 'h4' | 'h5' | 'h6'>> = { h1: 'h3', h2: 'h4', h3: 'h5', h4: 'h6', h5: 'h6', h6: 'h6' };
const plain = ['ul', 'li', 'blockquote', 'thead', 'tbody', 'tr', 'strong', 'em', 's'] as const;

function element(token: Token, inside: ReactNode[]): ReactNode {
  const { tag } = token;
  const known = plain.find((each) => each === tag);
  if (known !== undefined) {
    const Tag = known;
    return <Tag>{inside}</Tag>;
  }
  switch (tag) {
    case 'p':
      return token.hidden ? inside : <p>{inside}</p>;
    case 'ol':
      return <ol start={Number(token.attrGet('start') ?? 1)}>{inside}</ol>;
    case 'a':
      return (
        <Leads to={String(token.attrGet('href') ?? '')} saysSo={token.info === 'auto'}>
          {inside}
        </Leads>
      );
    case 'table':
      return (
        <div className="overflow-x-auto" role="region" aria-label="Table" tabIndex={0}>
          <table>{inside}</table>
        </div>
      );
    case 'th':
      return <th scope="col">{inside}</th>;
    case 'td':
      return <td>{inside}</td>;
    default: {
      const Heading = headings[tag];
      return Heading === undefined ? inside : <Heading>{inside}</Heading>;
    }
  }
}

function leaf(token: Token): ReactNode {
  switch (token.type) {
    case 'inline':
      return elements(token.children ?? []);
    case 'softbreak':
    case 'hardbreak':
      return <br />;
    case 'hr':
      return <hr />;
    case 'code_inline':
      return <code>{token.content}</code>;
    case 'fence':
    case 'code_block':
      return (
        <pre tabIndex={0}>
          <code>{token.content.replace(/\n$/, '')}</code>
        </pre>
      );
    case 'image':
      return <Leads to={String(token.attrGet('src') ?? '')}>Image{token.content !== '' && `: ${token.content}`}</Leads>;
    default:
      return token.content;
  }
}

/**
 * Only to the web and to mailboxes. Whoever presses it knows where it leads, whatever its words promise; `saysSo`: its words are
 * the address itself.
 */
function Leads({ to, saysSo = false, children }: { to: string; saysSo?: boolean; children: ReactNode }) {
  const place = placeOf(to);
  if (place === null) return children;
  return (
    <>
      <a href={place.href} target="_blank" rel="noopener noreferrer nofollow ugc">
        {children}
      </a>
      {!saysSo && (
        <>
          {' '}
          <bdi className="text-soft">({place.name})</bdi>
        </>
      )}
    </>
  );
}

function placeOf(to: string): { href: string; name: string } | null {
  const url = URL.parse(to);
  if (url === null) return null;
  if (url.protocol === 'mailto:') return { href: url.href, name: url.pathname };
  // A name before the host looks like a host.
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? { href: url.href, name: url.host } : null;
}
