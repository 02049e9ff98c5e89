// Looking for a post whose call ended without an answer: the messages around the time of its last try, by the ids of its components.
// Where we may not read, Discord answers with an empty list rather than with a refusal.

import { PostError, type LetterPart, type Posted } from '#core/ports/poster.ts';
import { pageSchema, type SeenMessage } from '../api/answers.ts';
import { codes, isNo } from '../api/errors.ts';
import { historyKey, messageRef } from '../keys.ts';
import { refs, type DiscordAddress } from '../refs.ts';
import { idAt, isOlder } from '../snowflake.ts';
import type { OutDeps } from './deps.ts';
import { carries } from './message.ts';

export type Looked = { found: Posted } | 'absent' | 'cannot';

/** Discord's clock and ours may differ by this much. */
const SKEW_MS = 15_000;
/** Discord may do it this long after it was begun, whatever became of the caller. */
const LATE_MS = 60_000;
const PAGE = 100;
const PAGES_AFTER = 3;
/** Discord keeps nonces “for a few minutes”. */
const NONCE_TRUST_MS = 120_000;
const HISTORY_EVERY_MS = 500;

export async function lookFor(deps: OutDeps, address: DiscordAddress, part: LetterPart, signal: AbortSignal): Promise<Looked> {
  const { guild, channel, thread } = address;
  const since = part.lastTriedAt ?? part.attemptedAt;
  if (since === null) return 'cannot';
  const places = thread === '' || thread === channel ? [channel] : guild === '@me' ? [thread] : [thread, channel];
  const seen: Looked[] = [];
  for (const place of places) {
    const looked = await lookIn(deps, place, part, since, { mayBeEmpty: guild === '@me', isThread: place !== channel }, signal);
    if (typeof looked === 'object') return thread === '' ? withThread(looked.found, address) : looked;
    seen.push(looked);
  }
  return seen.includes('cannot') ? otherwise(deps, part) : seen[0]!;
}

/** Where nobody can look: within minutes the same nonce posts nothing twice, so trying again is safe. */
export function otherwise({ clock, settings }: Pick<OutDeps, 'clock' | 'settings'>, { lastTriedAt }: LetterPart): 'absent' | 'cannot' {
  if (lastTriedAt === null) return 'cannot';
  const agoMs = clock.now().getTime() - lastTriedAt.getTime();
  return agoMs < (settings.nonceTrustMs ?? NONCE_TRUST_MS) ? 'absent' : 'cannot';
}

/** What a new root is found as. */
function withThread(found: Posted, address: DiscordAddress): Looked {
  const root = found.messageRef.split('/')[1]!;
  return { found: { ...found, threadRef: refs.format({ ...address, thread: address.guild === '@me' ? address.channel : root }) } };
}

export async function lookIn(
  deps: OutDeps,
  channel: string,
  part: LetterPart,
  since: Date,
  { mayBeEmpty, isThread }: { readonly mayBeEmpty: boolean; readonly isThread: boolean },
  signal: AbortSignal,
): Promise<Looked> {
  const [from, until] = [idAt(after(since, -SKEW_MS)), idAt(after(since, LATE_MS))];
  const me = await deps.me();
  const found = (page: readonly SeenMessage[]): Looked | null => {
    const ours = page.find(({ author, components }) => author?.id === me && carries(components, part));
    return ours === undefined ? null : { found: { messageRef: messageRef(channel, ours.id) } };
  };

  await mayRead(deps, channel);
  let page: SeenMessage[];
  try {
    page = await pageOf(deps, channel, `around=${idAt(since)}`, signal);
  } catch (error) {
    // Nobody has begun it.
    if (isThread && isNo(error, codes.unknownChannel)) return 'absent';
    throw error;
  }
  // There is at least the message that was answered.
  if (page.length === 0) return mayBeEmpty ? 'absent' : 'cannot';
  let ours = found(page);
  if (ours !== null) return ours;

  const oldest = page.reduce((a, { id }) => (isOlder(id, a) ? id : a), page[0]!.id);
  if (isOlder(from, oldest)) {
    const before = await pageOf(deps, channel, `before=${oldest}`, signal);
    ours = found(before);
    if (ours !== null) return ours;
    if (before.length === PAGE && before.every(({ id }) => isOlder(from, id))) return 'cannot';
  }
  let newest = newestOf(page);
  for (let pages = 0; page.length > 0; pages++) {
    // Where nobody knows when the last try was, it may have been at any time since.
    if (part.lastTriedAt !== null && !isOlder(newest, until)) return 'absent';
    if (pages === PAGES_AFTER) return 'cannot';
    page = await pageOf(deps, channel, `after=${newest}`, signal);
    ours = found(page);
    if (ours !== null) return ours;
    if (page.length > 0) newest = newestOf(page);
  }
  return part.lastTriedAt === null ? 'cannot' : 'absent';
}

/** Channels are read rarely, so that looking never takes the calls that posting needs. */
async function mayRead({ budgets, settings }: OutDeps, channel: string): Promise<void> {
  const waitMs = await budgets.take(historyKey(channel), settings.historyEveryMs ?? HISTORY_EVERY_MS);
  if (waitMs !== null) throw new PostError('later', 'this channel was read a moment ago', { retryAfterMs: waitMs });
}

async function pageOf({ call }: OutDeps, channel: string, where: string, signal: AbortSignal): Promise<SeenMessage[]> {
  return pageSchema.parse(await call({ method: 'GET', path: `/channels/${channel}/messages?${where}&limit=${PAGE}` }, signal));
}

function newestOf(page: readonly SeenMessage[]): string {
  return page.reduce((a, { id }) => (isOlder(a, id) ? id : a), page[0]!.id);
}

function after(date: Date, ms: number): Date {
  return new Date(date.getTime() + ms);
}
