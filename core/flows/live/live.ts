// What happens, as it happens, for programs (every line, however long they were away) and for pages (balances too; a page
// that missed a lot reads its data anew rather than line by line).

import type { Actor } from '#core/domain/actor.ts';
import type { TaskId } from '#core/domain/ids.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { isAhead, isCursor, isLater } from '#core/store/tasks/events.ts';
import { balanceOf } from '../credits/balance.ts';
import type { WalletView } from '../credits/views.ts';
import { bind } from '../runtime/bind.ts';
import type { Core } from '../runtime/core.ts';
import { findTask } from '../tasks/history.ts';
import type { EventCursor, EventLine } from './event-line.ts';
import { openHub, type Hub, type Sizes, type Watcher } from './hub.ts';

export type LiveItem =
  | { readonly kind: 'line'; readonly line: EventLine }
  | { readonly kind: 'balance'; readonly balance: WalletView }
  /** What was missed is not told line by line. It goes on behind this cursor; data is to be read again. */
  | { readonly kind: 'reset'; readonly cursor: EventCursor }
  /** Nothing happened for a while. */
  | { readonly kind: 'beat' };

const usualSizes: Sizes = { linesAtOnce: 200, queueMost: 500 };

export function liveVerbs(core: Core, sizes = usualSizes) {
  const hub = openHub({ ...core, ...core.store, sizes, balance: (teamId) => balanceOf(core, teamId) });
  return {
    /**
     * Task events of the actor's team as they are committed, from behind `after`; ends when the signal aborts. `null` every 15 s
     * while nothing happens.
     */
    events: (actor: Actor, from: { after: EventCursor | null; taskId?: string }, signal: AbortSignal): AsyncIterable<EventLine | null> =>
      events(core, hub, sizes, actor, from, signal),
    /** The same for a page: begins with the balance, tells it whenever it moves, and says `reset` to one that missed too much. */
    items: (actor: Actor, from: { after: EventCursor | null }, signal: AbortSignal): AsyncIterable<LiveItem> =>
      live(core, hub, sizes, actor, from, signal),
    ...bind(core, { cursor }),
    /** Calls back when a session or key of somebody may have ended; null: perhaps anybody's. Gives back how to stop. */
    onSessionEnd: (call: (userId: string | null) => void): (() => void) =>
      core.store.wakeups.on('session', (about) => call(about === '' ? null : about)),
  };
}

/** A cursor that stands for now: a page read after it misses nothing. */
async function cursor(core: Core): Promise<EventCursor> {
  return (await core.store.events.now()) as EventCursor;
}

async function* events(
  core: Core,
  hub: Hub,
  { linesAtOnce }: Sizes,
  actor: Actor,
  from: { after: EventCursor | null; taskId?: string },
  signal: AbortSignal,
): AsyncIterable<EventLine | null> {
  mustBeAllowed(actor, 'tasks.see');
  const taskId = from.taskId === undefined ? null : (await findTask(core, actor, from.taskId)).id;
  const now = await cursor(core);
  // A cursor of times to come is from another server, before the database was moved: its reader goes on from now.
  const after = from.after === null || isAhead(from.after, now) ? now : from.after;
  for await (const item of follow(core, hub, actor, { now, after, taskId, mostMissed: null, linesAtOnce }, signal)) {
    if (item.kind === 'line') yield item.line;
    if (item.kind === 'beat') yield null;
  }
}

/** A page that missed more lines than this is better off reading its data anew. */
const MOST_MISSED = 200;

async function* live(
  core: Core,
  hub: Hub,
  { linesAtOnce }: Sizes,
  actor: Actor,
  from: { after: EventCursor | null },
  signal: AbortSignal,
): AsyncIterable<LiveItem> {
  mustBeAllowed(actor, 'tasks.see');
  const now = await cursor(core);
  let after = from.after ?? now;
  if (!isCursor(after) || isAhead(after, now)) {
    after = now;
    yield { kind: 'reset', cursor: now };
  }
  yield* follow(core, hub, actor, { now, after, taskId: null, mostMissed: MOST_MISSED, linesAtOnce }, signal);
}

interface From {
  readonly now: EventCursor;
  readonly after: EventCursor;
  readonly taskId: TaskId | null;
  /** Who missed more is told to reset, and hears of balances; null for who wants every line and nothing else. */
  readonly mostMissed: number | null;
  readonly linesAtOnce: number;
}

async function* follow(core: Core, hub: Hub, actor: Actor, from: From, signal: AbortSignal): AsyncIterable<LiveItem> {
  let { after } = from;
  const watcher: Watcher = hub.join(actor.teamId, from.now, { taskId: from.taskId, balance: from.mostMissed !== null });
  signal.addEventListener('abort', watcher.wake);
  try {
    while (!signal.aborted) {
      const upTo = watcher.catchUp();
      if (upTo !== null && isLater(upTo, after)) {
        for await (const item of missed(core, actor, from, after, upTo)) {
          after = item.kind === 'line' ? item.line.cursor : item.cursor;
          if (signal.aborted) return;
          yield item;
        }
        continue;
      }
      const heard = watcher.next();
      if (heard === null) await watcher.wait();
      else if (heard.kind !== 'line') yield heard;
      else if (isLater(heard.line.cursor, after)) {
        after = heard.line.cursor;
        yield heard;
      }
    }
  } finally {
    signal.removeEventListener('abort', watcher.wake);
    watcher.leave();
  }
}

type Missed = Extract<LiveItem, { kind: 'line' | 'reset' }>;

/** At least what can be read up to there. */
async function* missed(
  core: Core,
  actor: Actor,
  { taskId, mostMissed, linesAtOnce }: From,
  from: EventCursor,
  upTo: EventCursor,
): AsyncIterable<Missed> {
  let after = from;
  while (isLater(upTo, after)) {
    const most = mostMissed === null ? linesAtOnce : mostMissed + 1;
    const lines = await core.store.events.read(actor.teamId, after, taskId, most);
    if (mostMissed !== null && lines.length > mostMissed) {
      yield { kind: 'reset', cursor: upTo };
      return;
    }
    for (const { cursor: at, ...stored } of lines) {
      after = at as EventCursor;
      yield { kind: 'line', line: { ...stored, cursor: after, at: stored.at.toISOString() } };
    }
    if (lines.length < most) return;
  }
}
