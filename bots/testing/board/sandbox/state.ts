// What the board remembers: one line of a file for each thing that happened, written before anybody hears of it, so that
// a board that is killed goes on where it was.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';

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
  /** How often it was edited; absent for never. */
  readonly edits?: number;
  /** What it said before it was edited. */
  readonly first?: string;
  readonly removed?: true;
}

export interface Person {
  readonly id: string;
  readonly name: string;
}

export interface Channel {
  readonly id: string;
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
  message(id: string): Message | undefined;
  edit(id: string, text: string): Message;
  remove(id: string): Message;
  /** Messages of people that the bot has not confirmed, in order. */
  undelivered(): Message[];
  delivered(id: string): void;
}

type Line =
  | { readonly message: Message }
  | { readonly channel: Channel }
  | { readonly delivered: string }
  | { readonly edited: { readonly id: string; readonly text: string } }
  | { readonly removed: string };

/** Without a file it forgets at its end. */
export function openState(file: string | null, now: () => Date): State {
  const messages: Message[] = [];
  const channels = new Map<string, Channel>();
  const delivered = new Set<string>();

  for (const line of file !== null && existsSync(file) ? readLines(file) : []) apply(line);

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
    message: (id) => messages.find((message) => message.id === id && message.removed === undefined),
    edit(id, text) {
      write({ edited: { id, text } });
      return messages.find((message) => message.id === id)!;
    },
    remove(id) {
      write({ removed: id });
      return messages.find((message) => message.id === id)!;
    },
    undelivered: () => messages.filter(({ id, from }) => from !== null && !delivered.has(id)),
    delivered: (id) => write({ delivered: id }),
  };

  function write(line: Line) {
    if (file !== null) appendFileSync(file, `${JSON.stringify(line)}\n`);
    apply(line);
  }

  function apply(line: Line) {
    if ('message' in line) messages.push(line.message);
    else if ('channel' in line) channels.set(line.channel.id, line.channel);
    else if ('edited' in line)
      change(line.edited.id, ({ text, first = text, edits = 0 }) => ({ text: line.edited.text, first, edits: edits + 1 }));
    else if ('removed' in line) change(line.removed, () => ({ removed: true }));
    else delivered.add(line.delivered);
  }

  function change(id: string, how: (message: Message) => Partial<Message>) {
    const at = messages.findIndex((message) => message.id === id);
    messages[at] = { ...messages[at]!, ...how(messages[at]!) };
  }
}

// The last line may be torn; nobody was told of it.
function readLines(file: string): Line[] {
  const text = readFileSync(file, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}
