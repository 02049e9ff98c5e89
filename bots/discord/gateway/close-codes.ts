// Why Discord closes a connection (docs, Opcodes and Status Codes, Gateway Close Event Codes), and what follows from it.

import { GatewayCloseCodes as Code } from 'discord-api-types/v10';

export interface Closed {
  /** The session can't be resumed: the next connection begins another. */
  readonly endsSession: boolean;
  /** Trying again is no use until an operator has done this. */
  readonly refused: string | null;
}

/** What an operator reads when Discord does not accept the token, on the gateway or anywhere else. */
export const TOKEN_REFUSED =
  'Discord does not accept DISCORD_TOKEN. Reset the token on the Bot page of your app in the developer portal, set the new one, and restart.';

/** A normal end (1000, 1001) ends the session too, whoever says it. */
const endings: ReadonlySet<number> = new Set([1000, 1001, Code.NotAuthenticated, Code.AlreadyAuthenticated, Code.InvalidSeq]);

const refusals: Readonly<Record<number, string>> = {
  [Code.AuthenticationFailed]: TOKEN_REFUSED,
  [Code.InvalidShard]:
    'Discord does not accept DISCORD_SHARDS, the number of gateway connections. Set the number that npm run doctor names, and restart.',
  [Code.ShardingRequired]:
    'Discord requires more than one gateway connection for this bot, because it is in 2,500 servers or more. Set DISCORD_SHARDS to the number that npm run doctor names, and restart.',
  [Code.InvalidAPIVersion]: 'Discord no longer supports version 10 of its gateway. Install a newer version of this product.',
  [Code.InvalidIntents]: 'Discord does not know one of the gateway intents. Install a newer version of this product.',
  [Code.DisallowedIntents]:
    'Discord does not allow this bot an intent. Turn on Message Content Intent on the Bot page of your app in the developer portal, or set DISCORD_MESSAGE_CONTENT=false, and restart.',
};

export function closedWith(code: number): Closed {
  const refused = refusals[code] ?? null;
  return { endsSession: refused !== null || endings.has(code), refused };
}
