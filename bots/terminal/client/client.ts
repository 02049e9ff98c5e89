// The product over HTTP, as the terminal needs it. A no is a `Refused` with words for the person; not reaching the product
// is `Unreachable`, after which the same call may be made again.

import { openAsBlob } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { mimeOf } from '#core/domain/files/mime.ts';
import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import type { TaskEvent } from '#core/domain/tasks/task-event.ts';
import type { TaskView } from '#core/domain/tasks/task-view.ts';
import type { ShownLetter } from '#core/flows/messages/conversation.ts';
import { readMessages } from './sse.ts';

export interface Client {
  /** Asks once per key, however often it is called. */
  create(ask: NewAsk, key: string): Promise<Created>;
  retry(taskId: string, key: string): Promise<Created>;
  /** Starts a task that needs approval, once, however often it is called. */
  approve(taskId: string): Promise<void>;
  cancel(taskId: string): Promise<void>;
  task(taskId: string): Promise<TaskView>;
  /** Newest first. */
  history(limit: number): Promise<TaskView[]>;
  balance(): Promise<{ available: number; inUse: number; debt: number }>;
  letters(conversationId: string, after: number): Promise<ShownLetter[]>;
  /** Gives back the id that an ask names it by. */
  upload(file: string): Promise<string>;
  /** The life of a task behind a cursor, from its beginning without one; `null` once the line stands. Ends when the connection does. */
  events(taskId: string, after: string | null, signal: AbortSignal): AsyncIterable<SeenEvent | null>;
}

export interface NewAsk {
  readonly text: string;
  readonly type?: AgentType;
  readonly conversationId?: string;
  readonly fileIds: readonly string[];
}

export interface Created {
  readonly taskId: string;
  readonly conversationId: string;
  /** It did when it was asked for; by now it may be approved, or over. */
  readonly needsApproval: boolean;
}

export interface SeenEvent {
  readonly cursor: string;
  readonly kind: TaskEvent['kind'];
  readonly data: unknown;
}

export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string;
  readonly wayForward: string;
  readonly page: string | null;

  constructor({ code, message, wayForward, page }: z.infer<typeof errorSchema>['error']) {
    super(message);
    this.code = code;
    this.wayForward = wayForward;
    this.page = page ?? null;
  }
}

export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

const callMs = 20_000;

export function createClient({ url, apiKey }: { url: string; apiKey: string }): Client {
  return {
    async create({ text, type, conversationId, fileIds }, key) {
      const body = {
        requestText: text,
        from: 'terminal',
        files: fileIds,
        ...(type !== undefined && { type }),
        ...(conversationId !== undefined && { conversationId }),
      };
      return createdFrom(await call('POST', 'api/tasks/create', { json: body, key }));
    },
    retry: async (taskId, key) => createdFrom(await call('POST', `api/tasks/${taskId}/retry`, { json: {}, key })),
    async approve(taskId) {
      await call('POST', `api/tasks/${taskId}/approve`, { json: {} });
    },
    async cancel(taskId) {
      await call('POST', `api/tasks/${taskId}/cancel`, { json: {} });
    },
    task: async (taskId) => taskSchema.parse(await call('GET', `api/tasks/${taskId}`)).task,
    history: async (limit) => tasksSchema.parse(await call('GET', `api/tasks?limit=${limit}`)).tasks,
    balance: async () => balanceSchema.parse(await call('GET', 'api/balance')).balance,
    letters: async (conversationId, after) =>
      lettersSchema.parse(await call('GET', `api/conversations/${conversationId}/letters?after=${after}`)).letters,
    async upload(file) {
      const name = encodeURIComponent(path.basename(file));
      return fileSchema.parse(await call('POST', `api/files?name=${name}`, { body: await openAsBlob(file, { type: mimeOf(file) }) })).file
        .id;
    },
    async *events(taskId, after, signal) {
      const response = await reach(`api/events?${new URLSearchParams({ task: taskId, after: after ?? 'the-beginning' }).toString()}`, {
        signal,
      });
      yield null;
      for await (const { id, data } of readMessages(response.body!, signal)) {
        const { kind, data: facts } = eventSchema.parse(JSON.parse(data));
        yield { cursor: id, kind: kind as TaskEvent['kind'], data: facts };
      }
    },
  };

  async function call(
    method: string,
    address: string,
    { json, body, key }: { json?: object; body?: Blob; key?: string } = {},
  ): Promise<unknown> {
    const response = await reach(address, {
      method,
      headers: { ...(json && { 'Content-Type': 'application/json' }), ...(key !== undefined && { 'Idempotency-Key': key }) },
      ...(json && { body: JSON.stringify(json) }),
      ...(body && { body }),
      // An upload takes as long as its line is slow.
      ...(body === undefined && { signal: AbortSignal.timeout(callMs) }),
    });
    return response.json().catch((cause: unknown) => {
      throw new Unreachable('the connection broke', { cause });
    });
  }

  async function reach(
    address: string,
    { headers, ...request }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> },
  ): Promise<Response> {
    const response = await fetch(`${url}/${address}`, {
      ...request,
      headers: { ...headers, Authorization: `Bearer ${apiKey}`, Accept: 'application/json, text/event-stream' },
    }).catch((cause: unknown) => {
      throw new Unreachable('nothing answers', { cause });
    });
    if (response.ok) return response;
    const answer = errorSchema.safeParse(await response.json().catch(() => null));
    // Something in between answers for a product that is away, or the product is about to stop.
    if (response.status >= 502 || (response.status === 503 && (!answer.success || answer.data.error.code === 'service.stopping')))
      throw new Unreachable(`answered ${response.status}`);
    if (!answer.success) throw new Error(`${url} answered ${response.status} and is not the product we know`);
    throw new Refused(answer.data.error);
  }
}

function createdFrom(answer: unknown): Created {
  const { task, conversationId, approval } = createdSchema.parse(answer);
  return { taskId: task.id, conversationId, needsApproval: approval !== undefined };
}

// Both ends are this repository: what has a shared type is taken as that, the rest is read here.
const createdSchema = z.object({ task: z.object({ id: z.string() }), conversationId: z.string(), approval: z.object({}).optional() });
const taskSchema = z.object({ task: z.custom<TaskView>((task) => task instanceof Object) });
const tasksSchema = z.object({ tasks: z.array(z.custom<TaskView>((task) => task instanceof Object)) });
const lettersSchema = z.object({ letters: z.array(z.custom<ShownLetter>((letter) => letter instanceof Object)) });
const balanceSchema = z.object({ balance: z.object({ available: z.number(), inUse: z.number(), debt: z.number() }) });
const fileSchema = z.object({ file: z.object({ id: z.string() }) });
const eventSchema = z.object({ kind: z.string(), data: z.unknown() });
const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), wayForward: z.string(), page: z.string().optional() }),
});
