// What a page does when we can't be reached, or answer with an error that no page of ours is made of: a proxy's 502, a
// connection that is refused or cut. The router would put an error in the place of the page, and what somebody wrote would
// be gone. Instead a form gets its answer like any other that was not carried out, with everything that was sent, and a
// page that only reads its data anew stays as it is.

import { useEffect } from 'react';
import { data, isRouteErrorResponse, type DataStrategyResult, type MiddlewareFunction } from 'react-router';
import { isProblem, type ConfirmIdentity, type Problem } from './problem.ts';
import { away } from './texts/portal.ts';

type Results = Record<string, DataStrategyResult>;

/** What a form that did not come through is answered with. */
export interface NotSent {
  readonly intent?: string;
  readonly problem: Problem;
  /** The fields as they were sent: whoever sends them again sends the same `key`, and is taken once. */
  readonly sent: readonly (readonly [name: string, value: string])[];
}

export const staysWhenAway: MiddlewareFunction<Results> = async ({ request }, next) => {
  const isForm = request.method !== 'GET';
  const form = isForm ? await request.clone().formData() : null;
  const results = await next();
  const failed = Object.entries(results).filter(([, { type }]) => type === 'error');
  const problems = failed.map(([route, { result }]) => [route, problemIn(result)] as const);
  if (form === null && failed.length === 0) neverShown = null;
  // Nobody waits for it any more; or somebody is sent on, or told no.
  if (request.signal.aborted || failed.length === 0 || problems.some(([, problem]) => problem === null)) return results;
  if (form !== null) return Object.fromEntries(problems.map(([route, problem]) => [route, answer(form, problem!)]));
  // An error page has no data to keep, so it stays an error page until its data comes.
  if (!isShown(request.url)) neverShown = request.url;
  if (neverShown === request.url) return results;
  missed = true;
  return {}; // the router keeps the data of routes that it hears nothing of
};

/** The page in whose place an error stands, as its data has not come yet. */
let neverShown: string | null = null;

let missed = false;

/** Whether reading a page's data anew has failed since this was last asked. */
export function takeMissed(): boolean {
  const was = missed;
  missed = false;
  return was;
}

/** The page that asks people who they are, while it stands in the place of another page's form. */
let asked: ConfirmIdentity | null = null;

export function useAskedInPlace(confirm: ConfirmIdentity | null): void {
  useEffect(() => {
    asked = confirm;
    return () => {
      asked = null;
    };
  }, [confirm]);
}

function answer(form: FormData, problem: Problem): DataStrategyResult {
  if (asked !== null) {
    const again: Problem = { ...problem, confirm: { ...asked, isSent: false, wrong: true } };
    return { type: 'error', result: { status: 503, statusText: '', internal: false, data: again } };
  }
  const sent = [...form].flatMap(([name, value]): [string, string][] => (typeof value === 'string' ? [[name, value]] : []));
  const intent = form.get('intent');
  const notSent: NotSent = { ...(typeof intent === 'string' && { intent }), problem, sent };
  // With a status of trouble the router does not read the page's data anew.
  return { type: 'data', result: data(notSent, 503) };
}

/** null for what an error page is the right answer to. */
function problemIn(error: unknown): Problem | null {
  if (error instanceof Response) return null;
  if (!isRouteErrorResponse(error)) return notReached;
  if (error.status < 500) return null;
  return isProblem(error.data) ? error.data : notReached;
}

const notReached: Problem = { code: 'network.away', ...away, page: null, requestId: '', fields: {} };

export function isAway(problem: Problem | null): problem is Problem {
  return problem?.code === notReached.code;
}

/** It is the page's own data, read anew. */
function isShown(url: string): boolean {
  const { pathname, search } = new URL(url);
  return pathname === location.pathname && search === location.search;
}

/** What a form was sent with that did not come through; null where it did. */
export function sentIn(answer: unknown, name: string): string[] | null {
  if (typeof answer !== 'object' || answer === null || !('sent' in answer)) return null;
  return (answer as NotSent).sent.flatMap(([field, value]) => (field === name ? [value] : []));
}
