// What is shown in the place of a page that cannot be. It says what happened, what to do, and which request it was.

import type { ReactNode } from 'react';
import { isRouteErrorResponse, Link, useRouteLoaderData } from 'react-router';
import { useAskedInPlace } from '../away.ts';
import { ConfirmIdentityPage } from './confirm-identity.tsx';
import { isProblem, type Problem } from '../problem.ts';
import { confirmIdentity as words } from '../texts/confirm-identity.ts';
import { buttonClass } from './button.tsx';
import type { RootData } from '../root-data.ts';

const nothingHere = {
  code: 'route.unknown',
  sentence: 'Page not found.',
  wayForward: 'Check the address.',
  page: null,
  requestId: '',
  fields: {},
} satisfies Problem;
const ourFault = {
  ...nothingHere,
  code: 'our.fault',
  sentence: 'Something went wrong on our side.',
  wayForward: 'Reload the page. If it happens again, contact us.',
} satisfies Problem;

/** `whole`: the document has nothing else, not even a header. */
export function ErrorPage({ error, whole = false }: { error: unknown; whole?: boolean }) {
  const problem = problemIn(error);
  useAskedInPlace(problem.confirm ?? null);
  if (problem.confirm !== undefined)
    return asPage(
      <>
        <title>{words.title}</title>
        <ConfirmIdentityPage confirm={problem.confirm} problem={problem.confirm.wrong ? problem : null} />
      </>,
      whole,
    );
  return <Failed problem={problem} whole={whole} />;
}

function asPage(content: ReactNode, whole: boolean) {
  return whole ? <main id="content">{content}</main> : content;
}

function Failed({ problem, whole }: { problem: Problem; whole: boolean }) {
  const brand = useRouteLoaderData<RootData>('root')?.brandName;
  const content = (
    <div className="mx-auto max-w-xl px-6 py-16 sm:py-24">
      <title>{brand === undefined ? problem.sentence : `${problem.sentence} · ${brand}`}</title>
      <h1 className="text-3xl font-semibold">{problem.sentence}</h1>
      <p className="mt-3 text-lg text-soft">{problem.wayForward}</p>
      <p className="mt-8 flex flex-wrap gap-3">
        {problem.page !== null && (
          <Link to={problem.page} className={buttonClass('main')}>
            Continue
          </Link>
        )}
        <Link to="/dashboard" className={buttonClass(problem.page === null ? 'main' : 'plain')}>
          Go to the dashboard
        </Link>
      </p>
      {problem.requestId !== '' && <p className="numbers mt-8 text-sm text-soft">Request {problem.requestId}</p>}
    </div>
  );
  return asPage(content, whole);
}

const cutOff = {
  ...nothingHere,
  code: 'network.away',
  sentence: 'Connection lost.',
  wayForward: 'Check your connection, then reload the page. Nothing you sent is lost.',
} satisfies Problem;

function problemIn(error: unknown): Problem {
  // What a browser throws when a request did not come through.
  if (error instanceof TypeError && typeof navigator !== 'undefined' && /fetch|network|load failed/i.test(error.message)) return cutOff;
  if (!isRouteErrorResponse(error)) return ourFault;
  if (isProblem(error.data)) return error.data;
  return error.status === 404 ? nothingHere : ourFault;
}
