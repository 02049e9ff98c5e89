// What Discord tells, as its gateway writes it: for tests of what is made of it.

import type { APIAttachment, APIUser, GatewayMessageCreateDispatchData } from 'discord-api-types/v10';
import { MessageType, type GuildMemberFlags } from 'discord-api-types/v10';
import { idAt } from '../snowflake.ts';

export const ME = '200000000000000001';
export const GUILD = '300000000000000001';
export const HARBOR = '300000000000000002';
/** Linked to a team: #general, #sales, the forum #ideas with a post, the text of a voice channel, a thread, and one that is locked. */
export const places = {
  general: '400000000000000001',
  sales: '400000000000000002',
  ideas: '400000000000000003',
  post: '400000000000000004',
  voice: '400000000000000005',
  thread: '400000000000000006',
  locked: '400000000000000007',
  harbor: '400000000000000008',
  dm: '400000000000000009',
  secret: '400000000000000010',
} as const;
export const people = {
  ann: '500000000000000001',
  bo: '500000000000000002',
  gus: '500000000000000003',
  olga: '500000000000000004',
  mia: '500000000000000005',
} as const;

export type Told = GatewayMessageCreateDispatchData;
export type ToldMore = Omit<Partial<Told>, 'author'> & { readonly author?: Partial<APIUser> };

let last = 0n;

/** Ids that grow, and carry this time. */
export function idOf(at: Date): string {
  const wanted = BigInt(idAt(at));
  last = wanted > last ? wanted : last + 1n;
  return String(last);
}

export function userOf(id: string, more: Partial<APIUser> = {}): APIUser {
  const name = Object.entries(people).find(([, own]) => own === id)?.[0] ?? 'impacter';
  return {
    id,
    username: name,
    global_name: name[0]!.toUpperCase() + name.slice(1),
    discriminator: '0',
    avatar: null,
    ...more,
  };
}

export function mention(id: string): Told['mentions'][number] {
  return userOf(id);
}

/** A message as the gateway tells it; to us where its text names us. */
export function messageOf(at: Date, channel: string, author: string, content: string, { author: other, ...more }: ToldMore = {}): Told {
  const named = [...content.matchAll(/<@!?(\d+)>/g)].map(([, id]) => mention(id!));
  return {
    id: idOf(at),
    channel_id: channel,
    guild_id: GUILD,
    type: MessageType.Default,
    author: userOf(author, other),
    member: {
      roles: [],
      flags: 0 as GuildMemberFlags,
      joined_at: '2024-01-01T00:00:00.000000+00:00',
      deaf: false,
      mute: false,
    },
    content,
    timestamp: at.toISOString(),
    edited_timestamp: null,
    tts: false,
    mention_everyone: false,
    mentions: named,
    mention_roles: [],
    attachments: [],
    embeds: [],
    pinned: false,
    ...more,
  };
}

/** The same message as REST gives it: without its server and its author's membership. */
export function asHistory(message: Told): object {
  const { guild_id: _guild, member: _member, nonce: _nonce, ...told } = message;
  return told;
}

export function attachmentOf(id: string, filename: string, more: Partial<APIAttachment> = {}): APIAttachment {
  const url = `https://cdn.discordapp.com/attachments/1/${id}/${filename}`;
  return { id, filename, size: 9, url, proxy_url: url, content_type: 'text/csv', ...more };
}
