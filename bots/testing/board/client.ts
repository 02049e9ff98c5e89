// What a test does to a board, and sees of it, over HTTP: the board may be another process.

import type { Fault } from '../kit.ts';
import type { Call } from './sandbox/limits.ts';
import type { Hook } from './sandbox/push.ts';
import type { Channel, Message, Person } from './sandbox/state.ts';

export interface BoardPeople {
  /** Opens a channel, or changes one. */
  channel(id: string, change?: Partial<Omit<Channel, 'id'>>): Promise<void>;
  /** A person says something, in a thread or as the root of a new one. */
  say(channel: string, text: string, options?: { thread?: string; from?: Person }): Promise<Message>;
  /** All that people see, oldest first. */
  messages(channel?: string, thread?: string): Promise<Message[]>;
  /** A person deletes a message. */
  remove(id: string): Promise<void>;
  /** The next call of a bot, but for edits, ends like this; several make a queue. */
  next(fault: Fault): Promise<void>;
  /** The same for edits of posts. */
  nextEdit(fault: Fault): Promise<void>;
  /** What was held is done now. Gives how many calls that were. */
  letGo(): Promise<number>;
  /** Where people's messages are told to the bot, and how badly. */
  hook(change: Partial<Hook>): Promise<void>;
  /** Where the bot's own posts are told to it; null holds them back, as it is at first. */
  echoes(url: string | null): Promise<void>;
  /** The channel takes no posts for so long: 429, with the seconds that are left. */
  limit(channel: string, forMs: number): Promise<void>;
  /** Every call of a bot that came for this channel, oldest first. */
  calls(channel: string): Promise<Call[]>;
}

export function boardPeople(url: string): BoardPeople {
  return {
    channel: (id, change = {}) => call('PUT', `people/channels/${id}`, change),
    say: (channel, text, { thread, from = { id: 'ann', name: 'Ann' } } = {}) =>
      call('POST', 'people/say', { channel, text, from, ...(thread !== undefined && { thread }) }),
    messages: (...place) => call('GET', ['people/messages', ...place].join('/')),
    remove: (id) => call('DELETE', `people/messages/${id}`, {}),
    next: (fault) => call('POST', 'faults', fault),
    nextEdit: (fault) => call('POST', 'faults/edits', fault),
    letGo: () => call('POST', 'people/held', {}),
    hook: (change) => call('POST', 'hook', change),
    echoes: (to) => call('PUT', 'people/echoes', { url: to }),
    limit: (channel, forMs) => call('PUT', `people/limits/${channel}`, { forMs }),
    calls: (channel) => call('GET', `people/calls/${channel}`),
  };

  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`the board answered ${response.status} to ${method} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}
