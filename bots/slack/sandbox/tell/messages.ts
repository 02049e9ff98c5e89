// What the app is told of messages: each that it may read, a mention once more by its own name, its own posts too, edits and
// deletions.

import type { Channel, Message, Team } from '../shapes.ts';
import { channelType, wireMessage, type WireMessage } from '../wire.ts';
import type { World } from '../world.ts';

const historyScopes = { public: 'channels:history', private: 'groups:history', im: 'im:history', mpim: 'mpim:history' } as const;

export function historyScope({ kind }: Channel): string {
  return historyScopes[kind];
}

export function tellMessage(world: World, message: Message): void {
  const place = placeOf(world, message);
  if (place === null) return;
  const { team, channel } = place;
  const wire = wireOf(world, team, message);
  const more = { shared: channel.shared };
  const coordinates = { channel: channel.id, event_ts: message.ts };
  if (mayRead(team, channel)) {
    const { viewing } = message;
    const context =
      viewing === null ? {} : { app_context: { entities: [{ type: 'slack#/types/channel_id', value: viewing, team_id: team.id }] } };
    world.teller.event(team, { ...wire, ...coordinates, channel_type: channelType(channel), ...context }, more);
  }
  const isMention = !message.isBot && channel.kind !== 'im' && message.text.includes(`<@${team.botUser}>`);
  if (!isMention || !team.scopes.includes('app_mentions:read')) return;
  const { subtype: _, ...rest } = wire;
  world.teller.event(team, { ...rest, type: 'app_mention', ...coordinates }, more);
}

/** `eventTs` is when it was changed. */
export function tellEdit(world: World, before: Message, after: Message, eventTs: string): void {
  tellHidden(world, after, eventTs, (team) => ({
    subtype: 'message_changed',
    message: wireOf(world, team, after),
    previous_message: wireOf(world, team, before),
  }));
}

export function tellDeletion(world: World, before: Message, eventTs: string): void {
  tellHidden(world, before, eventTs, (team) => ({
    subtype: 'message_deleted',
    deleted_ts: before.ts,
    previous_message: wireOf(world, team, before),
  }));
}

function tellHidden(world: World, message: Message, eventTs: string, about: (team: Team) => Readonly<Record<string, unknown>>): void {
  const place = placeOf(world, message);
  if (place === null || !mayRead(place.team, place.channel)) return;
  const { team, channel } = place;
  const event = { type: 'message', hidden: true, channel: channel.id, channel_type: channelType(channel), ts: eventTs, event_ts: eventTs };
  world.teller.event(team, { ...event, ...about(team) }, { shared: channel.shared });
}

/** null where the app hears nothing: it is not there, was removed, or only one person sees the message. */
function placeOf({ state }: World, { channel: id, only }: Message): { team: Team; channel: Channel } | null {
  const channel = state.get('channels', id)!;
  const team = state.get('teams', channel.team)!;
  return only !== null || !channel.member || team.tokenState === 'uninstalled' ? null : { team, channel };
}

function mayRead({ scopes }: Team, channel: Channel): boolean {
  return scopes.includes(historyScope(channel));
}

export function wireOf({ state, shelf }: World, team: Team, message: Message): WireMessage {
  return wireMessage(state, shelf.addressOf, team, message);
}
