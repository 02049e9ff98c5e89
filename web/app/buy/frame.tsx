// The frame of the pages where credits are bought: members keep their navigation, everybody else sees the front's.

import { useLoaderData, useRouteError } from 'react-router';
import { ErrorPage } from '../components/error-page.tsx';
import Front from '../front/layout.tsx';
import { open } from '../guarded.ts';
import Portal from '../portal.tsx';
import { portalData } from '../portal-data.ts';

export const loader = open(async (visit) => {
  // Shown also while nobody can tell who is asking.
  const who = await visit.who().catch(() => null);
  if (who === null) return { inside: false as const, isIn: false, docs: `${visit.publicUrl}/docs/api` };
  return { inside: true as const, ...(await portalData({ ...visit, ...who })) };
});

export default function BuyFrame() {
  return useLoaderData<typeof loader>().inside ? <Portal /> : <Front />;
}

export function ErrorBoundary() {
  return <ErrorPage error={useRouteError()} whole />;
}
