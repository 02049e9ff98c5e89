// What concerns one person, as a post that nobody else sees. It is shown after the event was confirmed, as well as it goes: nothing
// that matters is only said this way.

import type { Show } from '#core/flows/chats/answer.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import { SlackNo, type Call } from '../api/call.ts';
import { renderSlack } from '../draw/render.ts';
import type { TokensOf } from '../tokens-of.ts';

export interface Recipient {
  readonly team: string;
  readonly channel: string;
  /** null outside of threads. */
  readonly thread: string | null;
  readonly user: string;
}

export interface Private {
  /** At once. `key` is the gesture's: however often it is told, it is shown once by this process. */
  show(key: string, to: Recipient, show: Show): void;
  tell(key: string, to: Recipient, reply: Reply): void;
  /** Waited for before everything stops. Must not reject. */
  attempt(work: Promise<unknown>): void;
  /** Resolves when all that was begun has ended; nothing is tried again then. */
  ended(): Promise<void>;
}

const CALL_MS = 5_000;
const TRIES = 3;
const AGAIN_MS = 1_000;
const POSTS_MOST = 5;
const KEPT_MOST = 2_000;

export function slackPrivate({
  call,
  tokens,
  clock,
  log,
}: {
  readonly call: Call;
  readonly tokens: TokensOf;
  readonly clock: Clock;
  readonly log: Log;
}): Private {
  const shown = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  const stopping = new AbortController();

  function tell(key: string, to: Recipient, reply: Reply): void {
    if (shown.has(key)) return;
    shown.add(key);
    if (shown.size > KEPT_MOST) shown.delete(shown.keys().next().value!);
    attempt(
      post(to, reply).catch((error: unknown) => {
        // Told again, it is tried again.
        shown.delete(key);
        log.warn({ team: to.team, error }, 'private answer not shown');
      }),
    );
  }

  function attempt(work: Promise<unknown>): void {
    const ending = work.finally(() => underWay.delete(ending));
    underWay.add(ending);
  }

  return {
    tell,
    attempt,
    show(key, to, show) {
      if (show.kind === 'private') tell(key, to, show.reply);
    },
    async ended() {
      stopping.abort();
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };

  async function post({ team, channel, thread, user }: Recipient, reply: Reply): Promise<void> {
    const installation = await tokens.of(team);
    if (installation === null) return;
    for (const { text, blocks } of renderSlack(reply).slice(0, POSTS_MOST)) {
      const args = { channel, user, text, blocks, parse: 'none', link_names: false, ...(thread !== null && { thread_ts: thread }) };
      await patiently(() => call('chat.postEphemeral', installation.tokens.bot, args, AbortSignal.timeout(CALL_MS)));
    }
  }

  async function patiently(work: () => Promise<unknown>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await work();
        return;
      } catch (error) {
        const isFinal = error instanceof SlackNo && error.retryAfterMs === null;
        if (isFinal || tries === TRIES || stopping.signal.aborted) throw error;
        await clock.sleep(error instanceof SlackNo ? error.retryAfterMs! : AGAIN_MS, stopping.signal);
        if (stopping.signal.aborted) throw error;
      }
    }
  }
}
