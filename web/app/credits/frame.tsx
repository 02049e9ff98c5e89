// What the pages about credits have in common.

import type { ReactNode } from 'react';
import { Page } from '../components/page.tsx';
import { Tabs } from '../components/tabs.tsx';
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
      <Tabs name="Credits" places={places} />
      {children}
    </Page>
  );
}
