// Socket Mode: one connection, opened by us, over which Slack tells what it would otherwise tell over HTTP. Not by Slack's own client:
// it gives up for good, with an error that nobody catches, when it cannot ask for a new address, and counts its waits by its pings.

import { z } from 'zod';
import type { Clock } from '#core/ports/clock.ts';
import { SlackNo, type Call } from '../api/call.ts';
import type { SlackPulse } from '../health.ts';
import { converse } from './conversation.ts';
import { taker, type TakeDeps } from './take.ts';

export interface SocketDeps extends TakeDeps {
  readonly appToken: string;
  readonly call: Call;
  readonly pulse: Pick<SlackPulse, 'socket'>;
  readonly clock: Clock;
}

export interface SlackSocket {
  /** Takes nothing more; resolves when what was begun has ended, and the connection too. */
  stop(): Promise<void>;
}

const CALL_MS = 5_000;
const AGAIN_MS = 1_000;
const AGAIN_MOST_MS = 30_000;
/** A connection that ended sooner was none, or we would ask for one after another. */
const LIVED_MS = 10_000;

/** What Slack says of a token that is no use. */
const useless: ReadonlySet<string> = new Set([
  'account_inactive',
  'invalid_auth',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'not_authed',
  'token_revoked',
]);

/**
 * Rejects where the token is wrong. Where Slack is away it goes on trying, besides. There is never more than one connection: the
 * next one is asked for once the last one is closed, and what Slack wants to tell meanwhile it tells later.
 */
export async function openSlackSocket(deps: SocketDeps): Promise<SlackSocket> {
  const { appToken, call, pulse, clock, log } = deps;
  const take = taker(deps);
  const stopping = new AbortController();
  /** Ms that Slack wants us to wait. */
  let askedMs = 0;
  const running = run(await newAddress().catch(unlessUseless));
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };

  async function run(first: string | null): Promise<void> {
    let failures = 0;
    for (let address = first; !stopping.signal.aborted; address = await newAddress().catch(tryLater)) {
      const beganMs = performance.now();
      const ended =
        address === null ? null : await converse(address, { take, log, opened: () => pulse.socket(true), stopping: stopping.signal });
      pulse.socket(false);
      failures = ended !== null && performance.now() - beganMs > LIVED_MS ? 0 : failures + 1;
      // Slack moves each connection to another machine now and then.
      const isUsual = ended?.wasGreeted === true && failures <= 1;
      if (ended !== null) log.info({ ...ended, failures }, 'connection to Slack ended');
      await pause(isUsual ? 0 : Math.min(AGAIN_MS * 2 ** (failures - 1), AGAIN_MOST_MS) * (0.5 + Math.random() / 2));
    }
  }

  async function pause(ms: number): Promise<void> {
    const longest = Math.max(ms, askedMs);
    askedMs = 0;
    if (longest > 0) await clock.sleep(longest, stopping.signal);
  }

  async function newAddress(): Promise<string> {
    const signal = AbortSignal.any([AbortSignal.timeout(CALL_MS), stopping.signal]);
    return openedSchema.parse(await call('apps.connections.open', appToken, {}, signal)).url;
  }

  function tryLater(error: unknown): null {
    if (error instanceof SlackNo) askedMs = error.retryAfterMs ?? 0;
    if (!stopping.signal.aborted) log.warn({ error }, 'no connection to Slack; it is tried again');
    return null;
  }

  function unlessUseless(error: unknown): null {
    if (!(error instanceof SlackNo) || !useless.has(error.error)) return tryLater(error);
    throw new Error(
      'Slack does not take SLACK_APP_TOKEN. Create an app-level token with connections:write under “Basic Information” of your app.',
      { cause: error },
    );
  }
}

const openedSchema = z.object({ url: z.url({ protocol: /^wss?$/ }).max(2_000) });
