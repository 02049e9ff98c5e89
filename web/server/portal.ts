// The portal's host: hands each request that no other route took to the React Router build in web/build, with who is
// asking and the core, and sets the headers that a page needs. The build brings its own React and router, so nothing of
// them is imported here.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRequest, sendResponse } from '@remix-run/node-fetch-server';
import compression from 'compression';
import express, { type RequestHandler, type Response as Answer } from 'express';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { App } from '#core/flows/app.ts';
import { callerHeader, type Auth, type LoggedIn } from '#core/ports/auth.ts';
import type { Log } from '#core/ports/log.ts';
import type { Visit, Who } from '#web/app/visit.ts';
import { isOurOwn } from './requests/own-origin.ts';
import { untilBack } from './requests/patience.ts';

export interface PortalSettings {
  readonly app: App;
  readonly auth: Auth;
  readonly log: Log;
  readonly publicUrl: string;
  readonly brandName: string;
  readonly operatorEmails: readonly string[];
  readonly startingCredits: number;
  readonly sandboxPages: Visit['sandboxPages'];
  readonly installs: Visit['installs'];
  /** Where files are fetched from after a redirect of ours: pages may show pictures from there. */
  readonly filesOrigin: string | null;
  /** Where people pay: a form that is answered with a redirect may end there. */
  readonly paymentOrigins: readonly string[];
  /** Where people log in with a chat platform: a form leads there too. */
  readonly loginOrigins: readonly string[];
  readonly now: () => Date;
}

/** What `npm run build` makes of web/app. */
const BUILD = path.join(import.meta.dirname, '../build');

type AnswerWith = (build: unknown) => (request: Request, visit: Visit) => Promise<Response>;

/** Rejects when the portal was not built. */
export async function openPortal(settings: PortalSettings): Promise<RequestHandler[]> {
  const file = path.join(BUILD, 'server/index.js');
  if (!existsSync(file)) throw new Error('the portal is not built: npm start builds it, and so does npm run build');
  const build = (await import(pathToFileURL(file).href)) as { entry: { module: { answerWith: AnswerWith } } };
  const answer = build.entry.module.answerWith(build);
  // Each level above costs more time than its bytes are worth on a page.
  return [compression({ level: 4 }), assets(), pages(settings, answer)];
}

// Names of assets hold a hash of their content, so a browser may keep them for good.
function assets(): RequestHandler {
  const hashed = path.join(BUILD, 'client/assets');
  const files = express.static(path.join(BUILD, 'client'), {
    index: false,
    redirect: false,
    setHeaders(response, file) {
      response.set('Cache-Control', file.startsWith(hashed) ? 'public, max-age=31536000, immutable' : 'public, max-age=3600');
    },
  });
  // For the names of most pages nobody needs to look on the disk.
  return (request, response, next) => (path.posix.extname(request.path) === '' ? next() : files(request, response, next));
}

function pages(settings: PortalSettings, answer: (request: Request, visit: Visit) => Promise<Response>): RequestHandler {
  const { protocol, host } = new URL(settings.publicUrl);
  const loopback = /^localhost(:\d+)?$/.exec(host);
  return async (asked, response) => {
    response.locals.route = 'portal';
    // One name for one place: cookies of 127.0.0.1 are not those of localhost.
    if (loopback && asked.method === 'GET' && asked.headers.host === `127.0.0.1${loopback[1] ?? ''}`)
      return response.redirect(307, settings.publicUrl + asked.originalUrl);
    if (!isOurOwn(asked, settings.publicUrl)) throw refuse('origin.foreign');
    if (!isWellFormed(asked.path)) throw refuse('route.unknown'); // the router would write the address into the log

    const nonce = randomBytes(16).toString('base64url');
    const caller = asked.ip ?? 'unknown';
    const request = createRequest(asked, response, { protocol, host });
    request.headers.set(callerHeader, caller); // in the place of what others say of their address
    secureThePage(response, nonce, settings);
    await sendResponse(response, await answer(request, visitOf(settings, request.headers, { nonce, caller, response })));
  };
}

function isWellFormed(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function visitOf(
  { app, auth, log, publicUrl, brandName, operatorEmails, startingCredits, sandboxPages, installs, now }: PortalSettings,
  headers: Headers,
  { nonce, caller, response }: { nonce: string; caller: string; response: Answer },
): Visit {
  let who: Promise<Who | null> | undefined;
  const look = async (): Promise<Who | null> => {
    const loggedIn = await auth.sessionOf(headers);
    if (loggedIn === null) return null;
    const actor = { ...(await app.accounts.actorOf(loggedIn)), caller };
    response.locals.ids = { userId: actor.userId, teamId: actor.teamId, sessionId: loggedIn.sessionId };
    for (const cookie of loggedIn.cookies) response.append('Set-Cookie', cookie);
    return { actor, loggedIn };
  };
  const isNamed = ({ emailVerified, email }: LoggedIn) => emailVerified && operatorEmails.includes(email);
  return {
    app,
    auth,
    log,
    publicUrl,
    brandName,
    nonce,
    caller,
    startingCredits,
    sandboxPages,
    installs,
    requestId: response.locals.requestId,
    now: now(),
    who: () => (who ??= untilBack(response.locals, look)),
    untilBack: (look) => untilBack(response.locals, look),
    waitedMs: () => response.locals.waitedMs ?? 0,
    isOperator: ({ loggedIn }) => isNamed(loggedIn) && loggedIn.twoFactor,
    isOperatorWithoutTwoFactor: ({ loggedIn }) => isNamed(loggedIn) && !loggedIn.twoFactor,
    refused(code) {
      response.locals.refusedAs ??= code;
    },
    named(route) {
      response.locals.route = route.startsWith('/') ? route : `/${route}`;
    },
  };
}

function secureThePage(response: Answer, nonce: string, { filesOrigin, paymentOrigins, loginOrigins }: PortalSettings): void {
  response.set(
    'Content-Security-Policy',
    [
      "default-src 'none'",
      `script-src 'self' 'nonce-${nonce}'`,
      `style-src 'self' 'nonce-${nonce}'`,
      `img-src 'self' data: blob:${filesOrigin === null ? '' : ` ${filesOrigin}`}`,
      "connect-src 'self'",
      "font-src 'self'",
      "manifest-src 'self'",
      "frame-src 'self'",
      // Browsers look at it again where a form's answer redirects.
      ["form-action 'self'", ...paymentOrigins, ...loginOrigins].join(' '),
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  );
  // Other sites learn nothing of our addresses. Within ours a browser must say where a form came from: told to name no
  // referrer at all it sends "Origin: null", and every form without JavaScript is refused.
  response.set('Referrer-Policy', 'same-origin');
  response.set('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
}
