// What we remember about a request while it is answered.

import type { Arriving, BodyLimit } from './body-limit.ts';

declare global {
  namespace Express {
    interface Locals {
      requestId: string;
      /** The template, such as /api/tasks/:id: addresses themselves hold ids and links. */
      route?: string;
      /** The code of the refusal that it was answered with, for the security log. */
      refusedAs?: string;
      /** How much of its body is read. */
      bodyLimit?: BodyLimit;
      /** How long it waited for a database that was away. */
      waitedMs?: number;
      /** Its body, where it has one. */
      arriving?: Arriving;
      /** Ids for the request's line in the log. */
      ids?: Readonly<Record<string, string>>;
    }
  }
}
