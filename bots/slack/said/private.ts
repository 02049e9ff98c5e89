// What concerns one person: Slack shows a post to them alone.

import { AGAIN_MS, forOne, type ForOne } from '#bots/for-one.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
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

export type Private = ForOne<Recipient>;

const CALL_MS = 5_000;
const POSTS_MOST = 5;

interface Needs {
  readonly call: Call;
  readonly tokens: TokensOf;
  readonly clock: Clock;
  readonly log: Log;
}

export function slackPrivate({ call, tokens, clock, log }: Needs): Private {
  return forOne<Recipient>({
    async post({ team, channel, thread, user }, reply, patiently) {
      const installation = await tokens.of(team);
      if (installation === null) return;
      for (const { text, blocks } of renderSlack(reply).slice(0, POSTS_MOST)) {
        const args = { channel, user, text, blocks, parse: 'none', link_names: false, ...(thread !== null && { thread_ts: thread }) };
        await patiently(() => call('chat.postEphemeral', installation.tokens.bot, args, AbortSignal.timeout(CALL_MS)));
      }
    },
    againAfterMs: (error) => (error instanceof SlackNo ? error.retryAfterMs : AGAIN_MS),
    about: ({ team }) => ({ team }),
    clock,
    log,
  });
}
