// The first line of a request, looked at before anything else reads it. What is no address of ours and what is no method of the
// web is refused here: routers, the portal and the database fail over such things, each in its own way, and a failure of ours
// is what operators are woken for.

import { STATUS_CODES, type IncomingMessage, type RequestListener } from 'node:http';
import type { RequestHandler } from 'express';
import { newId, type Id } from '#core/domain/ids.ts';
import { refuse, type Refusal } from '#core/domain/refusals/refusal.ts';
import type { Log } from '#core/ports/log.ts';
import { say } from './errors.ts';

/** Methods that some address may know. Each address refuses those that it does not. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const answered = ['GET', 'HEAD', 'POST'];

const elsewhere = new WeakSet<IncomingMessage>();

/** Express itself fails over targets that do not begin as a path does: `*`, `http://host/path`, `host:443`. It gets none. */
export function onlyPaths(handle: RequestListener): RequestListener {
  return (request, response) => {
    if (!/^\/(?!\/)/.test(request.url ?? '')) {
      elsewhere.add(request);
      request.url = '/';
    }
    handle(request, response);
  };
}

export const checkRequestLine: RequestHandler = (request, response, next) => {
  if (!methods.includes(request.method)) {
    response.set('Allow', answered.join(', '));
    throw refuse('method.wrong', { allowed: answered });
  }
  if (elsewhere.has(request) || !isIntactTarget(request.url)) throw refuse('request.malformed');
  next();
};

/** Escapes in a path stand for UTF-8, and for no control characters. A query may hold lines and tabs, as texts do. */
function isIntactTarget(target: string): boolean {
  // As most are: nothing in it is escaped.
  if (/^[\w\-./~]+$/.test(target)) return true;
  const [path, query = ''] = cutAt(target, '?');
  try {
    if (/\p{Cc}/u.test(decodeURIComponent(path))) return false;
  } catch {
    return false;
  }
  return [...new URLSearchParams(query)].flat().every((text) => !/[^\P{Cc}\t\r\n]/u.test(text));
}

function cutAt(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** What is sent for bytes that are no request at all. */
export function answerUnreadable(log: Log, portalUrl: string | null): (error: NodeJS.ErrnoException) => string {
  return ({ code = 'unknown' }) => {
    const refusal = unreadable[code] ?? refuse('request.malformed');
    const requestId = newId<Id<'request'>>();
    const { status, answer } = say(refusal, requestId, portalUrl);
    log.info({ requestId, status, code }, 'request could not be read');
    const body = JSON.stringify(answer);
    return [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      'Cache-Control: no-store',
      'X-Content-Type-Options: nosniff',
      'Connection: close',
      '',
      body,
    ].join('\r\n');
  };
}

const unreadable: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: refuse('request.too-large'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: refuse('request.too-large'),
  ERR_HTTP_REQUEST_TIMEOUT: refuse('request.too-slow'),
};
