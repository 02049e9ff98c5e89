// A small, strict chat platform on loopback. Bots come with a token; what people do, and what a test wants to see or to
// break, is under /people and /faults.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { busyMs, type Fault } from '#bots/testing/kit.ts';
import { limits } from '../render.ts';
import { startEchoes } from './echoes.ts';
import { channelLimits } from './limits.ts';
import { startPush, type Hook } from './push.ts';
import { openState, type Channel, type Message, type State } from './state.ts';

export interface Board {
  readonly url: string;
  stop(): Promise<void>;
}

export interface BoardSettings {
  readonly token: string;
  readonly port?: number;
  /** Remembers everything there. */
  readonly file?: string;
  readonly now?: () => Date;
}

export async function startBoard({ token, port = 0, file, now = () => new Date() }: BoardSettings): Promise<Board> {
  const state = openState(file ?? null, now);
  const push = startPush(state, token);
  const echoes = startEchoes(state, token);
  const channels = channelLimits(now);
  const faults: Fault[] = [];
  const editFaults: Fault[] = [];
  const held: (() => void)[] = [];

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const status = error instanceof Refused ? error.status : error instanceof z.ZodError || error instanceof SyntaxError ? 400 : 500;
      send(response, status, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      await Promise.all([push.stop(), echoes.stop()]);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const { pathname, searchParams } = new URL(request.url!, 'http://board');
    const [room, ...path] = pathname.slice(1).split('/').map(decodeURIComponent);
    if (room === 'people') return send(response, 200, people(path, request.method!, request.method === 'GET' ? null : await json(request)));
    if (room === 'faults')
      return send(response, 200, (path[0] === 'edits' ? editFaults : faults).push(z.enum(faultNames).parse(await json(request))));
    if (room === 'hook') return send(response, 200, push.set(hookSchema.parse(await json(request)) as Partial<Hook>));

    if (request.headers.authorization !== `Bearer ${token}`) throw new Refused(401, 'unknown token');
    const [channel, word, thread, more] = path;
    if (room === 'channels' && request.method === 'PUT' && word === 'messages' && thread !== undefined && more === undefined)
      return withFault(editFaults.shift(), response, bindEdit(state, channel!, thread, editSchema.parse(await json(request))));
    channels.note({ method: request.method!, channel: channel! });
    const waitSeconds = request.method === 'POST' ? channels.waitSeconds(channel!) : 0;
    if (waitSeconds > 0) return send(response, 429, { error: 'too many posts in this channel' }, { 'Retry-After': String(waitSeconds) });
    const act =
      request.method === 'POST' && word === 'threads' && (thread === undefined || more === 'messages')
        ? bindPost(state, channel!, thread, postSchema.parse(await json(request)))
        : request.method === 'GET' && word === 'messages'
          ? () => ({ messages: find(state, channel!, searchSchema.parse(Object.fromEntries(searchParams)), now()) })
          : request.method === 'DELETE' && word === 'messages'
            ? bindRemoval(state, channel!, thread!)
            : undefined;
    if (room !== 'channels' || act === undefined) throw new Refused(404, 'no such address');
    await withFault(faults.shift(), response, act);
    echoes.wake();
  }

  function people([word, channel, thread]: string[], method: string, body: unknown): unknown {
    if (method === 'GET' && word === 'messages')
      return state.messages.filter(
        (message) =>
          message.removed === undefined &&
          (channel === undefined || message.channel === channel) &&
          (thread === undefined || message.thread === thread),
      );
    if (method === 'PUT' && word === 'echoes') return echoes.tell(echoesSchema.parse(body).url);
    if (method === 'PUT' && word === 'limits') return channels.set(idSchema.parse(channel), limitSchema.parse(body).forMs);
    if (method === 'GET' && word === 'calls') return channels.calls(idSchema.parse(channel));
    if (method === 'PUT' && word === 'channels') return state.setChannel({ id: idSchema.parse(channel), ...channelSchema.parse(body) });
    if (method === 'POST' && word === 'say') {
      const said = saySchema.parse(body);
      openChannel(state, said.channel);
      const { thread: inThread, ...rest } = said;
      const message = state.add({ ...rest, key: null, ...(inThread !== undefined && { thread: inThread }) });
      push.wake();
      return message;
    }
    if (method === 'DELETE' && word === 'messages' && channel !== undefined && state.message(channel)) return state.remove(channel);
    if (method === 'POST' && word === 'held') return held.splice(0).map((act) => act()).length;
    throw new Refused(404, 'no such address');
  }

  async function withFault(fault: Fault | undefined, response: ServerResponse, act: () => object) {
    if (fault === 'held') held.push(act);
    else endWith(fault, response, act);
  }
}

// Everything is looked at before the fault comes, since a platform that fails has usually still read the request.
function bindPost(state: State, channel: string, thread: string | undefined, { key, text }: z.infer<typeof postSchema>): () => Message {
  openChannel(state, channel);
  if (thread !== undefined && !state.messages.some((message) => message.channel === channel && message.thread === thread))
    throw new Refused(404, 'no such thread');
  if (text.length > limits.post) throw new Refused(413, 'too long');
  return () => state.add({ channel, from: null, key, text, ...(thread !== undefined && { thread }) });
}

/** A bot edits what it posted, and nothing else. */
function bindEdit(state: State, channel: string, id: string, { text }: z.infer<typeof editSchema>): () => Message {
  openChannel(state, channel);
  const message = state.message(id);
  if (message?.channel !== channel) throw new Refused(404, 'no such message');
  if (message.from !== null) throw new Refused(403, 'not yours');
  if (text.length > limits.post) throw new Refused(413, 'too long');
  return () => state.edit(id, text);
}

function find(state: State, channel: string, { key, after, before }: z.infer<typeof searchSchema>, now: Date): Message[] {
  if (!openChannel(state, channel).searchable) throw new Refused(403, 'no search here');
  const until = before ?? now.toISOString();
  if (Date.parse(until) - Date.parse(after) > searchMs) throw new Refused(400, 'more than an hour');
  return state.messages.filter(
    (message) => message.channel === channel && message.key === key && message.at >= after && message.at <= until && !message.removed,
  );
}

/** A bot deletes its own posts. */
function bindRemoval(state: State, channel: string, id: string): () => object {
  const message = state.messages.find((each) => each.channel === channel && each.id === id && !each.removed);
  if (message === undefined) throw new Refused(404, 'no such message');
  if (message.from !== null) throw new Refused(403, 'somebody else’s message');
  return () => {
    state.remove(id);
    return {};
  };
}

function openChannel(state: State, id: string): Channel {
  const channel = state.channel(id);
  if (channel === undefined) throw new Refused(404, 'no such channel');
  if (channel.closed) throw new Refused(403, 'closed');
  return channel;
}

function endWith(fault: Exclude<Fault, 'held'> | undefined, response: ServerResponse, act: () => object) {
  switch (fault) {
    case 'cut':
      return response.destroy();
    case 'broken':
      return send(response, 500, { error: 'broken' });
    case 'busy':
      return send(response, 429, { error: 'busy' }, { 'Retry-After': String(busyMs / 1000) });
    case 'answer-lost':
      act();
      return response.destroy();
    case 'silent':
      act();
      return undefined;
    case 'broken-after':
      act();
      return send(response, 500, { error: 'broken' });
    case undefined:
      return send(response, 200, act());
  }
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body ?? null));
}

class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const faultNames = ['answer-lost', 'cut', 'silent', 'held', 'broken', 'broken-after', 'busy'] as const satisfies readonly Fault[];
const idSchema = z.string().regex(/^[a-z0-9-]{1,40}$/);
// A control character in a post is an error of the bot's.
const textSchema = z
  .string()
  .min(1)
  .regex(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f]*$/);
const postSchema = z.strictObject({ key: z.string().min(1).max(100), text: textSchema });
const searchMs = 60 * 60_000;
const searchSchema = z.strictObject({ key: z.string().min(1), after: z.iso.datetime(), before: z.iso.datetime().optional() });
const limitSchema = z.strictObject({ forMs: z.int().min(0) });
const echoesSchema = z.strictObject({ url: z.url().nullable() });
const editSchema = postSchema.pick({ text: true });
const saySchema = z.strictObject({
  channel: idSchema,
  thread: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  from: z.strictObject({ id: z.string(), name: z.string() }),
  text: z.string(),
});
const channelSchema = z.strictObject({ closed: z.boolean().default(false), searchable: z.boolean().default(true) });
const hookSchema = z.strictObject({ url: z.url().nullable(), repeats: z.int(), reversed: z.boolean(), atOnce: z.int().min(1) }).partial();
