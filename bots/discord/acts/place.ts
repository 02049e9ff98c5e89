// Where an interaction was made, who made it, and where its answer goes.

import type { SpeakerInput } from '#core/contracts/chats.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { channelOf } from '../keys.ts';
import { readCustomId } from '../nonce.ts';
import { readOrigin } from '../origin.ts';
import { refs } from '../refs.ts';
import { speakerOf, whoOf } from '../said/who.ts';
import type { ActsDeps } from './deps.ts';
import type { Made } from './shapes.ts';

export interface Here {
  readonly user: string;
  /** null in a direct message, and wherever the app was brought along by somebody for themselves: their own team pays there. */
  readonly guild: string | null;
  readonly speaker: SpeakerInput;
  /** Where the interaction was made. */
  readonly channel: string;
  /** The channel that it belongs to: the parent of a thread. */
  readonly parent: string;
  readonly kind: 'channel' | 'thread' | 'direct' | 'foreign';
  /** Of the channel, where it is known. */
  readonly name: string | null;
  /** As limits and rules know the channel; undefined where there are none. */
  readonly limitsAs: string | undefined;
  /** We can answer there for everybody to see. */
  readonly mayPost: boolean;
  /** What is posted there lies in the channel itself, because it has no threads. */
  readonly hasThreads: boolean;
}

/** Kinds of channels (docs, Channel Types): threads, and those that can begin one. */
const threads: ReadonlySet<number> = new Set([10, 11, 12]);
const branching: ReadonlySet<number> = new Set([0, 5]);
const BOT_DM = 1;
/** Permissions (docs, Permissions). */
const [ADMINISTRATOR, VIEW_CHANNEL, SEND, SEND_IN_THREADS] = [1n << 3n, 1n << 10n, 1n << 11n, 1n << 38n] as const;
/** For a channel that the interaction does not describe. */
const LOOK_MS = 1_000;

/** null for a shape that Discord does not send. Rejects while the database is away. */
export async function hereOf({ app, guilds }: Pick<ActsDeps, 'app' | 'guilds'>, made: Made): Promise<Here | null> {
  const user = made.member?.user ?? made.user;
  const channel = made.channel_id ?? made.channel?.id;
  if (user === undefined || channel === undefined) return null;
  const installation = made.guild_id === undefined ? null : await app.workspaces.installation('discord', made.guild_id);
  const guild = installation === null ? null : made.guild_id!;
  const isDirect = made.guild_id === undefined && (made.context ?? BOT_DM) === BOT_DM;
  const member = guild === null ? null : (made.member ?? null);
  const permissions = member?.permissions;
  const who = whoOf({ user, member, guild, ...(permissions !== undefined && { permissions }) } as Parameters<typeof whoOf>[0], guilds);
  const speaker = speakerOf(who, guild === null ? null : (guilds.nameOf(guild) ?? installation!.name));
  const common = { user: user.id, guild, speaker, channel, name: made.channel?.name ?? null };
  if (guild === null)
    return isDirect
      ? {
          ...common,
          parent: channel,
          kind: 'direct',
          limitsAs: channelOf(null, channel),
          mayPost: true,
          hasThreads: false,
        }
      : {
          ...common,
          parent: channel,
          kind: 'foreign',
          limitsAs: undefined,
          mayPost: false,
          hasThreads: false,
        };
  const { type, parent, isLocked } = await aboutChannel(guilds, made, channel);
  const may = permissionsIn(made.app_permissions);
  const sees = may(VIEW_CHANNEL);
  if (type !== null && threads.has(type)) {
    const mayPost = parent !== null && sees && may(SEND_IN_THREADS) && !isLocked;
    return {
      ...common,
      parent: parent ?? channel,
      kind: 'thread',
      limitsAs: channelOf(guild, parent ?? channel),
      mayPost,
      hasThreads: true,
    };
  }
  return {
    ...common,
    parent: channel,
    kind: 'channel',
    limitsAs: channelOf(guild, channel),
    // Where its thread cannot be begun, answers follow in the channel itself.
    mayPost: sees && may(SEND),
    hasThreads: type !== null && branching.has(type),
  };
}

async function aboutChannel(guilds: ActsDeps['guilds'], { channel: told }: Made, channel: string) {
  const isThread = told !== undefined && threads.has(told.type);
  if (told !== undefined && (!isThread || told.parent_id !== undefined))
    return {
      type: told.type,
      parent: told.parent_id ?? null,
      isLocked: told.thread_metadata?.locked ?? false,
    };
  const found = await guilds.whereIs(channel, AbortSignal.timeout(LOOK_MS)).catch(() => null);
  return {
    type: found?.type ?? told?.type ?? null,
    parent: found?.parent ?? null,
    isLocked: found?.locked ?? false,
  };
}

/** Where they are not told, nothing may be done. */
function permissionsIn(given = '0'): (bit: bigint) => boolean {
  const all = BigInt(given);
  return (bit) => (all & (bit | ADMINISTRATOR)) !== 0n;
}

/** The conversation that a command asks in: a new one outside of threads. `interaction` keeps what is for one person alone. */
export function askedIn(here: Here, interaction: string, isPrivate: boolean): ThreadRef {
  const { guild, parent, channel, kind, mayPost, hasThreads } = here;
  if (isPrivate || !mayPost) return privateRef(here.user, interaction);
  if (kind === 'direct') return refs.format({ guild: '@me', channel, thread: channel });
  if (kind === 'thread') return refs.format({ guild: guild!, channel: parent, thread: channel });
  return refs.format({ guild: guild!, channel, thread: hasThreads ? '' : channel });
}

/** Where a command that asks for nothing was given: without a thread outside of them. */
export function givenIn({ guild, user, parent, channel, kind }: Here): ThreadRef {
  if (kind === 'direct') return refs.format({ guild: '@me', channel, thread: channel });
  if (kind === 'foreign') return refs.format({ guild: '@user', channel: user, thread: '' });
  return refs.format({ guild: guild!, channel: parent, thread: kind === 'thread' ? channel : '' });
}

/** The conversation that a post of ours belongs to, by where it lies. */
export function conversationOf(here: Here, { message, data }: Made & { readonly data: { readonly custom_id: string } }): ThreadRef {
  const { guild, user, channel, kind, hasThreads } = here;
  const { origin } = readOrigin(readCustomId(data.custom_id).choice);
  if (origin !== null) return privateRef(user, origin);
  const answered = message?.interaction_metadata?.id;
  if (answered !== undefined && (kind === 'foreign' || isAlone(message?.flags))) return privateRef(user, answered);
  if (kind !== 'channel') return givenIn(here);
  if (!hasThreads) return refs.format({ guild: guild!, channel, thread: channel });
  // A post that could not begin its thread answers the message that would have been its root.
  const root = message?.message_reference?.message_id ?? message?.id ?? '';
  return refs.format({ guild: guild!, channel, thread: root });
}

/** The thread of a message, which it may not have yet. */
export function threadOf(here: Here, message: string, interaction: string): ThreadRef {
  return here.kind === 'channel' && here.mayPost && here.hasThreads
    ? refs.format({ guild: here.guild!, channel: here.channel, thread: message })
    : askedIn(here, interaction, false);
}

export function isPrivateRef(threadRef: string): boolean {
  return refs.parse(threadRef)?.guild === '@user';
}

function privateRef(user: string, interaction: string): ThreadRef {
  return refs.format({ guild: '@user', channel: user, thread: interaction });
}

function isAlone(flags = 0): boolean {
  return (flags & 64) !== 0;
}
