import type { Budgets } from '#core/ports/poster.ts';
import type { Call } from '../api/call.ts';
import type { SlackSettings } from '../settings.ts';
import type { TokensOf } from '../tokens-of.ts';

/** What whoever speaks in Slack needs. */
export interface OutDeps {
  readonly call: Call;
  readonly tokens: TokensOf;
  readonly budgets: Budgets;
  readonly settings: Pick<SlackSettings, 'install' | 'historyEveryMs' | 'editsAreLimited'>;
}
