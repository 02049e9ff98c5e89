// Letters become posts, each exactly once as far as the platform lets us know. When a post ended without an answer we
// look before we repeat, and where we may not look we do not repeat. Whatever happens to a letter, its thread goes on; and
// whatever happens in a channel, the others do.

import { taskPage } from '#core/domain/tasks/task-view.ts';
import type { Saying } from '#core/domain/messages/letter.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import { replyFor } from '#core/domain/messages/say.ts';
import type { Trouble } from '#core/domain/messages/trouble.ts';
import { PostError, type LetterPart, type Posted, type Poster } from '#core/ports/poster.ts';
import type { Death, OpenLetter } from '#core/store/messages/letters.ts';
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
/** A platform that asks for a shorter wait gets this one, and after the longest it is asked again. */
const PAUSE_MS = { least: 250, most: 60 * 60 * 1000 };
/** A timer may come this much too early. */
const TIMER_MS = 5;
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
    const letters = await core.store.letters.claim(poster.platform, core.clock.now(), core.settings.letterLeaseMs, AT_ONCE - underWay.size);
    for (const letter of letters) {
      const delivery = deliverOne(core, poster, letter, leave.signal)
        .then((waitMs) => {
          if (waitMs !== null) void core.clock.sleep(waitMs + TIMER_MS, signal).then(lookAgain);
        })
        .finally(() => {
          underWay.delete(delivery);
          lookAgain(); // there is room again, and the next letter of its channel may be due
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

/** Never rejects: whatever happens is written down, or found again when the lease is over. Gives how long the platform lets us wait. */
async function deliverOne(core: Core, poster: Poster, letter: OpenLetter, leave: AbortSignal): Promise<number | null> {
  const so: Tried = { mustLook: letter.mustLook, posting: false };
  try {
    await tryOnce(core, poster, letter, so, leave);
    return null;
  } catch (error) {
    return postpone(core, poster, letter, error, so).catch((again: unknown) => {
      core.log.warn({ letterId: letter.id, error: again }, 'letter state not written');
      return null;
    });
  }
}

/** How far a try came. */
interface Tried {
  /** An earlier one may have posted it, as far as we know. */
  mustLook: boolean;
  /** This one has begun to. */
  posting: boolean;
}

async function tryOnce(core: Core, poster: Poster, letter: OpenLetter, so: Tried, leave: AbortSignal): Promise<void> {
  const { id: letterId, conversationId, mustLook } = letter;
  if (letter.brokenWhy !== null) {
    const trouble = 'The channel takes no posts.';
    return giveUp(core, poster, letter, { why: letter.brokenWhy, trouble, mayBePosted: mustLook, neverTried: !mustLook });
  }
  const callMs = core.settings.letterLeaseMs / CALLS_IN_A_LEASE;
  const inTime = <T>(call: (signal: AbortSignal) => Promise<T>) => answered(core, callMs, leave, call);
  const reply = replyOf(core, { ...letter, saying: await withRequest(core, letter.saying) });
  const part: LetterPart = {
    key: letterId,
    threadRef: letter.threadRef ?? letter.address,
    reply,
    part: letter.part,
    attemptedAt: letter.attemptedAt,
    lastTriedAt: letter.lastTriedAt,
  };
  if (mustLook) {
    const seen = await inTime((signal) => poster.look(part, signal));
    if (seen !== 'absent' && seen !== 'cannot') return confirm(core, letter, seen.found);
    if (seen === 'cannot' && !letter.mayRepeat)
      return giveUp(core, poster, letter, { why: 'unsure', trouble: letter.trouble ?? 'no answer', mayBePosted: true });
    so.mustLook = seen === 'absent';
  }
  if (isStale(core, letter)) {
    const trouble = letter.trouble ?? 'never tried';
    return giveUp(core, poster, letter, { why: 'too-late', trouble, mayBePosted: false, neverTried: !mustLook });
  }

  const parts = letter.part === 0 ? poster.parts(reply) : 1;
  if (parts > 1) await core.store.letters.split(letter, parts, core.clock.now());
  const now = core.clock.now();
  // Whoever comes too late finds another process at it.
  if (now.getTime() + callMs > letter.leaseUntil.getTime())
    return core.store.letters.later(letter, {
      state: 'planned',
      nextAt: now,
      trouble: 'There was no time left to post it.',
      failed: false,
    });
  // Its echo may have come while we looked.
  if (mustLook && !(await core.store.letters.trying(letter, now))) return;
  so.posting = true;
  const posted = await inTime((signal) => poster.post(part, signal));
  // Before the next letter of the channel can be taken, or it would end with what is over.
  if (letter.probes) await core.store.routes.mended(letter.route);
  await confirm(core, letter, posted);
  core.log.info({ letterId, conversationId, part: letter.part, tries: letter.tries }, 'letter posted');
}

/** What was asked by a command is seen nowhere else. */
async function withRequest(core: Core, saying: Saying): Promise<Saying> {
  if ((saying.kind !== 'accepted' && saying.kind !== 'approval') || saying.byCommand !== true) return saying;
  const request = await core.store.chats.requestByCommand(saying.taskId);
  return request === null ? saying : { ...saying, request };
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

/** Rejects with a PostError, and changes nothing, while it is not known where its asker can be told instead. */
async function giveUp(core: Core, poster: Poster, letter: OpenLetter, death: Death): Promise<void> {
  const direct = await directFor(core, poster, letter, death);
  core.log.warn({ letterId: letter.id, tries: letter.tries, why: death.why }, 'letter undeliverable');
  await core.store.letters.dead(letter, death, core.clock.now());
  if (direct === null) return;
  try {
    const conversationId = await core.store.deadLetters.sayDirectly(letter.id, direct, core.clock.now());
    if (conversationId !== null) core.log.info({ letterId: letter.id, conversationId }, 'letter said in a direct message');
  } catch (error) {
    notDirectly(core, letter, error);
  }
}

/** Of a channel that is gone or closed its asker hears in a direct message. null where there is none, and where it may have been posted. */
async function directFor(core: Core, poster: Poster, letter: OpenLetter, { why, mayBePosted }: Death): Promise<string | null> {
  if (poster.direct === undefined || letter.taskId === null || mayBePosted || (why !== 'gone' && why !== 'closed')) return null;
  try {
    const externalId = await core.store.deadLetters.askerThere(letter.taskId);
    if (externalId === null) return null;
    const to = { externalId, threadRef: letter.threadRef ?? letter.address };
    const callMs = core.settings.letterLeaseMs / CALLS_IN_A_LEASE;
    return await answered(core, callMs, new AbortController().signal, (signal) => poster.direct!(to, signal));
  } catch (error) {
    // A platform that is away or limits us now says it later, for as long as a letter is worth something.
    if (error instanceof PostError && error.kind !== 'never' && !isStale(core, letter)) throw error;
    notDirectly(core, letter, error);
    return null;
  }
}

function notDirectly(core: Core, { id }: OpenLetter, error: unknown): void {
  core.log.warn({ letterId: id, error }, 'letter not said directly; the portal shows it');
}

/** Gives how long the platform lets us wait. */
async function postpone(core: Core, poster: Poster, letter: OpenLetter, error: unknown, tried: Tried): Promise<number | null> {
  const trouble = error instanceof Error ? error.message : String(error);
  const kind = error instanceof PostError ? error.kind : 'unknown';
  const isUnexpected = !(error instanceof PostError) && !isUnavailable(error);
  if (isUnexpected) core.log.error({ letterId: letter.id, error }, 'letter not posted by a fault of ours');
  const isOurFault = isUnexpected && !isFromDatabase(error);
  // Whoever had the letter before us may be slow rather than dead, so what was absent a moment ago is looked for again.
  const mayBePosted = tried.mustLook || (tried.posting && kind === 'unknown');
  if (error instanceof PostError && kind === 'never') {
    const why = error.why ?? 'refused';
    if (error.wholeChannel) await noteBroken(core, letter, why);
    try {
      await giveUp(core, poster, letter, { why, trouble, mayBePosted: tried.mustLook && !tried.posting });
    } catch (again) {
      if (!(again instanceof PostError)) throw again;
      const nextAt = new Date(
        core.clock.now().getTime() + (again.retryAfterMs === null ? backOffMs(letter.failures) : pauseMs(again.retryAfterMs)),
      );
      await core.store.letters.later(letter, { state: 'planned', nextAt, trouble: again.message, failed: true });
    }
    return null;
  }
  const isHopeless = isOurFault && letter.failures + 1 >= OWN_FAULTS_MOST;
  if (isHopeless || isStale(core, letter)) {
    await giveUp(core, poster, letter, { why: isHopeless ? 'our-fault' : 'too-late', trouble, mayBePosted });
    return null;
  }

  const state = mayBePosted ? 'unknown' : 'planned';
  const limitMs = error instanceof PostError && kind === 'later' && error.retryAfterMs !== null ? pauseMs(error.retryAfterMs) : null;
  const waitMs = limitMs ?? backOffMs(letter.failures);
  const then = new Date(core.clock.now().getTime() + waitMs);
  if (limitMs !== null && tried.posting) {
    core.log.warn({ letterId: letter.id, route: letter.route, waitMs }, 'channel limited');
    // It keeps its place: it goes first when the channel is free again.
    await core.store.letters.later(letter, { state, nextAt: letter.dueAt, trouble, failed: false, pausedUntil: then });
  } else {
    core.log.warn({ letterId: letter.id, kind, waitMs }, 'letter not posted yet');
    await core.store.letters.later(letter, { state, nextAt: then, trouble, failed: limitMs === null });
  }
  return limitMs;
}

/** Said once; what else was to be said there ends without a call. Whoever asks for something there later has it tried again. */
async function noteBroken(core: Core, { route, id }: OpenLetter, why: Trouble): Promise<void> {
  if (await core.store.routes.broke(route, why, core.clock.now())) core.log.error({ route, letterId: id, why }, 'channel takes no posts');
}

function pauseMs(askedMs: number): number {
  return Math.min(PAUSE_MS.most, Math.max(PAUSE_MS.least, Number.isFinite(askedMs) ? askedMs : 0));
}

/** 1, 2, 4 … seconds, at most five minutes. */
function backOffMs(failures: number): number {
  return Math.min(300_000, 1000 * 2 ** Math.min(failures, 20));
}
