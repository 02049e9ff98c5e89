// What the sandbox remembers. Ids are Discord's: 17 to 19 digits, growing with time.

export const memberKinds = ['member', 'guest', 'pending', 'absent'] as const;
/** `guest`: invited to one voice channel. `pending`: has not passed the server's screening. `absent`: not in the server. */
export type MemberKind = (typeof memberKinds)[number];

/** Discord's numbers for kinds of channels that the sandbox has. */
export const channelTypes = {
  text: 0,
  dm: 1,
  voice: 2,
  category: 4,
  announcement: 5,
  announcementThread: 10,
  publicThread: 11,
  privateThread: 12,
  stage: 13,
  forum: 15,
} as const;
export type ChannelType = (typeof channelTypes)[keyof typeof channelTypes];

export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly tier: 0 | 1 | 2 | 3;
  /** The bot is in it. */
  readonly bot: boolean;
  /** Discord has an outage there. */
  readonly isAway: boolean;
  readonly joinedAt: string;
}

export interface Role {
  readonly guild: string;
  readonly id: string;
  readonly name: string;
  /** A bit set, as a decimal number. */
  readonly permissions: string;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly isBot: boolean;
  readonly dmsClosed: boolean;
  /** One made of the name where it is left out; null for an account without one. */
  readonly email?: string | null;
  /** True where it is left out. */
  readonly emailVerified?: boolean;
}

export interface Member {
  readonly guild: string;
  readonly user: string;
  readonly roles: readonly string[];
  readonly kind: MemberKind;
  readonly joinedAt: string;
}

export interface Overwrite {
  /** A role's or a person's. */
  readonly id: string;
  /** 0: a role, 1: a person. */
  readonly type: 0 | 1;
  readonly allow: string;
  readonly deny: string;
}

export interface Channel {
  readonly id: string;
  /** null for a direct message. */
  readonly guild: string | null;
  readonly type: ChannelType;
  readonly name: string;
  /** Of a thread or a forum post; else its category. */
  readonly parent: string | null;
  readonly overwrites: readonly Overwrite[];
  readonly slowmodeS: number;
  /** Of a thread: who began it. Of a direct message: whose it is. */
  readonly owner: string | null;
  readonly locked: boolean;
  readonly archived: boolean;
  /** How many minutes after the last message a thread is archived. */
  readonly archiveAfterMin: number;
  readonly createdAt: string;
  readonly deleted: boolean;
  /** Of a direct message: who is in it besides the bot; two people talk without it. */
  readonly people: readonly string[];
}

/** As it was sent; every component has its id. */
export type Component = Readonly<Record<string, unknown>> & { readonly type: number; readonly id: number };

export interface Message {
  readonly id: string;
  readonly channel: string;
  readonly author: string;
  readonly content: string;
  readonly components: readonly Component[];
  readonly embeds: readonly unknown[];
  readonly attachments: readonly string[];
  readonly flags: number;
  /** Discord's number: 0 a message, 19 a reply, 20 an answer to a command, 21 the first of a thread, as its starter. */
  readonly type: number;
  readonly mentions: readonly string[];
  readonly mentionRoles: readonly string[];
  readonly mentionEveryone: boolean;
  readonly nonce: string | null;
  readonly replyTo: { readonly channel: string; readonly message: string } | null;
  readonly forwardOf: Snapshot | null;
  readonly editedAt: string | null;
  /** How often it was edited once it was an hour old. */
  readonly lateEdits: number;
  /** Only this person sees it. */
  readonly only: string | null;
  /** The interaction that it answers. */
  readonly interaction: string | null;
  readonly webhook: string | null;
  readonly deleted: boolean;
}

export interface Snapshot {
  readonly content: string;
  readonly attachments: readonly string[];
  readonly components: readonly Component[];
  readonly at: string;
}

export interface Attachment {
  readonly id: string;
  readonly channel: string;
  /** As Discord keeps it: nothing but ASCII letters, digits and a few signs. */
  readonly filename: string;
  /** As it was given, without its ending, where that is not the same. */
  readonly title: string | null;
  readonly mime: string;
  readonly sizeBytes: number;
  readonly isGone: boolean;
}

export type InteractionKind = 'command' | 'component' | 'form';

/** Something that the app was told of, and may answer for fifteen minutes. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly kind: InteractionKind;
  readonly user: string;
  readonly channel: string;
  readonly guild: string | null;
  /** The message that was pressed on, or whose button brought the form. */
  readonly message: string | null;
  readonly atMs: number;
  /** `deferred`: it will say something. `deferred-update`: it may change the message that was pressed on. */
  readonly state: 'open' | 'deferred' | 'deferred-update' | 'answered';
  readonly isEphemeral: boolean;
  /** What it answered with: a message of its own, or the one that was pressed on. */
  readonly original: string | null;
  readonly followUps: number;
  /** The app is there for this person alone. */
  readonly isUserInstall: boolean;
  /** What it is called: a command's name. */
  readonly name: string | null;
}

/** A form that a person has before them. */
export interface Form {
  readonly id: string;
  readonly user: string;
  readonly customId: string;
  readonly title: string;
  readonly components: readonly Component[];
  readonly channel: string;
  readonly message: string | null;
  readonly isUserInstall: boolean;
  readonly isOpen: boolean;
}

/** What there is one of. */
export interface Meta {
  readonly commands: readonly Readonly<Record<string, unknown>>[];
  readonly interactionsUrl: string | null;
  readonly eventsUrl: string | null;
  readonly identifies: number;
  readonly identifiesLeft: number;
  /** How many connections are recommended. */
  readonly shards: number;
  readonly isRevoked: boolean;
  readonly allowsContent: boolean;
  readonly forbidden: readonly string[];
  /** Who has the app for themselves. */
  readonly installs: readonly string[];
  /** Where the app lets people be sent back to. */
  readonly redirects?: readonly string[];
  /** Threads of which the gateway never tells. */
  readonly unannounced: readonly string[];
}
