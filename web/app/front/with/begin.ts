// The way to a platform and back, as forms of ours see it: the login engine makes the address, and the browser goes there.

import { data, redirect } from 'react-router';
import { platformName } from '#core/domain/messages/platforms.ts';
import type { Problem } from '../../problem.ts';
import { notWith } from '../../texts/continue-with.ts';
import type { Visited } from '../../visited.ts';
import { askAuth, backToForm, problemOf, type Said } from '../ask-auth.ts';

/** `connect`: the account of the platform is for whoever is logged in. A no goes back to the form of that intent. */
export async function beginWith(
  visit: Visited,
  { platform, next, intent, connect = false }: { platform: string; next: string; intent: string; connect?: boolean },
) {
  const said = await askAuth(visit, connect ? '/continue-with/connect' : '/continue-with', { platform, next });
  const { url } = said.body;
  if (!said.ok || typeof url !== 'string') return backWith(visit, said, platform, intent);
  return redirect(url, { headers: said.cookies.map((cookie) => ['Set-Cookie', cookie] as [string, string]) });
}

export function backWith(visit: Pick<Visited, 'requestId'>, said: Said, platform: string, intent: string) {
  const problem = problemWith(said, platform, visit.requestId);
  // What every form is told: too many, or confirm who you are.
  if (problem === null) return backToForm(visit, intent, said);
  return data({ intent, values: {}, problem }, { status: said.status });
}

/** null where it has no words of a platform's own. */
export function problemWith(said: Said, platform: string, requestId: string): Problem | null {
  const code = wordIn(said, 'code');
  const words = Object.hasOwn(notWith, code) ? notWith[code]!(platformName(platform)) : null;
  return words && { ...words, code, page: null, requestId, fields: {} };
}

/** Of the engine's answer; empty where it says nothing. */
export function wordIn({ body }: Said, name: string): string {
  const word = body[name];
  return typeof word === 'string' ? word : '';
}

export function anyProblemWith(said: Said, platform: string, requestId: string): Problem {
  return problemWith(said, platform, requestId) ?? problemOf(said, requestId, 'password');
}
