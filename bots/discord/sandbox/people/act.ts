// What people do and what tests want to see or break, by name: each takes its arguments as one JSON object.

import { z } from 'zod';
import { actsOf, PeopleNo } from '#bots/stand-in/people.ts';
import { bits, inChannel, isThread, may } from '../permissions.ts';
import type { Channel, Guild, Message, Person } from '../shapes.ts';
import type { World } from '../world.ts';

export { PeopleNo } from '#bots/stand-in/people.ts';
export const act = actsOf<World>();

export const id = z.string().regex(/^\d{17,19}$/, 'not an id');
export const permissions = z.string().regex(/^\d{1,20}$/, 'not permissions');
export const text = z.string().max(4_000);
export const uploads = z
  .array(z.strictObject({ name: z.string().min(1).max(300), mime: z.string().min(1).max(100), base64: z.base64() }))
  .max(20)
  .default([]);

export interface GivenFile {
  readonly name: string;
  readonly mime: string;
  readonly base64: string;
}

export function fileOf({ name, mime, base64 }: GivenFile): { readonly name: string; readonly mime: string; readonly bytes: Buffer } {
  return { name, mime, bytes: Buffer.from(base64, 'base64') };
}

export function guildOf({ state }: Pick<World, 'state'>, guild: string): Guild {
  const found = state.get('guilds', guild);
  if (found === undefined) throw new PeopleNo('guild_not_found');
  return found;
}

export function channelOf({ state }: Pick<World, 'state'>, channel: string): Channel {
  const found = state.get('channels', channel);
  if (found === undefined || found.deleted) throw new PeopleNo('channel_not_found');
  return found;
}

export function messageOf({ state }: Pick<World, 'state'>, message: string): Message {
  const found = state.get('messages', message);
  if (found === undefined || found.deleted) throw new PeopleNo('message_not_found');
  return found;
}

export function personOf({ state }: Pick<World, 'state'>, user: string): Person {
  const found = state.get('people', user);
  if (found === undefined) throw new PeopleNo('user_not_found');
  return found;
}

/** Somebody in a channel that they see. Nobody is kept out of a test by not being in a server: those are told of without a member. */
export function personIn(world: Pick<World, 'state'>, channel: Channel, user: string): Person {
  const person = personOf(world, user);
  const isTheirs = channel.guild === null ? channel.people.includes(user) : may(inChannel(world.state, channel, user), bits.ViewChannel);
  if (!isTheirs) throw new PeopleNo('channel_not_found');
  return person;
}

/** Somebody in a channel that they may write in. */
export function writerIn(world: Pick<World, 'state'>, channel: Channel, user: string): Person {
  const person = personIn(world, channel, user);
  const needed = isThread(channel) ? bits.SendMessagesInThreads : bits.SendMessages;
  if (channel.guild !== null && !may(inChannel(world.state, channel, user), needed)) throw new PeopleNo('may_not_post');
  return person;
}
