// What is known of a request to the login engine while it is answered. It is kept beside the request, not passed along,
// because the library calls us back (to write a mail, to tell of a login) without saying for which request.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { SessionId } from '#core/domain/ids.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';

export interface Asking {
  /** The address of the caller, or its network; null when it is not known. */
  readonly caller: string | null;
  readonly cookies: string;
  /** This browser's mark for the person whom the request names; null for a stranger. */
  readonly mark: string | null;
  /** Attempts that were taken, and are given back unless the password or code turns out to be wrong. */
  readonly taken: string[];
  /** `Set-Cookie` lines for the answer. */
  readonly setCookies: string[];
  /** Where the request may replace a session: when its person last showed who they are. A new one starts from there. */
  readonly confirmedAt?: Date;
  /** No mail was written, as its reader asked for many: they may ask again after so many seconds. */
  mailWaitS?: number;
  /** A platform said who somebody is, who then wants to go there. */
  arrived?: { readonly platform: Platform; readonly next: string };
  /** The session that goes on after this request, where the library has looked or begun a new one. */
  session?: SessionId;
}

const storage = new AsyncLocalStorage<Asking>();

export const asking = {
  /** Outside of a request of somebody's browser: a stranger. */
  now: (): Asking => storage.getStore() ?? { caller: null, cookies: '', mark: null, taken: [], setCookies: [] },
  during: <T>(one: Asking, work: () => Promise<T>): Promise<T> => storage.run(one, work),
};
