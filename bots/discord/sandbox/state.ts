// What the sandbox remembers, and how its messages are found.

import { openTables, type Tables } from '#bots/stand-in/tables.ts';
import { idAt } from '../snowflake.ts';
import type { Attachment, Channel, Form, Guild, Interaction, Member, Message, Meta, Person, Role } from './shapes.ts';

interface Records {
  guilds: Guild;
  /** By guild and id. */
  roles: Role;
  people: Person;
  /** By guild and user. */
  members: Member;
  channels: Channel;
  messages: Message;
  attachments: Attachment;
  interactions: Interaction;
  forms: Form;
  /** The only one has the id `meta`. */
  meta: Meta;
}

export interface State extends Tables<Records> {
  /** Of a channel, oldest first, with those that were deleted. */
  messages(channel: string): Message[];
  /** The newest post of the bot's with this nonce. */
  byNonce(nonce: string): Message | undefined;
  byToken(token: string): Interaction | undefined;
  keep(message: Message): Message;
  meta(): Meta;
  setMeta(change: Partial<Meta>): void;
  /** An id of now that nothing has, and larger than all there were. */
  nextId(): string;
}

const firstMeta: Meta = {
  commands: [],
  interactionsUrl: null,
  eventsUrl: null,
  identifies: 0,
  identifiesLeft: 1000,
  shards: 1,
  isRevoked: false,
  allowsContent: true,
  forbidden: [],
  installs: [],
  unannounced: [],
};

/** Tables whose ids the sandbox gives by itself. */
const madeHere: ReadonlySet<keyof Records> = new Set(['messages', 'attachments', 'interactions', 'forms']);

/** Without a file it forgets at its end. */
export function openState(file: string | null, now: () => Date): State {
  const inChannel = new Map<string, Set<string>>();
  const nonces = new Map<string, string>();
  const tokens = new Map<string, string>();
  let last = 0n;
  const tables = openTables<Records>(file, ([name, id, value]) => {
    if (name === 'messages') {
      inChannel.set(value.channel, (inChannel.get(value.channel) ?? new Set()).add(id));
      if (value.nonce !== null) nonces.set(value.nonce, id);
    }
    if (name === 'interactions') tokens.set(value.token, id);
    if (madeHere.has(name) && BigInt(id) > last) last = BigInt(id);
  });
  // A version before may have kept less.
  const meta = () => ({ ...firstMeta, ...tables.get('meta', 'meta') });

  return {
    ...tables,
    messages: (channel) => [...(inChannel.get(channel) ?? [])].map((id) => tables.get('messages', id)!),
    byNonce: (nonce) => tables.get('messages', nonces.get(nonce) ?? ''),
    byToken: (token) => tables.get('interactions', tokens.get(token) ?? ''),
    keep(message) {
      tables.put('messages', message.id, message);
      return message;
    },
    meta,
    setMeta: (change) => tables.put('meta', 'meta', { ...meta(), ...change }),
    nextId() {
      const least = BigInt(idAt(now()));
      last = least > last ? least : last + 1n;
      return String(last);
    },
  };
}
