// Where an answer may lead. Every `Location` that leaves this server is looked at here, whoever wrote it: it is a path of ours,
// or an address at an origin that is listed. Anything else leads to the front page and is logged as a bug, since a redirect to
// anywhere is how people are led to a copy of the login page.

import type { RequestHandler } from 'express';
import { isOwnPath } from '#core/domain/accounts/own-address.ts';
import type { Log } from '#core/ports/log.ts';

/** `origins` besides that of `publicUrl`. */
export function checkLocations(settings: { publicUrl: string; origins: readonly string[]; log: Log }): RequestHandler {
  const { publicUrl, log } = settings;
  const known = new Set([publicUrl, ...settings.origins].map((url) => new URL(url).origin));

  return (_request, response, next) => {
    const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => typeof response;
    // Everybody ends up here: Express, the portal, and listeners that write the head themselves.
    response.writeHead = ((...given: unknown[]) => {
      const headers = given.find((each) => typeof each === 'object' && each !== null);
      const location = (headers === undefined ? undefined : locationIn(headers)) ?? response.getHeader('location');
      if (location === undefined || mayLeadTo(location, known)) return writeHead(...given);
      const { requestId, route } = response.locals;
      log.error({ requestId, route }, 'redirect refused');
      response.setHeader('Location', `${publicUrl}/`);
      return writeHead(...given.map((each) => (each === headers ? withoutLocation(each as object) : each)));
    }) as typeof response.writeHead;
    next();
  };
}

export function mayLeadTo(location: unknown, origins: ReadonlySet<string>): boolean {
  if (typeof location !== 'string') return false;
  if (location.startsWith('/')) return isOwnPath(location);
  // Browsers take `https:evil.example` and `https:\\evil.example` for addresses of that host.
  if (!/^https?:\/\/[^\s\\\p{Cc}]+$/iu.test(location) || !URL.canParse(location)) return false;
  const { origin, pathname, username, password } = new URL(location);
  return origins.has(origin) && username === '' && password === '' && !pathname.startsWith('//');
}

/** Node takes headers as an object, or as a list of pairs or of names and values in turn. */
function pairsOf(headers: object): [string, unknown][] {
  if (!Array.isArray(headers)) return Object.entries(headers);
  if (Array.isArray(headers[0])) return headers as [string, unknown][];
  return headers.flatMap((name, n) => (n % 2 === 0 ? [[String(name), headers[n + 1]] as [string, unknown]] : []));
}

function locationIn(headers: object): unknown {
  return pairsOf(headers).find(([name]) => name.toLowerCase() === 'location')?.[1];
}

function withoutLocation(headers: object): object {
  return Object.fromEntries(pairsOf(headers).filter(([name]) => name.toLowerCase() !== 'location'));
}
