// While an agent works, the post with our first words shows its steps, and at the end that the work is over. All of this is
// decoration: the answer is a letter of its own (deliver.ts), which neither knows nor waits for what happens here. Only the
// newest state is shown; what came in between is skipped, and so is whatever a platform does not take.

import { amountOf } from '#core/domain/credits/credits.ts';
import type { RequestSaid, Working } from '#core/domain/messages/letter.ts';
import { replyFor } from '#core/domain/messages/say.ts';
import { isOver } from '#core/domain/tasks/task.ts';
import { PostError } from '#core/ports/poster.ts';
import type { Shower, View } from '#core/ports/shower.ts';
import { isFromDatabase } from '#core/store/database/outage.ts';
import type { OpenShowing } from '#core/store/messages/showings.ts';
import type { Core, Showers } from '../runtime/core.ts';
import { patiently } from '../runtime/patiently.ts';
import { latestSteps } from '../tasks/turn.ts';
import { answered } from './deliver.ts';
import { replyContext } from './reply-context.ts';

/** Edits under way on one platform. */
const AT_ONCE = 16;
/** Something happens to one of very many tasks all the time, so whatever happens within this is looked at together. */
const LOOK_EVERY_MS = 250;
/** With the above, 40 edits a second of a process at the most: Discord allows a bot 50 calls a second, and letters come first. */
const CLAIMED_AT_ONCE = 10;
const IDLE_MS = 500;
/** As in deliver.ts: a call may take this part of a lease. */
const CALLS_IN_A_LEASE = 3;
/** An edit that got no answer may still be done by then. */
const LATE_MS = 30_000;
/** One state is tried this often, and the end more often, since no further one comes after it. */
const TRIES_MOST = 3;
const TRIES_AT_THE_END = 8;
const BACK_OFF_MOST_MS = 60_000;

/** Shows work until the signal aborts, and resolves when the last edit has ended. No platform waits for another one. */
export async function showWork(core: Core, showers: Showers, signal: AbortSignal): Promise<void> {
  await Promise.all([...showers.values()].map((shower) => showOn(core, shower, signal)));
}

async function showOn(core: Core, shower: Shower, signal: AbortSignal): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const claim = {
    platform: shower.platform,
    worker: core.settings.worker,
    everyMs: shower.everyMs,
    leaseMs: core.settings.letterLeaseMs,
    lateMs: LATE_MS,
  };
  await patiently(core, { wakeOn: ['events', 'finish'], idleMs: IDLE_MS, signal }, async () => {
    const most = Math.min(CLAIMED_AT_ONCE, AT_ONCE - underWay.size);
    const showings = most === 0 ? [] : await core.store.showings.claim({ ...claim, most }, core.clock.now());
    for (const showing of showings) {
      const edit = showOne(core, shower, showing, signal).finally(() => underWay.delete(edit));
      underWay.add(edit);
    }
    await core.clock.sleep(LOOK_EVERY_MS, signal);
    return showings.length > 0;
  });
  await Promise.all(underWay);
}

/** Never rejects: what comes to nothing here is tried again by whoever has the lease next. */
async function showOne(core: Core, shower: Shower, showing: OpenShowing, leave: AbortSignal): Promise<void> {
  const { store, clock, settings } = core;
  const callMs = settings.letterLeaseMs / CALLS_IN_A_LEASE;
  try {
    const view = viewOf(core, shower, showing, await core.store.chats.requestByCommand(showing.taskId));
    // Whoever comes too late may find another process at it.
    if (clock.now().getTime() + callMs > showing.leaseUntil.getTime())
      return await store.showings.putBack(showing, settings.worker, { nextAt: clock.now(), tries: showing.tries });
    const shown = (await answered(core, callMs, leave, (signal) => shower.show(view, signal))) ?? {};
    const { messageRef: movedTo = null, streamRef = null, againAt = null } = shown;
    await store.showings.shown(showing, settings.worker, clock.now(), { movedTo, streamRef, againAt });
    core.log.debug({ taskId: showing.taskId, version: showing.version, closed: view.closed, moved: movedTo !== null }, 'work shown');
  } catch (error) {
    await notShown(core, shower, showing, error).catch(() => core.log.warn({ taskId: showing.taskId }, 'state of shown work not written'));
  }
}

function viewOf(core: Core, { platform }: Shower, showing: OpenShowing, request: RequestSaid | null): View {
  const closed = isOver(showing.status);
  const saying: Working = {
    kind: 'working',
    taskId: showing.taskId,
    type: showing.type,
    held: amountOf(showing.held),
    steps: latestSteps(showing.steps),
    ...(request && { request }),
    ...(closed && { ended: showing.status as NonNullable<Working['ended']> }),
  };
  const { threadRef, messageRef, version, streamRef, asker } = showing;
  const stream = { ref: streamRef, steps: latestSteps(showing.steps), asker };
  return { platform, threadRef, messageRef, reply: replyFor(saying, replyContext(core)), version, closed, stream };
}

async function notShown(core: Core, shower: Shower, showing: OpenShowing, error: unknown): Promise<void> {
  const { store, clock, settings } = core;
  const at = clock.now();
  const after = (ms: number) => new Date(at.getTime() + ms);
  const kind = error instanceof PostError ? error.kind : 'unknown';
  // A channel that is limited may take it the next time: that is no failure.
  const isLimited = error instanceof PostError && error.kind === 'later' && error.retryAfterMs !== null;
  const tries = isLimited ? showing.tries : showing.tries + 1;
  core.log.warn({ taskId: showing.taskId, version: showing.version, kind, tries }, 'work not shown');
  if (!(error instanceof PostError) && !isFromDatabase(error))
    core.log.error({ taskId: showing.taskId, error }, 'work not shown by a fault of ours');

  if (kind === 'never') return store.showings.gone(showing, settings.worker, at);
  if (tries >= (isOver(showing.status) ? TRIES_AT_THE_END : TRIES_MOST)) return store.showings.passedOver(showing, settings.worker, at);
  const waitMs = Math.min(BACK_OFF_MOST_MS, Math.max(shower.everyMs, 1000) * 2 ** showing.tries);
  const channelMs = error instanceof PostError ? error.retryAfterMs : null;
  await store.showings.putBack(showing, settings.worker, {
    nextAt: after(Math.max(waitMs, channelMs ?? 0)),
    tries,
    channelFreeAt: channelMs === null ? null : after(channelMs),
    unsureUntil: kind === 'unknown' ? after(LATE_MS) : null,
  });
}

/** Whether work is, or was a moment ago, shown as this stream of a platform. */
export async function isStream(core: Core, platform: string, streamRef: string): Promise<boolean> {
  return core.store.showings.isStream(platform, streamRef);
}

/** Rows of what is shown no more. A channel's pace is read from them for a moment longer. */
const CLOSED_KEPT_MS = 60_000;
/** Where no process shows anything on a platform, nothing is ever closed. */
const OVER_KEPT_MS = 24 * 60 * 60 * 1000;
const FORGOTTEN_AT_ONCE = 1_000;

/** For upkeep. */
export async function forgetShowings(core: Core): Promise<void> {
  const before = (ms: number) => new Date(core.clock.now().getTime() - ms);
  while ((await core.store.showings.forget(before(CLOSED_KEPT_MS), before(OVER_KEPT_MS), FORGOTTEN_AT_ONCE)) === FORGOTTEN_AT_ONCE);
}
