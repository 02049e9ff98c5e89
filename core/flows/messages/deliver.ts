// Letters become posts, each exactly once as far as the platform lets us know. When a post ended without an answer we
// look before we repeat, and where we may not look we do not repeat. Whatever happens to a letter, its thread goes on.

import { taskPage } from '#core/domain/tasks/task-view.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import { replyFor } from '#core/domain/messages/say.ts';
import type { Trouble } from '#core/domain/messages/trouble.ts';
import { PostError, type LetterPart, type Posted, type Poster } from '#core/ports/poster.ts';
import type { OpenLetter } from '#core/store/messages/letters.ts';
import { isFromDatabase, isUnavailable } from '#core/store/database/outage.ts';
import type { Core, Posters } from '../runtime/core.ts';
import { replyContext } from './reply-context.ts';
import { patiently } from '../runtime/patiently.ts';

/** Posts under way on one platform. */
const AT_ONCE = 16;
/** A claimed letter is looked for and posted once: each of the two calls may take this part of its lease. */
const CALLS_IN_A_LEASE = 3;
/** A letter that is a day old is not posted any more, and the portal says so. */
export const GIVE_UP_MS = 24 * 60 * 60 * 1000;
/** What fails in our own code will not get better for long. */
const OWN_FAULTS_MOST = 10;
const IDLE_MS = 1_000;

/** Delivers until the signal aborts, and resolves when the last post has ended. No platform waits for another one. */
export async function deliver(core: Core, posters: Posters, signal: AbortSignal): Promise<void> {
  await Promise.all([...posters.values()].map((poster) => deliverOn(core, poster, signal)));
}

async function deliverOn(core: Core, poster: Poster, signal: AbortSignal): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const leave = new AbortController();
  await patiently(core, { wakeOn: ['intake', 'finish', 'letter'], idleMs: IDLE_MS, signal }, async (lookAgain) => {
    if (underWay.size === AT_ONCE) return false;
    const letters = await core.store.letters.claim(
      [poster.platform],
      core.clock.now(),
      core.settings.letterLeaseMs,
      AT_ONCE - underWay.size,
    );
    for (const letter of letters) {
      const delivery = deliverOne(core, poster, letter, leave.signal).finally(() => {
        underWay.delete(delivery);
        lookAgain(); // there is room again, and the next letter of its conversation may be due
      });
      underWay.add(delivery);
    }
    return letters.length > 0;
  });

  const allEnded = new AbortController();
  const ending = Promise.all(underWay).then(() => allEnded.abort());
  await core.clock.sleep(core.settings.leaveAfterMs, allEnded.signal);
  leave.abort(); // what is cut off here is looked for by whoever has the letter next
  await ending;
}

/** Never rejects: whatever happens is written down, or found again when the lease is over. */
async function deliverOne(core: Core, poster: Poster, letter: OpenLetter, leave: AbortSignal): Promise<void> {
  const log = core.log.child({ letterId: letter.id, conversationId: letter.conversationId, part: letter.part });
  const callMs = core.settings.letterLeaseMs / CALLS_IN_A_LEASE;
  const inTime = <T>(call: (signal: AbortSignal) => Promise<T>) => answered(core, callMs, leave, call);
  let mustLook = letter.mustLook;
  let posting = false;
  try {
    const reply = replyOf(core, letter);
    const part: LetterPart = {
      key: letter.id,
      threadRef: letter.threadRef ?? letter.address,
      reply,
      part: letter.part,
      attemptedAt: letter.attemptedAt,
    };
    if (mustLook) {
      const seen = await inTime((signal) => poster.look(part, signal));
      if (seen !== 'absent' && seen !== 'cannot') return await confirm(core, letter, seen.found);
      if (seen === 'cannot' && !letter.mayRepeat) return await giveUp(core, letter, 'unsure', letter.trouble ?? 'no answer', true);
      mustLook = seen === 'absent';
    }
    if (isStale(core, letter)) return await giveUp(core, letter, 'too-late', letter.trouble ?? 'never tried', false);

    const parts = letter.part === 0 ? poster.parts(reply) : 1;
    if (parts > 1) await core.store.letters.split(letter, parts, core.clock.now());
    // Whoever comes too late finds another process at it.
    if (core.clock.now().getTime() + callMs > letter.leaseUntil.getTime())
      return await core.store.letters.later(letter, 'planned', core.clock.now(), 'There was no time left to post it.');
    posting = true;
    await confirm(core, letter, await inTime((signal) => poster.post(part, signal)));
    log.info({ tries: letter.tries }, 'letter posted');
  } catch (error) {
    await postpone(core, letter, error, { mustLook, posting }).catch((again: unknown) =>
      log.warn({ error: again }, 'letter state not written'),
    );
  }
}

/** What cannot be put into words here (a newer version may have written it) is on its page in the portal. */
function replyOf(core: Core, letter: OpenLetter): Reply {
  try {
    return replyFor(letter.saying, replyContext(core));
  } catch (error) {
    core.log.error({ letterId: letter.id, kind: letter.saying.kind, error }, 'letter cannot be put into words');
    const words = 'There is an answer that cannot be shown here';
    const { publicUrl, hasPortal } = core.settings;
    const blocks: Reply['blocks'] = [{ kind: 'heading', text: words, tone: 'plain' }];
    if (!hasPortal || letter.taskId === null) return { fallback: `${words}.`, blocks };
    return {
      fallback: `${words}.`,
      blocks: [
        ...blocks,
        { kind: 'choices', choices: [{ id: 'task', label: 'Details', style: 'main', url: taskPage(publicUrl, letter.taskId) }] },
      ],
    };
  }
}

/** A poster that does not heed its signal would keep its place for ever. */
export async function answered<T>(core: Core, withinMs: number, leave: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const [over, settled] = [new AbortController(), new AbortController()];
  const late = core.clock.sleep(withinMs, AbortSignal.any([settled.signal, leave])).then(() => {
    over.abort();
    throw new PostError('unknown', 'no answer in time');
  });
  try {
    return await Promise.race([call(over.signal), late]);
  } finally {
    settled.abort();
    late.catch(() => undefined);
  }
}

function isStale(core: Core, letter: OpenLetter): boolean {
  return core.clock.now().getTime() - letter.wantedAt.getTime() > GIVE_UP_MS;
}

async function confirm(core: Core, letter: OpenLetter, posted: Posted): Promise<void> {
  await core.store.letters.sent(letter, posted, core.clock.now());
}

async function giveUp(core: Core, letter: OpenLetter, why: Trouble, trouble: string, mayBePosted: boolean): Promise<void> {
  core.log.warn({ letterId: letter.id, tries: letter.tries, why }, 'letter undeliverable');
  await core.store.letters.dead(letter, { why, trouble, mayBePosted }, core.clock.now());
}

/** `mustLook`: an earlier try may have posted it, as far as we knew before this one. `posting`: this one had begun to. */
async function postpone(core: Core, letter: OpenLetter, error: unknown, tried: { mustLook: boolean; posting: boolean }): Promise<void> {
  const trouble = error instanceof Error ? error.message : String(error);
  const kind = error instanceof PostError ? error.kind : 'unknown';
  const isUnexpected = !(error instanceof PostError) && !isUnavailable(error);
  if (isUnexpected) core.log.error({ letterId: letter.id, error }, 'letter not posted by a fault of ours');
  const isOurFault = isUnexpected && !isFromDatabase(error);
  // Whoever had the letter before us may be slow rather than dead, so what was absent a moment ago is looked for again.
  const mayBePosted = tried.mustLook || (tried.posting && kind === 'unknown');
  const why = isOurFault && letter.tries >= OWN_FAULTS_MOST ? 'our-fault' : isStale(core, letter) ? 'too-late' : null;
  if (kind === 'never' && error instanceof PostError)
    return giveUp(core, letter, error.why ?? 'refused', trouble, tried.mustLook && !tried.posting);
  if (why !== null) return giveUp(core, letter, why, trouble, mayBePosted);

  const waitMs = Math.max(backOffMs(letter.tries), error instanceof PostError ? (error.retryAfterMs ?? 0) : 0);
  core.log.warn({ letterId: letter.id, kind, waitMs }, 'letter not posted yet');
  await core.store.letters.later(letter, mayBePosted ? 'unknown' : 'planned', new Date(core.clock.now().getTime() + waitMs), trouble);
}

/** 1, 2, 4 … seconds, at most five minutes. */
function backOffMs(tries: number): number {
  return Math.min(300_000, 1000 * 2 ** Math.min(tries - 1, 20));
}
