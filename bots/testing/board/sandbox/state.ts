// What the board remembers: one line of a file for each thing that happened, written before anybody hears of it, so that
// a board that is killed goes on where it was.

import { randomUUID } from 'node:crypto';
import { openJournal } from '#bots/stand-in/journal.ts';
import type { BoardEvent, Form, Role } from '../events.ts';

export interface Message {
  /** Counts up over the whole board; a thread has the id of its first message. */
  readonly id: string;
  readonly channel: string;
  readonly thread: string;
  readonly at: string;
  readonly text: string;
  /** null for a bot. */
  readonly from: Person | null;
  /** The bot's own, to find its message again. */
  readonly key: string | null;
  readonly files?: readonly FileInfo[];
  /** The same for a message that the person's app sent twice. */
  readonly gesture?: string;
  /** What people can press below a bot's post. */
  readonly choices?: readonly Button[];
  /** Nobody else sees it. */
  readonly only?: string;
  readonly editedAt?: string;
  /** How often it was edited; absent for never. */
  readonly edits?: number;
  /** What it said before it was edited. */
  readonly first?: string;
  readonly removed?: true;
}

export interface FileInfo {
  readonly id: string;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
}

export interface Button {
  readonly id: string;
  readonly label: string;
  readonly style: 'plain' | 'main' | 'danger';
}

export interface Person {
  readonly id: string;
  readonly name: string;
  /** A member where it is left out. */
  readonly role?: Role | undefined;
}

export interface Workspace {
  readonly id: string;
  readonly name: string;
}

/** Who can be seen in a workspace before they said anything. */
export type Resident = Person & { readonly workspace: string; readonly role: Role };

export interface Channel {
  readonly id: string;
  /** The one of channels that were opened without any is `board`. */
  readonly workspace: string;
  readonly name: string;
  /** Whose direct messages with the bot it holds; null for a channel. */
  readonly direct: string | null;
  /** Nobody may write there any more. */
  readonly closed: boolean;
  /** Bots may look for their messages. */
  readonly searchable: boolean;
}

export interface State {
  readonly messages: readonly Message[];
  channel(id: string): Channel | undefined;
  setChannel(channel: Channel): void;
  add(message: Omit<Message, 'id' | 'at' | 'thread'> & { readonly thread?: string }): Message;
  /** undefined also for one that was removed. */
  message(id: string): Message | undefined;
  edit(id: string, text: string): Message;
  remove(id: string): Message;
  /** Messages of people that the bot has not confirmed, in order. */
  undelivered(): Message[];
  delivered(id: string): void;

  readonly channels: ReadonlyMap<string, Channel>;
  readonly workspaces: ReadonlyMap<string, Workspace>;
  /** By workspace and id. */
  readonly residents: ReadonlyMap<string, Resident>;
  setWorkspace(workspace: Workspace): void;
  setResident(resident: Resident): void;
  /** Something besides a message, which the bot is told of. */
  happen(happening: NewHappening): Happening;
  /** Happenings that the bot has not confirmed, in order. */
  unheard(): Happening[];
  readonly interactions: ReadonlyMap<string, Interaction>;
  answer(interaction: string, form: Form | null): void;
  /** The form that an interaction was answered with is sent or put away. */
  closeForm(interaction: string): void;
  /** Counts what has changed. */
  version(): number;
  /** Resolves at the next change. */
  changed(): Promise<void>;
}

type Line =
  | { readonly message: Message }
  | { readonly channel: Channel }
  | { readonly delivered: string }
  | { readonly workspace: Workspace }
  | { readonly resident: Resident }
  | { readonly edited: { readonly id: string; readonly text: string; readonly at: string } }
  | { readonly removed: string }
  | { readonly happening: Happening }
  | { readonly answer: { readonly interaction: string; readonly form: Form | null } }
  | { readonly formClosed: string };

/** All events but those of new messages, as they are kept: what the board knows by itself is added when they are told. */
export type Happening = Exclude<Kept<BoardEvent>, { readonly kind: 'said' }>;
type NewHappening = WithoutIds<Happening>;
type Kept<Event> = Event extends BoardEvent ? Omit<Event, 'workspace' | 'direct'> : never;
type WithoutIds<Event> = Event extends Happening ? Omit<Event, 'event' | 'at' | 'interaction'> : never;

/** What the bot may still answer. */
export interface Interaction {
  readonly id: string;
  readonly kind: 'pressed' | 'submitted' | 'command';
  readonly channel: string;
  readonly thread: string;
  readonly person: string;
  readonly at: string;
  readonly answers: number;
  /** What it was answered with, until that is sent or put away. */
  readonly form: Form | null;
}

/** Without a file it forgets at its end. */
export function openState(file: string | null, now: () => Date): State {
  const journal = openJournal<Line>(file);
  const messages: Message[] = [];
  /** As they were said: a change is told as an event of its own. */
  const originals: Message[] = [];
  const channels = new Map<string, Channel>();
  const delivered = new Set<string>();
  const workspaces = new Map<string, Workspace>();
  const residents = new Map<string, Resident>();
  const happenings: Happening[] = [];
  const interactions = new Map<string, Interaction>();
  let version = 0;
  let next = Promise.withResolvers<void>();

  for (const line of journal.lines) apply(line);

  return {
    messages,
    channel: (id) => channels.get(id),
    setChannel: (channel) => write({ channel }),
    add({ thread, ...rest }) {
      const id = String(messages.length + 1);
      const message = { ...rest, id, thread: thread ?? id, at: now().toISOString() };
      write({ message });
      return message;
    },
    undelivered: () => originals.filter(({ id, from }) => from !== null && !delivered.has(id)),
    delivered: (id) => write({ delivered: id }),

    channels,
    workspaces,
    residents,
    interactions,
    setWorkspace: (workspace) => write({ workspace }),
    setResident: (resident) => write({ resident }),
    message: (id) => messages.find((message) => message.id === id && message.removed === undefined),
    edit(id, text) {
      write({ edited: { id, text, at: now().toISOString() } });
      return messages[Number(id) - 1]!;
    },
    remove(id) {
      write({ removed: id });
      return messages[Number(id) - 1]!;
    },
    happen(about) {
      const number = happenings.length + 1;
      const happening: Happening = {
        event: `e${number}`,
        at: now().toISOString(),
        // As hard to guess as a platform's handle: who has it may answer.
        ...(about.kind === 'pressed' || about.kind === 'submitted' || about.kind === 'command'
          ? { ...about, interaction: `i${number}-${randomUUID()}` }
          : about),
      };
      write({ happening });
      return happening;
    },
    unheard: () => happenings.filter(({ event }) => !delivered.has(event)),
    answer: (interaction, form) => write({ answer: { interaction, form } }),
    closeForm: (interaction) => write({ formClosed: interaction }),
    version: () => version,
    changed: () => next.promise,
  };

  function write(line: Line) {
    journal.write(line);
    apply(line);
    version += 1;
    next.resolve();
    next = Promise.withResolvers();
  }

  function apply(line: Line) {
    if ('message' in line) {
      messages.push(line.message);
      originals.push(line.message);
    } else if ('channel' in line) channels.set(line.channel.id, line.channel);
    else if ('delivered' in line) delivered.add(line.delivered);
    else if ('workspace' in line) workspaces.set(line.workspace.id, line.workspace);
    else if ('resident' in line) residents.set(`${line.resident.workspace}/${line.resident.id}`, line.resident);
    else if ('edited' in line)
      change(line.edited.id, ({ text, first = text, edits = 0 }) => ({
        text: line.edited.text,
        editedAt: line.edited.at,
        first,
        edits: edits + 1,
      }));
    else if ('removed' in line) change(line.removed, () => ({ text: '', files: [], choices: [], removed: true }));
    else if ('happening' in line) happen(line.happening);
    else if ('answer' in line) {
      const { interaction, form } = line.answer;
      const { answers, ...rest } = interactions.get(interaction)!;
      interactions.set(interaction, { ...rest, answers: answers + 1, form: form ?? rest.form });
    } else interactions.set(line.formClosed, { ...interactions.get(line.formClosed)!, form: null });
  }

  function happen(happening: Happening) {
    happenings.push(happening);
    if (!('interaction' in happening)) return;
    const { interaction, kind, channel, thread, from, at } = happening;
    interactions.set(interaction, { id: interaction, kind, channel, thread, person: from.id, at, answers: 0, form: null });
  }

  function change(id: string, how: (message: Message) => Partial<Message>) {
    const at = messages.findIndex((message) => message.id === id);
    messages[at] = { ...messages[at]!, ...how(messages[at]!) };
  }
}
