// The document around every page: language, theme, nonce, and what all pages know of their reader.

import { useEffect, type ReactNode } from 'react';
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useRouteError, useRouteLoaderData, type MetaFunction } from 'react-router';
import styles from './app.css?url';
import { staysWhenAway } from './away.ts';
import { ErrorPage } from './components/error-page.tsx';
import { open } from './guarded.ts';
import { readReader, TIME_ZONE_COOKIE, type Reader } from './reader.ts';
import type { RootData } from './root-data.ts';
import { countsForms } from './sending.ts';

export const loader = open(({ request, brandName, publicUrl, nonce, now }): RootData => ({
  brandName,
  publicUrl,
  nonce,
  reader: readReader(request.headers, now),
}));

// Around every form and every reading of data while a page is open.
export const clientMiddleware = [countsForms, staysWhenAway];

// Nothing of it changes while a page is open, but for the theme and the time zone, and those reload the document.
export const shouldRevalidate = () => false;

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: loaderData?.brandName }];

export function links() {
  return [
    { rel: 'stylesheet', href: styles },
    { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
  ];
}

export function Layout({ children }: { children: ReactNode }) {
  const root = useRouteLoaderData<RootData>('root');
  const { locale = 'en', theme = 'system' } = root?.reader ?? {};
  // The browser hides a nonce from scripts, and would tell React that it differs.
  const nonce = typeof document === 'undefined' ? root?.nonce : '';
  return (
    <html lang="en" data-locale={locale} {...(theme !== 'system' && { 'data-theme': theme })}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#fbfbfd" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#000000" media="(prefers-color-scheme: dark)" />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function Root() {
  useTimeZoneCookie(useRouteLoaderData<RootData>('root')?.reader);
  return <Outlet />;
}

export function ErrorBoundary() {
  return <ErrorPage error={useRouteError()} whole />;
}

/** The server writes times as its reader's clock shows them from the next page on. */
function useTimeZoneCookie(reader: Reader | undefined) {
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (reader === undefined || zone === reader.timeZone) return;
    document.cookie = `${TIME_ZONE_COOKIE}=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
  }, [reader]);
}
