// Which channel a call means, and whether the bot may act there.

import { SlackNo } from '../no.ts';
import type { Channel, Message, Team } from '../shapes.ts';
import { slackId, type State } from '../state.ts';
import { historyScope } from '../tell/messages.ts';
import type { Call } from './method.ts';

type Here = Pick<Call<unknown>, 'world' | 'team'>;

/** A channel that the bot can see. */
export function channelOf({ world, team }: Here, id: string): Channel {
  const channel = world.state.get('channels', id);
  if (channel === undefined || channel.team !== team.id || (channel.kind !== 'public' && !channel.member))
    throw new SlackNo('channel_not_found');
  return channel;
}

/** A channel that the bot may write to. */
export function writable(here: Here, id: string): Channel {
  const channel = channelOf(here, id);
  if (channel.archived) throw new SlackNo('is_archived');
  if (!channel.member && !here.team.scopes.includes('chat:write.public')) throw new SlackNo('not_in_channel');
  return channel;
}

/** A channel that the bot may read. */
export function readable(here: Here, id: string): Channel {
  const channel = channelOf(here, id);
  needs(here.team, historyScope(channel));
  if (channel.botReads === 'dms' && channel.kind !== 'im') throw new SlackNo('not_allowed_token_type');
  if (!channel.member) throw new SlackNo('not_in_channel');
  return channel;
}

export function needs({ scopes }: Team, needed: string): void {
  if (!scopes.includes(needed)) throw new SlackNo('missing_scope', { needed, provided: scopes.join(',') });
}

/** A message that is there for everybody. */
export function messageOf({ world }: Here, channel: Channel, ts: string): Message {
  const message = world.state.message(channel.id, ts);
  if (message === undefined || message.deleted || message.only !== null) throw new SlackNo('message_not_found');
  return message;
}

/** The bot's direct messages with somebody; opened where there are none yet. */
export function directWith(state: State, team: Team, user: string): Channel {
  const found = [...state.all('channels').values()].find((each) => each.team === team.id && each.kind === 'im' && each.user === user);
  if (found !== undefined) return found;
  const channel: Channel = {
    id: slackId('D'),
    team: team.id,
    name: state.get('users', `${team.id}/${user}`)?.name ?? user,
    kind: 'im',
    user,
    member: true,
    archived: false,
    shared: false,
    botReads: 'everywhere',
  };
  state.put('channels', channel.id, channel);
  return channel;
}
