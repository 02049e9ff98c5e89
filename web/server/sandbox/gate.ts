// Pages of sandboxes show what would be sent to people: links that log in, and codes. They are for whoever started the
// product, who was told a link with a token. A browser that opened it once is known by a cookie; programs send the token.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { Mount } from '#core/ports/mount.ts';
import { digest, sameSecret } from '../requests/secret.ts';

const COOKIE = 'sandbox';
const COOKIE_S = 30 * 24 * 60 * 60;

/** Where pages of sandboxes are. */
const BELOW = /^\/sandbox(\/|$)/i;

/** Closes the mounts of sandboxes to those who do not have the token; without one, to everybody. */
export function gateSandboxes(mounts: readonly Mount[], token: string | undefined): Mount[] {
  return mounts.map((mount) => (BELOW.test(mount.path) ? { ...mount, handle: gated(mount.handle, token) } : mount));
}

function gated(handle: Mount['handle'], token: string | undefined): Mount['handle'] {
  return (request, response) => {
    if (token === undefined) throw refuse('route.unknown');
    const url = new URL(request.url ?? '', 'http://here');
    const shown = url.searchParams.get('token');
    if (shown !== null && request.method === 'GET' && sameSecret(shown, token)) return letIn(url, response, token);
    if (!isKnown(request, token)) throw refuse('sandbox.closed');
    return handle(request, response);
  };
}

/** To the same page by its clean address, so that the token stays out of the history and of what is shared. */
function letIn(url: URL, response: ServerResponse, token: string): void {
  url.searchParams.delete('token');
  response.setHeader('Set-Cookie', `${COOKIE}=${cookieOf(token)}; Path=/sandbox; Max-Age=${COOKIE_S}; HttpOnly; SameSite=Strict`);
  response.setHeader('Location', url.pathname + url.search);
  response.writeHead(303).end();
}

function isKnown({ headers }: IncomingMessage, token: string): boolean {
  if (sameSecret(headers.authorization ?? '', `Bearer ${token}`)) return true;
  const cookies = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return cookies.some((pair) => sameSecret(pair, `${COOKIE}=${cookieOf(token)}`));
}

/** Whoever reads the cookie does not have the link. */
function cookieOf(token: string): string {
  return digest(`cookie ${token}`).toString('base64url');
}
