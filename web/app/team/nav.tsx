// What the pages about a team have in common: where else one can go, and what was just done.

import { useEffect, useRef, type ReactNode } from 'react';
import { NavLink, useLocation, useRouteLoaderData } from 'react-router';
import { classes } from '../components/classes.ts';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import type { loader as portal } from '../portal.tsx';
import { dataDone, undeliveredDone } from '../texts/custody.ts';
import { doneWords } from '../texts/team.ts';
import { wordFor } from '../word-for.ts';

export function TeamPage({
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
      <TeamNav />
      <Done />
      {children}
    </Page>
  );
}

function TeamNav() {
  const places = useRouteLoaderData<typeof portal>('portal')?.teamPlaces ?? [];
  return (
    <nav aria-label="Team" className="-mx-4 overflow-x-auto border-b border-hairline px-4 sm:mx-0 sm:px-0">
      <ul className="flex gap-5">
        {places.map(({ to, label, count }) => (
          <li key={to}>
            <NavLink
              to={to}
              end={to === '/team'}
              className={({ isActive }) =>
                classes(
                  'inline-flex min-h-11 items-center border-b-2 text-sm font-medium whitespace-nowrap',
                  isActive ? 'border-accent text-ink' : 'border-transparent text-soft hover:text-ink',
                )
              }
            >
              {label}
              {count !== undefined && (
                <span className="numbers ml-1.5 rounded-full bg-warn-wash px-2 py-0.5 text-xs text-warn">
                  {count} <span className="sr-only">not delivered</span>
                </span>
              )}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Says what a form did, and takes the focus: the button that was pressed may be gone. `?done=<word>` comes with the redirect. */
function Done() {
  const { pathname, search, key } = useLocation();
  const table = pathname === '/team/undelivered' ? undeliveredDone : pathname === '/team/data' ? dataDone : doneWords;
  const words = wordFor(table, new URLSearchParams(search).get('done'));
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.querySelector<HTMLElement>('[role="status"]')?.focus(), [words, key]);
  if (words === null) return null;
  return (
    <div ref={place}>
      <Notice tone="good" live>
        {words}
      </Notice>
    </div>
  );
}
