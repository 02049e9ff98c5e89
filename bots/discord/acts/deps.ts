import type { Context } from '#bots/adapter.ts';
import type { Show } from '#core/flows/chats/answer.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { ReplyHandles } from '#core/ports/reply-handles.ts';
import type { Call } from '../api/call.ts';
import type { Guilds } from '../gateway/guilds.ts';
import type { Private } from '../said/private.ts';
import type { DiscordSettings } from '../settings.ts';
import type { Answering } from './answer.ts';

/** What the parts of this room are made of. */
export interface ActsNeeds {
  readonly app: Context<unknown>['app'];
  readonly brandName: string;
  readonly settings: Pick<DiscordSettings, 'applicationId'>;
  readonly call: Call;
  readonly guilds: Guilds;
  readonly handles: ReplyHandles;
  readonly forOne: Pick<Private, 'attempt'>;
  /** What whoever wrote this message was to be told about it alone; null where it is not theirs. */
  readonly again: Again;
  readonly clock: Clock;
  readonly log: Log;
}

/** Judges a message once more, for its author alone: the outcome is the first one. */
export type Again = (
  message: { readonly channel: string; readonly id: string },
  author: string,
  signal: AbortSignal,
) => Promise<Show | null>;

export interface ActsDeps extends ActsNeeds {
  readonly answering: Answering;
}
