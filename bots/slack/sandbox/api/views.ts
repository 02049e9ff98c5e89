// views.*: forms that a person is shown because they did something, and home tabs.

import type { ViewsOpenResponse } from '@slack/web-api';
import { checkView } from '../checks/view.ts';
import { isRecord } from '../checks/check.ts';
import { withIds } from '../checks/contents.ts';
import { useTrigger } from '../handles.ts';
import { SlackNo } from '../no.ts';
import type { OpenView, Team } from '../shapes.ts';
import { slackId, type State } from '../state.ts';
import { appId } from '../wire.ts';
import { args, method, structured, word } from './method.ts';

const mostStacked = 3;
type View = Readonly<Record<string, unknown>>;

const open = method({
  scopes: [],
  tier: 4,
  json: true,
  schema: args({ trigger_id: word, view: structured }),
  bind(call) {
    const { world, team, args: given } = call;
    const view = checked(given.view, 'modal');
    const use = useTrigger(world.state, team.id, given.trigger_id, world.clock.now().getTime());
    return () => {
      const { user } = use();
      // What this person was shown before makes room.
      for (const shown of stackOf(world.state, team.id, user)) world.state.put('views', shown.id, { ...shown, isOpen: false });
      return answered(team, show(world.state, team, user, view, null));
    };
  },
});

const push = method({
  scopes: [],
  tier: 4,
  json: true,
  schema: args({ trigger_id: word, view: structured }),
  bind(call) {
    const { world, team, args: given } = call;
    const view = checked(given.view, 'modal');
    const use = useTrigger(world.state, team.id, given.trigger_id, world.clock.now().getTime());
    const { user } = world.state.get('triggers', given.trigger_id)!;
    const stack = stackOf(world.state, team.id, user);
    if (stack.length === 0) throw new SlackNo('not_found');
    if (stack.length >= mostStacked) throw new SlackNo('push_limit_reached');
    return () => answered(team, show(world.state, team, use().user, view, stack.at(-1)!));
  },
});

const update = method({
  scopes: [],
  tier: 4,
  json: true,
  schema: args({ view: structured, view_id: word.optional(), external_id: word.optional(), hash: word.optional() }),
  bind(call) {
    const { world, team, args: given } = call;
    const view = checked(given.view, 'modal');
    const before = [...world.state.all('views').values()].find(
      (each) =>
        each.team === team.id &&
        each.isOpen &&
        (given.view_id === undefined ? each.view['external_id'] === given.external_id : each.id === given.view_id),
    );
    if (before === undefined) throw new SlackNo('not_found');
    if (given.hash !== undefined && given.hash !== before.hash) throw new SlackNo('hash_conflict');
    return () => answered(team, replace(world.state, before, view));
  },
});

const publish = method({
  scopes: [],
  tier: 4,
  json: true,
  schema: args({ user_id: word, view: structured, hash: word.optional() }),
  bind({ world, team, args: { user_id: user, view: given } }) {
    const view = checked(given, 'home');
    if (world.state.get('users', `${team.id}/${user}`) === undefined) throw new SlackNo('user_not_found');
    return () => {
      world.state.put('homes', `${team.id}/${user}`, view);
      return { ok: true, view: { ...view, id: `V${user.slice(1)}`, team_id: team.id, app_id: appId, bot_id: team.botId } };
    };
  },
});

export const viewMethods = { 'views.open': open, 'views.push': push, 'views.update': update, 'views.publish': publish };

/** The views that a person has before them, the lowest first. */
export function stackOf(state: State, team: string, user: string): OpenView[] {
  return [...state.all('views').values()].filter((each) => each.team === team && each.user === user && each.isOpen);
}

export function show(state: State, team: Team, user: string, view: View, above: OpenView | null): OpenView {
  const id = slackId('V');
  const opened: OpenView = {
    id,
    team: team.id,
    user,
    hash: slackId('h'),
    view,
    rootId: above?.rootId ?? id,
    previousId: above?.id ?? null,
    isOpen: true,
    errors: {},
  };
  state.put('views', id, opened);
  return opened;
}

export function replace(state: State, before: OpenView, view: View): OpenView {
  const after = { ...before, view, hash: slackId('h'), errors: {} };
  state.put('views', before.id, after);
  return after;
}

/** Throws Slack's words for a view that it does not take. */
export function checked(view: unknown, type: 'modal' | 'home'): View {
  const messages = checkView(view, type);
  if (messages.length > 0 || !isRecord(view)) throw new SlackNo('invalid_arguments', { response_metadata: { messages } });
  return { ...view, blocks: withIds(view['blocks'] as object[]).map(withActionIds) };
}

/** Slack gives an id to every element that has none, too. */
function withActionIds(block: View): View {
  const named = (element: unknown) =>
    isRecord(element) && element['type'] !== 'image' ? { action_id: slackId('a').slice(0, 6), ...element } : element;
  return {
    ...block,
    ...(isRecord(block['element']) && { element: named(block['element']) }),
    ...(block['type'] === 'actions' && { elements: (block['elements'] as unknown[]).map(named) }),
  };
}

/** As the API and interactions show it; `values` are what stands in its fields. */
export function wireView(team: Team, { id, hash, view, rootId, previousId }: OpenView, values: View = {}): View {
  return {
    private_metadata: '',
    callback_id: '',
    external_id: '',
    close: null,
    submit: null,
    clear_on_close: false,
    notify_on_close: false,
    ...view,
    id,
    team_id: team.id,
    app_id: appId,
    app_installed_team_id: team.id,
    bot_id: team.botId,
    state: { values },
    hash,
    root_view_id: rootId,
    previous_view_id: previousId,
  };
}

function answered(team: Team, view: OpenView): object {
  return { ok: true, view: wireView(team, view) as NonNullable<ViewsOpenResponse['view']> } satisfies ViewsOpenResponse;
}
