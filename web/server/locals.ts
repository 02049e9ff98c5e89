// What we remember about a request while it is answered.

declare global {
  namespace Express {
    interface Locals {
      requestId: string;
      /** The template, such as /api/tasks/:id: addresses themselves hold ids and links. */
      route?: string;
      /** The code of the refusal that it was answered with, for the security log. */
      refusedAs?: string;
      /** Ids for the request's line in the log. */
      ids?: Readonly<Record<string, string>>;
    }
  }
}

export {};
