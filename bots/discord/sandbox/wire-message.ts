// A message as REST gives it, and as the gateway tells it.

import type { APIAttachment, APIMessage, GatewayMessageCreateDispatchData } from 'discord-api-types/v10';
import { atOf } from '../snowflake.ts';
import type { Attachment, Channel, Message, Snapshot } from './shapes.ts';
import { wireChannel, wireMember, wireUser } from './wire.ts';
import { botId } from './bot.ts';
import type { Shelf } from './shelf.ts';
import type { State } from './state.ts';

interface Look {
  readonly state: State;
  readonly shelf: Shelf;
}

export const flags = {
  hasThread: 1 << 5,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  forwarded: 1 << 14,
  components: 1 << 15,
  noPreviews: 1 << 2,
} as const;

export function wireMessage(look: Look, message: Message, { depth = 1 }: { readonly depth?: number } = {}): APIMessage {
  const { state } = look;
  const { id, channel, content, replyTo, forwardOf } = message;
  const place = state.get('channels', channel)!;
  const thread = place.guild === null ? undefined : threadOf(look, message);
  const answered = replyTo === null ? undefined : state.get('messages', replyTo.message);
  const shape = {
    id,
    channel_id: channel,
    type: message.type,
    author: wireAuthor(look, message),
    content,
    timestamp: atOf(id).toISOString(),
    edited_timestamp: message.editedAt,
    tts: false,
    mention_everyone: message.mentionEveryone,
    mentions: message.mentions.map((user) => wireUser(look, user)),
    mention_roles: [...message.mentionRoles],
    attachments: filesOf(look, message.attachments),
    embeds: [...message.embeds],
    components: [...message.components],
    pinned: false,
    flags: message.flags | (thread === undefined ? 0 : flags.hasThread),
    ...(message.webhook !== null && { webhook_id: message.webhook }),
    ...((message.author === botId || message.webhook !== null) && message.interaction !== null && { application_id: botId }),
    ...(thread !== undefined && { thread: wireChannel(look, thread) }),
    ...interactionOf(look, message),
    ...(replyTo !== null && {
      message_reference: {
        type: 0,
        channel_id: replyTo.channel,
        message_id: replyTo.message,
        ...(place.guild !== null && { guild_id: place.guild }),
      },
      ...(depth > 0 && {
        referenced_message: answered === undefined || answered.deleted ? null : wireMessage(look, answered, { depth: depth - 1 }),
      }),
    }),
    ...(forwardOf !== null && {
      message_reference: { type: 1, channel_id: channel, message_id: id },
      message_snapshots: [{ message: wireSnapshot(look, forwardOf) }],
    }),
  };
  return shape as unknown as APIMessage;
}

/** As MESSAGE_CREATE has it; `nonce` comes with our own. */
export function wireToldMessage(look: Look, message: Message): GatewayMessageCreateDispatchData {
  const place = look.state.get('channels', message.channel)!;
  const { guild } = place;
  const memberOf = (user: string) => (guild === null ? undefined : look.state.get('members', `${guild}/${user}`));
  const author = memberOf(message.author);
  const shape = {
    ...wireMessage(look, message),
    ...(message.nonce !== null && { nonce: message.nonce }),
    channel_type: place.type,
    mentions: message.mentions.map((user) => {
      const member = memberOf(user);
      return { ...wireUser(look, user), ...(member !== undefined && { member: wireMember(look, member) }) };
    }),
    ...(guild !== null && { guild_id: guild }),
    ...(author !== undefined && author.kind !== 'absent' && message.webhook === null && { member: wireMember(look, author) }),
  };
  return shape as unknown as GatewayMessageCreateDispatchData;
}

/** What a bot is not told without the intent for the content of messages. */
export function withoutContent<T extends object>(message: T): T {
  return {
    ...message,
    content: '',
    attachments: [],
    embeds: [],
    components: [],
    ...('message_snapshots' in message && { message_snapshots: [] }),
  };
}

/** Direct messages, its own, what mentions it (a ping in a reply is a mention) show their content to a bot anyway. */
export function showsContent({ author, mentions, type, only }: Message, place: Channel): boolean {
  return place.guild === null || author === botId || mentions.includes(botId) || only !== null || type === 21;
}

export function wireFile({ shelf }: Pick<Look, 'shelf'>, file: Attachment): APIAttachment {
  const { id, filename, title, mime, sizeBytes } = file;
  const url = shelf.addressOf(file);
  return { id, filename, ...(title !== null && { title }), size: sizeBytes, url, proxy_url: url, content_type: mime } as APIAttachment;
}

/** The thread that was begun from it. */
export function threadOf({ state }: Pick<Look, 'state'>, { id, channel }: Message): Channel | undefined {
  const thread = state.get('channels', id);
  return thread === undefined || thread.deleted || thread.parent !== channel ? undefined : thread;
}

function filesOf(look: Look, ids: readonly string[]): APIAttachment[] {
  return ids.flatMap((id) => look.state.get('attachments', id) ?? []).map((file) => wireFile(look, file));
}

function wireAuthor(look: Look, { webhook, author }: Message) {
  if (webhook === null || author === botId) return wireUser(look, author);
  return { id: webhook, username: 'Build', avatar: null, discriminator: '0000', global_name: null, public_flags: 0, bot: true };
}

function wireSnapshot(look: Look, { content, attachments, components, at }: Snapshot) {
  return {
    type: 0,
    content,
    timestamp: at,
    edited_timestamp: null,
    flags: 0,
    mentions: [],
    mention_roles: [],
    embeds: [],
    components: [...components],
    attachments: filesOf(look, attachments),
  };
}

function interactionOf(look: Look, { interaction }: Message): object {
  const found = interaction === null ? undefined : look.state.get('interactions', interaction);
  if (found === undefined) return {};
  const owners = { [found.isUserInstall ? 1 : 0]: found.isUserInstall ? found.user : (found.guild ?? '0') };
  const type = found.kind === 'command' ? 2 : found.kind === 'component' ? 3 : 5;
  return {
    interaction_metadata: { id: found.id, type, user: wireUser(look, found.user), authorizing_integration_owners: owners },
  };
}
