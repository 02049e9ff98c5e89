// How the pages of getting in talk to the login engine: as the browser itself would, with its cookies, its origin and its
// address, so that every limit and check holds for forms too. And what the engine's answers mean in words.

import { data, redirect } from 'react-router';
import { isOwnPath } from '#core/domain/accounts/own-address.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { Problem } from '../problem.ts';
import { engineWords } from '../texts/getting-in.ts';
import type { Visited } from '../visited.ts';

export interface Said {
  readonly ok: boolean;
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** `Set-Cookie` lines, which belong on our answer. */
  readonly cookies: readonly string[];
  /** Where it sends people: to show a second factor. */
  readonly location: string | null;
  readonly waitSeconds: number;
}

type Asking = Pick<Visited, 'auth' | 'publicUrl' | 'request'>;

/** With a body it is a POST, without one a link that is followed. */
export async function askAuth({ auth, publicUrl, request }: Asking, path: `/${string}`, body?: object): Promise<Said> {
  const headers = new Headers(request.headers);
  for (const name of ['content-length', 'content-type', 'content-encoding', 'transfer-encoding']) headers.delete(name);
  if (body) headers.set('content-type', 'application/json');
  const answer = await auth.handle(
    new Request(`${publicUrl}/api/auth${path}`, { method: body ? 'POST' : 'GET', headers, ...(body && { body: JSON.stringify(body) }) }),
    'page',
  );
  return saidIn(answer);
}

export async function saidIn(answer: Response): Promise<Said> {
  const text = await answer.text();
  return {
    ok: answer.status < 400,
    status: answer.status,
    body: isJson(answer) && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {},
    cookies: answer.headers.getSetCookie(),
    location: answer.headers.get('location'),
    waitSeconds: Number(answer.headers.get('retry-after') ?? 0),
  };
}

function isJson(answer: Response): boolean {
  return answer.headers.get('content-type')?.includes('json') === true;
}

/** On to another page of ours, with cookies. Scripts of ours follow it too, and they see no `Location`: it is looked at here. */
export function goTo(to: string, ...cookies: readonly (string | readonly string[])[]) {
  return redirect(isOwnPath(to) ? to : '/dashboard', {
    headers: cookies.flat().map((cookie) => ['Set-Cookie', cookie] as [string, string]),
  });
}

/** Back to the form, with what was typed but passwords. `fields` says which field an engine's word is about. */
export function backToForm(
  { requestId }: Pick<Visited, 'requestId'>,
  intent: string,
  said: Said,
  options: { values?: Readonly<Record<string, string>>; password?: string } = {},
) {
  if (said.body['code'] === 'LOGIN_CONFIRM') throw refuse('login.confirm');
  const { values = {}, password = 'password' } = options;
  return data({ intent, values, problem: problemOf(said, requestId, password) }, { status: said.status });
}

export function problemOf({ status, body, waitSeconds }: Said, requestId: string, password: string): Problem {
  const code = typeof body['code'] === 'string' ? body['code'] : '';
  const message = typeof body['message'] === 'string' ? body['message'] : '';
  if (status === 429) {
    const words = code === 'WAIT_OR_LINK' ? engineWords.waitOrLink : code === 'MAILS_ENOUGH' ? engineWords.mails : engineWords.wait;
    return { ...plain, ...words(waitSeconds), code: 'request.too-many', requestId };
  }
  // Its schema says which field it did not like: “[body.email] Invalid email address”.
  const field = code === 'VALIDATION_ERROR' ? /^\[body\.(\w+)\]/.exec(message)?.[1] : undefined;
  const known = engineWords.codes[field === 'email' || field === 'newEmail' ? 'INVALID_EMAIL' : code];
  if (!known) return { ...plain, ...engineWords.fault, code: 'our.fault', requestId };
  const fields = known.field === undefined ? {} : { [known.field === 'password' ? password : known.field]: known.sentence };
  return { ...plain, ...known, code, requestId, fields };
}

const plain = { page: null, fields: {}, wayForward: '' } as const;

/** An address within the portal, or the dashboard: a link in a mail or an address must not lead anywhere else. */
export function placeOf(next: string | null): string {
  return next !== null && next.length <= 500 && isOwnPath(next) ? next : '/dashboard';
}

export function withNext(path: string, next: string): string {
  return next === '/dashboard' ? path : `${path}?next=${encodeURIComponent(next)}`;
}
