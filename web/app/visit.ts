// What a request to the portal brings along: the core, who is asking, and how to talk to them. The host fills it anew for
// each request; loaders and actions get it through guarded() and open().

import { createContext, RouterContextProvider } from 'react-router';
import type { Actor } from '#core/domain/actor.ts';
import type { App } from '#core/flows/app.ts';
import type { Auth, LoggedIn } from '#core/ports/auth.ts';
import type { Log } from '#core/ports/log.ts';

export interface Visit {
  readonly app: App;
  readonly auth: Auth;
  readonly log: Log;
  readonly brandName: string;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly requestId: string;
  /** For scripts and styles that stand in the page. */
  readonly nonce: string;
  /** The caller's address, for rate limits. */
  readonly caller: string;
  /** What a new person gets; credits. */
  readonly startingCredits: number;
  /** Pages of the sandboxes of this start. */
  readonly sandboxPages: readonly { readonly title: string; readonly path: string }[];
  /** Where an app of ours is added to a workspace of a chat platform. */
  readonly installs: readonly { readonly platform: string; readonly title: string; readonly path: string }[];
  readonly now: Date;
  /** Who is logged in, asked for once in a request however often it is needed; null for a stranger. */
  who(): Promise<Who | null>;
  /** Looks again while the database is away, for as long as a person may wait for that in one request. */
  untilBack<T>(look: () => Promise<T>): Promise<T>;
  /** How much of that time is over. */
  waitedMs(): number;
  /** One of those who run the product: OPERATOR_EMAILS names their verified address, and they have two-factor on. */
  isOperator(who: Who): boolean;
  /** Named there, and without two-factor: they are told to turn it on. */
  isOperatorWithoutTwoFactor(who: Who): boolean;
  /** The request is answered with this refusal: the security log wants to know. */
  refused(code: string): void;
  /** For the request's line in the log: the route's template, never the address itself. */
  named(route: string): void;
}

export interface Who {
  readonly actor: Actor;
  readonly loggedIn: LoggedIn;
}

export const visitContext = createContext<Visit>();

export function contextFor(visit: Visit): RouterContextProvider {
  const context = new RouterContextProvider();
  context.set(visitContext, visit);
  return context;
}
