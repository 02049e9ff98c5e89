// A message of the bot's from the body that it sent: its text, components and files.

import { isRecord } from '#bots/stand-in/check.ts';
import { everyPiece, type Piece } from '../checks/components.ts';
import { messageComplaints } from '../checks/message.ts';
import { DiscordNo, invalid } from '../no.ts';
import type { Attachment, Channel, Component, Message } from '../shapes.ts';
import { nameKept } from '../shelf.ts';
import { flags as bits } from '../wire-message.ts';
import { botId } from '../bot.ts';
import type { World } from '../world.ts';
import { word, type Json, type Upload } from './route.ts';

/** MiB that a file may have, by the server’s level. */
const mostMiB = [10, 10, 50, 100] as const;

/** What a person or a bot may attach there, in bytes. */
export function attachMost({ state }: Pick<World, 'state'>, guild: string | null): number {
  const tier = guild === null ? 0 : (state.get('guilds', guild)?.tier ?? 0);
  return mostMiB[tier] * 1024 * 1024;
}

export interface Composed {
  readonly content: string;
  readonly components: readonly Component[];
  readonly embeds: readonly unknown[];
  readonly flags: number;
  readonly mentions: Pick<Message, 'mentions' | 'mentionRoles' | 'mentionEveryone'>;
  /** Keeps the files. Gives their ids. */
  keepFiles(): string[];
}

/** Throws Discord's no. `before`: what is edited. */
export function compose(world: World, channel: Channel, body: Json, files: readonly Upload[], before: Message | null = null): Composed {
  const listed = Array.isArray(body['attachments']) ? body['attachments'].filter(isRecord) : null;
  const kept =
    before === null ? [] : before.attachments.filter((id) => listed === null || listed.some((each) => String(each['id']) === id));
  const keptFiles = kept.flatMap((id) => world.state.get('attachments', id) ?? []);
  const fresh = files.map((file) => ({
    ...file,
    ...nameKept(word(listed?.find(({ id }) => String(id) === file.n)?.['filename']) || file.name),
  }));
  const unknown = (listed ?? []).filter(({ id }) => !kept.includes(String(id)) && !files.some(({ n }) => n === String(id)));
  const names = [...keptFiles, ...fresh].map(({ filename }) => filename);
  const isBefore = before !== null && (before.flags & bits.components) !== 0;
  const complaints = [
    ...unknown.map(({ id }) => ({ path: ['attachments'], code: 'ATTACHMENT_NOT_FOUND', message: `No file has the id ${String(id)}.` })),
    ...messageComplaints(body, {
      files: names,
      before: before === null ? null : { isComponents: isBefore, hasContent: before.content !== '' || before.embeds.length > 0 },
    }),
  ];
  if (complaints.length > 0) throw invalid(complaints);
  const most = attachMost(world, channel.guild);
  if (files.some(({ bytes }) => bytes.length > most)) throw new DiscordNo(40005);

  const content = given(body['content'], before?.content ?? '', '') as string;
  const components = given(body['components'], before?.components ?? [], []) as readonly Piece[];
  const embeds = given(body['embeds'], before?.embeds ?? [], []) as readonly unknown[];
  if (content === '' && components.length === 0 && embeds.length === 0 && names.length === 0) throw new DiscordNo(50006);
  if (world.state.meta().forbidden.some((word) => JSON.stringify([content, components]).toLowerCase().includes(word.toLowerCase())))
    throw new DiscordNo(200000);
  const asked = typeof body['flags'] === 'number' ? body['flags'] : (before?.flags ?? 0);
  const flags = asked & (bits.noPreviews | bits.components | bits.ephemeral);
  return {
    content,
    components: withIds(components),
    embeds,
    // What only one person sees stays so, and drawn components stay components.
    flags: before === null ? flags : (before.flags & ~bits.noPreviews & ~bits.loading) | (flags & ~bits.ephemeral),
    mentions: mentionsIn(world, channel, content + textIn(components), body['allowed_mentions']),
    keepFiles: () => [...kept, ...fresh.map((file) => keepFile(world, channel.id, file))],
  };
}

/** What is left out stays, null takes away. */
function given(value: unknown, before: unknown, none: unknown): unknown {
  return value === undefined ? before : (value ?? none);
}

export function keepFile(
  { state, shelf }: Pick<World, 'state' | 'shelf'>,
  channel: string,
  { name, mime, bytes }: Pick<Upload, 'name' | 'mime' | 'bytes'>,
): string {
  const made: Attachment = { id: state.nextId(), channel, ...nameKept(name), mime, sizeBytes: bytes.length, isGone: false };
  shelf.keep(made.id, bytes);
  state.put('attachments', made.id, made);
  return made.id;
}

/** Components without an id get the next one that is free. */
export function withIds(components: readonly Piece[]): Component[] {
  const taken = new Set(everyPiece(components).map(({ piece }) => piece['id']));
  let last = 0;
  const next = () => {
    do last += 1;
    while (taken.has(last));
    return last;
  };
  const numbered = (piece: Piece): Component => ({
    ...piece,
    id: typeof piece['id'] === 'number' && piece['id'] !== 0 ? piece['id'] : next(),
    type: piece['type'] as number,
    ...(Array.isArray(piece['components']) && { components: (piece['components'] as Piece[]).map(numbered) }),
    ...(isRecord(piece['accessory']) && { accessory: numbered(piece['accessory']) }),
    ...(isRecord(piece['component']) && { component: numbered(piece['component']) }),
  });
  return components.map(numbered);
}

export function textIn(components: readonly Piece[]): string {
  return everyPiece(components)
    .map(({ piece }) => (piece['type'] === 10 ? String(piece['content']) : ''))
    .join('\n');
}

/** Whom a text pings: everybody that it names where nothing else is said. */
export function mentionsIn(
  { state }: Pick<World, 'state'>,
  { guild }: Channel,
  text: string,
  allowed: unknown,
): Pick<Message, 'mentions' | 'mentionRoles' | 'mentionEveryone'> {
  const said = (isRecord(allowed) ? { parse: [], ...allowed } : { parse: ['users', 'roles', 'everyone'] }) as Record<
    string,
    unknown[] | undefined
  >;
  const { parse = [], users = [], roles = [] } = said;
  const named = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, id]) => id!))];
  const isThere = (id: string) => id === botId || state.get('people', id) !== undefined;
  return {
    mentions: named(/<@!?(\d{17,20})>/g).filter((id) => isThere(id) && (parse.includes('users') || users.includes(id))),
    mentionRoles: named(/<@&(\d{17,20})>/g).filter(
      (id) => state.get('roles', `${guild}/${id}`) !== undefined && (parse.includes('roles') || roles.includes(id)),
    ),
    mentionEveryone: parse.includes('everyone') && /@(everyone|here)\b/.test(text),
  };
}
