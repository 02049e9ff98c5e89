import type { DiscordMessage } from './shapes.ts';

/** Whose message is answered, and where it is. */
export interface Recipient {
  readonly user: string;
  /** null for a direct message. */
  readonly guild: string | null;
  readonly channel: string;
  readonly message: string;
}

export function recipientOf({ message, guild }: { readonly message: DiscordMessage; readonly guild: string | null }): Recipient {
  return { user: message.author.id, guild, channel: message.channel_id, message: message.id };
}
