// A stream that Slack tells us of and that no work is shown as: whoever began it got no answer, or died before it could be written down.
// The work is shown in another way, so that one goes.

import type { Context } from '#bots/adapter.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Call } from '../api/call.ts';

/** By then a stream that began well is written down. */
const KNOWN_MS = 15_000;
const CALL_MS = 5_000;

export interface Orphans {
  /** Never rejects, and is not waited for. */
  heard(of: { readonly token: string; readonly channel: string; readonly ts: string }): void;
  /** What is waited for is left as it is. */
  stop(): Promise<void>;
}

interface Needs {
  readonly app: Context<unknown>['app'];
  readonly call: Call;
  readonly clock: Clock;
  readonly log: Log;
}

export function slackOrphans({ app, call, clock, log }: Needs): Orphans {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function removed({ token, channel, ts }: Parameters<Orphans['heard']>[0]): Promise<void> {
    await clock.sleep(KNOWN_MS, stopping.signal);
    if (stopping.signal.aborted) return;
    try {
      if (await app.messages.isStream('slack', ts)) return;
      await call('chat.delete', token, { channel, ts }, AbortSignal.timeout(CALL_MS));
      log.info({ channel }, 'stream of nobody removed');
    } catch (error) {
      log.warn({ channel, error }, 'stream of nobody not removed');
    }
  }

  return {
    heard(of) {
      const work = removed(of).finally(() => underWay.delete(work));
      underWay.add(work);
    },
    async stop() {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
}
