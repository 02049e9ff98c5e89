// How much of a request is read, and for how long. Every body of every address is bounded here, before any handler sees
// the request: by the length it declares, by the bytes that really come, and by the time they take. A handler may read
// less than it is allowed to; nobody reads more.

import { Router, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { refuse, type Refusal } from '#core/domain/refusals/refusal.ts';
import type { BodySize } from '#core/ports/mount.ts';

export interface BodyLimit extends BodySize {
  /** Says it better than `request.too-large`. */
  readonly tooLarge?: (request: Request) => Refusal;
}

/** Enough for the longest text in any notation: 20,000 characters at 12 bytes each (an escaped emoji), and the fields around it. */
export const usualBody: BodyLimit = { mostBytes: 256_000 };

/**
 * A caller who is refused while still sending loses the answer when we close at once. So we go on reading for a moment, and
 * throw away what comes.
 */
const DISCARD_MS = 5_000;
const MOST_DISCARDED = 8_000_000;

export interface Bounds {
  /** What an address allows where that differs from `usualBody`. Paths as Express writes them. */
  readonly limits: readonly { readonly path: string | string[]; readonly body: BodyLimit }[];
  /** For a body to arrive whole. */
  readonly bodyMs: number;
  /** Answers a request that is cut off while its handler waits for the rest. */
  readonly answer: ErrorRequestHandler;
}

export function boundBodies({ limits, bodyMs, answer }: Bounds): RequestHandler {
  const limitOf = lookUp(limits);
  return (request, response, next) => {
    if (!hasBody(request)) return next();
    const { mostBytes, bytesPerSecond = Infinity, tooLarge = () => refuse('request.too-large') } = limitOf(request, response);
    const declared = declaredLength(request);
    const arriving = new Arriving(request, response, {
      mostBytes,
      withinMs: bodyMs + ((declared ?? mostBytes) / bytesPerSecond) * 1000,
      cutOff: (why) => answer(why === 'too large' ? tooLarge(request) : refuse('request.too-slow'), request, response, next),
    });
    response.locals.arriving = arriving;
    if (declared !== null && declared > mostBytes) throw tooLarge(request);
    if (waitsForContinue(request)) response.writeContinue();
    next();
  };
}

// Express itself finds the limit of an address, so that no spelling of it has another one than its handler.
function lookUp(limits: Bounds['limits']): (request: Request, response: Response) => BodyLimit {
  const router = Router();
  for (const { path, body } of limits) {
    router.all(path, (_request, response, next) => {
      response.locals.bodyLimit = body;
      next();
    });
  }
  // What it found for an address as it is written there is so each time.
  const written = new Set(limits.flatMap(({ path }) => path));
  const found = new Map<string, BodyLimit>();
  return (request, response) => {
    const known = found.get(request.url);
    if (known !== undefined) return known;
    router(request, response, () => undefined);
    const limit = response.locals.bodyLimit ?? usualBody;
    if (written.has(request.url)) found.set(request.url, limit);
    return limit;
  };
}

export function hasBody({ headers }: Pick<Request, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The body is sent once we ask for it. Node refuses every other expectation, and takes this one from HTTP/1.1 alone. */
function waitsForContinue({ headers, httpVersion }: Request): boolean {
  return httpVersion === '1.1' && /(?:^|\W)100-continue(?:$|\W)/i.test(headers.expect ?? '');
}

/** null where a body comes in chunks. Node takes no request that says both, or a length that is none. */
function declaredLength({ headers }: Request): number | null {
  return headers['content-length'] === undefined ? null : Number(headers['content-length']);
}

/** A body on its way. */
export class Arriving {
  readonly #request: Request;
  readonly #response: Response;
  readonly #cutOff: (why: 'too large' | 'too slow') => void;
  #mostBytes: number;
  #bytes = 0;
  #discarding = false;
  #timer: NodeJS.Timeout;
  #over = () => {};
  /** It was answered before its body ended, and the rest is not wanted. */
  isCutOff = false;

  constructor(
    request: Request,
    response: Response,
    { mostBytes, withinMs, cutOff }: { mostBytes: number; withinMs: number; cutOff: (why: 'too large' | 'too slow') => void },
  ) {
    this.#request = request;
    this.#response = response;
    this.#cutOff = cutOff;
    this.#mostBytes = mostBytes;
    this.#timer = setTimeout(() => this.#end('too slow'), withinMs).unref();
    response.once('close', () => {
      // An answer is closed once it is sent, also while the rest of its request is still thrown away.
      if (request.socket.destroyed) clearTimeout(this.#timer);
    });
    // Somebody was answered who has not finished asking. Node would read the rest however long it is.
    response.once('prefinish', () => {
      if (!request.complete && !this.#discarding) this.#discard(usualBody.mostBytes);
    });
    // Whatever the parser reads passes here, whether a handler wants it or not.
    const push = request.push.bind(request);
    request.push = (chunk: Buffer | null, encoding?: BufferEncoding) => this.#take(chunk, (piece) => push(piece, encoding));
  }

  /**
   * Sends the answer to a request whose body has not ended. What little is left is read first, so that the connection can
   * be used again; where it may be much, the connection is closed.
   */
  answer(text: string, tooSlow: boolean): void {
    const response = this.#response;
    const declared = declaredLength(this.#request);
    if (!tooSlow && declared !== null && declared - this.#bytes <= usualBody.mostBytes && !this.#discarding) {
      this.#discard(usualBody.mostBytes);
      response.end(text);
      return;
    }
    this.isCutOff = true;
    response.set('Connection', 'close');
    // Whoever waits for the body learns that it does not come.
    this.#request.socket.once('close', () => this.#request.destroy());
    if (tooSlow) {
      response.end(text);
      return;
    }
    response.set({ 'Content-Length': String(Buffer.byteLength(text)), 'Cache-Control': 'no-store, no-transform' });
    response.write(text); // a whole answer already; its end would close the connection
    this.#over = () => response.end();
    this.#discard(MOST_DISCARDED);
  }

  #take(chunk: Buffer | null, push: (chunk: Buffer | null) => boolean): boolean {
    if (chunk === null) {
      clearTimeout(this.#timer);
      if (!this.#discarding) return push(null);
      this.#over();
      return false;
    }
    this.#bytes += chunk.length;
    if (this.#bytes > this.#mostBytes) this.#end('too large');
    return this.#discarding || push(chunk);
  }

  #end(why: 'too large' | 'too slow'): void {
    clearTimeout(this.#timer);
    if (this.#response.headersSent) this.#request.socket.destroy();
    else this.#cutOff(why);
  }

  #discard(most: number): void {
    clearTimeout(this.#timer);
    this.#discarding = true;
    this.#mostBytes = this.#bytes + most;
    this.#timer = setTimeout(() => this.#request.socket.destroy(), DISCARD_MS).unref();
    this.#request.read(); // a request that nobody has read from yet would be emptied by Node, uncounted
    this.#request.resume();
  }
}
