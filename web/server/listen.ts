// The server under the routes: how long it waits for slow callers, and how it stops without dropping anybody's request.

import { createServer, ServerResponse, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Running {
  /** Where it really listens, on this machine. */
  readonly url: string;
  /** Takes no new request, lets running ones end within `graceMs`, then cuts them. */
  stop(graceMs?: number): Promise<void>;
}

export interface Patience {
  /** For the head of a request. */
  readonly headersMs: number;
  /** For the body of a request; a large upload has more (requests/body-limit.ts). */
  readonly bodyMs: number;
  /** For a whole request, whatever it is. */
  readonly requestMs: number;
  /** For the next request on the same connection; longer than a balancer's usual 60 s, so that it is the one who closes. */
  readonly idleMs: number;
}

export const usualPatience: Patience = { headersMs: 15_000, bodyMs: 20_000, requestMs: 600_000, idleMs: 65_000 };
const GRACE_MS = 10_000;

/** Rejects when the port is taken. Port 0 takes any that is free. */
export async function listen(
  handle: RequestListener,
  options: {
    port: number;
    host?: string;
    patience?: Partial<Patience>;
    /** What to send for bytes that are no request. */
    unreadable: (error: NodeJS.ErrnoException) => string;
    stopping(): void;
  },
): Promise<Running> {
  const { headersMs, requestMs, idleMs } = { ...usualPatience, ...options.patience };
  const server = createServer({
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: Math.min(5_000, headersMs),
  });
  let stopped: Promise<void> | undefined;
  /** The newest on each connection. */
  const answers = new WeakMap<Duplex, ServerResponse>();

  const accept: RequestListener = (request, response) => {
    // A connection outlives its requests, and must not outlive the server.
    response.once('close', () => stopped && setImmediate(() => server.closeIdleConnections()));
    answers.set(request.socket, response);
    handle(request, response);
  };
  server.on('request', accept);
  // Node would ask for any body here. Ours is asked for once its length is known to be allowed (requests/body-limit.ts).
  server.on('checkContinue', accept);
  // Node would hang up without a word.
  server.on('connect', (request, socket) => {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.once('finish', () => (socket as Socket).destroySoon());
    socket.on('error', () => socket.destroy());
    handle(request, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET') return void socket.destroy();
    const answer = answers.get(socket);
    const isHalfAnswered = answer?.headersSent && !answer.writableFinished;
    if (socket.writable && !isHalfAnswered) socket.write(options.unreadable(error));
    (socket as Socket).destroySoon();
  });
  await listening(server, options.port, options.host);
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    stop(graceMs = GRACE_MS) {
      stopped ??= new Promise((done) => {
        const cut = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(cut);
          done();
        });
        options.stopping();
      });
      return stopped;
    },
  };
}

async function listening(server: Server, port: number, host: string | undefined): Promise<void> {
  await new Promise<void>((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      failed(error.code === 'EADDRINUSE' ? new Error(`port ${port} is taken by another program`, { cause: error }) : error),
    );
    server.listen(port, host, done);
  });
}
