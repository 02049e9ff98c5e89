// How Slack is, as this process sees it: from what it calls, and from what it is told.

import type { Clock } from '#core/ports/clock.ts';
import type { Gauge, PartHealth } from '#core/ports/health.ts';
import { SlackAway, SlackNo, type Call } from './api/call.ts';

export interface SlackPulse {
  /** The same calls, noticed. */
  watched(call: Call): Call;
  /** Slack told us something. */
  told(): void;
  /** The socket is open, or not any more. */
  socket(isOpen: boolean): void;
  health(): readonly PartHealth[];
  gauges(): readonly Gauge[];
}

/** What Slack says of a token that is no use any more. */
const useless: ReadonlySet<string> = new Set(['account_inactive', 'invalid_auth', 'not_authed', 'token_revoked']);
/** A token that nobody called with for so long may be gone. */
const REFUSED_MS = 10 * 60_000;
/** Errors and tokens that are counted by themselves. */
const KEPT_MOST = 200;
/** Two failures say little: a machine of Slack's may be restarting. */
const FAILURES_LEAST = 3;
/** Where nobody called for so long nobody knows. Shorter than what is an alarm, and longer than answers wait for their next try by then. */
const QUIET_MS = 270_000;

/** `hasSocket`: a socket is to be open. `isOwn`: the app is one workspace's alone, so its token is everybody's. */
export function slackPulse(clock: Clock, { hasSocket, isOwn }: { readonly hasSocket: boolean; readonly isOwn: boolean }): SlackPulse {
  /** Of calls, by Slack's word or `no-answer`. */
  const errors = new Map<string, number>();
  /** Tokens that Slack does not take, and when it last refused them, in ms. */
  const refused = new Map<string, number>();
  const startedMs = nowMs();
  let [failuresInARow, failedMs] = [0, startedMs];
  let toldMs: number | null = null;
  let openedMs: number | null = null;
  let lostMs = startedMs;

  return {
    watched(call) {
      return async (method, token, args, signal) => {
        try {
          const answer = await call(method, token, args, signal);
          failuresInARow = 0;
          refused.delete(token);
          return answer;
        } catch (error) {
          note(token, error);
          throw error;
        }
      };
    },
    told: () => void (toldMs = nowMs()),
    socket(isOpen) {
      if (!isOpen && openedMs !== null) lostMs = nowMs();
      openedMs = isOpen ? (openedMs ?? nowMs()) : null;
    },
    health: () => [
      failuresInARow < FAILURES_LEAST || nowMs() - failedMs >= QUIET_MS
        ? { part: 'Slack', ok: true }
        : { part: 'Slack', ok: false, trouble: `no answer to the last ${failuresInARow} calls` },
      ...(isOwn
        ? [
            refusedNow() === 0
              ? { part: 'Slack token', ok: true }
              : { part: 'Slack token', ok: false, trouble: 'Slack refuses it: install the app again' },
          ]
        : []),
      ...(!hasSocket
        ? []
        : [
            openedMs !== null
              ? { part: 'Slack socket', ok: true }
              : { part: 'Slack socket', ok: false, trouble: `no connection for ${secondsSince(lostMs)} s` },
          ]),
    ],
    gauges: () => [
      ...(toldMs === null
        ? []
        : [gauge('last_event_age_seconds', 'Seconds since Slack last told this process something.', secondsSince(toldMs))]),
      ...(hasSocket
        ? [
            gauge(
              'socket_age_seconds',
              'Seconds that the socket to Slack is open; 0 while it is not.',
              openedMs === null ? 0 : secondsSince(openedMs),
            ),
          ]
        : []),
      gauge('tokens_refused', 'Tokens of workspaces that Slack refused within ten minutes.', refusedNow()),
      ...[...errors].map(([error, count]) => ({
        ...gauge('call_errors', 'Calls of Slack that failed since this process started, by its word for it.', count),
        labels: { error },
      })),
    ],
  };

  function note(token: string, error: unknown): void {
    if (error instanceof SlackAway) [failuresInARow, failedMs] = [failuresInARow + 1, nowMs()];
    if (error instanceof SlackNo) {
      failuresInARow = 0;
      if (useless.has(error.error) && token !== '') refused.set(token, nowMs());
      if (refused.size > KEPT_MOST) refused.delete(refused.keys().next().value!);
    }
    const word = error instanceof SlackNo ? error.error : 'no-answer';
    const named = errors.has(word) || errors.size < KEPT_MOST ? word : 'other';
    errors.set(named, (errors.get(named) ?? 0) + 1);
  }

  function refusedNow(): number {
    return [...refused.values()].filter((ms) => nowMs() - ms < REFUSED_MS).length;
  }

  function nowMs(): number {
    return clock.now().getTime();
  }

  function secondsSince(ms: number): number {
    return Math.max(0, Math.round((nowMs() - ms) / 1000));
  }
}

function gauge(name: string, help: string, value: number): Gauge {
  return { name: `impacter_slack_${name}`, help, value };
}
