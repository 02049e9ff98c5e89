// What we read in a gateway's answers: only the fields we rely on. Frames come from somebody else's release, so a field that is
// missing or odd costs us that field, never the whole answer.

import { z } from 'zod';

/** What is beyond belief is odd too: sums of these must stay numbers that the ledger can take. */
const count = z.number().nonnegative().max(1e12).transform(Math.ceil).catch(0);
const MOST_DOLLARS = 1e6;
const dollars = z.number().nonnegative().max(MOST_DOLLARS).catch(0);
const LATEST_MS = 8.64e15;
const time = z.number().nonnegative().max(LATEST_MS).optional().catch(undefined);
const word = z.string().optional().catch(undefined);

/** The ones that fit; one odd entry does not spoil the list. */
function many<S extends z.ZodType>(schema: S) {
  return z.array(z.unknown()).transform((all) =>
    all.flatMap((one) => {
      const read = schema.safeParse(one);
      return read.success ? [read.data] : [];
    }),
  );
}

/** Tokens and dollars of one or several model calls. */
const tokensSchema = z.object({
  input: count,
  output: count,
  cacheRead: count,
  cacheWrite: count,
  cost: z.object({ total: dollars }).catch({ total: 0 }),
});

const payloadSchema = z.object({
  text: word,
  mediaUrl: word,
  mediaUrls: z.array(z.string()).catch([]),
  isError: z.boolean().catch(false),
});

const metaSchema = z.object({
  durationMs: count,
  stopReason: word,
  error: z.object({ message: word }).optional().catch(undefined),
  agentMeta: z
    .object({
      usage: tokensSchema.optional().catch(undefined),
      costUsd: z.number().nonnegative().max(MOST_DOLLARS).optional().catch(undefined),
    })
    .catch({}),
  toolSummary: z.object({ calls: count }).catch({ calls: 0 }),
});

export type RunMeta = z.infer<typeof metaSchema>;

/** The answers to `agent`: accepted, in_flight, and the last one. */
export const runReplySchema = z.object({
  runId: z.string(),
  status: z.enum(['accepted', 'in_flight', 'ok', 'error', 'timeout']),
  acceptedAt: time,
  summary: word,
  stopReason: word,
  timeoutPhase: word,
  result: z
    .object({ payloads: many(payloadSchema).catch([]), meta: metaSchema.optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
export type RunReply = z.infer<typeof runReplySchema>;

/** The answer to `agent.wait`. A `timeout` without an end means: still running, or never heard of it. */
export const waitReplySchema = z.object({
  status: z.string(),
  endedAt: time,
  stopReason: word,
});

export const sessionReplySchema = z.object({
  session: z.object({ status: word, lastRunId: word, lastRunError: word }).nullish(),
});

export const ledgerReplySchema = z.object({
  tasks: many(
    z.object({
      runId: word,
      status: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled', 'timed_out']),
      startedAt: z.union([z.number(), z.string()]).optional().catch(undefined),
      endedAt: z.union([z.number(), z.string()]).optional().catch(undefined),
      error: word,
    }),
  ),
});

const contentSchema = z.union([z.string(), z.array(z.object({ type: word, text: word }))]).catch('');

export const historyReplySchema = z.object({
  messages: many(
    z.object({
      role: word,
      content: contentSchema,
      timestamp: time,
      usage: tokensSchema.optional().catch(undefined),
      __openclaw: z.object({ runId: word, idempotencyKey: word }).catch({}),
    }),
  ),
});
export type HistoryRow = z.infer<typeof historyReplySchema>['messages'][number];

export const sessionFilesReplySchema = z.object({
  root: word,
  files: many(
    z.object({ path: z.string(), workspacePath: word, kind: word, missing: z.boolean().catch(false), size: time, updatedAtMs: time }),
  ),
});

export const workspaceListReplySchema = z.object({
  entries: many(z.object({ path: z.string(), kind: z.enum(['file', 'directory']), size: time })),
  totalEntries: count,
});

export const workspaceFileReplySchema = z.object({
  file: z.object({ size: count, encoding: z.enum(['utf8', 'base64']), content: z.string() }),
});

export const agentsReplySchema = z.object({ agents: many(z.object({ id: z.string() })) });

export const agentEventSchema = z.object({
  runId: z.string(),
  seq: z.number(),
  stream: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type AgentEvent = z.infer<typeof agentEventSchema>;

/** The answer of the other driver's `POST /agent/spawn`. A file comes inline, or by an address on the same server. */
export const spawnReplySchema = z.object({
  status: z.enum(['ok', 'error']),
  text: z.string().catch(''),
  reason: word,
  files: many(
    z.object({ name: z.string(), sizeBytes: z.int().nonnegative(), content: z.string().optional(), url: z.string().optional() }),
  ).catch([]),
  usage: z
    .object({ inputTokens: count, outputTokens: count, toolCalls: count, durationMs: count, costUsd: dollars })
    .catch({ inputTokens: 0, outputTokens: 0, toolCalls: 0, durationMs: 0, costUsd: 0 }),
});
