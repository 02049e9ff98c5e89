// chat.*: what the bot says, changes and takes back.

import type { ChatPostEphemeralResponse, ChatPostMessageResponse, ChatUpdateResponse } from '@slack/web-api';
import { contentsOf } from '../checks/contents.ts';
import { SlackNo } from '../no.ts';
import type { Block, Channel, Message } from '../shapes.ts';
import { tellDeletion, tellEdit, tellMessage, wireOf } from '../tell/messages.ts';
import { isRoot } from '../wire.ts';
import { args, bool, method, structured, ts, word, type Call } from './method.ts';
import { channelOf, directWith, messageOf, writable } from './places.ts';

const contents = {
  text: word.optional(),
  blocks: structured.optional(),
  attachments: structured.optional(),
  markdown_text: word.optional(),
};
const parsing = { parse: word.optional(), link_names: bool.optional() };
const author = { as_user: bool.optional(), username: word.optional(), icon_emoji: word.optional(), icon_url: word.optional() };
const scopes = ['chat:write'];

const postMessage = method({
  scopes,
  tier: 4,
  json: true,
  schema: args({
    channel: word,
    ...contents,
    ...parsing,
    ...author,
    thread_ts: ts.optional(),
    reply_broadcast: bool.optional(),
    metadata: structured.optional(),
    unfurl_links: bool.optional(),
    unfurl_media: bool.optional(),
    mrkdwn: bool.optional(),
  }),
  bind(call) {
    const { world, team, args: given } = call;
    const { state, limits } = world;
    const isPerson = /^[UW]/.test(given.channel) && state.get('users', `${team.id}/${given.channel}`) !== undefined;
    const channel = isPerson ? directWith(state, team, given.channel) : writable(call, given.channel);
    limits.post(channel.id);
    const { text, blocks, warnings } = contentsOf(given);
    const thread = given.thread_ts ?? null;
    inThread(call, channel, thread);
    return () => {
      const message = state.keep(ours(call, channel, { text, blocks: blocks ?? [], thread, broadcast: given.reply_broadcast ?? false }));
      tellMessage(world, message);
      return {
        ok: true,
        channel: channel.id,
        ts: message.ts,
        message: wireOf(world, team, message),
        ...(warnings.length > 0 && { response_metadata: { messages: [...warnings] } }),
      } satisfies ChatPostMessageResponse;
    };
  },
});

const postEphemeral = method({
  scopes,
  tier: 4,
  json: true,
  schema: args({ channel: word, user: word, ...contents, ...parsing, ...author, thread_ts: ts.optional() }),
  bind(call) {
    const { world, team, args: given } = call;
    const channel = writable(call, given.channel);
    const user = world.state.get('users', `${team.id}/${given.user}`);
    if (user === undefined || (channel.user !== null && channel.user !== user.id)) throw new SlackNo('user_not_in_channel');
    const { text, blocks } = contentsOf(given);
    const thread = given.thread_ts ?? null;
    if (thread !== null && world.state.message(channel.id, thread) === undefined) throw new SlackNo('thread_not_found');
    // "Ephemeral messages in threads are only shown if there is already an active thread." Slack answers as if it was shown.
    const replies = thread === null ? [] : world.state.replies(channel.id, thread);
    const isShown = thread === null || replies.some(({ only, deleted }) => only === null && !deleted);
    return () => {
      if (!isShown) return { ok: true, message_ts: world.state.nextTs() } satisfies ChatPostEphemeralResponse;
      const { ts: at } = world.state.keep({ ...ours(call, channel, { text, blocks: blocks ?? [], thread }), only: user.id });
      return { ok: true, message_ts: at } satisfies ChatPostEphemeralResponse;
    };
  },
});

const update = method({
  scopes,
  tier: 3,
  json: true,
  schema: args({
    channel: word,
    ts,
    ...contents,
    ...parsing,
    as_user: bool.optional(),
    metadata: structured.optional(),
    file_ids: structured.optional(),
    reply_broadcast: bool.optional(),
  }),
  bind(call) {
    const { world, team, args: given } = call;
    const channel = writable(call, given.channel);
    const before = messageOf(call, channel, given.ts);
    if (!before.isBot) throw new SlackNo('cant_update_message');
    const { text, blocks } = contentsOf(given, { before: before.blocks });
    return () => {
      const editedTs = world.state.nextTs();
      const after = world.state.keep({
        ...before,
        text,
        // Blocks that are not mentioned stay.
        blocks: blocks ?? before.blocks,
        edited: { user: team.botId, ts: editedTs },
        first: before.first ?? { text: before.text, blocks: before.blocks },
      });
      tellEdit(world, before, after, editedTs);
      return { ok: true, channel: channel.id, ts: after.ts, text, message: wireOf(world, team, after) } as ChatUpdateResponse;
    };
  },
});

const remove = method({
  scopes,
  tier: 3,
  json: true,
  schema: args({ channel: word, ts, as_user: bool.optional() }),
  bind(call) {
    const { world, args: given } = call;
    const channel = writable(call, given.channel);
    const before = messageOf(call, channel, given.ts);
    if (!before.isBot) throw new SlackNo('cant_delete_message');
    return () => {
      world.state.keep({ ...before, deleted: true });
      tellDeletion(world, before, world.state.nextTs());
      return { ok: true, channel: channel.id, ts: before.ts };
    };
  },
});

const getPermalink = method({
  scopes: [],
  tier: 4,
  json: false,
  schema: args({ channel: word, message_ts: ts }),
  bind(call) {
    const channel = channelOf(call, call.args.channel);
    const { ts: at, thread } = messageOf(call, channel, call.args.message_ts);
    const place = thread === null ? '' : `?thread_ts=${thread}&cid=${channel.id}`;
    const permalink = `https://${call.team.domain}.slack.com/archives/${channel.id}/p${at.replace('.', '')}${place}`;
    return () => ({ ok: true, channel: channel.id, permalink });
  },
});

export const chatMethods = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
};

interface Said {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly thread: string | null;
  readonly broadcast?: boolean;
}

export function ours({ world, team }: Pick<Call<unknown>, 'world' | 'team'>, channel: Channel, said: Said): Message {
  return {
    broadcast: false,
    ...said,
    ts: world.state.nextTs(),
    channel: channel.id,
    user: team.botUser,
    isBot: true,
    files: [],
    clientMsgId: null,
    only: null,
    reactions: [],
    edited: null,
    deleted: false,
    viewing: null,
    first: null,
  };
}

function inThread({ world }: Call<unknown>, channel: Channel, thread: string | null): void {
  if (thread !== null && !isRoot(world.state, channel.id, thread)) throw new SlackNo('thread_not_found');
}
