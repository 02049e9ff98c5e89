// What the sandbox remembers: tables of records, each change of which is a line of the journal.

import { randomBytes } from 'node:crypto';
import { openJournal } from './journal.ts';
import type { Channel, FileInfo, Grant, Handle, Message, OpenView, Session, Stream, Team, Telling, Told, User } from './shapes.ts';

interface Tables {
  teams: Team;
  /** By team and id. */
  users: User;
  channels: Channel;
  files: FileInfo;
  told: Told;
  telling: Telling;
  triggers: Handle;
  responses: Handle;
  views: OpenView;
  /** Home tabs, by team and user. */
  homes: Readonly<Record<string, unknown>>;
  /** By channel and thread. */
  sessions: Session;
  /** By channel and ts. */
  streams: Stream;
  /** By code. */
  grants: Grant;
}

type Name = keyof Tables;
type Line = { readonly [N in Name]: readonly [N, string, Tables[N]] }[Name] | readonly ['messages', string, Message];

export interface State {
  all<N extends Name>(table: N): ReadonlyMap<string, Tables[N]>;
  get<N extends Name>(table: N, id: string): Tables[N] | undefined;
  put<N extends Name>(table: N, id: string, value: Tables[N]): void;

  /** Of a channel, oldest first, with those that were deleted. */
  messages(channel: string): readonly Message[];
  message(channel: string, ts: string): Message | undefined;
  /** Of a thread but its first one, oldest first, with those that were deleted. */
  replies(channel: string, thread: string): readonly Message[];
  keep(message: Message): Message;

  /** A ts that no message or event has, and larger than all there were. */
  nextTs(): string;
  /** Counts what has changed. */
  version(): number;
  /** Resolves at the next change. */
  changed(): Promise<void>;
}

/** Without a file it forgets at its end. */
export function openState(file: string | null, now: () => Date): State {
  const journal = openJournal<Line>(file);
  const tables = new Map<string, Map<string, unknown>>();
  const messages = new Map<string, Map<string, Message>>();
  /** The ts of replies, by channel and thread. */
  const threads = new Map<string, Set<string>>();
  let lastMicros = 0;
  let version = 0;
  let next = Promise.withResolvers<void>();
  for (const line of journal.lines) apply(line);

  const table = <N extends Name>(name: N) => {
    if (!tables.has(name)) tables.set(name, new Map());
    return tables.get(name) as Map<string, Tables[N]>;
  };

  return {
    all: table,
    get: (name, id) => table(name).get(id),
    put: (name, id, value) => write([name, id, value] as unknown as Line),
    messages: (channel) => [...(messages.get(channel)?.values() ?? [])],
    message: (channel, ts) => messages.get(channel)?.get(ts),
    replies: (channel, thread) => [...(threads.get(`${channel}/${thread}`) ?? [])].map((ts) => messages.get(channel)!.get(ts)!),
    keep(message) {
      write(['messages', message.channel, message]);
      return message;
    },
    nextTs() {
      lastMicros = Math.max(now().getTime() * 1000, lastMicros + 1);
      return tsOf(lastMicros);
    },
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

  function apply([name, id, value]: Line) {
    if (name === 'messages') {
      if (!messages.has(id)) messages.set(id, new Map());
      messages.get(id)!.set(value.ts, value);
      if (value.thread !== null) {
        const thread = `${id}/${value.thread}`;
        threads.set(thread, (threads.get(thread) ?? new Set()).add(value.ts));
      }
      noteTs(value.ts);
      noteTs(value.edited?.ts);
    } else {
      if (!tables.has(name)) tables.set(name, new Map());
      tables.get(name)!.set(id, value);
      if (name === 'told') noteTs(value.ts);
    }
  }

  function noteTs(ts: string | undefined) {
    if (ts !== undefined) lastMicros = Math.max(lastMicros, microsOf(ts));
  }
}

function tsOf(micros: number): string {
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
}

export function microsOf(ts: string): number {
  return Number(ts.replace('.', ''));
}

const idLetters = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';

/** An id as Slack makes them: a letter for its kind, then ten that nobody can guess. */
export function slackId(kind: string): string {
  return kind + [...randomBytes(10)].map((byte) => idLetters[byte % idLetters.length]).join('');
}
