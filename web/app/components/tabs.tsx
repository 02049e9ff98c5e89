// The pages of an area, side by side. On a narrow screen they scroll, and the one that is open is in sight.

import { useEffect, useRef, type ReactNode } from 'react';
import { NavLink, useLocation } from 'react-router';
import { classes } from './classes.ts';

export interface Tab {
  readonly to: string;
  readonly label: ReactNode;
}

/** The first one is the area’s own page. */
export function Tabs({ name, places }: { name: string; places: readonly Tab[] }) {
  const bar = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const open = bar.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (open) bar.current!.scrollLeft = open.offsetLeft + open.offsetWidth / 2 - bar.current!.clientWidth / 2;
  }, [pathname]);
  return (
    <nav ref={bar} aria-label={name} className="relative -mx-4 overflow-x-auto border-b border-hairline px-4 sm:mx-0 sm:px-0">
      <ul className="flex gap-5">
        {places.map(({ to, label }, i) => (
          <li key={to}>
            <NavLink
              to={to}
              end={i === 0}
              className={({ isActive }) =>
                classes(
                  'inline-flex min-h-11 items-center border-b-2 text-sm font-medium whitespace-nowrap',
                  isActive ? 'border-accent text-ink' : 'border-transparent text-soft hover:text-ink',
                )
              }
            >
              {label}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
