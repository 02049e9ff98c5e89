// Work as Slack shows it itself: a message of its own in the thread, written bit by bit, with a plan and its steps. Slack ends each after
// five minutes however busy it is, and after two in which nothing comes, so before that another one takes its place. What a workspace or a
// place does not take as a stream is shown by edits (shower.ts). As those, all of it is decoration: a stream holds nothing of an answer.

import { z } from 'zod';
import type { Budgets } from '#core/ports/poster.ts';
import { PostError } from '#core/ports/poster.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Shown, View, WorkStream } from '#core/ports/shower.ts';
import { cleanText, shorten } from '#core/domain/text/text.ts';
import { SlackAway, SlackNo, type Call } from '../api/call.ts';
import type { SlackAddress } from '../refs.ts';
import { postErrorFrom } from './troubles.ts';

/** Slack's five minutes, less what an edit may be late. */
const STREAM_MS = 4 * 60_000;
/** Slack's two minutes in which nothing comes, likewise. */
const QUIET_MS = 90_000;
/** A workspace may begin and end twenty streams a minute (tier 2), and write a hundred times (tier 4); a little less, so that no minute has more. */
const STARTS_EVERY_MS = 3_200;
const STOPS_EVERY_MS = 3_200;
const WRITES_EVERY_MS = 620;
const STEPS_MOST = 30;
const REMEMBERED_MOST = 1_000;
/** Of titles. */
const TITLE_CHARACTERS = 256;
const ID_CHARACTERS = 255;
/** An app may be declared an agent at any time. */
const WITHOUT_MS = 60 * 60_000;
/** In place of a stream: this work is shown by edits, to its end. */
const BY_EDITS = 'edits';

/** How Slack says that it ended the stream, or that a person removed it. */
const dead: ReadonlySet<string> = new Set(['message_not_in_streaming_state', 'message_not_found']);
/** How it says that there are no streams for this app, or in this workspace. */
const noStreams: ReadonlySet<string> = new Set(['not_authorized', 'unknown_method', 'feature_not_enabled', 'not_allowed', 'missing_scope']);

export interface Streams {
  /** null where this work is not shown as a stream. Rejects as the shower does. */
  show(view: StreamView, signal: AbortSignal): Promise<Shown | null>;
}

export interface StreamView extends Pick<View, 'messageRef' | 'reply' | 'closed'> {
  readonly address: SlackAddress;
  readonly token: string;
  readonly stream: WorkStream;
}

export interface StreamDeps {
  readonly call: Call;
  readonly budgets: Budgets;
  readonly clock: Clock;
  /** False where nobody counts calls. */
  readonly isLimited: boolean;
}

export function slackStreams({ call, budgets, clock, isLimited }: StreamDeps): Streams {
  /** Workspaces that have none, and until when we take that for granted. */
  const without = new Map<string, number>();
  /** Work that is shown by edits, in case that cannot be written down at once. */
  const byEdits = new Set<string>();

  return {
    async show(view, signal) {
      const { ref } = view.stream;
      if (ref === BY_EDITS || !mayHaveOne(view)) return null;
      if (byEdits.has(`${view.address.channel}/${view.messageRef}`)) return { streamRef: BY_EDITS };
      if (view.closed) return ref === null ? null : close(view, ref, signal);
      if (ref === null) return begin(view, signal);
      if (ageOf(ref) < STREAM_MS && (await isAppended(view, ref, signal))) return { streamRef: ref, againAt: againFor(ref) };
      await stop(view, ref, signal);
      const next = await begin(view, signal);
      // One is enough to look at: the new one has all its steps.
      await call('chat.delete', view.token, { channel: view.address.channel, ts: ref }, signal).catch(() => undefined);
      return next;
    },
  };

  function mayHaveOne({ address: { team, channel, thread }, stream: { asker, ref } }: StreamView): boolean {
    if (ref !== null) return true;
    const isDirect = channel.startsWith('D');
    return thread !== '' && (isDirect || asker !== null) && (without.get(team) ?? 0) <= clock.now().getTime();
  }

  async function begin(view: StreamView, signal: AbortSignal): Promise<Shown> {
    const { address, token, stream } = view;
    const { team, channel, thread } = address;
    const recipient = stream.asker && { recipient_team_id: stream.asker.space, recipient_user_id: stream.asker.externalId };
    const args = { channel, thread_ts: thread, ...recipient, task_display_mode: 'plan', chunks: chunksOf(view) };
    try {
      await mayCall(`slack:${team}/starts`, STARTS_EVERY_MS);
      const { ts } = startedSchema.parse(await call('chat.startStream', token, args, signal));
      return { streamRef: ts, againAt: againFor(ts) };
    } catch (error) {
      const { kind, wholeChannel } = postErrorFrom(error);
      const hasNone = error instanceof SlackNo && noStreams.has(error.error);
      if (hasNone) without.set(team, clock.now().getTime() + WITHOUT_MS);
      if (error instanceof SlackAway && kind === 'later') throw error;
      if (kind === 'never' && wholeChannel && !hasNone) throw error;
      // Also where nobody knows whether it began: another one could stand beside it.
      byEdits.add(`${channel}/${view.messageRef}`);
      if (byEdits.size > REMEMBERED_MOST) byEdits.delete(byEdits.values().next().value!);
      return { streamRef: BY_EDITS };
    }
  }

  /** False where it is over. */
  async function isAppended(view: StreamView, ts: string, signal: AbortSignal): Promise<boolean> {
    const { team, channel } = view.address;
    await mayCall(`slack:${team}/writes`, WRITES_EVERY_MS);
    return untilDead(call('chat.appendStream', view.token, { channel, ts, chunks: chunksOf(view) }, signal));
  }

  async function close(view: StreamView, ts: string, signal: AbortSignal): Promise<Shown> {
    await stop(view, ts, signal);
    return { streamRef: ts };
  }

  async function stop(view: StreamView, ts: string, signal: AbortSignal): Promise<void> {
    const { team, channel } = view.address;
    if (ageOf(ts) > 2 * STREAM_MS) return;
    await mayCall(`slack:${team}/stops`, STOPS_EVERY_MS);
    const status = view.closed ? 'active' : 'processing';
    await untilDead(call('chat.stopStream', view.token, { channel, ts, chunks: chunksOf(view), session_status: status }, signal));
  }

  async function mayCall(key: string, everyMs: number): Promise<void> {
    const waitMs = isLimited ? await budgets.take(key, everyMs) : null;
    if (waitMs !== null) throw new PostError('later', 'Slack takes no more of these calls in this workspace now', { retryAfterMs: waitMs });
  }

  /** By Slack's clock, which made its ref. */
  function ageOf(ts: string): number {
    return clock.now().getTime() - Number(ts) * 1_000;
  }

  function againFor(ts: string): Date {
    return new Date(clock.now().getTime() + Math.max(0, Math.min(QUIET_MS, STREAM_MS - ageOf(ts))));
  }
}

const startedSchema = z.object({ ts: z.string().regex(/^\d{1,12}\.\d{6}$/) });

async function untilDead(calling: Promise<unknown>): Promise<boolean> {
  try {
    await calling;
    return true;
  } catch (error) {
    if (error instanceof SlackNo && dead.has(error.error)) return false;
    throw error;
  }
}

/** All of it each time: what Slack has already stays as it is. */
function chunksOf({ reply, closed, stream: { steps } }: Pick<StreamView, 'reply' | 'closed' | 'stream'>): object[] {
  const heading = reply.blocks.find(({ kind }) => kind === 'heading');
  const title = heading?.kind === 'heading' ? heading.text : reply.fallback;
  const tasks = steps.slice(-STEPS_MOST).map(({ id, title: step, state }) => ({
    type: 'task_update',
    id: id.slice(0, ID_CHARACTERS),
    title: worded(step),
    // Nothing runs any more once the work is over.
    status: state === 'failed' ? 'error' : state === 'done' || closed ? 'complete' : 'in_progress',
  }));
  return [{ type: 'plan_update', title: worded(title) }, ...tasks];
}

/** Slack reads titles as plain text. */
function worded(text: string): string {
  const words = cleanText(text).replace(/\s+/g, ' ').trim();
  return shorten(words === '' ? '…' : words, TITLE_CHARACTERS);
}
