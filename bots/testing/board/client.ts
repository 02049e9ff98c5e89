// What a test does to a board, and sees of it, over HTTP: the board may be another process.

import type { Fault } from '#bots/stand-in/faults.ts';
import { PeopleRefusal, reasonIn } from '#bots/stand-in/people.ts';
import type { FileFault } from '#bots/stand-in/shelf.ts';
import type { AttachedFile } from '../kit.ts';
import type { Role } from './events.ts';
import type { Call } from './sandbox/limits.ts';
import type { Hook } from './sandbox/push.ts';
import type { Seen } from './sandbox/seen.ts';
import type { Channel, FileInfo, Message, Person, Resident, Workspace } from './sandbox/state.ts';

export interface BoardPeople {
  /** Opens a channel, or changes one. */
  channel(id: string, change?: Partial<Omit<Channel, 'id' | 'direct'>> & { readonly direct?: string }): Promise<void>;
  /** A person says something, in a thread or as the root of a new one. */
  say(
    channel: string,
    text: string,
    options?: { thread?: string; from?: Person; files?: readonly AttachedFile[]; gesture?: string },
  ): Promise<Message>;
  /** All that people see, oldest first. */
  messages(channel?: string, thread?: string): Promise<Message[]>;
  /** A person deletes a message. */
  remove(id: string): Promise<void>;
  /** The next call of a bot, but for edits, ends like this; several make a queue. */
  next(fault: Fault): Promise<void>;
  /** The same for edits of posts. */
  nextEdit(fault: Fault): Promise<void>;
  /** What was held is done now. Gives how many calls that were. */
  letGo(): Promise<number>;
  /** Where people's messages are told to the bot, and how badly. */
  hook(change: Partial<Hook>): Promise<void>;
  /** Where the bot's own posts are told to it; null holds them back, as it is at first. */
  echoes(url: string | null): Promise<void>;
  /** The channel takes no posts for so long: 429, with the seconds that are left. */
  limit(channel: string, forMs: number): Promise<void>;
  /** Every call of a bot that came for this channel, oldest first. */
  calls(channel: string): Promise<Call[]>;

  workspace(id: string, name: string): Promise<void>;
  /** Somebody is known in a workspace, by name and role, before they say anything. */
  resident(workspace: string, person: Person & { readonly role: Role }): Promise<void>;
  places(): Promise<Places>;
  /** What one person sees of a channel or of one thread: also what only they see. */
  seen(channel: string, viewer: string, window?: { thread?: string; before?: string; most?: number }): Promise<Seen>;
  edit(message: string, text: string, from?: Person): Promise<Message>;
  /** Authors delete their own messages, admins all. */
  delete(message: string, from?: Person): Promise<void>;
  /** Presses a button below a post. */
  press(message: string, choice: string, from?: Person): Promise<{ readonly interaction: string }>;
  /** Sends the form that an interaction was answered with. */
  submit(interaction: string, values: Readonly<Record<string, string>>, from?: Person): Promise<{ readonly interaction: string }>;
  dismiss(interaction: string, from?: Person): Promise<void>;
  /** The platform's own Stop. */
  stop(channel: string, thread: string, from?: Person): Promise<void>;
  /** `/name text`. */
  command(
    channel: string,
    name: string,
    text: string,
    options?: { thread?: string; from?: Person },
  ): Promise<{ readonly interaction: string }>;
  file(id: string): Promise<FileInfo & { readonly bytes: Buffer }>;
  /** The next download of a file meets this; several make a queue. */
  nextFile(fault: FileFault): Promise<void>;
  /** How often the bot did not confirm what it was told. */
  unconfirmed(): Promise<number>;
  /** What still waits to happen. */
  faults(): Promise<{ readonly calls: readonly Fault[]; readonly files: readonly FileFault[] }>;
  /** Resolves with the number of changes as soon as it is not `after`. */
  changes(after: number, signal?: AbortSignal): Promise<number>;
}

export interface Places {
  readonly workspaces: readonly Workspace[];
  readonly channels: readonly Channel[];
  readonly residents: readonly Resident[];
}

const ann: Person = { id: 'ann', name: 'Ann' };

/** `token` is the people's, where the board asks for one. */
export function boardPeople(url: string, token?: string): BoardPeople {
  return {
    channel: (id, change = {}) => call('PUT', `people/channels/${id}`, change),
    say: (channel, text, { thread, from = ann, files = [], gesture } = {}) =>
      call('POST', 'people/say', {
        channel,
        text,
        from,
        ...(thread !== undefined && { thread }),
        ...(gesture !== undefined && { gesture }),
        files: files.map(({ bytes, ...file }) => ({ ...file, base64: bytes.toString('base64') })),
      }),
    messages: (...place) => call('GET', ['people/messages', ...place].join('/')),
    remove: (id) => call('DELETE', `people/messages/${id}`, {}),
    next: (fault) => call('POST', 'faults', fault),
    nextEdit: (fault) => call('POST', 'faults/edits', fault),
    letGo: () => call('POST', 'people/held', {}),
    hook: (change) => call('POST', 'hook', change),
    echoes: (to) => call('PUT', 'people/echoes', { url: to }),
    limit: (channel, forMs) => call('PUT', `people/limits/${channel}`, { forMs }),
    calls: (channel) => call('GET', `people/calls/${channel}`),

    workspace: (id, name) => call('PUT', `people/workspaces/${id}`, { name }),
    resident: (workspace, { id, ...person }) => call('PUT', `people/residents/${workspace}/${id}`, person),
    places: () => call('GET', 'people/places'),
    seen: (channel, viewer, { thread, before, most = 100 } = {}) =>
      call('GET', `people/seen?${queryOf({ channel, viewer, most: String(most), thread, before })}`),
    edit: (message, text, from = ann) => call('POST', 'people/edit', { message, text, from }),
    delete: (message, from = ann) => call('POST', 'people/delete', { message, from }),
    press: (message, choice, from = ann) => call('POST', 'people/press', { message, choice, from }),
    submit: (interaction, values, from = ann) => call('POST', 'people/submit', { interaction, values, from }),
    dismiss: (interaction, from = ann) => call('POST', 'people/dismiss', { interaction, from }),
    stop: (channel, thread, from = ann) => call('POST', 'people/stop', { channel, thread, from }),
    command: (channel, name, text, { thread, from = ann } = {}) =>
      call('POST', 'people/command', { channel, name, text, from, ...(thread !== undefined && { thread }) }),
    async file(id) {
      const { base64, ...file } = await call<FileInfo & { base64: string }>('GET', `people/files/${id}`);
      return { ...file, bytes: Buffer.from(base64, 'base64') };
    },
    nextFile: (fault) => call('POST', 'people/file-faults', fault),
    unconfirmed: () => call('GET', 'people/unconfirmed'),
    faults: () => call('GET', 'people/faults'),
    async changes(after, signal) {
      return (await call<{ version: number }>('GET', `people/changes?after=${after}`, undefined, signal)).version;
    },
  };

  async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const response = await fetch(`${url}/${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    if (response.ok) return (await response.json()) as T;
    const text = await response.text();
    throw new PeopleRefusal(response.status, reasonIn(text), `${method} ${path.split('?')[0]}`);
  }
}

function queryOf(fields: Readonly<Record<string, string | undefined>>): string {
  return new URLSearchParams(Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)).toString();
}
