// Answers that could not be posted: why, and what a person can do about each. Nothing of a task is lost with them, since
// its page shows the result; but somebody waits in a thread where nothing was said.

import type { Actor } from '#core/domain/actor.ts';
import { isId, type ConversationId, type LetterId, type TaskId } from '#core/domain/ids.ts';
import type { Saying } from '#core/domain/messages/letter.ts';
import { replyFor } from '#core/domain/messages/say.ts';
import { PORTAL } from '#core/domain/messages/platforms.ts';
import type { Platform, ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { troubleFor, type TroubleWords } from '#core/domain/messages/trouble.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { may, mustBeAllowed } from '#core/domain/team/permission.ts';
import { firstLine } from '#core/domain/text/text.ts';
import type { DeadLetter } from '#core/store/messages/dead-letters.ts';
import type { Core } from '../runtime/core.ts';
import { findTask } from '../tasks/history.ts';
import { GIVE_UP_MS } from './deliver.ts';
import { replyContext } from './reply-context.ts';

export interface Undelivered {
  readonly id: LetterId;
  readonly cursor: string;
  readonly taskId: TaskId | null;
  /** The first line of what was asked. */
  readonly title: string | null;
  /** What should have been said, in one line. */
  readonly words: string;
  readonly kind: Saying['kind'];
  readonly why: TroubleWords;
  /** Nobody can know whether it is there: sending it again could show it twice. */
  readonly mayBePosted: boolean;
  /** How many of its posts failed. */
  readonly posts: number;
  readonly platform: Platform;
  readonly channel: string | null;
  /** ISO 8601. */
  readonly at: string;
}

export interface PlaceElsewhere {
  readonly conversationId: ConversationId;
  readonly platform: Platform;
  readonly channel: string | null;
  readonly threadRef: ThreadRef;
  /** The first line of what was last asked there. */
  readonly title: string | null;
  readonly at: string | null;
}

const PAGE_MOST = 100;

/**
 * Answers of the team that could not be posted and that nobody has marked as seen, newest first. `before` is the `cursor` of
 * the last one of the page before.
 */
export async function undelivered(core: Core, actor: Actor, { before, limit }: { before?: string; limit: number }): Promise<Undelivered[]> {
  mustBeAllowed(actor, 'letters.resend');
  const letters = await core.store.deadLetters.list(actor.teamId, readCursor(before), Math.min(Math.max(limit, 1), PAGE_MOST));
  return letters.map((letter) => viewUndelivered(core, letter));
}

export function viewUndelivered(core: Core, letter: DeadLetter): Undelivered {
  const { id, taskId, requestText, saying, why, mayBePosted, posts, platform, channel, diedAt } = letter;
  return {
    id,
    cursor: `${diedAt.getTime()}-${id}`,
    taskId,
    title: requestText === null ? null : firstLine(requestText),
    words: wordsOf(core, saying),
    kind: saying.kind,
    why: troubleFor(why),
    mayBePosted,
    posts,
    platform,
    channel,
    at: diedAt.toISOString(),
  };
}

/** A newer version may have written what this one has no words for. */
function wordsOf(core: Core, saying: Saying): string {
  try {
    return replyFor(saying, replyContext(core)).fallback;
  } catch {
    return 'An answer that cannot be shown here.';
  }
}

export function readCursor(cursor: string | undefined): { diedAt: Date; id: string } | null {
  if (cursor === undefined) return null;
  const match = /^(\d{1,15})-([0-9a-f-]{36})$/.exec(cursor);
  if (match === null || !isId(match[2]!)) throw refuse('request.invalid', { fields: [{ name: 'before', problem: 'not a cursor' }] });
  return { diedAt: new Date(Number(match[1])), id: match[2]! };
}

/** How many these are; 0 for who may do nothing about them. */
export async function undeliveredCount(core: Core, actor: Actor): Promise<number> {
  return may(actor.role, 'letters.resend') ? core.store.deadLetters.count(actor.teamId) : 0;
}

/**
 * Posts it once more, where it should have been: it is looked for first, so that it appears once. `evenIfTwice`: also where
 * nobody can know whether it was posted. Rejects with `letter.not-found`, and `letter.under-way` when it is not dead any more.
 */
export async function sendAgain(core: Core, actor: Actor, letterId: string, options: { evenIfTwice?: boolean } = {}): Promise<void> {
  const { evenIfTwice = false } = options;
  mustBeAllowed(actor, 'letters.resend');
  if (!isId(letterId)) throw refuse('letter.not-found');
  const again = await core.store.deadLetters.again(actor.teamId, letterId as LetterId, evenIfTwice, core.clock.now());
  if (again === 0) throw await noLongerDead(core, actor, letterId);
  core.log.info({ letterId, userId: actor.userId, posts: again }, 'letter sent again');
}

/** Says it in another conversation of the team, or in a new one in the portal; once. */
export async function sendElsewhere(core: Core, actor: Actor, letterId: string, to: string): Promise<{ conversationId: ConversationId }> {
  mustBeAllowed(actor, 'letters.resend');
  if (!isId(letterId)) throw refuse('letter.not-found');
  if (to !== 'web') await findPlace(core, actor, to);
  const conversationId = await core.store.deadLetters.sayElsewhere(
    actor.teamId,
    letterId as LetterId,
    to as ConversationId | 'web',
    core.settings.readHere,
    core.clock.now(),
  );
  if (conversationId === null) throw await noLongerDead(core, actor, letterId);
  core.log.info({ letterId, conversationId, userId: actor.userId }, 'letter said elsewhere');
  return { conversationId };
}

async function findPlace(core: Core, actor: Actor, conversationId: string): Promise<void> {
  if (!isId(conversationId) || (await core.store.letters.threadOf(actor.teamId, conversationId)) === null)
    throw refuse('conversation.not-found');
}

const PLACES_MOST = 30;

/** Where it could be said instead, newest first. `web`, a new conversation in the portal, is always possible and not among them. */
export async function placesElsewhere(core: Core, actor: Actor): Promise<PlaceElsewhere[]> {
  mustBeAllowed(actor, 'letters.resend');
  // A terminal reads only what it asked itself.
  const notOn = [...core.settings.readHere].filter((platform) => platform !== PORTAL);
  const places = await core.store.deadLetters.places(actor.teamId, notOn, PLACES_MOST);
  return places.map(({ lastAsked, lastAskedAt, ...place }) => ({
    ...place,
    title: lastAsked === null ? null : firstLine(lastAsked),
    at: lastAskedAt?.toISOString() ?? null,
  }));
}

/** They leave the list. */
export async function markUndeliveredSeen(core: Core, actor: Actor, letterIds: readonly string[]): Promise<void> {
  mustBeAllowed(actor, 'letters.resend');
  const ids = letterIds.filter(isId);
  if (ids.length > 0) await core.store.deadLetters.markSeen(actor.teamId, ids, core.clock.now());
}

/**
 * For a task's page: sends its answer again, or tries at once what would have been tried later. Rejects with
 * `letter.delivered` when nothing is missing.
 */
export async function retryDelivery(core: Core, actor: Actor, taskId: string): Promise<{ state: 'sent-again' | 'trying' }> {
  mustBeAllowed(actor, 'letters.resend');
  const task = await findTask(core, actor, taskId);
  const found = await core.store.deadLetters.againOfTask(actor.teamId, task.id, core.clock.now());
  if (found === 'nothing') throw refuse('letter.delivered');
  core.log.info({ taskId: task.id, userId: actor.userId, found }, 'delivery wanted again');
  return { state: found === 'again' ? 'sent-again' : 'trying' };
}

/** Somebody else's and one that never was are the same to a stranger. */
async function noLongerDead(core: Core, actor: Actor, letterId: string) {
  const known = await core.store.deadLetters.isOf(actor.teamId, letterId as LetterId);
  return refuse(known ? 'letter.under-way' : 'letter.not-found');
}

/** Where no process speaks any more, nobody comes for a letter. An hour more than a letter has otherwise. */
const FORGOTTEN_MS = GIVE_UP_MS + 60 * 60 * 1000;
const BURIED_AT_ONCE = 500;

/** For upkeep: a letter that nobody comes for is undelivered too. */
export async function buryForgotten(core: Core): Promise<void> {
  const at = core.clock.now();
  const buried = await core.store.deadLetters.buryForgotten(new Date(at.getTime() - FORGOTTEN_MS), at, BURIED_AT_ONCE);
  if (buried > 0) core.log.warn({ letters: buried }, 'letters that nobody came for');
}

/** A channel that took no posts is tried again by then anyway. */
const ROUTES_KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** For upkeep: limits that are over, and channels where nobody has asked for anything since they were found closed. */
export async function forgetRoutes(core: Core): Promise<void> {
  await core.store.routes.forget(new Date(core.clock.now().getTime() - ROUTES_KEPT_MS));
}
