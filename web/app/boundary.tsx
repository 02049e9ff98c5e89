// Stands around every page inside of its frame: when a page fails, the frame stays.

import { Outlet, useRouteError } from 'react-router';
import { ErrorPage } from './components/error-page.tsx';

export default function Boundary() {
  return <Outlet />;
}

export function ErrorBoundary() {
  return <ErrorPage error={useRouteError()} />;
}
