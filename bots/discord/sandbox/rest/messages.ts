// Messages of a channel: read, posted, edited and deleted.

import { isRecord } from '#bots/stand-in/check.ts';
import { atOf, isOlder } from '../../snowflake.ts';
import { tellMessage, tellRemoved, tellThread, tellUpdate } from '../gateway/events.ts';
import { DiscordNo, invalid } from '../no.ts';
import { bits, isThread } from '../permissions.ts';
import type { Channel, Message, Snapshot } from '../shapes.ts';
import { flags as flagBits, wireMessage } from '../wire-message.ts';
import { botId } from '../bot.ts';
import type { World } from '../world.ts';
import { compose } from './compose.ts';
import { channelIn, mayThere, messageIn, need, needPost } from './places.ts';
import { done, ok, withParent, word, type Call, type Json, type Route } from './route.ts';

/** A nonce is known for so long. */
const nonceMs = 5 * 60_000;
const hourMs = 60 * 60_000;
/** Edits that a message older than an hour may have. */
const lateEdits = 3;
const mostListed = 100;

const posts = { name: 'post', most: 5, inMs: 5_000 };
const edits = { name: 'edit', most: 5, inMs: 5_000 };
const reads = { name: 'read', most: 50, inMs: 5_000 };

export const messageRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/channels/:channel/messages',
    as: 'bot',
    limit: reads,
    bind({ world, params, query }) {
      const channel = channelIn(world, params['channel']);
      const windows = (['after', 'before', 'around'] as const).filter((name) => query.has(name));
      if (windows.length > 1) throw invalid([{ path: [windows[1]!], code: 'MUTUALLY_EXCLUSIVE', message: 'Only one of these.' }]);
      const limit = Number(query.get('limit') ?? 50);
      if (!Number.isInteger(limit) || limit < 1 || limit > mostListed)
        throw invalid([{ path: ['limit'], code: 'NUMBER_TYPE_MAX', message: `int value should be between 1 and ${mostListed}.` }]);
      const [window] = windows;
      const id = window === undefined ? '' : query.get(window)!;
      if (window !== undefined && !/^\d{1,20}$/.test(id))
        throw invalid([{ path: [window], code: 'NUMBER_TYPE_COERCE', message: `Value "${id}" is not snowflake.` }]);
      // Without this permission there is nothing to be seen, and no word of that.
      if (!mayThere(world, channel, bits.ReadMessageHistory)) return () => () => ok([]);
      const all = world.state.messages(channel.id).filter(({ deleted, only }) => !deleted && only === null);
      return () => () => ok(listed(all, window, id, limit).map((message) => wireMessage(world, message)));
    },
  },
  {
    method: 'GET',
    path: '/channels/:channel/messages/:message',
    as: 'bot',
    limit: reads,
    bind({ world, params }) {
      const channel = channelIn(world, params['channel']);
      need(world, channel, bits.ReadMessageHistory);
      const message = messageIn(world, channel, params['message']);
      return () => () => ok(wireMessage(world, message));
    },
  },
  {
    method: 'POST',
    path: '/channels/:channel/messages',
    as: 'bot',
    limit: posts,
    schema: 'MessageCreateRequestSchema',
    posts: ({ world, params }) => withParent(world, params['channel']!),
    bind(call) {
      const { world, params, files } = call;
      const channel = channelIn(world, params['channel']);
      needPost(world, channel, files.length > 0);
      return (body) => post(call, channel, body);
    },
  },
  {
    method: 'PATCH',
    path: '/channels/:channel/messages/:message',
    as: 'bot',
    limit: edits,
    schema: 'MessageEditRequestPartialSchema',
    posts: ({ world, params }) => withParent(world, params['channel']!),
    bind({ world, params, files }) {
      const channel = channelIn(world, params['channel']);
      const message = messageIn(world, channel, params['message']);
      if (message.author !== botId) throw new DiscordNo(50005);
      if (message.type === 21) throw new DiscordNo(50021);
      if (channel.archived) throw new DiscordNo(50083);
      return (body) => {
        const isLate = world.clock.now().getTime() - atOf(message.id).getTime() > hourMs;
        if (isLate && message.lateEdits >= lateEdits) throw new DiscordNo(30046, { retry_after: 5, global: false });
        const composed = compose(world, channel, body, files, message);
        return () => ok(wireMessage(world, change(world, message, composed, isLate)));
      };
    },
  },
  {
    method: 'DELETE',
    path: '/channels/:channel/messages/:message',
    as: 'bot',
    limit: { name: 'delete', most: 5, inMs: 1_000 },
    bind({ world, params }) {
      const channel = channelIn(world, params['channel']);
      const message = messageIn(world, channel, params['message']);
      if (message.author !== botId) need(world, channel, bits.ManageMessages);
      if (channel.archived) throw new DiscordNo(50083);
      return () => () => {
        world.state.keep({ ...message, deleted: true });
        tellRemoved(world, channel, [message.id]);
        return done;
      };
    },
  },
  {
    method: 'POST',
    path: '/channels/:channel/typing',
    as: 'bot',
    limit: { name: 'typing', most: 5, inMs: 5_000 },
    bind({ world, params }) {
      needPost(world, channelIn(world, params['channel']), false);
      return () => () => done;
    },
  },
];

/** Newest first. */
function listed(all: readonly Message[], window: 'after' | 'before' | 'around' | undefined, id: string, limit: number): Message[] {
  const older = all.filter((message) => window === undefined || isOlder(message.id, id));
  const newer = all.filter((message) => window !== undefined && isOlder(id, message.id));
  if (window === undefined || window === 'before') return older.slice(-limit).toReversed();
  if (window === 'after') return newer.slice(0, limit).toReversed();
  const half = Math.floor(limit / 2);
  const itself = all.filter((message) => message.id === id);
  return [...older.slice(-half), ...itself, ...newer.slice(0, limit - half - itself.length)].toReversed();
}

function post({ world, files }: Call, channel: Channel, body: Json) {
  const { state, clock } = world;
  const nonce = word(body['nonce']) || null;
  const isEnforced = body['enforce_nonce'] === true && nonce !== null;
  const reference = isRecord(body['message_reference']) ? body['message_reference'] : null;
  const forwardOf = reference?.['type'] === 1 ? snapshot(world, reference) : null;
  const replyTo = reference === null || forwardOf !== null ? null : answered(world, channel, reference);
  const composed = forwardOf === null ? compose(world, channel, body, files) : null;
  return () => {
    if (isEnforced) {
      const earlier = recent(world, nonce, clock.now().getTime());
      // Also where somebody has deleted it since.
      if (earlier?.deleted) throw new DiscordNo(10008);
      if (earlier !== undefined) return ok({ ...wireMessage(world, earlier), nonce });
    }
    const repliedTo = replyTo === null ? null : state.get('messages', replyTo.message)!;
    const pings = repliedTo !== null && !(isRecord(body['allowed_mentions']) && body['allowed_mentions']['replied_user'] !== true);
    const { mentions = { mentions: [], mentionRoles: [], mentionEveryone: false } } = composed ?? {};
    const message = put(world, channel, {
      content: composed?.content ?? '',
      components: composed?.components ?? [],
      embeds: composed?.embeds ?? [],
      flags: composed === null ? flagBits.forwarded : composed.flags & ~flagBits.ephemeral,
      attachments: composed?.keepFiles() ?? [],
      ...mentions,
      mentions: [...new Set([...mentions.mentions, ...(pings ? [repliedTo.author] : [])])],
      type: replyTo === null ? 0 : 19,
      replyTo,
      forwardOf,
      nonce,
    });
    return ok({ ...wireMessage(world, message), ...(nonce !== null && { nonce }) });
  };
}

/** What of a message is not as it mostly is. */
type Some = Partial<Omit<Message, 'id' | 'channel'>>;

/** Keeps a message of the bot's, or of `author`, and tells of it. A thread that was archived is not any more. */
export function put(world: World, channel: Channel, some: Some): Message {
  const { state } = world;
  if (isThread(channel) && channel.archived && !channel.locked) {
    const thread = { ...state.get('channels', channel.id)!, archived: false };
    state.put('channels', thread.id, thread);
    tellThread(world, 'THREAD_UPDATE', thread);
  }
  const message = state.keep({ ...plainMessage(state.nextId(), channel.id), ...some });
  tellMessage(world, message);
  return message;
}

export function plainMessage(id: string, channel: string): Message {
  return {
    id,
    channel,
    author: botId,
    content: '',
    components: [],
    embeds: [],
    attachments: [],
    flags: 0,
    type: 0,
    mentions: [],
    mentionRoles: [],
    mentionEveryone: false,
    nonce: null,
    replyTo: null,
    forwardOf: null,
    editedAt: null,
    lateEdits: 0,
    only: null,
    interaction: null,
    webhook: null,
    deleted: false,
  };
}

/** Changes a message as composed, and tells of it. */
export function change(world: World, before: Message, composed: ReturnType<typeof compose>, isLate = false): Message {
  const { content, components, embeds, flags, mentions, keepFiles } = composed;
  const message = world.state.keep({
    ...before,
    content,
    components,
    embeds,
    flags,
    attachments: keepFiles(),
    ...mentions,
    editedAt: world.clock.now().toISOString(),
    lateEdits: before.lateEdits + (isLate ? 1 : 0),
  });
  tellUpdate(world, message);
  return message;
}

function recent({ state }: World, nonce: string, nowMs: number): Message | undefined {
  const found = state.byNonce(nonce);
  return found === undefined || nowMs - atOf(found.id).getTime() >= nonceMs ? undefined : found;
}

function answered(world: World, channel: Channel, reference: Json): Message['replyTo'] {
  const { message_id: id, channel_id: where = channel.id, fail_if_not_exists: mustBe = true } = reference;
  const message = world.state.get('messages', String(id));
  const isThere = message !== undefined && !message.deleted && message.channel === channel.id && where === channel.id;
  if (isThere && !mayThere(world, channel, bits.ReadMessageHistory)) throw new DiscordNo(160002);
  if (isThere) return { channel: channel.id, message: message.id };
  if (mustBe === false) return null;
  throw invalid([{ path: ['message_reference'], code: 'REPLIES_UNKNOWN_MESSAGE', message: 'Unknown message' }]);
}

function snapshot(world: World, { message_id: id, channel_id: where }: Json): Snapshot {
  const message = messageIn(world, channelIn(world, String(where)), String(id));
  return snapshotOf(message);
}

export function snapshotOf({ id, content, attachments, components }: Message): Snapshot {
  return { content, attachments, components, at: atOf(id).toISOString() };
}
