// What people do and what tests want to see or break, by name: each takes its arguments as one JSON object.

import { z } from 'zod';
import { actsOf, PeopleNo } from '#bots/stand-in/people.ts';
import type { MadeCall } from '../api/answer.ts';
import type { Channel, Team, User } from '../shapes.ts';
import type { World } from '../world.ts';

export interface People extends World {
  readonly calls: MadeCall[];
}

export const act = actsOf<People>();

export const id = z.string().regex(/^[A-Z][A-Z0-9]{1,20}$/, 'not an id');
export const ts = z.string().regex(/^\d{1,12}\.\d{6}$/, 'not a ts');

export function channelOf({ state }: World, channel: string): Channel {
  const found = state.get('channels', channel);
  if (found === undefined) throw new PeopleNo('channel_not_found');
  return found;
}

export function teamOf({ state }: World, team: string): Team {
  const found = state.get('teams', team);
  if (found === undefined) throw new PeopleNo('team_not_found');
  return found;
}

/** Somebody in a channel that they can read. */
export function personIn(world: World, channel: Channel, user: string): User {
  const found = world.state.get('users', `${channel.team}/${user}`);
  if (found === undefined) throw new PeopleNo('user_not_found');
  if (channel.user !== null && channel.user !== user) throw new PeopleNo('channel_not_found');
  return found;
}

/** Somebody in a channel that they can write to. */
export function writerIn(world: World, channel: Channel, user: string): User {
  const found = personIn(world, channel, user);
  if (channel.archived) throw new PeopleNo('is_archived');
  return found;
}
