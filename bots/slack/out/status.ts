// Slack's own words for an agent's work in a thread, which come with its Stop button; where the app is not declared an agent, an eyes
// reaction. Both are decoration: nothing waits for them, and nothing fails with them.

import type { Clock } from '#core/ports/clock.ts';
import type { Hints } from '#core/ports/hints.ts';
import type { Log } from '#core/ports/log.ts';
import { SlackNo, type Call } from '../api/call.ts';
import { refs } from '../refs.ts';
import { inOrder } from '#bots/in-order.ts';
import type { TokensOf } from '../tokens-of.ts';

export interface Status {
  /** Work begins in this thread. `message` is the one that asked for it; null where that was a button. */
  working(threadRef: string, initiator: string, message: string | null): void;
  /** Nothing goes on there any more: Slack itself leaves the status as it is for an hour. */
  over(threadRef: string): void;
  /** A post there shows that work goes on. It may be another piece of work than the one that is over. */
  goesOn(threadRef: string): void;
  /** Resolves when all that was begun has ended. */
  ended(): Promise<void>;
}

/** It is marked already, or the app was not given the right to. */
const noMatter: ReadonlySet<string> = new Set(['already_reacted', 'missing_scope']);
const CALL_MS = 5_000;
const RESTED_MOST = 1_000;
const RESTED = 'slack:rested:';
/** An app may be declared an agent, or given the scope, at any time. */
const WITHOUT_MS = 60 * 60_000;
/** How Slack says that an app is no agent or may not say so, or that a workspace has none. */
const noAgents: ReadonlySet<string> = new Set(['not_authorized', 'unknown_method', 'feature_not_enabled', 'not_allowed', 'missing_scope']);

export function slackStatus({
  call,
  tokens,
  hints,
  clock,
  log,
}: {
  readonly call: Call;
  readonly tokens: TokensOf;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly log: Log;
}): Status {
  /** Teams that have no agents, and until when we take that for granted. */
  const without = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  const order = inOrder();
  /** Where somebody said that work is over: this process, or another one that was told of a Stop. */
  const rested = new Set<string>();
  const stopHearing = hints.on((about) => {
    if (about.startsWith(RESTED)) rest(about.slice(RESTED.length));
  });

  function rest(threadRef: string): void {
    rested.add(threadRef);
    if (rested.size > RESTED_MOST) rested.delete(rested.values().next().value!);
  }

  /** What is said later of a thread is what holds. */
  function begin(threadRef: string, work: () => Promise<void>): void {
    const ending = order
      .run(threadRef, work)
      .catch((error: unknown) => log.warn({ error }, 'status not shown'))
      .finally(() => underWay.delete(ending));
    underWay.add(ending);
  }

  async function set(threadRef: string, more: { readonly status: string; readonly initiator_user_id?: string }): Promise<boolean> {
    const { team, channel, thread } = refs.parse(threadRef) ?? { team: '', channel: '', thread: '' };
    const installation = await tokens.of(team);
    if (installation === null || thread === '' || (without.get(team) ?? 0) > clock.now().getTime()) return false;
    try {
      const args = { channel_id: channel, thread_ts: thread, ...more };
      await call('agents.sessions.setStatus', installation.tokens.bot, args, AbortSignal.timeout(CALL_MS));
      return true;
    } catch (error) {
      if (!(error instanceof SlackNo) || !noAgents.has(error.error)) throw error;
      without.set(team, clock.now().getTime() + WITHOUT_MS);
      return false;
    }
  }

  async function look(threadRef: string, message: string): Promise<void> {
    const { team, channel } = refs.parse(threadRef)!;
    const installation = await tokens.of(team);
    if (installation === null) return;
    const args = { channel, timestamp: message, name: 'eyes' };
    await call('reactions.add', installation.tokens.bot, args, AbortSignal.timeout(CALL_MS)).catch((error: unknown) => {
      if (!(error instanceof SlackNo) || !noMatter.has(error.error)) throw error;
    });
  }

  return {
    working(threadRef, initiator, message) {
      rested.delete(threadRef);
      begin(threadRef, async () => {
        const isShown = await set(threadRef, { status: 'processing', initiator_user_id: initiator });
        if (!isShown && message !== null) await look(threadRef, message);
      });
    },
    over(threadRef) {
      rest(threadRef);
      hints.tell(`${RESTED}${threadRef}`);
      begin(threadRef, async () => void (await set(threadRef, { status: 'active' })));
    },
    goesOn(threadRef) {
      if (rested.delete(threadRef)) begin(threadRef, async () => void (await set(threadRef, { status: 'processing' })));
    },
    async ended() {
      stopHearing();
      await Promise.all(underWay);
    },
  };
}
