import type { Context } from '#bots/adapter.ts';
import type { Places } from '#bots/places.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Budgets } from '#core/ports/poster.ts';
import type { Call } from '../api/call.ts';
import type { Guilds } from '../gateway/guilds.ts';
import type { Titles } from '../out/deps.ts';
import type { DiscordSettings } from '../settings.ts';
import type { Members } from './members.ts';
import type { Private } from './private.ts';

/** What whoever hands on what people say needs. */
export interface SaidDeps {
  readonly app: Context<unknown>['app'];
  readonly brandName: string;
  readonly settings: Pick<DiscordSettings, 'messageContent'>;
  readonly call: Call;
  /** Our own user's id. */
  readonly me: () => Promise<string>;
  readonly guilds: Guilds;
  readonly members: Members;
  readonly places: Places;
  readonly forOne: Private;
  readonly titles: Titles;
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly log: Log;
}
