// "Confirm it's you": what the core refuses with `login.confirm` is asked once more, with everything that was typed kept in
// the form that asks. That form goes where the first one went, so one answer both confirms and carries out what was wanted,
// also without JavaScript. It is done for every action in one place (guarded.ts); a page knows nothing of it.

import { data, redirect } from 'react-router';
import { askAuth, placeOf, problemOf, saidIn } from './front/ask-auth.ts';
import { waitFor } from './front/waiting.ts';
import type { ConfirmIdentity, Problem } from './problem.ts';
import type { Who } from './visit.ts';
import type { Visited } from './visited.ts';

/** Fields of the confirmation itself. All others are of the form that it stands in for. */
export const CONFIRMED_PASSWORD = 'confirm-password';
const own = { password: CONFIRMED_PASSWORD, code: 'confirm-code', by: 'confirm-by', team: 'confirm-team' } as const;
/** The engine asks for these itself; they are not written into a page. */
const secrets = new Set(['password', 'current', 'code']);

/** What a form was sent with; null for what is no form of ours with fields alone. The request can still be read. */
export async function fieldsOf(request: Request): Promise<FormData | null> {
  const isForm = request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') === true;
  return request.method === 'POST' && isForm ? request.clone().formData() : null;
}

/** Carries out a confirmation that came with a form, before the form itself. Throws the page that asks again when it was not right. */
export async function confirmFirst(visit: Visited, form: FormData | null): Promise<Visited> {
  if (form === null || !form.has(own.team)) return visit;
  const who = await visit.who();
  if (who === null) return visit; // logged out meanwhile
  const inTeam = await sameTeam(visit, who, textIn(form, own.team));
  if (textIn(form, own.by) === 'link') {
    const { email } = who.loggedIn;
    const said = await askAuth(visit, '/sign-in/magic-link', { email });
    if (!said.ok) throw await askToConfirm(visit, form, problemOf(said, visit.requestId, own.password));
    throw await askToConfirm(visit, form, null, waitFor(visit, email, placeOf(visit.url.pathname)));
  }
  if (!form.has(own.password)) return { ...visit, who: async () => inTeam };
  const headers = new Headers(visit.request.headers);
  const shown = { password: textIn(form, own.password), code: textIn(form, own.code).replaceAll(/\s/g, '') };
  const said = await saidIn(await visit.auth.confirm(headers, shown));
  if (!said.ok) throw await askToConfirm(visit, form, problemOf(said, visit.requestId, own.password));
  return { ...visit, who: async () => ({ ...inTeam, actor: { ...inTeam.actor, confirmedAt: visit.now } }) };
}

/** Who logs in again by a link has a new session, which begins in their own team: the form was about the one they were in. */
async function sameTeam(visit: Visited, who: Who, teamId: string): Promise<Who> {
  if (teamId === who.actor.teamId) return who;
  await visit.app.accounts.chooseTeam(who.actor, teamId);
  return { ...who, actor: { ...(await visit.app.accounts.actorOf(who.loggedIn)), caller: visit.caller } };
}

/** The page that asks. Without a form, that of the page `next`. `cookies` come with a mail that was sent. */
export async function askToConfirm(visit: Visited, form: FormData | null, wrong: Problem | null, cookies?: readonly string[]) {
  if (form === null) return redirect(confirmAddress(visit.url.pathname + visit.url.search));
  const kept = [...form].flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && !name.startsWith('confirm-') && !secrets.has(name) ? [[name, value]] : [],
  );
  const problem: Problem = {
    ...(wrong ?? nothingWrong(visit.requestId)),
    confirm: {
      ...(await whoConfirms(visit)),
      action: visit.url.pathname + visit.url.search,
      back: visit.url.pathname === '/confirm' ? placeOf(visit.url.searchParams.get('next')) : visit.url.pathname,
      kept,
      isSent: cookies !== undefined,
      wrong: wrong !== null,
    },
  };
  const headers = (cookies ?? []).map((cookie) => ['Set-Cookie', cookie] as [string, string]);
  return data(problem, { status: wrong === null ? 403 : 400, headers });
}

export async function whoConfirms(visit: Visited): Promise<Pick<ConfirmIdentity, 'email' | 'hasPassword' | 'twoFactor' | 'teamId'>> {
  const who = await visit.who();
  if (who === null) throw redirect('/login');
  const { hasPassword, twoFactor, email } = await visit.app.accounts.profile(who.actor);
  return { email, hasPassword, twoFactor, teamId: who.actor.teamId };
}

export function confirmAddress(next: string): string {
  return `/confirm?next=${encodeURIComponent(next)}`;
}

function nothingWrong(requestId: string): Problem {
  return { code: 'login.confirm', sentence: '', wayForward: '', page: null, requestId, fields: {} };
}

function textIn(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
