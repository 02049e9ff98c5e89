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
  /** Messages of people that the bot has not confirmed, in order. */
  undelivered(): Message[];
  delivered(id: string): void;
  remove(id: string): void;
}

type Line = { readonly message: Message } | { readonly channel: Channel } | { readonly delivered: string } | { readonly removed: string };

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
    undelivered: () => messages.filter(({ id, from }) => from !== null && !delivered.has(id)),
    delivered: (id) => write({ delivered: id }),
    remove: (id) => write({ removed: id }),
  };

  function write(line: Line) {
    if (file !== null) appendFileSync(file, `${JSON.stringify(line)}\n`);
    apply(line);
  }

  function apply(line: Line) {
    if ('message' in line) messages.push(line.message);
    else if ('channel' in line) channels.set(line.channel.id, line.channel);
    else if ('removed' in line) messages[Number(line.removed) - 1] = { ...messages[Number(line.removed) - 1]!, text: '', removed: true };
    else delivered.add(line.delivered);
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
