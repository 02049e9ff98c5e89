// What people do besides talking: they change and delete what they said, press, fill in forms, stop, give commands. The board
// lets them do what the platforms let people do, and nothing else; each act is told to the bot.

import { z } from 'zod';
import { roles, type Form } from '../events.ts';
import { fileFaults, fileIn, type Shelf } from './files.ts';
import { Refused } from './refused.ts';
import { seenBy } from './seen.ts';
import type { Channel, Message, Person, State } from './state.ts';
import { withRole } from './told.ts';

interface People {
  readonly state: State;
  readonly shelf: Shelf;
  readonly waitingFaults: () => readonly string[];
  readonly unconfirmed: () => number;
}

/** Answers `/people/<act>`. */
export function actOfPeople(
  { state, shelf, waitingFaults, unconfirmed }: People,
  [act, ...path]: string[],
  method: string,
  body: unknown,
  query: URLSearchParams,
): unknown {
  switch (`${method} ${act}`) {
    case 'PUT workspaces':
      return state.setWorkspace({ id: idSchema.parse(path[0]), ...workspaceSchema.parse(body) });
    case 'PUT residents':
      return state.setResident({ workspace: idSchema.parse(path[0]), id: idSchema.parse(path[1]), ...residentSchema.parse(body) });
    case 'GET places':
      return {
        workspaces: [...state.workspaces.values()],
        channels: [...state.channels.values()],
        residents: [...state.residents.values()],
      };
    case 'GET seen':
      return seenBy(state, query);
    case 'GET changes': {
      const { after } = changesSchema.parse(Object.fromEntries(query));
      return state.version() !== after ? { version: state.version() } : state.changed().then(() => ({ version: state.version() }));
    }
    case 'GET unconfirmed':
      return unconfirmed();
    case 'GET faults':
      return { calls: waitingFaults(), files: shelf.waiting() };
    case 'POST file-faults':
      return shelf.order(z.enum(fileFaults).parse(body));
    case 'POST edit': {
      const { message: id, from, text } = editSchema.parse(body);
      const message = spokenBy(from, messageOf(state, id));
      const place = placeOf(state, message, from);
      if (message.text === text) return message;
      const edited = state.edit(id, text);
      state.happen({ kind: 'edited', ...place, message: id, text });
      return edited;
    }
    case 'POST delete': {
      const { message: id, from } = deleteSchema.parse(body);
      const message = messageOf(state, id);
      const place = placeOf(state, message, from);
      if (place.from.role !== 'admin') spokenBy(from, message);
      state.remove(id);
      // That an admin took away a post of the bot is told to nobody.
      return message.from !== null && state.happen({ kind: 'deleted', ...place, message: id });
    }
    case 'POST press': {
      const { message: id, choice, from } = pressSchema.parse(body);
      const message = messageOf(state, id);
      if (message.only !== undefined && message.only !== from.id) throw new Refused(404, 'no such message');
      if (!message.choices?.some((each) => each.id === choice)) throw new Refused(404, 'no such choice');
      return state.happen({
        kind: 'pressed',
        ...placeOf(state, message, from),
        message: id,
        ...(message.key !== null && { key: message.key }),
        choice,
      });
    }
    case 'POST submit': {
      const { interaction: id, values, from } = submitSchema.parse(body);
      const { form, ...interaction } = formOf(state, id, from);
      const filled = filledIn(form, values);
      state.closeForm(id);
      return state.happen({ kind: 'submitted', ...placeOf(state, interaction, from), form: form.id, values: filled });
    }
    case 'POST dismiss': {
      const { interaction, from } = dismissSchema.parse(body);
      formOf(state, interaction, from);
      return state.closeForm(interaction);
    }
    case 'POST stop': {
      const { channel, thread, from } = stopSchema.parse(body);
      if (!state.messages.some((message) => message.channel === channel && message.thread === thread))
        throw new Refused(404, 'no such thread');
      return state.happen({ kind: 'stopped', ...placeOf(state, { channel, thread }, from) });
    }
    case 'POST command': {
      const { channel, thread = '', name, text, from } = commandSchema.parse(body);
      return state.happen({ kind: 'command', ...placeOf(state, { channel, thread }, from), name, text });
    }
    case 'GET files': {
      const file = fileIn(state.messages, path[0] ?? '');
      const bytes = file && shelf.read(file.id);
      if (!bytes) throw new Refused(404, 'no such file');
      return { ...file, base64: bytes.toString('base64') };
    }
    default:
      throw new Refused(404, 'no such address');
  }
}

/** Throws where nobody can write any more, or this person cannot read. */
export function enter(state: State, channel: string, from: Person): Channel {
  const place = state.channel(channel);
  if (place === undefined || (place.direct !== null && place.direct !== from.id)) throw new Refused(404, 'no such channel');
  if (place.closed) throw new Refused(403, 'closed');
  return place;
}

function placeOf(state: State, { channel, thread }: Pick<Message, 'channel' | 'thread'>, from: Person) {
  enter(state, channel, from);
  return { channel, thread, from: withRole(state, channel, from) };
}

function messageOf(state: State, id: string): Message {
  const message = state.message(id);
  if (message === undefined || message.removed) throw new Refused(404, 'no such message');
  return message;
}

function spokenBy(person: Person, message: Message): Message {
  if (message.from?.id !== person.id) throw new Refused(403, 'somebody else’s message');
  return message;
}

function formOf(state: State, id: string, from: Person) {
  const interaction = state.interactions.get(id);
  if (interaction === undefined || interaction.form === null || interaction.person !== from.id) throw new Refused(404, 'no such form');
  return { ...interaction, form: interaction.form };
}

/** Every field that is asked for, as it was filled in. */
function filledIn({ fields }: Form, values: Readonly<Record<string, string>>): Record<string, string> {
  const unknown = Object.keys(values).find((name) => !fields.some(({ id }) => id === name));
  if (unknown !== undefined) throw new Refused(400, `no field ${unknown}`);
  return Object.fromEntries(
    fields.map(({ id, label, kind, required, most, options }) => {
      const value = values[id] ?? '';
      if (required && value.trim() === '') throw new Refused(400, `${label} is required`);
      if (value.length > most) throw new Refused(400, `${label} is longer than ${most} characters`);
      if (kind === 'choice' && value !== '' && !options.some((option) => option.id === value))
        throw new Refused(400, `${label} is not one of its options`);
      return [id, value];
    }),
  );
}

export const idSchema = z.string().regex(/^[a-z0-9-]{1,40}$/);
export const threadSchema = z.string().regex(/^\d{1,15}$/);
export const personSchema = z.strictObject({ id: z.string().min(1).max(100), name: z.string().max(200), role: z.enum(roles).optional() });
const from = personSchema;
const messageId = threadSchema;
const someText = z.string().min(1).max(40_000);
const workspaceSchema = z.strictObject({ name: z.string().min(1).max(80) });
const residentSchema = z.strictObject({ name: z.string().min(1).max(200), role: z.enum(roles).default('member') });
const changesSchema = z.strictObject({ after: z.coerce.number().int().min(-1) });
const editSchema = z.strictObject({ message: messageId, from, text: someText });
const deleteSchema = z.strictObject({ message: messageId, from });
const pressSchema = z.strictObject({ message: messageId, choice: z.string().min(1).max(100), from });
const submitSchema = z.strictObject({
  interaction: z.string().max(100),
  from,
  values: z.record(z.string().max(100), z.string().max(40_000)),
});
const dismissSchema = z.strictObject({ interaction: z.string().max(100), from });
const stopSchema = z.strictObject({ channel: idSchema, thread: threadSchema, from });
const commandSchema = z.strictObject({
  channel: idSchema,
  thread: threadSchema.optional(),
  name: z.string().regex(/^[a-z0-9-]{1,32}$/),
  text: z.string().max(3000),
  from,
});
