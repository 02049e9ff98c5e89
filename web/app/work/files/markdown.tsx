// Markdown as a page, once it was read (markdown-tree.ts).

import type { ReactNode } from 'react';

const plain = ['p', 'h3', 'h4', 'h5', 'h6', 'ul', 'li', 'blockquote', 'thead', 'tbody', 'tr', 'td', 'strong', 'em', 's', 'code'] as const;
export type MarkdownTag = (typeof plain)[number] | 'ol' | 'table' | 'th' | 'pre' | 'br' | 'hr' | 'a';

export type MarkdownNode =
  | string
  | {
      readonly tag: MarkdownTag;
      readonly inside: readonly MarkdownNode[];
      /** The first number of an `ol`. */
      readonly start?: number;
      /** Where an `a` leads, and the name of the place, unless its words are the address itself. */
      readonly href?: string;
      readonly place?: string | null;
    };

export function Markdown({ nodes }: { nodes: readonly MarkdownNode[] }) {
  return (
    <div dir="auto" className="markdown wrap-anywhere">
      <Nodes nodes={nodes} />
    </div>
  );
}

function Nodes({ nodes }: { nodes: readonly MarkdownNode[] }): ReactNode {
  return nodes.map((node, key) => (typeof node === 'string' ? node : <Element key={key} {...node} />));
}

function Element({ tag, inside: nodes, start, href, place }: Exclude<MarkdownNode, string>): ReactNode {
  const inside = <Nodes nodes={nodes} />;
  switch (tag) {
    case 'br':
      return <br />;
    case 'hr':
      return <hr />;
    case 'ol':
      return <ol start={start}>{inside}</ol>;
    case 'th':
      return <th scope="col">{inside}</th>;
    case 'pre':
      return (
        <pre tabIndex={0}>
          <code>{inside}</code>
        </pre>
      );
    case 'table':
      return (
        <div className="overflow-x-auto" role="region" aria-label="Table" tabIndex={0}>
          <table>{inside}</table>
        </div>
      );
    case 'a':
      return (
        <>
          <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {inside}
          </a>
          {typeof place === 'string' && (
            <>
              {' '}
              <bdi className="text-soft">({place})</bdi>
            </>
          )}
        </>
      );
    default: {
      const Tag = tag;
      return <Tag>{inside}</Tag>;
    }
  }
}
