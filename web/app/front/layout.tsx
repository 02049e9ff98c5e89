// The frame of the pages for everybody: landing, getting in, the small print.

import { Link, Outlet, useLoaderData, useRouteError } from 'react-router';
import { Brand } from '../components/brand.tsx';
import { LinkButton } from '../components/button.tsx';
import { ErrorPage } from '../components/error-page.tsx';
import { open } from '../guarded.ts';

export const loader = open(async ({ who, publicUrl }) => ({
  // A front page is shown also while nobody can tell who is asking.
  isIn: (await who().catch(() => null)) !== null,
  docs: `${publicUrl}/docs/api`,
}));

export default function Front() {
  const { isIn, docs } = useLoaderData<typeof loader>();
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#content" className="skip-link">
        Skip to the content
      </a>
      <header className="mx-auto flex h-16 w-full max-w-6xl items-center justify-between gap-3 px-4 sm:px-6">
        <Link to="/" className="flex min-w-0 rounded-control">
          <Brand />
          <span className="sr-only">, to the front page</span>
        </Link>
        <nav aria-label="Account" className="flex gap-1 sm:gap-2">
          {isIn ? (
            <LinkButton to="/dashboard" look="main" small>
              Dashboard
            </LinkButton>
          ) : (
            <>
              <LinkButton to="/login" look="quiet" small>
                Log in
              </LinkButton>
              <LinkButton to="/signup" look="main" small>
                Sign up
              </LinkButton>
            </>
          )}
        </nav>
      </header>
      <main id="content" tabIndex={-1} className="flex-1 outline-none">
        <Outlet />
      </main>
      <footer className="border-t border-hairline">
        <nav aria-label="Small print" className="mx-auto flex max-w-6xl flex-wrap gap-x-6 gap-y-1 px-4 py-5 text-sm text-soft sm:px-6">
          <Link to="/terms" className="py-2 hover:text-ink">
            Terms
          </Link>
          <Link to="/privacy" className="py-2 hover:text-ink">
            Privacy
          </Link>
          <a href={docs} className="min-w-6 py-2 hover:text-ink">
            API
          </a>
        </nav>
      </footer>
    </div>
  );
}

export function ErrorBoundary() {
  return <ErrorPage error={useRouteError()} whole />;
}
