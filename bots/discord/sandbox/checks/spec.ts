// Bodies against the schemas that are made from Discord's published description of its API. They are large, so they are loaded
// when the first body comes. Where they and Discord's documentation differ, the documentation holds: see the other checks.

import type { z } from 'zod';
import type { Complaint } from '../no.ts';

export type SchemaName =
  | 'MessageCreateRequestSchema'
  | 'MessageEditRequestPartialSchema'
  | 'CreateTextThreadWithMessageRequestSchema'
  | 'CreateTextThreadWithoutMessageRequestSchema'
  | 'UpdateThreadRequestPartialSchema'
  | 'CreatePrivateChannelRequestSchema'
  | 'ApplicationCommandUpdateRequestSchema'
  | 'CreateMessageInteractionCallbackRequestSchema'
  | 'UpdateMessageInteractionCallbackRequestSchema'
  | 'ModalInteractionCallbackRequestSchema'
  | 'PongInteractionCallbackRequestSchema'
  | 'IncomingWebhookInteractionRequestSchema'
  | 'IncomingWebhookUpdateForInteractionCallbackRequestPartialSchema';

export type Complain = (schema: SchemaName, body: unknown) => Complaint[];

let loading: Promise<Complain> | null = null;
let loaded: Complain | null = null;

export async function complaintsOf(): Promise<Complain> {
  loaded = await (loading ??= load());
  return loaded;
}

export function areLoaded(): boolean {
  return loaded !== null;
}

/** Once they are loaded, as they are when a body is looked at. */
export function complaintsNow(): Complain {
  return loaded!;
}

const most = 20;

async function load(): Promise<Complain> {
  const schemas: Readonly<Record<SchemaName, z.core.$ZodType>> = await import('discord-api-spec/zod');
  const { safeParse } = await import('zod/mini');
  return (name, body) => {
    const read = safeParse(schemas[name], body);
    if (read.success) return unknownKeys(body, read.data).slice(0, most);
    return read.error.issues.flatMap((issue) => deepest(issue)).slice(0, most);
  };
}

/** Discord leaves what it does not know alone. We do not, but for what the SDK sends with every message and thread. */
const sentAnyway = new Set([
  'tts',
  'nonce',
  'enforce_nonce',
  'username',
  'avatar_url',
  'message_reference',
  'sticker_ids',
  'poll',
  'thread_name',
  'applied_tags',
  'type',
  'invitable',
]);

/** What no schema knows is left out of what they give. */
function unknownKeys(given: unknown, read: unknown, path: readonly (string | number)[] = []): Complaint[] {
  if (typeof given !== 'object' || given === null || typeof read !== 'object' || read === null) return [];
  return Object.entries(given).flatMap(([key, value]: [string, unknown]) => {
    const at = [...path, Array.isArray(given) ? Number(key) : key];
    if (!(key in read) && path.length < 2 && sentAnyway.has(key)) return [];
    if (!(key in read)) return [{ path: at, code: 'UNKNOWN_KEY', message: 'This field is not known.' }];
    return unknownKeys(value, (read as Readonly<Record<string, unknown>>)[key], at);
  });
}

/** Of the kinds that something might be, what is wrong with the one that it comes closest to. */
function deepest(issue: z.core.$ZodIssue, path: readonly PropertyKey[] = []): Complaint[] {
  const at = [...path, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0)
    return [{ path: at.map(step), code: codeOf(issue), message: issue.message }];
  const all = issue.errors.map((issues) => issues.flatMap((each) => deepest(each, at)));
  // Another kind is told by its type, and nothing else of it matters.
  const own = all.filter((complaints) => !complaints.some(({ path: where }) => where.length === at.length + 1 && where.at(-1) === 'type'));
  return own[0] ?? all[0]!;
}

function step(key: PropertyKey): string | number {
  return typeof key === 'symbol' ? String(key) : key;
}

function codeOf({ code }: z.core.$ZodIssue): string {
  return code === 'too_big' || code === 'too_small'
    ? 'BASE_TYPE_BAD_LENGTH'
    : code === 'invalid_type'
      ? 'BASE_TYPE_BAD_TYPE'
      : 'BASE_TYPE_CHOICES';
}
