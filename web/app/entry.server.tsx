// The portal as the host uses it: one function that answers a request. React and the router are bundled in, so that the
// page is rendered by their production code, and by one copy of it, whatever NODE_ENV the process has.

import { Writable } from 'node:stream';
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
    // All data is there before a page is rendered, so parts would bring nothing sooner, and each of them costs.
    const { pipe, abort } = renderToPipeableStream(<ServerRouter context={entry} url={request.url} nonce={nonce} />, {
      nonce,
      onAllReady() {
        headers.set('Content-Type', 'text/html; charset=utf-8');
        preloadChat(entry, headers);
        const parts: Buffer[] = [];
        const whole = new Writable({
          write: (part: Buffer, _encoding, done) => (parts.push(part), done()),
          final: (done) => (resolve(new Response(Buffer.concat(parts), { status, headers })), done()),
        });
        pipe(whole);
      },
      onShellError: reject,
      onError(error) {
        if (!request.signal.aborted) reject(error);
      },
    });
    request.signal.addEventListener('abort', () => abort(), { once: true });
  });
}

/** Where a request is written, and where it leads to; by the names of their routes. */
const chat = ['work/dashboard', 'work/conversation'];
/** The frame of all pages for people who are logged in, and the page that greets them. */
const before = new Set(['portal', 'front/welcome']);

/**
 * Has the browser load the scripts of the chat with the first page that leads there. A router that lacks the script of a
 * page loads the whole document, and if we are away by then, the browser's own error is all that is left.
 */
function preloadChat({ manifest, staticHandlerContext: { matches } }: EntryContext, headers: Headers): void {
  if (!matches.some(({ route }) => before.has(route.id))) return;
  const scripts = chat.map((id) => manifest.routes[id]!).flatMap((page) => [page.module, ...(page.imports ?? [])]);
  headers.set('Link', [...new Set(scripts)].map((url) => `<${url}>; rel=modulepreload`).join(', '));
}

/** What guarded() did not see: errors of the router and of rendering. */
export const handleError: HandleErrorFunction = (error, { request, context }) => {
  if (request.signal.aborted || isRouteErrorResponse(error)) return;
  const { log, requestId } = context.get(visitContext);
  log.error({ requestId, error }, 'page failed');
};
