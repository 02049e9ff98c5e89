// What is known of servers without asking: the holder of the gateway is told it, every other process asks REST.

export interface Where {
  /** null for a direct message. */
  readonly guild: string | null;
  /** Of a thread or a forum post. */
  readonly parent: string | null;
  /** Discord's number for the kind of a channel (docs, Channel Types). */
  readonly type: number;
  readonly locked: boolean;
  readonly name: string | null;
  /** Not everybody on the server sees it. */
  readonly isPrivate: boolean;
}

/** Whether it is one of those servers; null: direct messages. */
export type IsOf = (guild: string | null) => boolean;

export interface Guilds {
  /** null where the channel is not there, or closed to us. Rejects with DiscordAway when Discord does not answer. */
  whereIs(channel: string, signal: AbortSignal): Promise<Where | null>;
  /** By ownership and by roles; null where that is not known. */
  administers(guild: string, user: string, roles: readonly string[]): boolean | null;
  nameOf(guild: string): string | null;
  /** Channels, threads and forum posts of these servers with something newer than this id. */
  channelsAfter(mark: string, isOf: IsOf): readonly { readonly id: string; readonly lastMessageId: string }[];
  /** Bytes that a file may have there: 10, 50 or 100 MiB by the server's level (docs, Uploading Files). */
  attachMost(guild: string | null): number;
}
