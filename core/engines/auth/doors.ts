// What of better-auth can be reached at all, by whom, and what may be said there. It has more than we use: what would go
// past the audit log, tell a page's scripts a session's token, or change a person without a notice is left out. So is every
// field that is not listed, above all those that name an address to be sent on to, and every request that holds broken text:
// the database takes no NUL, and what it says then would look like a fault of ours.

import { refuse } from '#core/domain/refusals/refusal.ts';
import { isIntact } from '#core/domain/text/text.ts';

interface Door {
  readonly method: 'GET' | 'POST';
  /** Of the body, or of the query of a GET. */
  readonly fields: readonly string[];
  /** Links in mails lead to pages of ours, where it takes a press of a button; only those pages may use a link. */
  readonly pagesOnly?: true;
}

export const doors: Readonly<Record<string, Door>> = {
  '/sign-up/email': { method: 'POST', fields: ['email', 'password', 'name'] },
  '/send-verification-email': { method: 'POST', fields: ['email'] },
  '/confirm-sign-up': { method: 'POST', fields: ['token', 'password'], pagesOnly: true },
  '/confirm-sign-up/new-password': { method: 'POST', fields: ['token', 'newPassword'], pagesOnly: true },
  '/sign-in/email': { method: 'POST', fields: ['email', 'password', 'rememberMe'] },
  '/sign-in/magic-link': { method: 'POST', fields: ['email'] },
  '/magic-link/verify': { method: 'GET', fields: ['token'], pagesOnly: true },
  '/continue-with': { method: 'POST', fields: ['platform', 'next'], pagesOnly: true },
  '/continue-with/connect': { method: 'POST', fields: ['platform', 'next'], pagesOnly: true },
  '/continue-with/back': { method: 'GET', fields: ['platform', 'state', 'code', 'error', 'iss'], pagesOnly: true },
  '/continue-with/keep': { method: 'POST', fields: [], pagesOnly: true },
  '/sign-out': { method: 'POST', fields: [] },
  '/request-password-reset': { method: 'POST', fields: ['email'] },
  '/reset-password': { method: 'POST', fields: ['token', 'newPassword'] },
  '/change-password': { method: 'POST', fields: ['currentPassword', 'newPassword', 'revokeOtherSessions'] },
  '/new-address': { method: 'POST', fields: ['newEmail', 'password'] },
  '/new-address/confirm': { method: 'POST', fields: ['token'], pagesOnly: true },
  '/two-factor/enable': { method: 'POST', fields: ['password'] },
  '/two-factor/disable': { method: 'POST', fields: ['password'] },
  '/two-factor/verify-totp': { method: 'POST', fields: ['code'] },
  '/two-factor/verify-backup-code': { method: 'POST', fields: ['code'] },
  '/two-factor/generate-backup-codes': { method: 'POST', fields: ['password'] },
};

/** Who asks: a page of ours, in the name of whoever looks at it, or anybody at /api/auth. */
export type Asker = 'page' | 'outside';

/**
 * The request as the engine gets it, with what its door takes and nothing else; else the answer in its place. Rejects with
 * `request.malformed` and `request.wrong-type`.
 */
export async function throughDoor(request: Request, by: Asker): Promise<Request | Response> {
  const { pathname, searchParams } = new URL(request.url);
  const path = pathname.replace(/^\/api\/auth/, '');
  const door = pathname.startsWith('/api/auth/') && Object.hasOwn(doors, path) ? doors[path]! : null;
  if (door === null || door.method !== request.method || (door.pagesOnly && by !== 'page')) return new Response(null, { status: 404 });

  const url = new URL(pathname, request.url);
  const headers = new Headers(request.headers);
  if (door.method === 'GET') {
    if (![...searchParams].flat().every(isIntact)) throw refuse('request.malformed');
    for (const name of door.fields) if (searchParams.has(name)) url.searchParams.set(name, searchParams.get(name)!);
    return new Request(url, { headers });
  }
  const said = await bodyOf(request);
  for (const name of ['content-length', 'content-encoding', 'transfer-encoding']) headers.delete(name);
  headers.set('content-type', 'application/json');
  const body = Object.fromEntries(door.fields.flatMap((name) => (Object.hasOwn(said, name) ? [[name, said[name]]] : [])));
  return new Request(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  const text = await request.text();
  if (text === '') return {};
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) throw refuse('request.wrong-type');
  const said = readIntact(text);
  if (typeof said !== 'object' || said === null || Array.isArray(said)) throw refuse('request.malformed');
  return said as Record<string, unknown>;
}

function readIntact(text: string): unknown {
  let intact = true;
  const look = (name: string, value: unknown) => {
    intact &&= isIntact(name) && (typeof value !== 'string' || isIntact(value));
    return value;
  };
  try {
    const said: unknown = JSON.parse(text, look);
    if (intact) return said;
  } catch {
    // Refused below.
  }
  throw refuse('request.malformed');
}
