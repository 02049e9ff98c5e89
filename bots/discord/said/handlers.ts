// What the gateway tells of messages.

import type { Dispatch, GatewayParts, Handler } from '../gateway/dispatch.ts';
import { messageKey } from '../keys.ts';
import type { SaidDeps } from './deps.ts';
import { handleEdit } from './edited.ts';
import { handleGone } from './gone.ts';
import { handleMessage } from './said.ts';
import { deletedInBulkSchema, deletedSchema, messageSchema, type DiscordMessage } from './shapes.ts';
import { taken } from './taken.ts';

export function saidHandlers(deps: SaidDeps): Dispatch {
  const { log } = deps;
  const onMessage = (handle: (deps: SaidDeps, message: DiscordMessage) => Promise<void>): Handler => {
    const known = taken(log, messageSchema, (message) => handle(deps, message));
    return async (data, told) => {
      if (mayConcernUs(deps, data)) await known(data, told);
    };
  };
  return {
    MESSAGE_CREATE: onMessage(handleMessage),
    MESSAGE_UPDATE: onMessage(handleEdit),
    MESSAGE_DELETE: taken(log, deletedSchema, ({ id, guild_id: guild }) => handleGone(deps, guild ?? null, [id])),
    MESSAGE_DELETE_BULK: taken(log, deletedInBulkSchema, ({ ids, guild_id: guild }) => handleGone(deps, guild ?? null, ids)),
  };
}

/** Those that have an outcome already, and nothing to be shown for it. */
export function settledMessages(deps: Pick<SaidDeps, 'app' | 'settings'>): NonNullable<GatewayParts['settled']> {
  return async (messages) => {
    const ours = messages.filter((message) => mayConcernUs(deps, message)).map(({ id }) => id);
    if (ours.length === 0) return new Set();
    const keys = await deps.app.chats.settled(ours.map(messageKey));
    return new Set(ours.filter((id) => keys.has(messageKey(id))));
  };
}

/** Most of what people and bots say to each other is not for us, and is not looked at any further. */
function mayConcernUs({ settings }: Pick<SaidDeps, 'settings'>, data: unknown): boolean {
  const { guild_id: guild, author, mentions, mention_roles: roles, nonce } = (data ?? {}) as Readonly<Record<string, unknown>>;
  // Our own posts have a nonce.
  if ((author as { bot?: unknown } | undefined)?.bot === true) return nonce !== undefined && nonce !== null;
  if (settings.messageContent || typeof guild !== 'string') return true;
  return !(isEmpty(mentions) && isEmpty(roles));
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}
