// What an app may do once because a person did something: open a view (within three seconds) and answer at an address (five
// times in half an hour).

import { SlackNo } from './no.ts';
import type { Handle } from './shapes.ts';
import { slackId, type State } from './state.ts';

const triggerMs = 3000;
const responseMs = 30 * 60_000;
const mostResponses = 5;

type About = Pick<Handle, 'team' | 'user' | 'channel' | 'thread' | 'message'>;

export function newHandle(state: State, table: 'triggers' | 'responses', about: About, nowMs: number): string {
  const id = table === 'triggers' ? `${nowMs}.${slackId('')}` : slackId('R') + slackId('');
  state.put(table, id, { id, ...about, atMs: nowMs, uses: 0 });
  return id;
}

/** Who opens a view, once nothing speaks against it; throws Slack's words else. */
export function useTrigger(state: State, team: string, id: string, nowMs: number): () => Handle {
  const trigger = state.get('triggers', id);
  if (trigger === undefined || trigger.team !== team) throw new SlackNo('invalid_trigger_id');
  if (trigger.uses > 0) throw new SlackNo('exchanged_trigger_id');
  if (nowMs - trigger.atMs > triggerMs) throw new SlackNo('expired_trigger_id');
  return () => {
    state.put('triggers', id, { ...trigger, uses: 1 });
    return trigger;
  };
}

/** null where the address is no good any more. */
export function useResponse(state: State, id: string, nowMs: number): Handle | null {
  const response = state.get('responses', id);
  if (response === undefined || response.uses >= mostResponses || nowMs - response.atMs > responseMs) return null;
  state.put('responses', id, { ...response, uses: response.uses + 1 });
  return response;
}
