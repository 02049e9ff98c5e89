// What we remember about a request while it is answered.

declare global {
  namespace Express {
    interface Locals {
      requestId: string;
      /** The template, such as /api/tasks/:id: addresses themselves hold ids and links. */
      route?: string;
      /** Ids for the request's line in the log. */
      ids?: Readonly<Record<string, string>>;
    }
  }
}

export {};
