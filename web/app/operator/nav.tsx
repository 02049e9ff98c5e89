// What the operator's pages have in common.

import { useEffect, useRef, type ReactNode } from 'react';
import { NavLink, useLocation } from 'react-router';
import { classes } from '../components/classes.ts';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import { operatorDone, operatorWords } from '../texts/operator.ts';
import { wordFor } from '../word-for.ts';

const places = [
  { to: '/operator', label: 'Overview' },
  { to: '/operator/teams', label: operatorWords.teams },
  { to: '/operator/tasks', label: operatorWords.tasks },
  { to: '/operator/undelivered', label: operatorWords.undelivered },
  { to: '/operator/mails', label: operatorWords.mails },
  { to: '/operator/ledger', label: operatorWords.ledger },
];

export function OperatorPage({ title, lead, children }: { title: ReactNode; lead?: ReactNode; children: ReactNode }) {
  return (
    <Page title={title} {...(lead !== undefined && { lead })}>
      <nav aria-label="Operator" className="-mx-4 overflow-x-auto border-b border-hairline px-4 sm:mx-0 sm:px-0">
        <ul className="flex gap-5">
          {places.map(({ to, label }) => (
            <li key={to}>
              <NavLink
                to={to}
                end={to === '/operator'}
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
      <Done />
      {children}
    </Page>
  );
}

/** Says what a form did, and takes the focus. */
function Done() {
  const { search, key } = useLocation();
  const words = wordFor(operatorDone, new URLSearchParams(search).get('done'));
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

/** The title of a page in the browser. */
export function titled(title: string) {
  return ({ loaderData }: { loaderData?: { brandName: string } | undefined }) => [{ title: `${title} · ${loaderData?.brandName ?? ''}` }];
}
