// What we ask Discord to tell us. None of it is privileged but the text of messages that are not for us, which is asked for only where the
// operator wants it.

import { GatewayIntentBits } from 'discord-api-types/v10';
import type { DiscordSettings } from '../settings.ts';

export function intentsFor({ messageContent }: Pick<DiscordSettings, 'messageContent'>): number {
  const { Guilds, GuildMessages, DirectMessages, MessageContent } = GatewayIntentBits;
  return Guilds | GuildMessages | DirectMessages | (messageContent ? MessageContent : 0);
}
