// Ids are made here and stored before anything is sent, so that a retry can use the same id.
// They are UUIDv7 (RFC 9562): the first 48 bits are the time, which keeps new rows together in an index, and the next 12 count
// within a millisecond, so that of two rows with equal times the later one has the greater id.

declare const of: unique symbol;
/** An id of one kind of thing; a task's id cannot be passed where a wallet's is wanted. */
export type Id<Kind extends string> = string & { readonly [of]: Kind };

export type UserId = Id<'user'>;
export type TeamId = Id<'team'>;
export type MemberId = Id<'member'>;
export type InvitationId = Id<'invitation'>;
export type WorkspaceId = Id<'workspace'>;
export type IdentityId = Id<'identity'>;
export type WalletId = Id<'wallet'>;
export type HoldId = Id<'hold'>;
export type TaskId = Id<'task'>;
export type AttemptId = Id<'attempt'>;
export type ConversationId = Id<'conversation'>;
export type LetterId = Id<'letter'>;
export type FileId = Id<'file'>;
export type MailId = Id<'mail'>;
export type ApiKeyId = Id<'api-key'>;
export type PurchaseId = Id<'purchase'>;
/** A top-up and its purchase have the same id. */
export type TopUpId = PurchaseId;

/**
 * Makes a new id. `atMs` is milliseconds since 1970. Ids that this process makes for one millisecond sort in the order in which
 * they were made, whatever other times ids are made for in between.
 */
export function newId<T extends Id<string>>(atMs: number = Date.now()): T {
  // A version 4 UUID gives the randomness and the variant: the runtime makes it from a cache of random bytes. The last 62 random
  // bits are new in every id, so that none can be guessed from its neighbor, nor be made twice by two processes.
  const random = crypto.randomUUID();
  if (atMs !== lastMs) {
    last = counterFor(atMs, random);
    lastMs = atMs;
  }
  if (last.count === COUNTER_MOST) last = nextCounter(last, random);
  const time = last.atMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${(0x1000 + ++last.count).toString(16).slice(1)}${random.slice(18)}` as T;
}

// The 12 bits behind the version count the ids of a millisecond (RFC 9562, section 6.2, method 1). A counter starts at random in
// the lower half of its range. Where it is used up, the ids go on in the next millisecond, whose own ids they then sort among.
interface Counter {
  readonly atMs: number;
  count: number;
  goesOnAtMs: number;
}

const COUNTER_MOST = 0xfff;
const COUNTER_STARTS_BELOW = 0x800;
/** A clock may go back, and ids are made for other times than now; a counter that was forgotten would start again. */
const COUNTERS_MOST = 1_000;

const counters = new Map<number, Counter>();
let last: Counter = { atMs: -1, count: 0, goesOnAtMs: 0 };
let lastMs = -1;

function counterFor(atMs: number, random: string): Counter {
  const known = counters.get(atMs);
  if (known !== undefined) return known;
  if (counters.size === COUNTERS_MOST) counters.delete(counters.keys().next().value!);
  const count = Number.parseInt(random.slice(15, 18), 16) % COUNTER_STARTS_BELOW;
  const counter = { atMs, count, goesOnAtMs: atMs + 1 };
  counters.set(atMs, counter);
  return counter;
}

function nextCounter(full: Counter, random: string): Counter {
  let next = full;
  while (next.count === COUNTER_MOST) next = counterFor(next.goesOnAtMs, random);
  full.goesOnAtMs = next.atMs;
  return next;
}

const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True when the text has the shape of one of our ids; says nothing about whether the thing exists. */
export function isId(text: string): boolean {
  return shape.test(text);
}

export type SessionId = Id<'session'>;
