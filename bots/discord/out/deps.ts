import type { Context } from '#bots/adapter.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Budgets } from '#core/ports/poster.ts';
import type { Call } from '../api/call.ts';
import type { DiscordSettings } from '../settings.ts';
import type { AnswerTokens } from './answer-tokens.ts';

/** What whoever speaks in Discord needs. */
export interface OutDeps {
  readonly call: Call;
  readonly settings: Pick<DiscordSettings, 'apiUrl' | 'applicationId' | 'cdnHosts' | 'historyEveryMs' | 'messageContent' | 'nonceTrustMs'>;
  readonly budgets: Budgets;
  readonly tokens: AnswerTokens;
  readonly app: { readonly files: Pick<Context<unknown>['app']['files'], 'openLink'> };
  readonly clock: Pick<Clock, 'now'>;
  /** Our own user's id. */
  readonly me: () => Promise<string>;
  readonly attachMost: (guild: string | null) => number;
  readonly titles: Titles;
}

/** First lines of requests, for the names of their threads. Memory only: what is missing is read from Discord. */
export interface Titles {
  note(message: string, firstLine: string): void;
  of(message: string): string | null;
}
