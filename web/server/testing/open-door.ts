// The HTTP door on an ephemeral port, in front of whatever core a test has.

import { onTestFinished } from 'vitest';
import type { App } from '#core/flows/app.ts';
import type { Auth } from '#core/ports/auth.ts';
import type { Log } from '#core/ports/log.ts';
import { createSecurityLog } from '#core/engines/log/security-log.ts';
import { createWeb } from '../web.ts';
import type { WebSettings } from '../parts.ts';

export interface Door {
  readonly url: string;
  /** The templates of all routes. */
  readonly routes: readonly string[];
  /** What was logged: level, facts, words. */
  readonly lines: readonly Line[];
  /** Asks for a path; `key` is sent as a bearer, `json` as the body of a POST. */
  readonly fetch: (path: string, options?: Asking) => Promise<Response>;
  readonly stop: (graceMs?: number) => Promise<void>;
}

export interface Line {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly facts: Record<string, unknown>;
  readonly words: string;
}

type Asking = Omit<RequestInit, 'headers'> & { key?: string; json?: unknown; headers?: Record<string, string> };

/** Some of the core's verbs. */
export type SomeVerbs = { readonly [Noun in keyof App]?: Partial<App[Noun]> };

/** Only what is given can be asked of the core; the rest would be a bug of the test. It stops with the test. */
export async function openDoor(app: SomeVerbs, settings: Partial<WebSettings> = {}): Promise<Door> {
  const { lines, log } = keptLog();
  const web = createWeb({
    app: { ...app, live: { onSessionEnd: () => () => {}, ...app.live } } as App,
    auth: nobody,
    log,
    security: createSecurityLog(log, Buffer.alloc(32)),
    publicUrl: 'http://impacter.test',
    brandName: 'Impacter',
    ...settings,
  });
  const running = await web.start(0, '127.0.0.1');
  onTestFinished(() => running.stop(0));
  return {
    url: running.url,
    routes: web.express.router.stack.flatMap(({ route }) => route?.path ?? []),
    lines,
    stop: (graceMs) => running.stop(graceMs),
    fetch: (path, { key, json, headers, ...options } = {}) =>
      fetch(running.url + path, {
        redirect: 'manual',
        ...(json !== undefined && { method: 'POST', body: JSON.stringify(json) }),
        ...options,
        headers: {
          ...(key && { Authorization: `Bearer ${key}` }),
          ...(json !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
      }),
  };
}

/** No cookie is anybody's. */
export const nobody = { sessionOf: async () => null } as unknown as Auth;

function keptLog(): { lines: Line[]; log: Log } {
  const lines: Line[] = [];
  const at = (level: Line['level']) => (facts: object, words: string) => lines.push({ level, facts: { ...facts }, words });
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log };
  return { lines, log };
}
