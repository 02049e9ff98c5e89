// What the pages about a team have in common: where else one can go, and what was just done.

import { useEffect, useRef, type ReactNode } from 'react';
import { useLocation, useRouteLoaderData } from 'react-router';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import { Tabs } from '../components/tabs.tsx';
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
    <Tabs
      name="Team"
      places={places.map(({ to, label, count }) => ({
        to,
        label: (
          <>
            {label}
            {count !== undefined && (
              <span className="numbers ml-1.5 rounded-full bg-warn-wash px-2 py-0.5 text-xs text-warn">
                {count} <span className="sr-only">not delivered</span>
              </span>
            )}
          </>
        ),
      }))}
    />
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
