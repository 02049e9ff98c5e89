// What one person sees: the newest of a channel's threads, or of one thread.

import { z } from 'zod';
import { Refused } from './refused.ts';
import type { Interaction, Message, State } from './state.ts';

export interface Seen {
  /** Oldest first. Of a channel: the first message of each thread. */
  readonly messages: readonly (Message & { readonly replies: number })[];
  readonly hasEarlier: boolean;
  /** Forms that wait for this person. */
  readonly forms: readonly Pick<Interaction, 'id' | 'form'>[];
}

export function seenBy(state: State, query: URLSearchParams): Seen {
  const { channel, viewer, thread, before, most } = seenSchema.parse(Object.fromEntries(query));
  const place = state.channel(channel);
  if (place === undefined || (place.direct !== null && place.direct !== viewer)) throw new Refused(404, 'no such channel');
  const visible = state.messages.filter((message) => message.channel === channel && [undefined, viewer].includes(message.only));
  const replies = new Map<string, number>();
  for (const message of visible) if (message.id !== message.thread) replies.set(message.thread, (replies.get(message.thread) ?? 0) + 1);
  const listed = visible
    .filter((message) => (thread === undefined ? message.id === message.thread : message.thread === thread))
    // What is deleted stays where others answered it.
    .filter(({ id, removed }) => !removed || replies.has(id))
    .filter(({ id }) => before === undefined || Number(id) < before);
  return {
    messages: listed.slice(-most).map((message) => ({ ...message, replies: replies.get(message.id) ?? 0 })),
    hasEarlier: listed.length > most,
    forms: [...state.interactions.values()]
      .filter(({ person, form, channel: where }) => person === viewer && form !== null && where === channel)
      .map(({ id, form }) => ({ id, form })),
  };
}

const seenSchema = z.strictObject({
  channel: z.string(),
  viewer: z.string(),
  thread: z.string().optional(),
  before: z.coerce.number().int().min(1).optional(),
  most: z.coerce.number().int().min(1).max(500),
});
