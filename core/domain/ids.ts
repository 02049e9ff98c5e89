// Ids are made here and stored before anything is sent, so that a retry can use the same id.
// They are UUIDv7 (RFC 9562): the first 48 bits are the time, which keeps new rows together in an index.

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

/** Makes a new id. `atMs` is milliseconds since 1970. */
export function newId<T extends Id<string>>(atMs: number = Date.now()): T {
  const time = atMs.toString(16).padStart(12, '0');
  // Randomness and variant come from a version 4 UUID, which the runtime makes from a cache of random bytes.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}` as T;
}

const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True when the text has the shape of one of our ids; says nothing about whether the thing exists. */
export function isId(text: string): boolean {
  return shape.test(text);
}
