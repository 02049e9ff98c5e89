// Whoever approves or cancels a request in the portal, or lets it expire, leaves buttons behind in the chat where it was asked. Those posts are
// edited as well as it goes: the answer is a letter of its own and waits for none of it.

import type { TaskId } from '#core/domain/ids.ts';
import { decidedReply } from '#core/domain/messages/decided.ts';
import { PostError } from '#core/ports/poster.ts';
import type { Shower } from '#core/ports/shower.ts';
import type { DecidedPost } from '#core/store/messages/approval-posts.ts';
import type { Core, Showers } from '../runtime/core.ts';
import { patiently } from '../runtime/patiently.ts';
import { answered } from './deliver.ts';
import { replyContext } from './reply-context.ts';

/** Edits under way on one platform: work that is shown edits posts too, and answers come first. */
const AT_ONCE = 4;
const IDLE_MS = 1_000;
const TRIES_MOST = 8;
const AGAIN_MS = 2_000;
const AGAIN_MOST_MS = 60_000;
/** As in show-work.ts: a call may take this part of a lease. */
const CALLS_IN_A_LEASE = 3;

/** Until the signal aborts. Resolves when the last edit has ended. */
export async function showDecisions(core: Core, showers: Showers, signal: AbortSignal): Promise<void> {
  const those = [...showers.values()].filter(({ showsDecisions }) => showsDecisions === true);
  await Promise.all(those.map((shower) => decisionsOn(core, shower, signal)));
}

function decisionsOn(core: Core, shower: Shower, signal: AbortSignal): Promise<void> {
  return patiently(core, { wakeOn: ['events', 'finish'], idleMs: IDLE_MS, signal }, async () => {
    const { letterLeaseMs } = core.settings;
    const posts = await core.store.approvalPosts.takeDecided(shower.platform, letterLeaseMs, AT_ONCE, core.clock.now());
    await Promise.all(posts.map((post) => showOne(core, shower, post, signal)));
    return posts.length > 0;
  });
}

/** Never rejects: what comes to nothing is tried again once its lease is over. */
async function showOne(core: Core, shower: Shower, post: DecidedPost, leave: AbortSignal): Promise<void> {
  const { store, clock, settings, log } = core;
  const { taskId, threadRef, messageRef, saying, tries, ...decided } = post;
  const afterMs = shower.decisionsAfterMs ?? 0;
  const reply = decidedReply(saying, decided, replyContext(core));
  const view = { platform: shower.platform, threadRef, messageRef, reply, version: 0, closed: true, decision: true } as const;
  try {
    if (tries === 0 && afterMs > 0) return await store.approvalPosts.again(taskId, new Date(clock.now().getTime() + afterMs));
    try {
      await answered(core, settings.letterLeaseMs / CALLS_IN_A_LEASE, leave, (signal) => shower.show(view, signal));
    } catch (error) {
      const kind = error instanceof PostError ? error.kind : 'unknown';
      log.warn({ taskId, kind, tries }, 'decision not shown');
      const waitMs = error instanceof PostError ? error.retryAfterMs : null;
      const isOver = kind === 'never' || tries + 1 >= TRIES_MOST;
      if (!isOver) {
        const fromMs = clock.now().getTime() + Math.max(waitMs ?? 0, Math.min(AGAIN_MS * 2 ** tries, AGAIN_MOST_MS));
        return await store.approvalPosts.again(taskId, new Date(fromMs));
      }
    }
    await store.approvalPosts.done(taskId);
    log.debug({ taskId, status: decided.status }, 'decision shown');
  } catch (error) {
    log.warn({ taskId, error }, 'state of a decided post not written');
  }
}

const FORGOTTEN_AFTER_MS = 24 * 60 * 60_000;
const FORGOTTEN_AT_ONCE = 1_000;

/** For upkeep: where no process edits posts on a platform, nothing is ever done with them. */
export async function forgetApprovalPosts(core: Core): Promise<void> {
  const before = new Date(core.clock.now().getTime() - FORGOTTEN_AFTER_MS);
  while ((await core.store.approvalPosts.forget(before, FORGOTTEN_AT_ONCE)) === FORGOTTEN_AT_ONCE);
}

/** The platform shows what was decided, and by whom: nothing is left to edit there. */
export async function decisionShown(core: Core, taskId: TaskId): Promise<void> {
  await core.store.approvalPosts.done(taskId);
}
