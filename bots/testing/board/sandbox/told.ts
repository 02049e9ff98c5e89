// What the bot is told, as events.ts reads it.

import type { BoardEvent } from '../events.ts';
import type { Shelf } from './files.ts';
import type { Channel, Happening, Message, Person, State } from './state.ts';

/** Something that waits to be told, with the id by which it is confirmed. */
export interface Told {
  readonly id: string;
  /** Made when it is told, so that addresses of files are fresh. */
  body(): BoardEvent;
}

export function waitingIn(state: State, shelf: Pick<Shelf, 'addressOf'>): Told[] {
  return [
    ...state.undelivered().map((message) => ({ id: message.id, body: () => saidEvent(state, shelf, message) })),
    ...state.unheard().map((happening) => ({ id: happening.event, body: () => happeningEvent(state, happening) })),
  ];
}

function saidEvent(state: State, shelf: Pick<Shelf, 'addressOf'>, message: Message): BoardEvent {
  const { id, channel, thread, text, from, at, gesture, files = [] } = message;
  return {
    kind: 'said',
    event: id,
    ...placeOf(state, channel),
    channel,
    thread,
    from: withRole(state, channel, from!),
    at,
    message: id,
    text,
    ...(gesture !== undefined && { gesture }),
    files: files.map((file) => ({ ...file, url: shelf.addressOf(file) })),
  };
}

function happeningEvent(state: State, happening: Happening): BoardEvent {
  return { ...happening, ...placeOf(state, happening.channel) };
}

function placeOf(state: State, channel: string): Pick<BoardEvent, 'workspace' | 'direct'> {
  const { workspace, direct } = state.channel(channel)!;
  return { workspace, direct: direct !== null };
}

/** A role that is said counts, then the one they have in the channel's workspace. */
export function withRole(state: State, channel: string, { id, name, role }: Person): BoardEvent['from'] {
  const { workspace } = state.channel(channel) as Channel;
  return { id, name, role: role ?? state.residents.get(`${workspace}/${id}`)?.role ?? 'member' };
}
