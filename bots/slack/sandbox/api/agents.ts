// agents.sessions.*: what Slack shows of an agent's work in a thread. Only for apps that are declared agents.

import { invalid, SlackNo } from '../no.ts';
import type { State } from '../state.ts';
import { args, method, ts, word, type Call } from './method.ts';
import { writable } from './places.ts';

export const statuses = ['active', 'processing', 'suspended', 'closed'] as const;

const place = { channel_id: word, thread_ts: ts.optional() };

const setStatus = method({
  scopes: ['assistant:write', 'chat:write'],
  tier: 3,
  json: true,
  schema: args({
    ...place,
    status: word,
    title: word.optional(),
    initiator_user_id: word.optional(),
    icon_emoji: word.optional(),
    icon_url: word.optional(),
    username: word.optional(),
  }),
  bind(call) {
    const { channel, thread } = sessionOf(call);
    const { status, title } = call.args;
    if (!(statuses as readonly string[]).includes(status)) throw invalid(`status must be one of: ${statuses.join(', ')}`);
    return () => {
      setSession(call.world.state, channel, thread, status, title);
      return { ok: true };
    };
  },
});

const rename = method({
  scopes: ['assistant:write', 'chat:write'],
  tier: 3,
  json: true,
  schema: args({ ...place, title: word.min(1) }),
  bind(call) {
    const { channel, thread } = sessionOf(call);
    const before = call.world.state.get('sessions', `${channel}/${thread}`);
    if (before === undefined) throw new SlackNo('session_not_found');
    return () => {
      call.world.state.put('sessions', `${channel}/${thread}`, { ...before, title: call.args.title });
      return { ok: true };
    };
  },
});

export const agentMethods = { 'agents.sessions.setStatus': setStatus, 'agents.sessions.rename': rename };

export function setSession(state: State, channel: string, thread: string, status: string, title?: string): void {
  const before = state.get('sessions', `${channel}/${thread}`);
  state.put('sessions', `${channel}/${thread}`, { channel, thread, status, title: title ?? before?.title ?? null });
}

function sessionOf(call: Call<{ channel_id: string; thread_ts?: string | undefined }>): { channel: string; thread: string } {
  if (!call.team.agent) throw new SlackNo('not_authorized');
  const channel = writable(call, call.args.channel_id);
  const thread = call.args.thread_ts ?? '';
  if (thread !== '' && call.world.state.message(channel.id, thread) === undefined) throw new SlackNo('thread_not_found');
  return { channel: channel.id, thread };
}
