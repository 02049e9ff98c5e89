// What the sandbox page needs of a platform's stand-in, and what tests act through: everything that people see and do in a
// chat. A platform brings this and how its messages are drawn; the page is one for all.

import type { Markup } from '#core/domain/text/html.ts';

export interface ChatSandbox {
  /** What the page is called: "Board". */
  readonly title: string;
  /** How a request begins in a channel, where not every message there is one: “Mention @impacter to ask.” */
  readonly howToAsk?: string;
  workspaces(): Promise<readonly ChatWorkspace[]>;
  /** What one person sees of a channel (the first message of each thread) or of one thread. Rejects with a ChatRefusal. */
  look(view: ChatView, window: ChatWindow): Promise<ChatSight>;

  /** Says something, as the first of a new thread where `view` has none. Gives the thread to look at then. */
  say(view: ChatView, said: { readonly text: string; readonly files: readonly ChatUpload[] }): Promise<{ readonly thread: string | null }>;
  edit(view: ChatView, message: string, text: string): Promise<void>;
  delete(view: ChatView, message: string): Promise<void>;
  /** Presses a button below a post. */
  press(view: ChatView, message: string, choice: string): Promise<void>;
  submit(view: ChatView, form: string, values: Readonly<Record<string, string>>, files: readonly ChatUpload[]): Promise<void>;
  /** Closes a form without sending it. */
  dismiss(view: ChatView, form: string): Promise<void>;
  /** The platform's own Stop for the work of a thread; left out where it has none. */
  stop?(view: ChatView): Promise<void>;
  /** Comes to a channel that the platform tells the app of (`ChatChannel.opens`). */
  open?(view: ChatView): Promise<void>;
  /** What can be done with every message, besides. */
  readonly shortcuts?: readonly { readonly id: string; readonly label: string }[];
  shortcut?(view: ChatView, message: string, id: string): Promise<void>;
  /** What the platform offers to say in an empty direct message. */
  readonly prompts?: readonly { readonly label: string; readonly text: string }[];
  /** Files can be attached to a command; elsewhere they make it a message. */
  readonly commandsTakeFiles?: boolean;
  /** `/name text`. */
  command(view: ChatView, name: string, text: string, files: readonly ChatUpload[]): Promise<void>;
  /** null where there is no such file. */
  file(view: ChatView, id: string): Promise<ChatUpload | null>;

  /** What can be switched on and off. */
  switches?(): readonly ChatSwitch[];
  flip?(id: string): Promise<void>;

  /** Trouble that can be ordered, and how much of each still waits to happen. */
  faults(): Promise<readonly ChatFault[]>;
  order(fault: string): Promise<void>;

  /** Calls back after each change, until it is told to stop. */
  watch(changed: () => void): () => void;
}

/** A no that can be shown to a person. Anything else that is thrown is a bug. */
export class ChatRefusal extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'ChatRefusal';
  }
}

/** Where somebody is, and who they are there. */
export interface ChatView {
  readonly workspace: string;
  readonly channel: string;
  /** The id of its first message. */
  readonly thread: string | null;
  /** Who looks and acts, by id. */
  readonly as: string;
}

export interface ChatWindow {
  /** Only what is older than this message. */
  readonly before: string | null;
  /** At most this many messages, the newest. */
  readonly most: number;
}

export interface ChatWorkspace {
  readonly id: string;
  readonly name: string;
  readonly channels: readonly ChatChannel[];
  readonly people: readonly ChatPerson[];
}

export interface ChatChannel {
  readonly id: string;
  readonly name: string;
  /** Whose direct messages with the bot it holds, by id; null for a channel. */
  readonly direct: string | null;
  /** Nobody can write there any more. */
  readonly closed: boolean;
  /** False where messages begin no threads. */
  readonly hasThreads?: boolean;
  /** The platform tells the app when somebody comes there. */
  readonly opens?: boolean;
  /** A page of the app, on which nobody writes. */
  readonly page?: boolean;
}

export interface ChatPerson {
  readonly id: string;
  readonly name: string;
  /** In words: "guest". */
  readonly role: string;
  /** May delete what others said. */
  readonly administers: boolean;
}

/** What is seen: oldest first. */
export interface ChatSight {
  readonly messages: readonly ChatMessage[];
  readonly hasEarlier: boolean;
  /** The form that waits for this person; null where none does. */
  readonly form: ChatForm | null;
}

export interface ChatMessage {
  readonly id: string;
  readonly thread: string;
  /** ISO 8601; empty for what is shown at any time. */
  readonly at: string;
  /** null for the bot. */
  readonly from: Pick<ChatPerson, 'id' | 'name'> | null;
  /** As the platform shows it. */
  readonly drawn: Markup;
  /** As it was written: what an edit begins with. */
  readonly text: string;
  readonly isEdited: boolean;
  readonly isDeleted: boolean;
  /** Nobody but who looks sees it. */
  readonly isPrivate: boolean;
  readonly choices: readonly ChatChoice[];
  readonly files: readonly ChatFile[];
  /** How many messages follow it in its thread. */
  readonly replies: number;
}

export interface ChatChoice {
  readonly id: string;
  readonly label: string;
  readonly style: 'plain' | 'main' | 'danger';
}

export interface ChatFile {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
}

export interface ChatUpload {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;
}

export interface ChatForm {
  readonly id: string;
  readonly title: string;
  /** null where there is nothing to send. */
  readonly submit: string | null;
  /** What is said in it, above its fields. */
  readonly drawn?: Markup;
  readonly fields: readonly ChatField[];
}

export interface ChatField {
  readonly id: string;
  readonly label: string;
  /** Said below its label. */
  readonly hint?: string;
  /** `line` and `text` take words on one line or several, `choice` one of its options, `files` what is chosen from the disk. */
  readonly kind: 'line' | 'text' | 'choice' | 'files';
  readonly required: boolean;
  readonly most: number;
  readonly value: string;
  readonly options: readonly { readonly id: string; readonly label: string }[];
}

export interface ChatSwitch {
  readonly id: string;
  readonly label: string;
  readonly about: string;
  readonly isOn: boolean;
}

export interface ChatFault {
  readonly id: string;
  readonly label: string;
  readonly waiting: number;
}
