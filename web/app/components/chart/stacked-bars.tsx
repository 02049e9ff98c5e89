// Days as bars, each made of parts. It is drawn on the server and needs no script. Places are percentages and words stand
// beside the picture, so that it fits any width and its letters keep their size. The numbers are in a table below it: who
// does not see the picture misses nothing.

import type { ReactNode } from 'react';
import { fillOf, FillPatterns, type Fill } from './fills.tsx';
import { topOf } from './scale.ts';

export interface Bar {
  readonly key: string;
  /** For whoever points at it: "12 Nov: 42 credits". */
  readonly title: string;
  /** In the order of the parts. */
  readonly values: readonly number[];
}

export function StackedBars({
  id,
  title,
  description,
  bars,
  fills,
  showNumber,
  marks,
  children,
}: {
  /** Begins the names of what is inside. */
  id: string;
  title: string;
  description: string;
  bars: readonly Bar[];
  fills: readonly Fill[];
  showNumber: (value: number) => string;
  /** Below the bars: the first, one in the middle, the last. */
  marks: readonly string[];
  /** The same as a table. */
  children: ReactNode;
}) {
  const top = topOf(Math.max(0, ...bars.map(({ values }) => sum(values))));
  return (
    <figure>
      <div className="flex gap-2">
        <div
          aria-hidden
          suppressHydrationWarning
          className="numbers flex h-48 w-10 flex-col justify-between text-right text-xs leading-none text-soft sm:h-56"
        >
          <span>{showNumber(top)}</span>
          <span>{showNumber(top / 2)}</span>
          <span>0</span>
        </div>
        <div className="min-w-0 flex-1">
          <svg
            role="img"
            aria-labelledby={`${id}-title ${id}-desc`}
            width="100%"
            height="100%"
            className="block h-48 overflow-visible sm:h-56"
          >
            <title id={`${id}-title`}>{title}</title>
            <desc id={`${id}-desc`}>{description}</desc>
            <FillPatterns of={id} />
            {['0%', '50%', '100%'].map((y) => (
              <line key={y} x1="0" x2="100%" y1={y} y2={y} className="stroke-hairline" strokeWidth="1" />
            ))}
            {bars.map((bar, i) => (
              <Column key={bar.key} bar={bar} place={i} of={bars.length} top={top} fills={fills} id={id} />
            ))}
          </svg>
          <div aria-hidden suppressHydrationWarning className="numbers mt-2 flex justify-between text-xs text-soft">
            {marks.map((mark) => (
              <span key={mark}>{mark}</span>
            ))}
          </div>
        </div>
      </div>
      <figcaption className="sr-only">{description}</figcaption>
      <details className="mt-4">
        <summary className="inline-flex min-h-11 items-center rounded-full text-sm font-medium text-accent">
          Show the days as a table
        </summary>
        {children}
      </details>
    </figure>
  );
}

function Column({
  bar,
  place,
  of,
  top,
  fills,
  id,
}: {
  bar: Bar;
  place: number;
  of: number;
  top: number;
  fills: readonly Fill[];
  id: string;
}) {
  const width = 100 / of;
  const gap = of > 31 ? 0.15 : 0.22;
  let below = 0;
  return (
    <g>
      <title>{bar.title}</title>
      {/* The whole column answers to who points at it. */}
      <rect x={percent(place * width)} y="0" width={percent(width)} height="100%" className="fill-transparent" />
      {bar.values.map((value, i) => {
        if (value <= 0) return null;
        const height = (value / top) * 100;
        below += height;
        return (
          <rect
            key={i}
            x={percent((place + gap / 2) * width)}
            y={percent(100 - below)}
            width={percent((1 - gap) * width)}
            height={percent(height)}
            {...fillOf(fills[i]!, id)}
          />
        );
      })}
    </g>
  );
}

function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
