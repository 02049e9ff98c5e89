// What the operator's pages have in common.

import { useEffect, useRef, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import { Tabs } from '../components/tabs.tsx';
import { operatorDone, operatorWords } from '../texts/operator.ts';
import { wordFor } from '../word-for.ts';

const places = [
  { to: '/operator', label: 'Overview' },
  { to: '/operator/teams', label: operatorWords.teams },
  { to: '/operator/tasks', label: operatorWords.tasks },
  { to: '/operator/undelivered', label: operatorWords.undelivered },
  { to: '/operator/mails', label: operatorWords.mails },
  { to: '/operator/ledger', label: operatorWords.ledger },
  { to: '/operator/billing', label: operatorWords.payments },
];

export function OperatorPage({ title, lead, children }: { title: ReactNode; lead?: ReactNode; children: ReactNode }) {
  return (
    <Page title={title} {...(lead !== undefined && { lead })}>
      <Tabs name="Operator" places={places} />
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
