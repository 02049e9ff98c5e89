// What programs may send to the HTTP API. An unknown field is refused rather than ignored: a misspelt one would
// otherwise cost credits for work that nobody meant.

import { z } from 'zod';
import { agentTypes } from '#core/domain/tasks/agent-type.ts';
import { isId, type ConversationId, type FileId, type Id, type TaskId } from '#core/domain/ids.ts';
import { askLimits } from '#core/domain/asks/limits.ts';
import { isReadHere, platformsReadHere, PORTAL } from '#core/domain/messages/platforms.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { shorten } from '#core/domain/text/text.ts';
import { isDay, isTimeZone } from '#core/domain/text/time-zone.ts';
import { transactionTypes } from '#core/domain/credits/transaction.ts';
import { didYouMean } from './did-you-mean.ts';

/** A field of a request that is not right, and why. */
export interface WrongField {
  readonly name: string;
  readonly problem: string;
}

/** Gives back what the schema makes of the input, or throws `request.invalid` naming every wrong field. */
export function parseRequest<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, input: unknown): z.output<z.ZodObject<Shape>> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap((issue) => wrongFields(issue, Object.keys(schema.shape)));
  throw refuse('request.invalid', { fields: fields.slice(0, MOST_NAMED) });
}

/** An answer that named each of a hundred thousand wrong fields would be far larger than the request. */
const MOST_NAMED = 20;

const id = <T extends string>() =>
  text()
    .refine(isId, 'must be an id as we gave it')
    .transform((given) => given as T);
const wholeNumber = () =>
  text()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number);

const oneOf = new Intl.ListFormat('en', { type: 'disjunction' });

export type CreateTask = z.output<typeof createTask>;
/** POST /api/tasks/create */
export const createTask = z.strictObject({
  requestText: text(),
  type: z.enum(agentTypes, { error: ({ input }) => notAType(input) }).optional(),
  conversationId: id<ConversationId>().optional(),
  /** Where people read the answer: letters to a terminal are drawn for one. */
  from: text()
    .refine(isReadHere, { error: () => `must be ${oneOf.format(platformsReadHere())}` })
    .default(PORTAL),
  files: z.array(id<FileId>(), 'must be a list of file ids').max(askLimits.files, `may name at most ${askLimits.files} files`).default([]),
});

/** GET /api/tasks */
export const historyQuery = z.strictObject({
  before: id<TaskId>().optional(),
  limit: wholeNumber().pipe(z.int().min(1, 'must be at least 1').max(50, 'must be at most 50')).default(25),
});

const filter = {
  types: text()
    .transform((given) => given.split(',').map((type) => type.trim()))
    .pipe(z.array(z.enum(transactionTypes, `must be some of ${transactionTypes.join(', ')}, with commas between them`)))
    .optional(),
  from: text().refine(isDay, 'must be a day such as 2026-11-25').optional(),
  to: text().refine(isDay, 'must be a day such as 2026-11-25').optional(),
  timeZone: text().refine(isTimeZone, 'must be a time zone such as Europe/Berlin').optional(),
  person: id<Id<'user' | 'identity'>>().optional(),
};

/** GET /api/transactions */
export const transactionsQuery = z.strictObject({
  ...filter,
  before: wholeNumber().optional(),
  limit: wholeNumber().pipe(z.int().min(1, 'must be at least 1').max(50, 'must be at most 50')).default(25),
});

/** GET /api/transactions.csv */
export const tableQuery = z.strictObject(filter);

/** GET /api/conversations/:id/letters */
export const lettersQuery = z.strictObject({ after: wholeNumber().default(0) });

/** GET /api/events */
export const eventsQuery = z.strictObject({
  task: id<TaskId>().optional(),
  /** For a page that shows a balance and can read its data anew. */
  live: z.literal('1', 'must be 1 or left out').optional(),
  after: text()
    .regex(/^[\x21-\x7e]{1,100}$/, 'must be a cursor as we gave it')
    .optional(),
});

/** POST /api/files */
export const uploadQuery = z.strictObject({ name: text().trim().min(1, 'must not be empty').max(200, 'must have at most 200 characters') });

/** For addresses that take no body or query at all. */
export const nothing = z.strictObject({});

/** What an `Idempotency-Key` header says, or null without one. */
export function parseIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (!/^[\x21-\x7e]{1,100}$/.test(header))
    throw refuse('request.invalid', {
      fields: [{ name: 'Idempotency-Key', problem: 'must have 1 to 100 visible ASCII characters without spaces' }],
    });
  return header;
}

// Names that other services have for our fields, and that people therefore try first.
const otherNames: Readonly<Record<string, string>> = {
  text: 'requestText',
  request: 'requestText',
  prompt: 'requestText',
  message: 'requestText',
  task: 'requestText',
  query: 'requestText',
  agent: 'type',
  agentType: 'type',
  kind: 'type',
  conversation: 'conversationId',
  thread: 'conversationId',
  threadId: 'conversationId',
  file: 'files',
  fileIds: 'files',
  attachments: 'files',
  cursor: 'after',
  taskId: 'task',
  filename: 'name',
  type: 'types',
  since: 'from',
  until: 'to',
  timezone: 'timeZone',
  tz: 'timeZone',
  user: 'person',
};

function wrongFields(issue: z.core.$ZodIssue, known: readonly string[]): WrongField[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, MOST_NAMED).map((key) => ({ name: shorten(key, 60), problem: unknownField(key, known) }));
  if (issue.path.length === 0) return [{ name: 'request', problem: 'must be one JSON object' }];
  return [{ name: issue.path.join('.'), problem: issue.message }];
}

function unknownField(given: string, known: readonly string[]): string {
  const other = Object.hasOwn(otherNames, given) ? otherNames[given]! : '';
  const meant = known.includes(other) ? other : didYouMean(given, known);
  if (meant !== undefined) return `is not known here; did you mean “${meant}”?`;
  return known.length === 0 ? 'is not known here; nothing is' : `is not known here; known are ${known.join(', ')}`;
}

function notAType(given: unknown): string {
  const meant = typeof given === 'string' ? didYouMean(given, agentTypes) : undefined;
  return meant === undefined ? `must be one of ${agentTypes.join(', ')}` : `must be one of our types; did you mean “${meant}”?`;
}

// In a query a name that comes twice is a list.
function text() {
  return z.string({
    error: ({ input }) => (input === undefined ? 'is missing' : Array.isArray(input) ? 'must be given once' : 'must be text'),
  });
}
