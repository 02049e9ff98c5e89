// What the server is started with, and what its routes are made of.

import type { RequestHandler } from 'express';
import type { App } from '#core/flows/app.ts';
import type { Auth } from '#core/ports/auth.ts';
import type { Log } from '#core/ports/log.ts';
import type { Mount, SandboxPage } from '#core/ports/mount.ts';
import type { SecurityLog } from '#core/ports/security-log.ts';
import type { Keys } from './requests/keys.ts';
import type { Patience } from './listen.ts';
import type { Metrics } from './metrics.ts';
import type { Streams } from './streams.ts';

/** What can be asked of the core over HTTP, the portal's pages apart. */
type HttpApp = Pick<App, 'tasks' | 'messages' | 'files' | 'credits' | 'billing' | 'accounts' | 'team' | 'live' | 'operator'>;

export interface WebSettings {
  readonly app: HttpApp;
  readonly auth: Auth;
  readonly log: Log;
  readonly security: SecurityLog;
  /** Where people reach us, without a slash at the end. */
  readonly publicUrl: string;
  readonly brandName: string;
  /** Opens /metrics to whoever shows it; without one only this machine may look. */
  readonly metricsToken?: string;
  /** How many proxies stand in front and say who is calling (Express's "trust proxy"). Without one nobody's word is taken. */
  readonly trustProxy?: number | string;
  /** Addresses that bots and sandboxes answer. */
  readonly mounts?: readonly Mount[];
  /** Origins that our answers may lead to, besides our own: where files are. */
  readonly leadsTo?: readonly string[];
  /** Where to report a security problem, as addresses with `mailto:` or `https:`. Published. */
  readonly securityContacts?: readonly string[];
  /** Answers whatever is left, the front page too. */
  readonly portal?: readonly RequestHandler[];
  /** Opens the pages of sandboxes, which are below /sandbox; without one they are not there. */
  readonly sandboxToken?: string;
  /** Answers only those who call us by our own name or one of this machine. */
  readonly loopbackOnly?: boolean;
  /** Named on the front page. */
  readonly sandboxPages?: readonly SandboxPage[];
  /** For tests. */
  readonly nowMs?: () => number;
  readonly patience?: Partial<Patience>;
}

/** What routes are made of. */
export interface Parts {
  readonly app: HttpApp;
  readonly auth: Auth;
  readonly log: Log;
  readonly publicUrl: string;
  readonly brandName: string;
  readonly keys: Keys;
  readonly streams: Streams;
  readonly metrics: Metrics;
  readonly nowMs: () => number;
}

/** Those of them that routes about these nouns need. */
export type PartsFor<Noun extends keyof HttpApp> = Omit<Parts, 'app'> & { readonly app: Pick<HttpApp, Noun> };
