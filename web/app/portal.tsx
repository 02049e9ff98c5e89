// The frame of every page for members: where one is, what is left to spend, and who one is.

import { ChevronDown, CircleUserRound } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Form, Link, NavLink, Outlet, useLoaderData, useLocation, useRouteError } from 'react-router';
import { Brand } from './components/brand.tsx';
import { classes } from './components/classes.ts';
import { CreditBadge } from './components/credit-badge.tsx';
import { ErrorPage } from './components/error-page.tsx';
import { PageProgress } from './components/progress.tsx';
import { guarded } from './guarded.ts';
import { LiveProvider, useLive } from './live.tsx';
import { portalData } from './portal-data.ts';
import { Shortcuts } from './shortcuts/shortcuts.tsx';
import { offline } from './texts/portal.ts';
import { forgetDrafts } from './work/drafts/drafts.ts';

export const loader = guarded('login', portalData);

export default function Portal() {
  const { balance, cursor, teamId } = useLoaderData<typeof loader>();
  return (
    <LiveProvider key={teamId} balance={balance} cursor={cursor}>
      <PageProgress />
      <Shortcuts />
      <SkipLink />
      <Header />
      <Offline />
      <main id="content" tabIndex={-1} className="outline-none">
        <Outlet />
      </main>
    </LiveProvider>
  );
}

export function ErrorBoundary() {
  return <ErrorPage error={useRouteError()} whole />;
}

function SkipLink() {
  return (
    <a href="#content" className="skip-link">
      Skip to the content
    </a>
  );
}

/** What is shown stays, and says that it may be old. */
function Offline() {
  const { isOffline } = useLive();
  return (
    <div role="status">
      {isOffline && <p className="border-b border-hairline bg-warn-wash px-4 py-2 text-center text-sm font-medium text-warn">{offline}</p>}
    </div>
  );
}

function Header() {
  const { places } = useLoaderData<typeof loader>();
  const { balance } = useLive();
  const isTask = /^\/(tasks|conversations)\b/.test(useLocation().pathname);
  return (
    <header className="portal-header">
      <div className="mx-auto flex h-full max-w-[96rem] items-center gap-3 px-4 sm:gap-6 sm:px-6">
        <Link to="/dashboard" className="flex min-w-0 rounded-control">
          <Brand />
          <span className="sr-only">, to your tasks</span>
        </Link>
        <nav aria-label="Main" className="hidden gap-1 sm:flex">
          {places.map(({ to, label }) => (
            <NavLink
              key={to}
              to={to}
              className={({ isActive }) =>
                classes(
                  'rounded-full px-3.5 py-1.5 text-sm font-medium',
                  isActive || (to === '/dashboard' && isTask) ? 'bg-sunken text-ink' : 'text-soft hover:text-ink',
                )
              }
            >
              {label}
            </NavLink>
          ))}
        </nav>
        <div className="ml-auto flex items-center gap-2">
          <CreditBadge balance={balance} to={places.some(({ to }) => to === '/credits') ? '/credits' : null} />
          <AccountMenu />
        </div>
      </div>
    </header>
  );
}

function AccountMenu() {
  const { places, name, email, team } = useLoaderData<typeof loader>();
  const menu = useMenu();
  const item = 'flex min-h-11 w-full items-center rounded-control px-3 text-left text-sm hover:bg-sunken';
  return (
    <details ref={menu} className="relative">
      <summary className="flex min-h-11 items-center gap-1 rounded-full px-2 text-soft hover:bg-sunken hover:text-ink" aria-label="Account">
        <CircleUserRound aria-hidden className="size-6" />
        <ChevronDown aria-hidden className="size-4" />
      </summary>
      <div className="portal-menu">
        <div className="border-b border-hairline px-3 pt-1.5 pb-3">
          <p className="truncate font-medium">{name}</p>
          <p className="truncate text-sm text-soft">{email}</p>
          <p className="mt-1 truncate text-sm text-soft">Team: {team}</p>
        </div>
        <ul className="pt-2">
          {places.map(({ to, label }) => (
            <li key={to} className="sm:hidden">
              <Link to={to} className={item}>
                {label}
              </Link>
            </li>
          ))}
          <li>
            <Link to="/settings" className={item}>
              Settings
            </Link>
          </li>
          <li>
            <Form method="post" action="/logout" reloadDocument onSubmit={forgetDrafts}>
              <button type="submit" className={item}>
                Log out
              </button>
            </Form>
          </li>
        </ul>
      </div>
    </details>
  );
}

/** A menu that closes when one goes somewhere, presses Escape, or turns to something else. */
function useMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const { pathname } = useLocation();
  useEffect(() => menu.current?.removeAttribute('open'), [pathname]);
  useEffect(() => {
    const close = (event: Event) => {
      const details = menu.current;
      if (details?.open !== true) return;
      if (event instanceof KeyboardEvent ? event.key !== 'Escape' : details.contains(event.target as Node)) return;
      details.open = false;
      if (event instanceof KeyboardEvent) details.querySelector('summary')?.focus();
    };
    document.addEventListener('keydown', close);
    document.addEventListener('pointerdown', close);
    return () => {
      document.removeEventListener('keydown', close);
      document.removeEventListener('pointerdown', close);
    };
  }, []);
  return menu;
}
