// What the sandbox remembers, and how its messages are found.

import { randomBytes } from 'node:crypto';
import { openTables, type Tables } from '#bots/stand-in/tables.ts';
import type { Channel, FileInfo, Grant, Handle, Message, OpenView, Session, Stream, Team, Telling, Told, User } from './shapes.ts';

interface Records {
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
  /** By channel and ts. */
  messages: Message;
}

export interface State extends Tables<Records> {
  /** Of a channel, oldest first, with those that were deleted. */
  messages(channel: string): readonly Message[];
  message(channel: string, ts: string): Message | undefined;
  /** Of a thread but its first one, oldest first, with those that were deleted. */
  replies(channel: string, thread: string): readonly Message[];
  keep(message: Message): Message;

  /** A ts that no message or event has, and larger than all there were. */
  nextTs(): string;
}

/** Without a file it forgets at its end. */
export function openState(file: string | null, now: () => Date): State {
  const messages = new Map<string, Map<string, Message>>();
  /** The ts of replies, by channel and thread. */
  const threads = new Map<string, Set<string>>();
  let lastMicros = 0;
  const tables = openTables<Records>(file, ([name, , value]) => {
    if (name === 'messages') noteMessage(value);
    else if (name === 'told') noteTs(value.ts);
  });

  return {
    ...tables,
    messages: (channel) => [...(messages.get(channel)?.values() ?? [])],
    message: (channel, ts) => messages.get(channel)?.get(ts),
    replies: (channel, thread) => [...(threads.get(`${channel}/${thread}`) ?? [])].map((ts) => messages.get(channel)!.get(ts)!),
    keep(message) {
      tables.put('messages', `${message.channel}/${message.ts}`, message);
      return message;
    },
    nextTs() {
      lastMicros = Math.max(now().getTime() * 1000, lastMicros + 1);
      return tsOf(lastMicros);
    },
  };

  function noteMessage(message: Message) {
    const { channel, ts, thread, edited } = message;
    if (!messages.has(channel)) messages.set(channel, new Map());
    messages.get(channel)!.set(ts, message);
    if (thread !== null) {
      const key = `${channel}/${thread}`;
      threads.set(key, (threads.get(key) ?? new Set()).add(ts));
    }
    noteTs(ts);
    noteTs(edited?.ts);
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
