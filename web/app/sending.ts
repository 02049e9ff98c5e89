// Whether a form is on its way. A page that is read anew meanwhile would lose where the answer leads: the router takes the reading
// for a newer wish than the redirect of a form that was sent without leaving the page (a fetcher), and drops that.

import type { DataStrategyResult, MiddlewareFunction } from 'react-router';

let underWay = 0;

export const countsForms: MiddlewareFunction<Record<string, DataStrategyResult>> = async ({ request }, next) => {
  if (request.method === 'GET') return next();
  underWay++;
  try {
    return await next();
  } finally {
    underWay--;
  }
};

export function isSending(): boolean {
  return underWay > 0;
}
