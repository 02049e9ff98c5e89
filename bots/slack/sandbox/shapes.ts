// What the sandbox keeps of a Slack: its own records, from which answers and events are made in Slack's shapes (wire.ts).

import type { FileFault } from '#bots/stand-in/shelf.ts';

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly token: string;
  /** `live` until somebody takes it away. */
  readonly tokenState: 'live' | 'revoked' | 'expired' | 'uninstalled';
  readonly scopes: readonly string[];
  readonly botUser: string;
  readonly botId: string;
  /** The app is distributed outside the Marketplace: one call of each history method a minute, 15 messages. */
  readonly limited: boolean;
  /** The app is declared an agent. */
  readonly agent: boolean;
  /** Set where its tokens rotate. */
  readonly refreshToken?: string;
  readonly expiresAtMs?: number;
  readonly usedRefreshTokens?: readonly string[];
}

export const roles = ['admin', 'member', 'guest', 'outsider'] as const;
export type Role = (typeof roles)[number];

/** Somebody as a workspace knows them. */
export interface User {
  readonly team: string;
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Where their account is: another team's for people who come by Slack Connect. */
  readonly homeTeam: string;
  /** One made of the name where it is left out; null for an account without one. */
  readonly email?: string | null;
  /** True where it is left out. */
  readonly emailVerified?: boolean;
}

export const channelKinds = ['public', 'private', 'im', 'mpim'] as const;
export type ChannelKind = (typeof channelKinds)[number];

export interface Channel {
  readonly id: string;
  readonly team: string;
  readonly name: string;
  readonly kind: ChannelKind;
  /** Whose direct messages with the bot; null for any other kind. */
  readonly user: string | null;
  /** The bot is in it. */
  readonly member: boolean;
  readonly archived: boolean;
  /** With another organization, by Slack Connect. */
  readonly shared: boolean;
  /** `dms`: bot tokens may not read what was said here, as Slack's reference says of channels. */
  readonly botReads: 'everywhere' | 'dms';
}

/** As it was sent: checked by checks/blocks.ts, and with a block_id where it had none. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string; readonly block_id: string };

export interface Message {
  readonly ts: string;
  readonly channel: string;
  /** The ts of its thread's first message; null for what begins one. */
  readonly thread: string | null;
  /** A person's id, or the bot's. */
  readonly user: string;
  readonly isBot: boolean;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly files: readonly string[];
  readonly clientMsgId: string | null;
  /** Nobody else sees it, and Slack forgets it soon. */
  readonly only: string | null;
  readonly broadcast: boolean;
  readonly reactions: readonly Reaction[];
  readonly edited: { readonly user: string; readonly ts: string } | null;
  readonly deleted: boolean;
  /** What the person looks at, which Slack folds into a direct message to an agent. */
  readonly viewing: string | null;
  /** What it said before it was edited, for tests. */
  readonly first: { readonly text: string; readonly blocks: readonly Block[] } | null;
}

export interface Reaction {
  readonly name: string;
  readonly users: readonly string[];
}

export interface FileInfo {
  readonly id: string;
  readonly team: string;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  readonly user: string;
  /** In seconds. */
  readonly created: number;
  readonly isExternal: boolean;
  readonly state: 'here' | 'waiting' | 'gone';
  /** How each download of it ends. */
  readonly fault?: FileFault;
}

/** Something the app is told until it confirms it. */
export interface Told {
  readonly id: string;
  readonly team: string;
  readonly ts: string;
  /** The whole envelope. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Telling {
  readonly attempts: number;
  /** When it is told next, in milliseconds; null once it is over. */
  readonly dueMs: number | null;
  readonly reason: string | null;
}

/** What an app may still do with a trigger_id or a response_url. */
export interface Handle {
  readonly id: string;
  readonly team: string;
  readonly user: string;
  readonly atMs: number;
  readonly uses: number;
  readonly channel: string | null;
  readonly thread: string | null;
  /** The message that was pressed on, for `replace_original`. */
  readonly message: string | null;
}

export interface OpenView {
  readonly id: string;
  readonly team: string;
  readonly user: string;
  readonly hash: string;
  readonly view: Readonly<Record<string, unknown>>;
  readonly rootId: string;
  readonly previousId: string | null;
  readonly isOpen: boolean;
  /** Errors that its last submission was answered with, by block. */
  readonly errors: Readonly<Record<string, string>>;
}

export interface Session {
  readonly channel: string;
  readonly thread: string;
  readonly status: string;
  readonly title: string | null;
}

/** A message that an agent writes bit by bit. */
export interface Stream {
  readonly channel: string;
  readonly ts: string;
  readonly thread: string;
  readonly startedMs: number;
  readonly lastMs: number;
  readonly isOver: boolean;
  readonly markdown: string;
  readonly plan: string | null;
  readonly tasks: readonly Readonly<Record<string, unknown>>[];
  readonly blocks: readonly Block[];
}

/** What somebody allowed, until its code is exchanged. */
export interface Grant {
  readonly team: string;
  readonly user: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly atMs: number;
  readonly isUsed: boolean;
}
