// The thread that a message belongs to.

import type { Guilds } from '../gateway/guilds.ts';

export interface MessagePlace {
  readonly threadRef: string;
  /** As limits know it: the parent's, for a thread. */
  readonly channel: string;
  readonly locked: boolean;
  readonly direct: boolean;
  readonly inThread: boolean;
}

/** The same for the gateway, REST and interactions. null where the channel is not known to us. */
export declare function whereOf(
  message: { readonly id: string; readonly channel: string; readonly guild: string | null },
  guilds: Guilds,
  signal: AbortSignal,
): Promise<MessagePlace | null>;
