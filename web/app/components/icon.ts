// What draws the icons of Lucide, in the place of its own way (vite.config.ts): that one can do more, and weighs more.

import { createElement, type SVGProps } from 'react';

interface IconData {
  readonly node: readonly (readonly [string, Record<string, string>])[];
}

export default function createIcon({ node }: IconData) {
  return function Icon(props: SVGProps<SVGSVGElement>) {
    return createElement('svg', { ...outline, ...props }, ...node.map(([tag, attributes]) => createElement(tag, attributes)));
  };
}

// Words say it; the icon is for the eyes.
const outline = {
  'aria-hidden': true,
  width: 24,
  height: 24,
  viewBox: '0 0 24 24',
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 2,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const;
