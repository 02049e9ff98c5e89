// What the gateway tells of messages. New ones and edits go through the inbox: they are committed once they are stored, however long it
// takes to find out who speaks. What concerns nobody of ours ends here.

import { z } from 'zod';
import type { Context } from '#bots/adapter.ts';
import { sayGivenUp } from '#bots/words.ts';
import type { ChatEvent, ChatInbox } from '#core/ports/inbox.ts';
import type { Dispatch, GatewayParts } from '../gateway/dispatch.ts';
import { editKey, messageKey } from '../keys.ts';
import type { SaidDeps } from './deps.ts';
import { heardOurs } from './echo.ts';
import { editedAt, handleEdit } from './edited.ts';
import { handleGone } from './gone.ts';
import { isSpoken } from './message.ts';
import { recipientOf } from './recipient.ts';
import { concerned, handleMessage, WITHIN_MS } from './said.ts';
import { deletedInBulkSchema, deletedSchema, messageSchema, type DiscordMessage } from './shapes.ts';
import { taken } from './taken.ts';

export interface SaidHandlers {
  readonly dispatch: Dispatch;
  readonly concerns: NonNullable<GatewayParts['concerns']>;
  /** Takes nothing more, and resolves when what was begun has ended. */
  stop(): Promise<void>;
}

export function saidHandlers(deps: SaidDeps, openInbox: Context<unknown>['inbox']): SaidHandlers {
  const { log } = deps;
  const inbox: ChatInbox = openInbox({
    platform: 'discord',
    handle: (event) => handle(deps, event, inbox),
    gaveUp: (event) => tellGivenUp(deps, event),
  });

  const onMessage = (take: (message: DiscordMessage) => Promise<void>) => {
    const known = taken(log, messageSchema, take);
    return async (...[data, told]: Parameters<typeof known>) => {
      if (mayConcernUs(deps, data)) await known(data, told);
    };
  };
  const gone = async (guild: string | null, ids: readonly string[]) => {
    // What waits to be heard never is; then there may still be what was made of it.
    await inbox.withdraw(ids.map(messageKey));
    await handleGone(deps, guild, ids);
  };

  return {
    dispatch: {
      MESSAGE_CREATE: onMessage(async (message) => {
        if (message.author.id === (await deps.me())) return heardOurs(deps, message);
        // Where something waits in its channel, nobody knows yet what of the rest is for us.
        if (!isSpoken(message) || !(inbox.waits(message.channel_id) || (await concerned(deps, message)))) return;
        await leave(inbox, { kind: 'said', message }, messageKey(message.id));
      }),
      MESSAGE_UPDATE: onMessage(async (message) => {
        const at = editedAt(deps, message);
        if (at !== null) await leave(inbox, { kind: 'edited', message }, editKey(message.id, at));
      }),
      MESSAGE_DELETE: taken(log, deletedSchema, ({ id, guild_id: guild }) => gone(guild ?? null, [id])),
      MESSAGE_DELETE_BULK: taken(log, deletedInBulkSchema, ({ ids, guild_id: guild }) => gone(guild ?? null, ids)),
    },
    concerns: (name, data) => (name !== 'MESSAGE_CREATE' && name !== 'MESSAGE_UPDATE') || mayConcernUs(deps, data),
    stop: () => inbox.stop(),
  };
}

const bodySchema = z.object({ kind: z.enum(['said', 'edited']), message: messageSchema });
type Body = z.output<typeof bodySchema>;

/** The gateway can wait until there is room: what it tells meanwhile is not read. */
function leave(inbox: ChatInbox, body: Body, key: string): Promise<void> {
  const { channel_id: place, guild_id: workspace, author } = body.message;
  const sinceMs = performance.now();
  const wait = () => ({ waitedMs: performance.now() - sinceMs, withinMs: WITHIN_MS });
  return inbox.take({ key, place, workspace: workspace ?? null, author: author.id, body }, wait, { patiently: true });
}

async function handle(deps: SaidDeps, { body }: ChatEvent, inbox: ChatInbox): Promise<void> {
  const { kind, message } = bodySchema.parse(body);
  if (kind === 'said') return handleMessage(deps, message);
  // The process that had the connection before us may have its message yet, and an edit of what nobody knows is no request.
  const before = await inbox.unhandled(messageKey(message.id));
  if (before !== null) await handleMessage(deps, bodySchema.parse(before.body).message);
  await handleEdit(deps, message);
}

/** Whoever edited something sees their request as it was. */
function tellGivenUp({ forOne }: SaidDeps, { key, body }: ChatEvent): void {
  const { kind, message } = bodySchema.safeParse(body).data ?? {};
  if (kind === 'said') forOne.tell(`${key} given up`, recipientOf({ message: message!, guild: message!.guild_id ?? null }), sayGivenUp);
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
  // Discord tells a link's preview as an update that says nothing of its message but its id.
  if (author === undefined) return false;
  // Our own posts have a nonce.
  if ((author as { bot?: unknown } | undefined)?.bot === true) return nonce !== undefined && nonce !== null;
  if (settings.messageContent || typeof guild !== 'string') return true;
  return !(isEmpty(mentions) && isEmpty(roles));
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}
