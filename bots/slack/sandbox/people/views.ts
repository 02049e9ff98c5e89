// Forms that people send or put away, home tabs, and the native stop of an agent's work.

import { z } from 'zod';
import { PeopleNo } from '#bots/stand-in/people.ts';
import { checked, replace, show, stackOf, wireView } from '../api/views.ts';
import { isRecord } from '../checks/check.ts';
import { SlackNo } from '../no.ts';
import type { OpenView, User } from '../shapes.ts';
import { directWith } from '../api/places.ts';
import { endStreams } from '../api/streams.ts';
import { act, channelOf, id, teamOf, ts, writerIn, type People } from './act.ts';
import { stateValues } from './forms.ts';
import { interact, sharedFields, triggerFor } from './interact.ts';

const values = z.record(z.string().max(600), z.string().max(40_000));

const submit = act(
  z.strictObject({ view: z.string().max(40), values, from: id }),
  async (people, { view: viewId, values: typed, from }) => {
    const { view, user } = viewOf(people, viewId, from);
    const team = teamOf(people, view.team);
    const answer = await interact(people, {
      type: 'view_submission',
      ...sharedFields(team, user),
      trigger_id: triggerFor(people, { team: team.id, user: user.id }),
      view: wireView(team, view, stateValues(view, typed)),
      response_urls: [],
    });
    try {
      after(people, view, answer);
    } catch (error) {
      throw error instanceof SlackNo ? new PeopleNo('dispatch_failed') : error;
    }
  },
);

const dismiss = act(z.strictObject({ view: z.string().max(40), from: id }), async (people, { view: viewId, from }) => {
  const { view, user } = viewOf(people, viewId, from);
  const team = teamOf(people, view.team);
  close(people, view);
  if (view.view['notify_on_close'] !== true) return;
  await interact(people, { type: 'view_closed', ...sharedFields(team, user), view: wireView(team, view), is_cleared: false });
});

/** Somebody opens the app's home or its messages. */
const openApp = act(z.strictObject({ team: id, tab: z.enum(['home', 'messages']), from: id }), (people, { team: teamId, tab, from }) => {
  const team = teamOf(people, teamId);
  if (people.state.get('users', `${teamId}/${from}`) === undefined) throw new PeopleNo('user_not_found');
  const channel = directWith(people.state, team, from);
  people.teller.event(team, { type: 'app_home_opened', user: from, channel: channel.id, tab, event_ts: people.state.nextTs() });
  return { channel: channel.id };
});

/** Slack's own Stop, which an agent has to carry out itself. */
const stop = act(z.strictObject({ channel: id, thread: ts, from: id }), (people, { channel: channelId, thread, from }) => {
  const channel = channelOf(people, channelId);
  writerIn(people, channel, from);
  if (people.state.message(channelId, thread) === undefined) throw new PeopleNo('thread_not_found');
  // Slack ends what is being written there; all else is left to the app.
  const ended = endStreams(people.state, channelId, thread, people.clock.now().getTime());
  const event = { type: 'agent_session_stopped', channel: channelId, user: from, thread_ts: thread, streaming_message_ts: ended };
  people.teller.event(teamOf(people, channel.team), { ...event, event_ts: people.state.nextTs() }, { shared: channel.shared });
});

export const viewActs = { submit, dismiss, openApp, stop };

function viewOf({ state }: People, viewId: string, from: string): { view: OpenView; user: User } {
  const view = state.get('views', viewId);
  const user = view && state.get('users', `${view.team}/${from}`);
  if (view === undefined || user === undefined || !view.isOpen || view.user !== from) throw new PeopleNo('view_not_found');
  return { view, user };
}

/** What the app answered to a submission. */
function after(people: People, view: OpenView, answer: unknown): void {
  const { state } = people;
  if (!isRecord(answer) || answer['response_action'] === undefined) return close(people, view);
  const team = teamOf(people, view.team);
  switch (answer['response_action']) {
    case 'clear':
      for (const each of stackOf(state, view.team, view.user)) close(people, each);
      return;
    case 'update':
      return void replace(state, view, checked(answer['view'], 'modal'));
    case 'push':
      return void show(state, team, view.user, checked(answer['view'], 'modal'), view);
    case 'errors':
      return state.put('views', view.id, { ...view, errors: z.record(z.string(), z.string()).parse(answer['errors']) });
    default:
      throw new SlackNo('invalid_response_action');
  }
}

function close({ state }: People, view: OpenView): void {
  state.put('views', view.id, { ...view, isOpen: false });
}
