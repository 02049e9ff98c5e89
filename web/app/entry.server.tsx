// The portal as the host uses it: one function that answers a request. React and the router are bundled in, so that the
// page is rendered by their production code, and by one copy of it, whatever NODE_ENV the process has.

import { PassThrough } from 'node:stream';
import { createReadableStreamFromReadable } from '@react-router/node';
import { renderToPipeableStream } from 'react-dom/server';
import {
  createRequestHandler,
  isRouteErrorResponse,
  ServerRouter,
  type EntryContext,
  type HandleErrorFunction,
  type RouterContextProvider,
  type ServerBuild,
} from 'react-router';
import { contextFor, visitContext, type Visit } from './visit.ts';

export function answerWith(build: ServerBuild): (request: Request, visit: Visit) => Promise<Response> {
  const handle = createRequestHandler(build, 'production');
  return (request, visit) => handle(request, contextFor(visit));
}

export default function renderPage(
  request: Request,
  status: number,
  headers: Headers,
  entry: EntryContext,
  context: RouterContextProvider,
): Promise<Response> {
  const { nonce } = context.get(visitContext);
  return new Promise((resolve, reject) => {
    let shown = false;
    const { pipe, abort } = renderToPipeableStream(<ServerRouter context={entry} url={request.url} nonce={nonce} />, {
      nonce,
      onShellReady() {
        shown = true;
        const body = new PassThrough();
        headers.set('Content-Type', 'text/html; charset=utf-8');
        resolve(new Response(createReadableStreamFromReadable(body), { status, headers }));
        pipe(body);
      },
      onShellError: reject,
      onError(error) {
        // Before the shell is there, onShellError has it.
        if (shown) context.get(visitContext).log.error({ requestId: context.get(visitContext).requestId, error }, 'page broke off');
      },
    });
    request.signal.addEventListener('abort', () => abort(), { once: true });
  });
}

/** What guarded() did not see: errors of the router and of rendering. */
export const handleError: HandleErrorFunction = (error, { request, context }) => {
  if (request.signal.aborted || isRouteErrorResponse(error)) return;
  const { log, requestId } = context.get(visitContext);
  log.error({ requestId, error }, 'page failed');
};
