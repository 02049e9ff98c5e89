// Every loader and action of the portal is made by one of these, so that who may see or do something is said in one word
// beside it. A refusal of a loader becomes the page of an error; one of an action goes back to its form.

import { data, redirect } from 'react-router';
import { mustBeAllowed, type Permission } from '#core/domain/team/permission.ts';
import { isAnswer, isRefusal, refuse, type Refusal } from '#core/domain/refusals/refusal.ts';
import { isIntact } from '#core/domain/text/text.ts';
import { askToConfirm, confirmFirst, fieldsOf as fieldsIn } from './confirm-identity.ts';
import type { Problem } from './problem.ts';
import { visitContext, type Visit, type Who } from './visit.ts';
import type { Args, Visited } from './visited.ts';

/** For members who may do this. Strangers are sent to log in, and come back afterwards. `login` is enough: any member. */
export function guarded<T>(permission: Permission | 'login', work: (visit: Visited<Who>) => Promise<T>) {
  return made(async (visit) => {
    const who = await visit.who();
    if (who === null) throw redirect(loginAddress(visit));
    if (permission !== 'login') mustBeAllowed(who.actor, permission);
    return work({ ...visit, ...who });
  });
}

/** For everybody: `who` tells whether somebody is logged in. */
export function open<T>(work: (visit: Visited) => Promise<T> | T) {
  return made(async (visit, form) => {
    mustBeIntact(form);
    return work(visit);
  });
}

/** For those who run the product, with two-factor on. To everybody else the page does not exist. */
export function operators<T>(work: (visit: Visited<Who>) => Promise<T>) {
  return made(async (visit) => {
    const who = await visit.who();
    if (who === null) throw redirect(loginAddress(visit));
    if (visit.isOperatorWithoutTwoFactor(who)) throw refuse('operator.two-factor');
    if (!visit.isOperator(who)) {
      visit.refused('not.allowed');
      throw refuse('route.unknown');
    }
    return work({ ...visit, ...who });
  });
}

function made<T>(work: (visit: Visited, form: FormData | null) => Promise<T>) {
  return async ({ request, params, context, pattern, url }: Args): Promise<T> => {
    const visit = context.get(visitContext);
    visit.named(pattern);
    const here: Visited = { ...visit, request, params, url };
    let form: FormData | null = null;
    try {
      form = await fieldsIn(request);
      return await work(await confirmFirst(here, form), form);
    } catch (error) {
      if (isRefusal(error) && error.code === 'login.confirm') throw await askToConfirm(here, form, null);
      throw answerTo(error, visit, request);
    }
  };
}

/** Forms for everybody take addresses, passwords and codes. What members write is cleaned instead: they may have pasted it. */
function mustBeIntact(form: FormData | null): void {
  const isBroken = (value: unknown) => typeof value === 'string' && !isIntact(value);
  if (form !== null && [...form].flat().some(isBroken)) throw refuse('request.malformed');
}

/** Where a stranger logs in, and then goes on to what was asked for. */
function loginAddress({ request, url }: Visited): string {
  const next = request.method === 'GET' ? url.pathname + url.search : '/dashboard';
  return next === '/dashboard' ? '/login' : `/login?next=${encodeURIComponent(next)}`;
}

function answerTo(error: unknown, visit: Visit, request: Request) {
  if (isMadeOnPurpose(error) || request.signal.aborted) return error;
  const refusal = isRefusal(error) ? error : null;
  tell(error, refusal, visit);
  return data(problemOf(refusal, visit.requestId), { status: refusal?.status ?? 500 });
}

/** Redirects and answers that were made on purpose go their way. */
function isMadeOnPurpose(error: unknown): boolean {
  return error instanceof Response || (typeof error === 'object' && error !== null && 'type' in error && 'init' in error);
}

function tell(error: unknown, refusal: Refusal | null, { refused, log, requestId }: Pick<Visit, 'refused' | 'log' | 'requestId'>): void {
  if (refusal !== null) refused(refusal.code);
  else log.error({ requestId, error }, 'page failed');
}

export function problemOf(refusal: Refusal | null, requestId: string): Problem {
  return refusal
    ? {
        code: refusal.code,
        sentence: refusal.sentence,
        wayForward: refusal.wayForward,
        page: refusal.page,
        requestId,
        fields: fieldsOf(refusal),
        isAnswer: isAnswer(refusal.code),
      }
    : {
        code: 'our.fault',
        sentence: 'Something went wrong on our side.',
        wayForward: 'Try again. If it happens again, contact us with the request id.',
        page: null,
        requestId,
        fields: {},
      };
}

function fieldsOf({ facts }: Refusal): Record<string, string> {
  const { fields } = facts as { fields?: readonly { name: string; problem: string }[] };
  return Object.fromEntries((fields ?? []).map(({ name, problem }) => [name, problem]));
}

/**
 * Runs what a form asked for. What is refused, or fails on our side, goes back to the form, with what was typed still in it:
 * nothing a person wrote is lost. `work` gives the answer for the case that it went well, mostly a redirect; `typed` is for a form that
 * needs it back without JavaScript.
 */
export async function attempt<T, Typed extends object>(
  visit: Pick<Visited, 'requestId' | 'refused' | 'log' | 'request'>,
  intent: string,
  work: () => Promise<T>,
  typed?: Typed | ((refusal: Refusal | null) => Typed),
) {
  try {
    return await work();
  } catch (error) {
    if (isMadeOnPurpose(error) || visit.request.signal.aborted) throw error;
    const refusal = isRefusal(error) ? error : null;
    if (refusal?.code === 'login.confirm') throw error;
    tell(error, refusal, visit);
    return data(
      { intent, problem: problemOf(refusal, visit.requestId), typed: typeof typed === 'function' ? typed(refusal) : typed },
      { status: refusal?.status ?? 500 },
    );
  }
}

/** What was sent with a form: every field as text, with spaces around it cut off; what is missing is empty. */
export async function readForm(request: Request): Promise<{
  intent: string;
  text(name: string): string;
  all(name: string): string[];
  /** With spaces at its ends: they are part of a password. */
  untouched(name: string): string;
}> {
  const form = await request.formData().catch(() => {
    throw refuse('request.malformed');
  });
  const all = (name: string) => form.getAll(name).flatMap((value) => (typeof value === 'string' ? [value.trim()] : []));
  const text = (name: string) => all(name)[0] ?? '';
  const untouched = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  return { intent: text('intent'), text, all, untouched };
}
