// What people say, change and take back.

import { z } from 'zod';
import { tellRemoved, tellThread, tellUpdate } from '../gateway/events.ts';
import { bits, inChannel, isThread, may } from '../permissions.ts';
import { attachMost, keepFile } from '../rest/compose.ts';
import { put, snapshotOf } from '../rest/messages.ts';
import { beginPost, beginThread } from '../rest/threads.ts';
import type { Channel, Message } from '../shapes.ts';
import { threadOf } from '../wire-message.ts';
import type { World } from '../world.ts';
import { act, channelOf, fileOf, id, messageOf, PeopleNo, personIn, writerIn, text, uploads, type GivenFile } from './act.ts';
import { mentionsOf, typed } from './typed.ts';

const mostFiles = 10;
const title = z.string().min(1).max(100);

const say = act(
  z.strictObject({
    channel: id,
    text,
    from: id,
    reply: id.optional(),
    ping: z.boolean().default(true),
    forwardOf: id.optional(),
    files: uploads,
  }),
  (world, { channel: where, from, reply, ping, forwardOf, files, ...said }) => {
    const { state } = world;
    const channel = threadOrChannel(world, where, from);
    writerIn(world, channel, from);
    if (channel.type === 15) throw new PeopleNo('forum_takes_posts');
    if (channel.locked) throw new PeopleNo('thread_locked');
    const content = typed(state, channel.guild, said.text);
    if (content === '' && files.length === 0 && forwardOf === undefined) throw new PeopleNo('empty_message');
    const answered = reply === undefined ? null : messageOf(world, reply);
    const mentions = mentionsOf(state, channel.guild, content);
    const message = put(world, channel, {
      author: from,
      content,
      attachments: kept(world, channel, files),
      ...mentions,
      mentions: [...new Set([...mentions.mentions, ...(answered !== null && ping ? [answered.author] : [])])],
      type: answered === null ? 0 : 19,
      replyTo: answered === null ? null : { channel: answered.channel, message: answered.id },
      forwardOf: forwardOf === undefined ? null : snapshotOf(messageOf(world, forwardOf)),
    });
    return { id: message.id, channel: channel.id };
  },
);

/** In the thread of a message that has none yet somebody begins it first. */
function threadOrChannel(world: World, where: string, from: string): Channel {
  const message = world.state.get('messages', where);
  if (world.state.get('channels', where) !== undefined || message === undefined) return channelOf(world, where);
  return beginThread(world, channelOf(world, message.channel), { name: nameFrom(message), by: from, message });
}

function nameFrom({ content }: Message): string {
  return (
    content
      .replaceAll(/<[^>]+>/g, '')
      .trim()
      .slice(0, 100) || 'Thread'
  );
}

const post = act(z.strictObject({ forum: id, title, text, from: id, files: uploads }), (world, given) => {
  const forum = channelOf(world, given.forum);
  writerIn(world, forum, given.from);
  if (forum.type !== 15) throw new PeopleNo('no_forum');
  const content = typed(world.state, forum.guild, given.text);
  const attachments = kept(world, forum, given.files);
  return {
    id: beginPost(world, forum, given.title, { author: given.from, content, attachments, ...mentionsOf(world.state, forum.guild, content) })
      .id,
  };
});

const hook = act(z.strictObject({ channel: id, text }), (world, { channel, text: content }) => {
  const { guild } = channelOf(world, channel);
  const webhook = '800000000000000001';
  return {
    id: put(world, channelOf(world, channel), { author: webhook, webhook, content, ...mentionsOf(world.state, guild, content) }).id,
  };
});

const edit = act(z.strictObject({ id, text }), (world, given) => {
  const message = messageOf(world, given.id);
  const channel = channelOf(world, message.channel);
  if (channel.archived) throw new PeopleNo('thread_archived');
  const content = typed(world.state, channel.guild, given.text);
  if (content === message.content) return;
  tellUpdate(
    world,
    world.state.keep({
      ...message,
      content,
      ...mentionsOf(world.state, channel.guild, content),
      editedAt: world.clock.now().toISOString(),
    }),
  );
});

/** Authors remove their own, and whoever manages messages removes all. */
const remove = act(z.strictObject({ ids: z.array(id).min(1).max(100), by: id.optional() }), (world, { ids, by }) => {
  const messages = ids.map((each) => messageOf(world, each));
  const channel = channelOf(world, messages[0]!.channel);
  if (messages.some((each) => each.channel !== channel.id)) throw new PeopleNo('message_not_found');
  const manages = by !== undefined && channel.guild !== null && may(inChannel(world.state, channel, by), bits.ManageMessages);
  if (by !== undefined && !manages && messages.some(({ author }) => author !== by)) throw new PeopleNo('not_yours');
  for (const message of messages) world.state.keep({ ...message, deleted: true });
  tellRemoved(world, channel, ids);
});

const thread = act(
  z.strictObject({ channel: id, name: title, from: id, message: id.optional() }),
  (world, { channel: where, name, from, message }) => {
    const channel = channelOf(world, where);
    personIn(world, channel, from);
    const first = message === undefined ? null : messageOf(world, message);
    if (first !== null && threadOf(world, first) !== undefined) throw new PeopleNo('thread_exists');
    return beginThread(world, channel, { name, by: from, message: first }).id;
  },
);

const lock = act(z.strictObject({ thread: id, locked: z.boolean() }), (world, { thread: threadId, locked }) =>
  changeThread(world, threadId, { locked }),
);
const archive = act(z.strictObject({ thread: id, archived: z.boolean() }), (world, { thread: threadId, archived }) =>
  changeThread(world, threadId, { archived }),
);

function changeThread(world: World, threadId: string, change: Partial<Channel>): void {
  const found = channelOf(world, threadId);
  if (!isThread(found)) throw new PeopleNo('no_thread');
  const after = { ...found, ...change };
  world.state.put('channels', threadId, after);
  tellThread(world, 'THREAD_UPDATE', after);
}

const unannounce = act(z.strictObject({ thread: id }), ({ state }, { thread: threadId }) =>
  state.setMeta({ unannounced: [...state.meta().unannounced, threadId] }),
);

const preview = act(z.strictObject({ message: id }), (world, given) => {
  const message = messageOf(world, given.message);
  const embed = { type: 'link', url: 'https://example.com/', title: 'Example' };
  tellUpdate(world, world.state.keep({ ...message, embeds: [embed] }));
});

export const talkActs = { say, post, hook, edit, remove, thread, lock, archive, unannounce, preview };

function kept(world: World, channel: Channel, files: readonly GivenFile[]): string[] {
  if (files.length > mostFiles) throw new PeopleNo('too_many_files');
  const all = files.map(fileOf);
  if (all.some(({ bytes }) => bytes.length > attachMost(world, channel.guild))) throw new PeopleNo('file_too_large');
  return all.map((file) => keepFile(world, channel.id, file));
}
