// What people say, change and take back.

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { PeopleNo } from '#bots/stand-in/people.ts';
import type { Channel, FileInfo, Message, User } from '../shapes.ts';
import { fileFaults, type FileFault } from '../shelf.ts';
import { slackId } from '../state.ts';
import { tellDeletion, tellEdit, tellMessage } from '../tell/messages.ts';
import { isRoot } from '../wire.ts';
import { act, channelOf, id, personIn, ts, writerIn, type People } from './act.ts';
import { namesIn } from './setup.ts';
import { typed } from './typed.ts';

const say = act(
  z.strictObject({
    channel: id,
    text: z.string().max(40_000),
    from: id,
    thread: ts.optional(),
    broadcast: z.boolean().default(false),
    viewing: id.optional(),
    files: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(300),
          mime: z.string().min(1).max(100),
          base64: z.base64(),
          external: z.boolean().default(false),
          fault: z.enum(fileFaults).optional(),
        }),
      )
      .max(10)
      .default([]),
  }),
  (people, { channel: channelId, from, thread, files, ...said }) => {
    const { state, teller } = people;
    const channel = channelOf(people, channelId);
    const person = writerIn(people, channel, from);
    if (thread !== undefined && !isRoot(state, channelId, thread)) throw new PeopleNo('thread_not_found');
    const message: Message = {
      ts: state.nextTs(),
      channel: channelId,
      thread: thread ?? null,
      user: person.id,
      isBot: false,
      text: typed(said.text, namesIn(people, channel.team)),
      blocks: [],
      files: files.map((file) => keepFile(people, channel, person, { ...file, bytes: Buffer.from(file.base64, 'base64') })),
      clientMsgId: randomUUID(),
      only: null,
      broadcast: said.broadcast && thread !== undefined,
      reactions: [],
      edited: null,
      deleted: false,
      viewing: said.viewing ?? null,
      first: null,
    };
    tellMessage(people, state.keep(message));
    if (teller.hook().twin) tellMessage(people, state.keep({ ...message, ts: state.nextTs() }));
    return { ts: message.ts, thread: message.thread ?? message.ts };
  },
);

const edit = act(z.strictObject({ channel: id, ts, text: z.string().min(1).max(40_000), from: id }), (people, given) => {
  const { channel, message } = spoken(people, given);
  const text = typed(given.text, namesIn(people, channel.team));
  if (message.text === text) return;
  const eventTs = people.state.nextTs();
  const first = message.first ?? { text: message.text, blocks: [] };
  const after = people.state.keep({ ...message, text, first, edited: { user: given.from, ts: eventTs } });
  tellEdit(people, message, after, eventTs);
});

/** Authors delete their own messages, admins all. */
const remove = act(z.strictObject({ channel: id, ts, from: id }), (people, given) => {
  const channel = channelOf(people, given.channel);
  const { role } = writerIn(people, channel, given.from);
  const message = role === 'admin' ? messageIn(people, channel, given.ts) : spoken(people, given).message;
  people.state.keep({ ...message, deleted: true });
  tellDeletion(people, message, people.state.nextTs());
});

/** A link in it is shown with a preview: a change that its author did not make. */
const unfurl = act(z.strictObject({ channel: id, ts }), (people, given) => {
  const message = messageIn(people, channelOf(people, given.channel), given.ts);
  tellEdit(people, message, message, people.state.nextTs());
});

const file = act(z.strictObject({ id }), ({ state, shelf }, given) => {
  const found = state.get('files', given.id);
  const bytes = shelf.read(given.id);
  if (found === undefined || bytes === null) throw new PeopleNo('file_not_found');
  return { name: found.name, mime: found.mime, base64: bytes.toString('base64') };
});

const deleteFile = act(z.strictObject({ id }), ({ state }, given) => {
  const found = state.get('files', given.id);
  if (found === undefined) throw new PeopleNo('file_not_found');
  state.put('files', found.id, { ...found, state: 'gone' });
});

export const talkActs = { say, edit, delete: remove, unfurl, file, deleteFile };

interface Attached {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;
  readonly external: boolean;
  readonly fault?: FileFault | undefined;
}

function keepFile(
  { state, shelf, clock }: People,
  channel: Channel,
  person: User,
  { name, mime, bytes, external, fault }: Attached,
): string {
  const made: FileInfo = {
    id: slackId('F'),
    team: channel.team,
    name,
    mime,
    sizeBytes: bytes.length,
    user: person.id,
    created: Math.floor(clock.now().getTime() / 1000),
    isExternal: external,
    ...(fault !== undefined && { fault }),
    state: 'here',
  };
  shelf.keep(made.id, bytes);
  state.put('files', made.id, made);
  return made.id;
}

export function messageIn({ state }: People, channel: Channel, at: string): Message {
  const message = state.message(channel.id, at);
  if (message === undefined || message.deleted) throw new PeopleNo('message_not_found');
  return message;
}

function spoken(
  people: People,
  { channel: channelId, ts: at, from }: { channel: string; ts: string; from: string },
): { channel: Channel; message: Message } {
  const channel = channelOf(people, channelId);
  personIn(people, channel, from);
  if (channel.archived) throw new PeopleNo('is_archived');
  const message = messageIn(people, channel, at);
  if (message.user !== from || message.isBot) throw new PeopleNo('cant_update_message');
  return { channel, message };
}
