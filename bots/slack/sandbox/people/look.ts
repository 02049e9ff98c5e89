// What one person sees, and what tests look at.

import { z } from 'zod';
import type { Block, FileInfo, Message } from '../shapes.ts';
import { stackOf } from '../api/views.ts';
import { act, channelOf, id, personIn, ts } from './act.ts';
import { buttonsIn, type Button } from './buttons.ts';
import { fieldsOf, textOf, type Field } from './forms.ts';
import { namesIn } from './setup.ts';
import { untyped } from './typed.ts';

export interface SeenMessage extends Message {
  /** null for the bot. */
  readonly author: { readonly id: string; readonly name: string } | null;
  /** How many messages follow it in its thread. */
  readonly replies: number;
  readonly buttons: readonly Button[];
  readonly attached: readonly FileInfo[];
  /** What its author typed. */
  readonly typed: string;
}

export interface SeenForm {
  readonly id: string;
  readonly title: string;
  readonly submit: string;
  /** What is said in it. */
  readonly blocks: readonly Block[];
  readonly fields: readonly Field[];
  readonly errors: Readonly<Record<string, string>>;
}

const seen = act(
  z.strictObject({ channel: id, viewer: id, thread: ts.optional(), before: ts.optional(), most: z.int().min(1).max(1000).default(100) }),
  (people, { channel: channelId, viewer, thread, before, most }) => {
    const channel = channelOf(people, channelId);
    personIn(people, channel, viewer);
    const names = namesIn(people, channel.team);
    const visible = people.state.messages(channelId).filter(({ only }) => only === null || only === viewer);
    const replies = new Map<string, number>();
    for (const message of visible) if (message.thread !== null) replies.set(message.thread, (replies.get(message.thread) ?? 0) + 1);
    const listed = visible
      .filter((message) =>
        thread === undefined ? message.thread === null || message.broadcast : (message.thread ?? message.ts) === thread,
      )
      // What is deleted stays where others answered it.
      .filter((message) => !message.deleted || replies.has(message.ts))
      .filter((message) => before === undefined || Number(message.ts) < Number(before));
    const messages = listed.slice(-most).map((message): SeenMessage => {
      const author = message.isBot ? null : people.state.get('users', `${channel.team}/${message.user}`);
      return {
        ...message,
        author: author === null ? null : { id: message.user, name: author?.name ?? message.user },
        replies: replies.get(message.ts) ?? 0,
        buttons: message.deleted ? [] : buttonsIn(message.blocks),
        attached: message.files.flatMap((file) => people.state.get('files', file) ?? []),
        typed: untyped(message.text, names),
      };
    });
    return { messages, hasEarlier: listed.length > most };
  },
);

/** The view that a person has before them; null without one. */
const form = act(z.strictObject({ team: id, viewer: id }), ({ state }, { team, viewer }): SeenForm | null => {
  const view = stackOf(state, team, viewer).at(-1);
  if (view === undefined) return null;
  return {
    id: view.id,
    title: textOf(view.view['title']),
    submit: textOf(view.view['submit']),
    blocks: (view.view['blocks'] as Block[]).filter(({ type }) => type !== 'input'),
    fields: fieldsOf(view),
    errors: view.errors,
  };
});

const home = act(
  z.strictObject({ team: id, viewer: id }),
  ({ state }, { team, viewer }) => state.get('homes', `${team}/${viewer}`) ?? null,
);

/** Slack's own words for an agent's work in a thread; null where it has none. */
const status = act(
  z.strictObject({ channel: id, thread: ts }),
  ({ state }, { channel, thread }) => state.get('sessions', `${channel}/${thread}`) ?? null,
);

/** What everybody sees of a channel or thread, oldest first. */
const messages = act(z.strictObject({ channel: id, thread: ts.optional() }), ({ state }, { channel, thread }) =>
  (thread === undefined ? state.messages(channel) : [state.message(channel, thread) ?? [], state.replies(channel, thread)].flat()).filter(
    ({ only, deleted }) => only === null && !deleted,
  ),
);

export const lookActs = { seen, form, home, status, messages };
