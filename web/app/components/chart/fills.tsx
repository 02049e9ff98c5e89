// How the parts of a bar are told apart: by a pattern as well as by a tone, so that nobody has to see colours. The order
// is the one of the legend, and of the bars from below.

import type { ReactNode } from 'react';

/** What a part is: one of the first seven, everything that is small, or what belongs to none. */
export type Fill = number | 'other' | 'none';

export const FILLS = 7;

const solid: Record<string, string> = { 0: 'fill-accent', 1: 'fill-soft', none: 'fill-hairline stroke-edge' };

const patterns: readonly { readonly fill: Fill; readonly ground: string; readonly mark: ReactNode }[] = [
  { fill: 2, ground: 'fill-accent-wash', mark: <path d="M-2 2 2-2M0 8 8 0M6 10l4-4" className="stroke-accent" strokeWidth="2.5" /> },
  { fill: 3, ground: 'fill-sunken', mark: <path d="M-2 6l4 4M0 0l8 8M6-2l4 4" className="stroke-soft" strokeWidth="2.5" /> },
  { fill: 4, ground: 'fill-accent-wash', mark: <circle cx="4" cy="4" r="2.2" className="fill-accent" /> },
  { fill: 5, ground: 'fill-sunken', mark: <path d="M0 2h8M0 6h8" className="stroke-soft" strokeWidth="1.6" /> },
  { fill: 6, ground: 'fill-accent-wash', mark: <path d="M2 0v8M6 0v8" className="stroke-accent" strokeWidth="1.6" /> },
  { fill: 'other', ground: 'fill-sunken', mark: <path d="M0 0l8 8M8 0 0 8" className="stroke-edge" strokeWidth="1.2" /> },
];

/** The patterns, once in a page for each chart; `of` keeps their names apart. */
export function FillPatterns({ of }: { of: string }) {
  return (
    <defs>
      {patterns.map(({ fill, ground, mark }) => (
        <pattern key={fill} id={nameOf(fill, of)} width="8" height="8" patternUnits="userSpaceOnUse">
          <rect width="8" height="8" className={ground} />
          {mark}
        </pattern>
      ))}
    </defs>
  );
}

/** What a shape needs to be filled so. */
export function fillOf(fill: Fill, of: string): { className: string } | { fill: string } {
  const plain = solid[fill];
  return plain === undefined ? { fill: `url(#${nameOf(fill, of)})` } : { className: plain };
}

/** For a legend. */
export function Swatch({ fill, of }: { fill: Fill; of: string }) {
  return (
    <svg aria-hidden width="16" height="16" className="inline-block shrink-0">
      <rect x="0.5" y="0.5" width="15" height="15" rx="4" {...fillOf(fill, of)} />
    </svg>
  );
}

function nameOf(fill: Fill, of: string): string {
  return `${of}-fill-${fill}`;
}
