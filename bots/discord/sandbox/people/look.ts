// What one person sees, and what tests look at.

import { z } from 'zod';
import { atOf, isOlder } from '../../snowflake.ts';
import { botId } from '../bot.ts';
import { everyPiece, kinds, wordIn } from '../checks/components.ts';
import type { SeenButton, SeenMessage } from '../client.ts';
import { isThread } from '../permissions.ts';
import type { Channel, Message } from '../shapes.ts';
import { flags, threadOf } from '../wire-message.ts';
import type { World } from '../world.ts';
import { act, channelOf, id, PeopleNo, personIn, personOf } from './act.ts';
import { untyped } from './typed.ts';

const seen = act(
  z.strictObject({ channel: id, viewer: id, before: id.optional(), most: z.int().min(1).max(1000).default(100) }),
  (world, { channel: where, viewer, before, most }) => {
    const channel = channelOf(world, where);
    personIn(world, channel, viewer);
    const listed = messagesIn(world, channel)
      .filter(({ only }) => only === null || only === viewer)
      // What is deleted stays where a thread was begun from it.
      .filter((message) => !message.deleted || threadOf(world, message) !== undefined)
      .filter((message) => before === undefined || isOlder(message.id, before));
    return { messages: listed.slice(-most).map((message) => seenAs(world, message)), hasEarlier: listed.length > most };
  },
);

/** Of a forum: the first messages of its posts. */
function messagesIn({ state }: World, channel: Channel): Message[] {
  if (channel.type !== 15) return state.messages(channel.id).filter(({ type }) => type !== 21);
  const posts = [...state.all('channels').values()].filter(({ parent, deleted }) => parent === channel.id && !deleted);
  return posts.flatMap((post) => state.get('messages', post.id) ?? []);
}

const messages = act(z.strictObject({ channel: id }), (world, { channel: where }) => {
  const channel = world.state.get('channels', where);
  return channel === undefined ? [] : publicIn(world, channel);
});

const dms = act(z.strictObject({ user: id }), (world, { user }) => {
  personOf(world, user);
  const channel = [...world.state.all('channels').values()].find(({ people }) => people.length === 1 && people[0] === user);
  return channel === undefined ? [] : publicIn(world, channel);
});

function publicIn(world: World, channel: Channel): SeenMessage[] {
  return messagesIn(world, channel)
    .filter(({ only, deleted }) => only === null && !deleted)
    .map((message) => seenAs(world, message));
}

const ephemerals = act(z.strictObject({ user: id }), (world, { user }) =>
  [...world.state.all('messages').values()]
    .filter(({ only, deleted }) => only === user && !deleted)
    .map((message) => seenAs(world, message)),
);

const file = act(z.strictObject({ id }), ({ state, shelf }, given) => {
  const found = state.get('attachments', given.id);
  const bytes = shelf.read(given.id);
  if (found === undefined || found.isGone || bytes === null) throw new PeopleNo('file_not_found');
  const ending = /\.[^.]*$/.exec(found.filename)?.[0] ?? '';
  return { name: found.title === null ? found.filename : found.title + ending, mime: found.mime, base64: bytes.toString('base64') };
});

const removeFile = act(z.strictObject({ id }), ({ state }, given) => {
  const found = state.get('attachments', given.id);
  if (found === undefined) throw new PeopleNo('file_not_found');
  state.put('attachments', found.id, { ...found, isGone: true });
});

export const lookActs = { seen, messages, dms, ephemerals, file, removeFile };

export function seenAs(world: World, message: Message): SeenMessage {
  const { state } = world;
  const { author, content, channel, components, attachments, webhook } = message;
  const place = state.get('channels', channel)!;
  const isBot = author === botId;
  // The first of a forum's post lies in the thread that has its id.
  const thread = threadOf(world, message)?.id ?? (isThread(place) && place.id === message.id ? place.id : null);
  const inThread =
    thread === null ? [] : state.messages(thread).filter(({ deleted, type, id: each }) => !deleted && type !== 21 && each !== thread);
  return {
    ...message,
    by: isBot ? null : { id: author, name: webhook === null ? (state.get('people', author)?.name ?? author) : 'Build' },
    isBot,
    at: atOf(message.id).toISOString(),
    files: attachments.flatMap((each) => state.get('attachments', each) ?? []),
    buttons: buttonsIn(components),
    typed: untyped(state, place.guild, content),
    thread,
    replies: inThread.length,
    isThinking: (message.flags & flags.loading) !== 0,
  };
}

const styles: Readonly<Record<number, SeenButton['style']>> = { 1: 'main', 3: 'main', 4: 'danger' };

export function buttonsIn(components: Message['components']): SeenButton[] {
  return everyPiece(components)
    .filter(({ piece }) => piece['type'] === kinds.button && typeof piece['custom_id'] === 'string')
    .map(({ piece }) => ({
      customId: String(piece['custom_id']),
      label: wordIn(piece, 'label'),
      style: styles[Number(piece['style'])] ?? 'plain',
      disabled: piece['disabled'] === true,
    }));
}
