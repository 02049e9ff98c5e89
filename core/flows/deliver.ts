// Letters become posts, each exactly once as far as the platform lets us know. When a post ended without an answer we
// look before we repeat, and where we may not look we do not repeat.

import { replyFor } from '#core/domain/say.ts';
import { PostError, type LetterPart, type Posted, type Poster } from '#core/ports/poster.ts';
import type { OpenLetter } from '#core/store/letters.ts';
import type { Core, Posters } from './core.ts';
import { replyContext } from './reply-context.ts';
import { patiently } from './patiently.ts';

const AT_ONCE = 16;
/** A claimed letter is looked for and posted once: each of the two calls may take this part of its lease. */
const CALLS_IN_A_LEASE = 3;
/** After a day without success a letter is undelivered, and the portal says so. */
const GIVE_UP_MS = 24 * 60 * 60 * 1000;
const IDLE_MS = 1_000;

/** Delivers until the signal aborts, and resolves when the last post has ended. */
export async function deliver(core: Core, posters: Posters, signal: AbortSignal): Promise<void> {
  const platforms = [...posters.keys()];
  if (platforms.length === 0) return;
  await patiently(core, { wakeOn: ['intake', 'finish', 'letter'], idleMs: IDLE_MS, signal }, async () => {
    const letters = await core.store.letters.claim(platforms, core.clock.now(), core.settings.letterLeaseMs, AT_ONCE);
    await Promise.all(letters.map((letter) => deliverOne(core, posters.get(letter.platform)!, letter)));
    return letters.length > 0;
  });
}

async function deliverOne(core: Core, poster: Poster, letter: OpenLetter): Promise<void> {
  const log = core.log.child({ letterId: letter.id, conversationId: letter.conversationId, part: letter.part });
  const callMs = core.settings.letterLeaseMs / CALLS_IN_A_LEASE;
  const reply = replyFor(letter.saying, replyContext(core));
  const part: LetterPart = {
    key: letter.id,
    threadRef: letter.threadRef ?? letter.address,
    reply,
    part: letter.part,
    attemptedAt: letter.attemptedAt,
  };
  try {
    if (letter.mustLook) {
      const seen = await poster.look(part, AbortSignal.timeout(callMs));
      if (seen === 'cannot') return await core.store.letters.dead(letter, 'It may have been posted, and the platform does not let us look; posting it again could show it twice.', core.clock.now());
      if (seen !== 'absent') return await confirm(core, letter, seen.found);
    }
    const parts = letter.part === 0 ? poster.parts(reply) : 1;
    if (parts > 1) await core.store.letters.split(letter, parts, core.clock.now());
    await confirm(core, letter, await poster.post(part, AbortSignal.timeout(callMs)));
    log.info({ tries: letter.tries }, 'letter posted');
  } catch (error) {
    await postpone(core, letter, error).catch((again: unknown) => log.warn({ error: again }, 'letter state not written'));
  }
}

async function confirm(core: Core, letter: OpenLetter, posted: Posted): Promise<void> {
  await core.store.letters.sent(letter, posted, core.clock.now());
}

async function postpone(core: Core, letter: OpenLetter, error: unknown): Promise<void> {
  const now = core.clock.now();
  const trouble = error instanceof Error ? error.message : String(error);
  // Anything that is not a PostError came out of our own code around the call: the post may have happened.
  const kind = error instanceof PostError ? error.kind : 'unknown';
  if (kind === 'never' || now.getTime() - letter.createdAt.getTime() > GIVE_UP_MS) {
    core.log.warn({ letterId: letter.id, kind }, 'letter undeliverable');
    return core.store.letters.dead(letter, trouble, now);
  }
  const waitMs = Math.max(backOffMs(letter.tries), error instanceof PostError ? (error.retryAfterMs ?? 0) : 0);
  const state = kind === 'later' && !letter.mustLook ? 'planned' : 'unknown';
  core.log.warn({ letterId: letter.id, kind, waitMs }, 'letter not posted yet');
  return core.store.letters.later(letter, state, new Date(now.getTime() + waitMs), trouble);
}

/** 1, 2, 4 … seconds, at most five minutes. */
function backOffMs(tries: number): number {
  return Math.min(300_000, 1000 * 2 ** Math.min(tries - 1, 20));
}
