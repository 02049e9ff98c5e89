// conversations.*: what was said, and where.

import type { ConversationsHistoryResponse, ConversationsRepliesResponse } from '@slack/web-api';
import { mostMessages } from '../limits/limits.ts';
import { SlackNo } from '../no.ts';
import type { Message } from '../shapes.ts';
import { microsOf } from '../state.ts';
import { wireOf } from '../tell/messages.ts';
import { isRoot, repliesTo, wireChannel } from '../wire.ts';
import { args, bool, int, method, word, type Call } from './method.ts';
import { channelOf, directWith, readable } from './places.ts';

const histories = ['channels:history', 'groups:history', 'im:history', 'mpim:history'];
const reads = ['channels:read', 'groups:read', 'im:read', 'mpim:read'];

const timeline = {
  oldest: word.optional(),
  latest: word.optional(),
  inclusive: bool.optional(),
  limit: int.optional(),
  cursor: word.optional(),
  include_all_metadata: bool.optional(),
};

interface Window {
  readonly oldest?: string | undefined;
  readonly latest?: string | undefined;
  readonly inclusive?: boolean | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

const history = method({
  scopes: histories,
  tier: 3,
  json: false,
  schema: args({ channel: word, ...timeline }),
  bind(call) {
    const channel = readable(call, call.args.channel);
    return () => {
      const { state } = call.world;
      const listed = state
        .messages(channel.id)
        .filter(({ thread, only, broadcast }) => only === null && (thread === null || broadcast))
        .filter(({ deleted, ts }) => !deleted || repliesTo(state, channel.id, ts).length > 0);
      // The newest first.
      return { ...page(call, within(listed, call.args).toReversed()), pin_count: 0 } satisfies ConversationsHistoryResponse;
    };
  },
});

const replies = method({
  scopes: histories,
  tier: 3,
  json: false,
  schema: args({ channel: word, ts: word, ...timeline }),
  bind(call) {
    const { world, args: given } = call;
    const channel = readable(call, given.channel);
    const message = world.state.message(channel.id, given.ts);
    const rootTs = message?.thread ?? given.ts;
    if (message === undefined || !isRoot(world.state, channel.id, rootTs)) throw new SlackNo('thread_not_found');
    return () => {
      const root = world.state.message(channel.id, rootTs)!;
      // The oldest first, and the root however old it is.
      const listed = within(repliesTo(world.state, channel.id, rootTs), given);
      return page(call, [root, ...listed]) satisfies ConversationsRepliesResponse;
    };
  },
});

const info = method({
  scopes: reads,
  tier: 3,
  json: false,
  schema: args({ channel: word, include_locale: bool.optional(), include_num_members: bool.optional() }),
  bind(call) {
    const channel = channelOf(call, call.args.channel);
    return () => ({ ok: true, channel: wireChannel(channel, call.team) });
  },
});

const open = method({
  scopes: ['im:write', 'mpim:write'],
  tier: 3,
  json: true,
  schema: args({ channel: word.optional(), users: word.optional(), return_im: bool.optional(), prevent_creation: bool.optional() }),
  bind({ world, team, args: { channel: id, users, return_im: whole } }) {
    if (id !== undefined) {
      const channel = channelOf({ world, team }, id);
      return () => ({ ok: true, channel: whole ? wireChannel(channel, team) : { id: channel.id } });
    }
    const [user, ...more] = (users ?? '').split(',').filter((each) => each !== '');
    if (user === undefined) throw new SlackNo('users_list_not_supplied');
    if (more.length > 0) throw new SlackNo('too_many_users');
    if (world.state.get('users', `${team.id}/${user}`) === undefined) throw new SlackNo('user_not_found');
    return () => {
      const channel = directWith(world.state, team, user);
      return { ok: true, channel: whole ? wireChannel(channel, team) : { id: channel.id } };
    };
  },
});

const listing = {
  exclude_archived: bool.optional(),
  types: word.optional(),
  limit: int.optional(),
  cursor: word.optional(),
};

const list = method({
  scopes: reads,
  tier: 2,
  json: false,
  schema: args(listing),
  bind: (call) => () => channels(call, () => true),
});

/** Where the bot is. */
export const usersConversations = method({
  scopes: reads,
  tier: 3,
  json: false,
  schema: args({ ...listing, user: word.optional() }),
  bind: (call) => () => channels(call, ({ member }) => member),
});

export const conversationMethods = {
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.info': info,
  'conversations.open': open,
  'conversations.list': list,
  'users.conversations': usersConversations,
};

const types = { public_channel: 'public', private_channel: 'private', im: 'im', mpim: 'mpim' } as const;

function channels(
  { world, team, args: given }: Call<Window & { types?: string | undefined; exclude_archived?: boolean | undefined }>,
  also: (channel: { member: boolean }) => boolean,
): object {
  const wanted = (given.types ?? 'public_channel').split(',').map((word) => types[word.trim() as keyof typeof types]);
  if (wanted.includes(undefined as never)) throw new SlackNo('invalid_types');
  const all = [...world.state.all('channels').values()].filter(
    (channel) =>
      channel.team === team.id &&
      wanted.includes(channel.kind) &&
      (channel.kind === 'public' || channel.member) &&
      !(given.exclude_archived && channel.archived) &&
      also(channel),
  );
  const begin = given.cursor ? offsetIn(given.cursor) : 0;
  const most = limitOf(given.limit, 100);
  const shown = all.slice(begin, begin + most);
  const next = begin + most < all.length ? cursorAt(begin + most) : '';
  return { ok: true, channels: shown.map((channel) => wireChannel(channel, team)), response_metadata: { next_cursor: next } };
}

/** Between `oldest` and `latest`, which belong to it only where that is said. */
function within(messages: readonly Message[], { oldest, latest, inclusive = false }: Window): Message[] {
  const [from, to] = [time('oldest', oldest, 0), time('latest', latest, Infinity)];
  return messages.filter(({ ts }) => {
    const at = microsOf(ts);
    return inclusive ? at >= from && at <= to : at > from && at < to;
  });
}

/** In microseconds. */
function time(name: 'oldest' | 'latest', text: string | undefined, otherwise: number): number {
  if (text === undefined || text === '') return otherwise;
  if (!/^\d{1,12}(\.\d{1,6})?$/.test(text)) throw new SlackNo(`invalid_ts_${name}`);
  return Math.round(Number(text) * 1e6);
}

function page(call: Call<Window>, listed: readonly Message[]) {
  const { world, team, args: given } = call;
  const begin = given.cursor ? offsetIn(given.cursor) : 0;
  const most = Math.min(limitOf(given.limit, 100), mostMessages(team));
  const end = begin + most;
  const hasMore = end < listed.length;
  return {
    ok: true,
    messages: listed.slice(begin, end).map((message) => wireOf(world, team, message)),
    has_more: hasMore,
    ...(hasMore && { response_metadata: { next_cursor: cursorAt(end) } }),
  };
}

function limitOf(limit: number | undefined, otherwise: number): number {
  if (limit !== undefined && (limit < 1 || limit > 1000)) throw new SlackNo('invalid_limit');
  return limit ?? otherwise;
}

function cursorAt(offset: number): string {
  return Buffer.from(`next:${offset}`).toString('base64');
}

function offsetIn(cursor: string): number {
  const [, offset] = /^next:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64').toString()) ?? [];
  if (offset === undefined) throw new SlackNo('invalid_cursor');
  return Number(offset);
}
