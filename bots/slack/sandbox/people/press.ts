// Buttons, commands and shortcuts.

import { z } from 'zod';
import { PeopleNo } from '#bots/stand-in/people.ts';
import type { Channel, Message, Team, User } from '../shapes.ts';
import { wireOf } from '../tell/messages.ts';
import { SlackNo } from '../no.ts';
import { wireView } from '../api/views.ts';
import { appId } from '../wire.ts';
import { act, channelOf, id, personIn, teamOf, ts, writerIn, type People } from './act.ts';
import { buttonsIn, type Button } from './buttons.ts';
import { answerIn, interact, respond, responseUrlFor, sharedFields, triggerFor } from './interact.ts';
import { messageIn } from './talk.ts';
import { typed } from './typed.ts';
import { namesIn } from './setup.ts';

const press = act(
  z.strictObject({ channel: id, ts, button: z.string().min(1).max(2000), from: id }),
  async (people, { channel: channelId, ts: at, button: wanted, from }) => {
    const channel = channelOf(people, channelId);
    const user = personIn(people, channel, from);
    const message = messageIn(people, channel, at);
    if (message.only !== null && message.only !== from) throw new PeopleNo('message_not_found');
    // Whoever has not seen an edit yet presses what stood there before.
    const button = buttonNamed([...buttonsIn(message.blocks), ...buttonsIn(message.first?.blocks ?? [])], wanted);
    const team = teamOf(people, channel.team);
    const about = { team: team.id, user: user.id, channel: channel.id, thread: message.thread, message: message.ts };
    await interact(people, {
      type: 'block_actions',
      ...sharedFields(team, user),
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: channel.id,
        is_ephemeral: message.only !== null,
        ...(message.thread !== null && { thread_ts: message.thread }),
      },
      trigger_id: triggerFor(people, about),
      channel: { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name },
      ...(message.only === null && { message: wireOf(people, team, message) }),
      state: { values: {} },
      response_url: responseUrlFor(people, about),
      actions: [actionOf(people, button)],
    });
  },
);

/** A button on somebody's home tab. */
const pressHome = act(
  z.strictObject({ team: id, button: z.string().min(1).max(2000), from: id }),
  async (people, { team: teamId, button: wanted, from }) => {
    const team = teamOf(people, teamId);
    const user = people.state.get('users', `${teamId}/${from}`);
    const home = people.state.get('homes', `${teamId}/${from}`);
    if (user === undefined || home === undefined) throw new PeopleNo('view_not_found');
    const button = buttonNamed(buttonsIn(home['blocks'] as never), wanted);
    const view = {
      id: `V${from.slice(1)}`,
      team: teamId,
      user: from,
      hash: '',
      view: home,
      rootId: `V${from.slice(1)}`,
      previousId: null,
      isOpen: true,
      errors: {},
    };
    await interact(people, {
      type: 'block_actions',
      ...sharedFields(team, user),
      container: { type: 'view', view_id: view.id },
      trigger_id: triggerFor(people, { team: teamId, user: from }),
      view: wireView(team, view),
      actions: [actionOf(people, button)],
    });
  },
);

const command = act(
  z.strictObject({
    channel: id,
    name: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/)
      .default('impacter'),
    text: z.string().max(3000),
    from: id,
  }),
  async (people, { channel: channelId, name, text, from }) => {
    const channel = channelOf(people, channelId);
    const user = writerIn(people, channel, from);
    const team = teamOf(people, channel.team);
    const about = { team: team.id, user: user.id, channel: channel.id, thread: null, message: null };
    const answer = answerIn(
      await people.teller.form({
        token: 'sandbox',
        team_id: team.id,
        team_domain: team.domain,
        channel_id: channel.id,
        channel_name: channel.kind === 'im' ? 'directmessage' : channel.name,
        user_id: user.id,
        user_name: user.name.toLowerCase(),
        command: `/${name}`,
        text: typed(text, namesIn(people, team.id)),
        api_app_id: appId,
        is_enterprise_install: 'false',
        response_url: responseUrlFor(people, about),
        trigger_id: triggerFor(people, about),
      }),
    );
    if (answer === undefined) return;
    try {
      respond(people, about, answer);
    } catch (error) {
      throw error instanceof SlackNo ? new PeopleNo('dispatch_failed') : error;
    }
  },
);

const shortcut = act(
  z.strictObject({ channel: id, ts, callback: z.string().min(1).max(255), from: id }),
  async (people, { channel: channelId, ts: at, callback, from }) => {
    const channel = channelOf(people, channelId);
    const user = writerIn(people, channel, from);
    const message = messageIn(people, channel, at);
    const team = teamOf(people, channel.team);
    await interact(people, messageAction(people, { channel, user, team, message, callback }));
  },
);

export const pressActs = { press, pressHome, command, shortcut };

interface Shortcut {
  readonly channel: Channel;
  readonly user: User;
  readonly team: Team;
  readonly message: Message;
  readonly callback: string;
}

function messageAction(people: People, { channel, user, team, message, callback }: Shortcut): object {
  const about = { team: team.id, user: user.id, channel: channel.id, thread: message.thread ?? message.ts, message: null };
  return {
    type: 'message_action',
    ...sharedFields(team, user),
    action_ts: people.state.nextTs(),
    callback_id: callback,
    trigger_id: triggerFor(people, about),
    response_url: responseUrlFor(people, about),
    message_ts: message.ts,
    channel: { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name },
    message: wireOf(people, team, message),
  };
}

function actionOf({ state }: People, { type, blockId, actionId, value, text, url }: Button): object {
  return { type, block_id: blockId, action_id: actionId, value, text, ...(url !== null && { url }), action_ts: state.nextTs() };
}

function buttonNamed(buttons: readonly Button[], wanted: string): Button {
  const found =
    buttons.find(({ at }) => at === wanted) ??
    buttons.find(({ value }) => value === wanted) ??
    buttons.find(({ actionId }) => actionId === wanted);
  if (found === undefined) throw new PeopleNo('no_such_button');
  return found;
}
