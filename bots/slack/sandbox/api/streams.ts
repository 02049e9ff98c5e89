// chat.startStream, appendStream and stopStream: a message that an agent writes bit by bit. Slack ends each after five minutes, or
// after two in which nothing came, and says so only to whoever writes on.

import { contentsOf } from '../checks/contents.ts';
import { invalid, SlackNo } from '../no.ts';
import type { Message, Stream } from '../shapes.ts';
import type { State } from '../state.ts';
import { tellEdit, tellMessage, wireOf } from '../tell/messages.ts';
import { isRoot } from '../wire.ts';
import { setSession, statuses } from './agents.ts';
import { ours } from './chat.ts';
import { args, method, structured, ts, word, type Call } from './method.ts';
import { messageOf, writable } from './places.ts';
import { added, blocksOf, chunksIn } from './stream-chunks.ts';

const longestMs = 5 * 60_000;
const idleMs = 2 * 60_000;
const said = { markdown_text: word.optional(), chunks: structured.optional() };
const scopes = ['chat:write'];

const startStream = method({
  scopes,
  tier: 2,
  json: true,
  schema: args({
    channel: word,
    thread_ts: ts,
    ...said,
    recipient_team_id: word.optional(),
    recipient_user_id: word.optional(),
    task_display_mode: word.optional(),
    icon_emoji: word.optional(),
    icon_url: word.optional(),
    username: word.optional(),
  }),
  bind(call) {
    const { world, team, args: given } = call;
    const channel = writable(call, given.channel);
    if (!team.agent) throw new SlackNo('not_authorized');
    if (channel.kind !== 'im' && given.recipient_team_id === undefined) throw new SlackNo('missing_recipient_team_id');
    if (channel.kind !== 'im' && given.recipient_user_id === undefined) throw new SlackNo('missing_recipient_user_id');
    if (!isRoot(world.state, channel.id, given.thread_ts)) throw new SlackNo('thread_not_found');
    const chunks = chunksIn(given);
    return () => {
      const nowMs = world.clock.now().getTime();
      const message = ours(call, channel, { text: '', blocks: [], thread: given.thread_ts });
      const empty = { markdown: '', plan: null, tasks: [], blocks: [] };
      const begun: Stream = {
        channel: channel.id,
        ts: message.ts,
        thread: given.thread_ts,
        startedMs: nowMs,
        lastMs: nowMs,
        isOver: false,
        ...empty,
      };
      const kept = write(world.state, message, added(begun, chunks));
      setSession(world.state, channel.id, given.thread_ts, 'processing');
      tellMessage(world, kept);
      return { ok: true, channel: channel.id, ts: kept.ts };
    };
  },
});

const appendStream = method({
  scopes,
  tier: 4,
  json: true,
  schema: args({ channel: word, ts, ...said }),
  bind(call) {
    const { message, stream } = streamOf(call);
    const chunks = chunksIn(call.args);
    if (chunks.length === 0) throw new SlackNo('no_text');
    return () => {
      const { state, clock } = call.world;
      write(state, message, { ...added(stream, chunks), lastMs: clock.now().getTime() });
      return { ok: true, channel: stream.channel, ts: stream.ts };
    };
  },
});

const stopStream = method({
  scopes,
  tier: 2,
  json: true,
  schema: args({
    channel: word,
    ts,
    ...said,
    blocks: structured.optional(),
    metadata: structured.optional(),
    session_status: word.optional(),
  }),
  bind(call) {
    const { world, team, args: given } = call;
    const { message, stream } = streamOf(call);
    const chunks = chunksIn(given);
    const { session_status: status = 'active' } = given;
    if (!(statuses as readonly string[]).includes(status)) throw invalid(`session_status must be one of: ${statuses.join(', ')}`);
    const blocks = given.blocks === undefined ? [] : (contentsOf({ blocks: given.blocks }).blocks ?? []);
    return () => {
      const whole = added(stream, chunks);
      const kept = write(world.state, message, { ...whole, blocks: [...whole.blocks, ...blocks], isOver: true });
      setSession(world.state, stream.channel, stream.thread, status);
      tellEdit(world, message, kept, world.state.nextTs());
      return { ok: true, channel: stream.channel, ts: stream.ts, message: wireOf(world, team, kept) };
    };
  },
});

export const streamMethods = { 'chat.startStream': startStream, 'chat.appendStream': appendStream, 'chat.stopStream': stopStream };

/** Ends what is written in a thread, and gives its messages. */
export function endStreams(state: State, channel: string, thread: string, nowMs: number): string[] {
  const running = [...state.all('streams').values()].filter(
    (each) => each.channel === channel && each.thread === thread && isRunning(each, nowMs),
  );
  for (const stream of running) state.put('streams', `${channel}/${stream.ts}`, { ...stream, isOver: true });
  return running.map(({ ts: at }) => at);
}

function streamOf(call: Call<{ channel: string; ts: string }>): { message: Message; stream: Stream } {
  const channel = writable(call, call.args.channel);
  const message = messageOf(call, channel, call.args.ts);
  const stream = call.world.state.get('streams', `${channel.id}/${message.ts}`);
  if (stream === undefined || !isRunning(stream, call.world.clock.now().getTime())) throw new SlackNo('message_not_in_streaming_state');
  return { message, stream };
}

function isRunning({ isOver, startedMs, lastMs }: Stream, nowMs: number): boolean {
  return !isOver && nowMs - startedMs < longestMs && nowMs - lastMs < idleMs;
}

function write(state: State, message: Message, stream: Stream): Message {
  state.put('streams', `${stream.channel}/${stream.ts}`, stream);
  return state.keep({ ...message, text: stream.markdown, blocks: blocksOf(stream) });
}
