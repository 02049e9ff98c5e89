// A message of Discord as the core takes it. The same for the gateway, for what was missed and read later, and for a message that
// somebody points at: one key, one speaker, one thread.

import type { MessageInput, SpeakerInput } from '#core/contracts/chats.ts';
import type { How } from '#core/domain/chats/addressed.ts';
import type { Guilds } from '../gateway/guilds.ts';
import { messageKey } from '../keys.ts';
import { refs } from '../refs.ts';
import { atOf } from '../snowflake.ts';
import type { SaidDeps } from './deps.ts';
import { attachmentsOf, filesOf } from './files.ts';
import { namesOurRole, namesUs, plainWords, type Us } from './mentions.ts';
import type { DiscordMember, DiscordMessage } from './shapes.ts';
import { speakerOf, whoOf, type Who } from './who.ts';
import { whereOf, type MessagePlace } from './where.ts';

/** What is asked of Discord for one message ends by then. */
const ASK_MS = 5_000;

/** A message with all that is known of where and how it was said. */
export interface SaidMessage {
  readonly message: DiscordMessage;
  readonly place: MessagePlace;
  readonly guild: string | null;
  readonly us: Us;
  readonly how: How;
  /** As the agent reads it. */
  readonly text: string;
  readonly hasFiles: boolean;
  /** It is for us, and Discord gives us neither its text nor its files. */
  readonly isHidden: boolean;
}

/** Default and reply (docs, Message Types); all others are Discord's own words, or answers of apps. */
const spoken: ReadonlySet<number> = new Set([0, 19]);

/** Somebody's own words. What bots and webhooks say starts nothing, or two would talk for ever. */
export function isSpoken({ type, author, webhook_id: webhook }: DiscordMessage): boolean {
  return spoken.has(type) && author.bot !== true && author.system !== true && !webhook;
}

/** null where the channel is not known to us, or is closed to us. Rejects where Discord does not say. */
export async function look(
  { guilds, members, me, settings }: Pick<SaidDeps, 'guilds' | 'members' | 'me' | 'settings'>,
  message: DiscordMessage,
): Promise<SaidMessage | null> {
  const { id, channel_id: channel, content, mention_roles: named } = message;
  const at = { id, channel, guild: message.guild_id ?? null };
  const [place, own] = await Promise.all([whereOf(at, guilds, AbortSignal.timeout(ASK_MS)), me()]);
  if (place === null) return null;
  const guild = place.direct ? null : refs.parse(place.threadRef)!.guild;
  const isNamed = namesUs(message, { me: own });
  const roles = guild === null || named.length === 0 ? [] : ((await members.of(guild, own))?.roles ?? []);
  const us: Us = { me: own, roles };
  const how = place.direct ? 'direct' : isNamed || namesOurRole(message, us) ? 'mention' : 'thread';
  const words = [plainWords(content, message.mentions, us), ...forwardedIn(message)].filter((each) => each !== '');
  const hasFiles = attachmentsOf(message).length > 0;
  const isEmpty = content === '' && words.length === 0 && !hasFiles;
  return {
    message,
    place,
    guild,
    us,
    how,
    text: words.join('\n\n'),
    hasFiles,
    // In direct messages, and to apps that are allowed to read, everything is told.
    isHidden: isEmpty && how === 'mention' && !settings.messageContent,
  };
}

function forwardedIn({ message_snapshots: forwarded }: DiscordMessage): string[] {
  return (forwarded ?? []).map(({ message }) => message.content.trim());
}

/** The member comes with what the gateway tells, and is asked for where REST gave the message. */
export async function whoSaid(
  { guilds, members }: Pick<SaidDeps, 'guilds' | 'members'>,
  { message: { author: user, member: told }, guild }: Pick<SaidMessage, 'message' | 'guild'>,
): Promise<Who> {
  const member: DiscordMember | null = guild === null ? null : (told ?? (await members.of(guild, user.id)));
  return whoOf({ user, member, guild }, guilds);
}

export async function speakerIn({ app, guilds }: Pick<SaidDeps, 'app' | 'guilds'>, who: Who): Promise<SpeakerInput> {
  return speakerOf(who, who.guild === null ? null : await nameOf(app, guilds, who.guild));
}

async function nameOf(app: SaidDeps['app'], guilds: Pick<Guilds, 'nameOf'>, guild: string): Promise<string | null> {
  // The row's name may be from before a rename.
  return guilds.nameOf(guild) ?? (await app.workspaces.installation('discord', guild))?.name ?? null;
}

export function messageIn({ message, place, how, text }: SaidMessage): MessageInput {
  const { threadRef, channel } = place;
  return {
    key: messageKey(message.id),
    threadRef,
    channel,
    text,
    at: atOf(message.id),
    how,
    files: filesOf(message),
  };
}
