// What the pages about credits have in common.

import type { ReactNode } from 'react';
import { NavLink } from 'react-router';
import { classes } from '../components/classes.ts';
import { Page } from '../components/page.tsx';
import { places } from '../texts/credits.ts';

export function CreditsPage({
  title,
  lead,
  actions,
  children,
}: {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Page title={title} {...(lead !== undefined && { lead })} {...(actions !== undefined && { actions })}>
      <nav aria-label="Credits" className="-mx-4 overflow-x-auto border-b border-hairline px-4 sm:mx-0 sm:px-0">
        <ul className="flex gap-5">
          {places.map(({ to, label }) => (
            <li key={to}>
              <NavLink
                to={to}
                end={to === '/credits'}
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
      {children}
    </Page>
  );
}
