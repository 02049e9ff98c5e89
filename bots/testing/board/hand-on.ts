// Each event of the board, as the verb of chats that it means. Keys are the board's own coordinates: however often and in
// whatever order an event is told, it is the same gesture.

import type { Context } from '#bots/adapter.ts';
import { filledIn } from '#bots/change-form.ts';
import type { MessageInput, PressInput, SpeakerInput } from '#core/contracts/chats.ts';
import { safeFileName } from '#core/domain/files/file-name.ts';
import type { Answered } from '#core/flows/chats/answer.ts';
import type { Wait } from '#core/flows/runtime/patience.ts';
import { never } from '#core/domain/never.ts';
import type { BoardEvent } from './events.ts';
import { fileRef } from './fetcher.ts';
import { refs } from './refs.ts';

type Chats = Context<unknown>['app']['chats'];
type Event<Kind extends BoardEvent['kind']> = Extract<BoardEvent, { readonly kind: Kind }>;

/** Resolves once the outcome is committed; rejects before the board stops waiting for its answer, where that could not be done. */
export function handOn(
  chats: Pick<Chats, 'hear' | 'act' | 'command' | 'changed' | 'removed'>,
  event: BoardEvent,
  wait: Wait,
): Promise<Answered> {
  const speaker = speakerIn(event);
  const at = new Date(event.at);
  switch (event.kind) {
    case 'said':
      return chats.hear(speaker, messageIn(event), wait);
    case 'edited':
      return chats.changed(speaker, { key: messageKey(event), text: withoutMention(event.text), at }, wait);
    case 'deleted':
      return chats.removed(speaker, { key: messageKey(event) }, wait);
    case 'pressed':
      return chats.act(speaker, { ...pressIn(event, event.choice), ...(event.key !== undefined && { letterKey: event.key }) }, wait);
    case 'submitted':
      return chats.act(speaker, { ...pressIn(event, event.form), form: filledIn(event.values) }, wait);
    case 'command': {
      const { channel, interaction, name, text } = event;
      const where = { threadRef: refs.format(event), channel: channelOf(event) };
      return chats.command(speaker, { key: `board:${channel}:${interaction}`, name, text, at, ...where }, wait);
    }
    case 'stopped':
      return chats.act(speaker, { key: `board:${event.event}`, choice: 'stop', threadRef: refs.format(event), at }, wait);
    default:
      return never(event);
  }
}

function speakerIn({ workspace, from: { id, name, role } }: BoardEvent): SpeakerInput {
  return {
    platform: 'board',
    workspace,
    space: workspace,
    externalId: id,
    name,
    isGuest: role === 'guest',
    isOutsider: role === 'outsider',
    administers: role === 'admin',
  };
}

function messageIn(event: Event<'said'>): MessageInput {
  const { channel, thread, message, gesture, text, at, direct, files } = event;
  return {
    key: messageKey(event),
    ...(gesture !== undefined && { also: `board:${channel}:gesture:${gesture}` }),
    threadRef: refs.format(event),
    channel: channelOf(event),
    text: withoutMention(text),
    at: new Date(at),
    // Whoever begins a thread speaks to us; in one, only who says so, or goes on with a request of theirs.
    how: direct ? 'direct' : message === thread || MENTION.test(text) ? 'mention' : 'thread',
    ...(files.length > 0 && {
      files: files.map(({ id, name, mime, sizeBytes }) => ({
        kind: 'remote' as const,
        name: safeFileName(name),
        mime: mime.trim() || 'application/octet-stream',
        sizeBytes,
        ref: fileRef({ message, file: id }),
      })),
    }),
  };
}

function pressIn(event: Event<'pressed' | 'submitted'>, choice: string): PressInput {
  return { key: `board:${event.channel}:${event.interaction}`, choice, threadRef: refs.format(event), at: new Date(event.at) };
}

function messageKey({ channel, message }: { readonly channel: string; readonly message: string }): string {
  return `board:${channel}:${message}`;
}

/** As limits know it: with its workspace. */
function channelOf({ workspace, channel }: BoardEvent): string {
  return `board:${workspace}:${channel}`;
}

const MENTION = /^@impacter\b\s*/;

function withoutMention(text: string): string {
  return text.replace(MENTION, '');
}
