// Every no has one shape. What we can explain is a refusal and says so; anything else is a bug of ours, of which the
// caller learns the request's id and nothing more.

import type { ErrorRequestHandler, Request, Response } from 'express';
import type { WrongField } from '#core/contracts/api.ts';
import { isRefusal, refuse, type Refusal, type RefusalCode } from '#core/domain/refusals/refusal.ts';
import type { Log } from '#core/ports/log.ts';
import { html, startPage } from '../html.ts';

export interface ErrorAnswer {
  readonly error: {
    readonly code: RefusalCode | typeof bug.code;
    readonly message: string;
    readonly wayForward: string;
    readonly requestId: string;
    /** Which parts of the request to mend. */
    readonly fields?: readonly WrongField[];
    /** A page where a person can do something about it. */
    readonly page?: string;
  };
}

/** `portalUrl` is null where there is no portal to lead to. */
export function answerErrors({
  log,
  portalUrl,
  brandName,
}: {
  log: Log;
  portalUrl: string | null;
  brandName: string;
}): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, request, response, _next) => {
    const refusal = refusalOf(error);
    if (refusal) response.locals.refusedAs = refusal.code;
    const facts = { requestId: response.locals.requestId, route: response.locals.route, error };
    // Who hangs up in the middle of an upload makes it fail; that is nobody's fault.
    if (response.destroyed) return log.debug(facts, 'request cut off');
    // Who was told that a body is too large or too slow was answered then; its handler finds out later.
    if (response.locals.arriving?.isCutOff) return log.debug(facts, 'request cut off');
    if (!refusal) log.error(facts, 'request failed');
    if (response.headersSent) {
      response.destroy(); // half an answer must not look like a whole one
      return;
    }
    const { status, headers, answer } = say(refusal, response.locals.requestId, portalUrl);
    response.status(status).set(headers);
    const text = wantsPage(request) ? errorPage(response, answer, { brandName, portalUrl }) : asJson(response, answer);
    if (response.locals.arriving && !request.complete) response.locals.arriving.answer(text, refusal?.code === 'request.too-slow');
    else response.send(text);
  };
}

/** What an error means for the caller; null when it is a bug. */
function refusalOf(error: unknown): Refusal | null {
  if (isRefusal(error)) return error;
  // Express and its body parser mark what the caller did wrong with a status; else a malformed address would be our fault.
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (status === 413) return refuse('request.too-large');
  if (status === 415) return refuse('request.wrong-type');
  return typeof status === 'number' && status >= 400 && status < 500 ? refuse('request.malformed') : null;
}

const bug = {
  code: 'our.fault',
  status: 500,
  sentence: 'Something went wrong on our side.',
  wayForward: 'Try again. If it happens again, contact us with the request id.',
  page: null,
} as const;

export function say(refusal: Refusal | null, requestId: string, portalUrl: string | null) {
  const { code, status, sentence, wayForward, page } = refusal ?? bug;
  const fields = refusal ? fieldsOf(refusal) : [];
  const answer: ErrorAnswer = {
    error: {
      code,
      message: sentence,
      wayForward,
      requestId,
      ...(fields.length > 0 && { fields }),
      ...(page && portalUrl !== null && { page: portalUrl + page }),
    },
  };
  return { status, headers: refusal ? headersOf(refusal) : {}, answer };
}

function fieldsOf({ code, sentence, facts }: Refusal): readonly WrongField[] {
  if (code === 'request.invalid') return (facts as { fields: readonly WrongField[] }).fields;
  const name = fieldBehind[code];
  return name === undefined ? [] : [{ name, problem: sentence }];
}

/** Refusals of the core that are about one field of a request. */
const fieldBehind: Partial<Record<RefusalCode, string>> = {
  'ask.empty': 'requestText',
  'ask.too-long': 'requestText',
  'quantity.too-many': 'requestText',
  'quantity.not-positive': 'requestText',
  'quantity.not-whole': 'requestText',
  'type.unknown': 'requestText', // only words in the text reach the core unread
  'files.too-many': 'files',
  'files.missing': 'files',
  'conversation.not-found': 'conversationId',
};

function headersOf({ status, facts }: Refusal): Record<string, string> {
  if (status === 401) return { 'WWW-Authenticate': 'Bearer' };
  if ('waitSeconds' in facts) return { 'Retry-After': String(facts.waitSeconds) };
  return status === 503 ? { 'Retry-After': '5' } : {};
}

/** A browser that opens one of our addresses gets words; a program gets JSON, and so does everybody who asks the API. */
function wantsPage(request: Request): boolean {
  return !request.path.startsWith('/api/') && request.accepts(['json', 'html']) === 'html';
}

function errorPage(
  response: Response,
  { error }: ErrorAnswer,
  { brandName, portalUrl }: { brandName: string; portalUrl: string | null },
): string {
  const page = error.page ?? (portalUrl === null ? undefined : `${portalUrl}/`);
  const main = html`<h1>${error.message}</h1>
    <p>${error.wayForward}</p>
    ${page === undefined ? '' : html`<p><a href="${page}">${page}</a></p>`}
    <p class="small">${brandName} · request ${error.requestId}</p>`;
  return startPage(response, { title: error.message, brandName, main });
}

function asJson(response: Response, answer: ErrorAnswer): string {
  response.type('json');
  return JSON.stringify(answer);
}
