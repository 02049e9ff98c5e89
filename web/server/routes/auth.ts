// Logging in, for programs and for links: hands what comes to /api/auth on to the login engine, which keeps its own rules
// about how often something may be tried. What sets a session or changes one comes from a page of ours, also where nobody is
// logged in yet: else any site could log its visitors in, to an account of its own. Links in mails are not used here at all.

import { createRequest, sendResponse } from '@remix-run/node-fetch-server';
import express, { type Request as Asked, type Response as Answer } from 'express';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { callerHeader } from '#core/ports/auth.ts';
import type { BodyLimit } from '../requests/body-limit.ts';
import { isOurOwn } from '../requests/own-origin.ts';
import type { Route } from '../route.ts';
import type { Parts } from '../parts.ts';

/** Addresses, passwords and codes are short. */
const body: BodyLimit = { mostBytes: 20_000 };
const parse = express.raw({ type: () => true, limit: body.mostBytes, inflate: false });

export function authRoutes({ auth, publicUrl }: Pick<Parts, 'auth' | 'publicUrl'>): Route[] {
  const { protocol, host } = new URL(publicUrl);

  async function handle(asked: Asked, response: Answer) {
    if (!isOurOwn(asked, publicUrl)) throw refuse('origin.foreign');
    const sent = asked.method === 'POST' ? await bodyOf(asked, response) : null;
    const { url, method, headers } = createRequest(asked, response, { protocol, host });
    headers.set(callerHeader, asked.ip ?? 'unknown'); // in the place of what others say of their address
    const answer = await auth.handle(new Request(url, { method, headers, body: sent }), 'outside');
    if (answer.status === 404) throw refuse('route.unknown');
    answer.headers.set('Cache-Control', 'no-store');
    await sendResponse(response, answer);
  }

  return [{ path: '/api/auth/*rest', GET: handle, POST: handle, body }];
}

async function bodyOf(asked: Asked, response: Answer): Promise<Uint8Array<ArrayBuffer>> {
  await new Promise<void>((done, failed) => parse(asked, response, (error) => (error ? failed(error) : done())));
  return asked.body instanceof Uint8Array ? new Uint8Array(asked.body) : new Uint8Array();
}
