// Bolt sorts what Slack tells us. It is loaded after the start where a real Slack is connected, and
// else by the first request: a start that nobody talks to need not pay for it.

import { App, LogLevel, type AckFn, type Logger, type ReceiverEvent } from '@slack/bolt';
import type { Log } from '#core/ports/log.ts';

/** What came of it, once every listener has returned. */
export interface Handled {
  readonly acknowledged: boolean;
  readonly answer: unknown;
}

export interface Bolt {
  /** Rejects with what a listener rejects with: then it is not written down, and must not be acknowledged. */
  handle(body: Record<string, unknown>, about: About): Promise<Handled>;
}

export interface About {
  /** `performance.now()` when the request came. */
  readonly cameMs: number;
  /** Whose app was told. */
  readonly team: string;
}

/** Registers what listens, one listener a kind: of several, Bolt does not say which one failed. */
export type Listen = (app: App) => void;

export function openBolt(listen: Listen, log: Log): Bolt {
  const teams = new WeakMap<object, string>();
  const app = new App({
    receiver: { init: () => undefined, start: async () => undefined, stop: async () => undefined },
    // No token: Bolt's client is never used. Whose event it is stands in it, and the app is known to be there.
    authorize: async (_, body) => ({ teamId: teams.get(body as object)! }),
    // Our own posts confirm our letters.
    ignoreSelf: false,
    convoStore: false,
    tokenVerificationEnabled: false,
    logger: quietLogger(log),
    clientOptions: { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
  });
  // An error that is swallowed here is an event that is acknowledged.
  app.error(async (error) => {
    throw error.original ?? error;
  });
  listen(app);
  return {
    async handle(body, { cameMs, team }) {
      teams.set(body, team);
      // Bolt calls this before its listeners run, and comes to an end when all of them have returned: only then is it answered.
      let handled: Handled = { acknowledged: false, answer: undefined };
      const ack: AckFn<unknown> = async (answer) => void (handled = { acknowledged: true, answer });
      await app.processEvent({ body, ack: ack as ReceiverEvent['ack'], customProperties: { cameMs } });
      return handled;
    },
  };
}

/** Its lines may hold what somebody said, so only that there was one is logged. */
function quietLogger(log: Log): Logger {
  const note = (level: string) => () => log.warn({ level }, 'Bolt warns');
  const nothing = () => undefined;
  return {
    getLevel: () => LogLevel.WARN,
    setLevel: nothing,
    setName: nothing,
    debug: nothing,
    info: nothing,
    warn: note('warn'),
    error: note('error'),
  };
}
