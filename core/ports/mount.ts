// An address of our HTTP server that somebody else than its routes answers: a platform's adapter, or a sandbox. It speaks
// Node's own words, so that nobody but the server needs Express.

import type { IncomingMessage, ServerResponse } from 'node:http';

/** The body comes unread, because platforms sign its bytes. */
export interface Mount {
  /** Without one, all methods; `handle` then refuses those that it doesn't know. */
  readonly method?: 'GET' | 'POST';
  readonly path: `/${string}`;
  /** Everything below the path too. */
  readonly below?: boolean;
  /** What its body may be, where that differs from what the server takes elsewhere. More is refused with 413 before it is read. */
  readonly body?: BodySize;
  /** A `Refusal` that it throws is answered as one, anything else as a bug of ours. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
}

export interface BodySize {
  readonly mostBytes: number;
  /** Gives a large body more time: as long as it takes at this rate, on top of what every body has. */
  readonly bytesPerSecond?: number;
}

/** A page where a person can try what a sandbox plays. */
export interface SandboxPage {
  readonly title: string;
  readonly path: `/${string}`;
}
