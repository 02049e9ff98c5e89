// A small, strict chat platform on loopback. Bots come with a token; what people do, and what a test wants to see or to
// break, is under /people and /faults.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { faultNames, startFaults, type Fault } from '#bots/stand-in/faults.ts';
import { limits } from '../render.ts';
import { bindAnswer } from './answers.ts';
import { json } from './body.ts';
import { startEchoes } from './echoes.ts';
import { fileIn, openShelf } from './files.ts';
import { channelLimits } from './limits.ts';
import { actOfPeople, enter, idSchema, personSchema, threadSchema } from './people.ts';
import { startPush, type Hook } from './push.ts';
import { Refused } from './refused.ts';
import { openState, type Channel, type Message, type State } from './state.ts';
import { waitingIn } from './told.ts';

export interface Board {
  readonly url: string;
  stop(): Promise<void>;
}

export interface BoardSettings {
  readonly token: string;
  /** What people and tests come with; without one everybody on this machine may act for them. */
  readonly peopleToken?: string;
  readonly port?: number;
  /** Remembers everything there, and files in a folder beside it. */
  readonly file?: string;
  readonly now?: () => Date;
}

export async function startBoard({ token, peopleToken, port = 0, file, now = () => new Date() }: BoardSettings): Promise<Board> {
  const state = openState(file ?? null, now);
  const shelf = openShelf({ folder: file === undefined ? null : `${file}.files`, token, origin: () => url, now });
  const push = startPush(state, token, () => waitingIn(state, shelf));
  const echoes = startEchoes(state, token);
  const channels = channelLimits(now);
  const faults = startFaults(send, { busy: { error: 'busy' }, broken: { error: 'broken' } });

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const status = error instanceof Refused ? error.status : error instanceof z.ZodError || error instanceof SyntaxError ? 400 : 500;
      send(response, status, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
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
    const isOfPeople = room === 'people' || room === 'faults' || room === 'hook';
    if (isOfPeople && peopleToken !== undefined && request.headers.authorization !== `Bearer ${peopleToken}`)
      throw new Refused(401, 'unknown token');
    if (room === 'people')
      return send(response, 200, await people(path, request.method!, request.method === 'GET' ? null : await json(request), searchParams));
    if (room === 'faults') {
      faults.order({ names: [path[0] === 'edits' ? 'edit' : 'call'], fault: z.enum(faultNames).parse(await json(request)) });
      return send(response, 200, null);
    }
    if (room === 'hook') return send(response, 200, push.set(hookSchema.parse(await json(request)) as Partial<Hook>));

    const isBot = request.headers.authorization === `Bearer ${token}`;
    if (room === 'files' && request.method === 'GET') {
      const access = shelf.accessBy(path[0] ?? '', searchParams);
      const file = access === null ? undefined : fileIn(state.messages, path[0] ?? '');
      return shelf.send(response, file, isBot ? (access ?? 'granted') : 'stranger');
    }
    if (!isBot) throw new Refused(401, 'unknown token');
    if (room === 'interactions' && request.method === 'POST')
      return faults.end(faults.next('call'), response, bindAnswer(state, path[0] ?? '', await json(request), now()));
    if (room === 'messages' && request.method === 'GET')
      return faults.end(faults.next('call'), response, () => withAddresses(path[0] ?? ''));
    const [channel, word, thread, more] = path;
    if (room === 'channels' && request.method === 'PUT' && word === 'messages' && thread !== undefined && more === undefined)
      return faults.end(faults.next('edit'), response, bindEdit(state, channel!, thread, editSchema.parse(await json(request))));
    channels.note({ method: request.method!, channel: channel! });
    const waitSeconds = request.method === 'POST' ? channels.waitSeconds(channel!) : 0;
    if (waitSeconds > 0) return send(response, 429, { error: 'too many posts in this channel' }, { 'Retry-After': String(waitSeconds) });
    const act =
      request.method === 'POST' && word === 'private' && thread === undefined
        ? bindPrivate(state, channel!, privateSchema.parse(await json(request)))
        : request.method === 'POST' && word === 'threads' && (thread === undefined || more === 'messages')
          ? bindPost(state, channel!, thread, postSchema.parse(await json(request)))
          : request.method === 'GET' && word === 'messages'
            ? () => ({ messages: find(state, channel!, searchSchema.parse(Object.fromEntries(searchParams)), now()) })
            : request.method === 'DELETE' && word === 'messages'
              ? bindRemoval(state, channel!, thread!)
              : undefined;
    if (room !== 'channels' || act === undefined) throw new Refused(404, 'no such address');
    faults.end(faults.next('call'), response, act);
    echoes.wake();
  }

  /** A message as it is now, with fresh addresses of its files. */
  function withAddresses(id: string) {
    const message = state.message(id);
    if (message === undefined || message.removed || message.only !== undefined) throw new Refused(404, 'no such message');
    return { ...message, files: (message.files ?? []).map((each) => ({ ...each, url: shelf.addressOf(each) })) };
  }

  function people([word, channel, thread]: string[], method: string, body: unknown, query: URLSearchParams): unknown {
    if (method === 'GET' && word === 'messages')
      return state.messages.filter(
        (message) =>
          (channel === undefined || message.channel === channel) &&
          (thread === undefined || message.thread === thread) &&
          message.only === undefined &&
          !message.removed,
      );
    if (method === 'PUT' && word === 'channels') {
      const id = idSchema.parse(channel);
      const before = state.channel(id);
      const { closed, searchable, workspace, name, direct } = channelSchema.parse(body);
      return state.setChannel({
        id,
        workspace: workspace ?? before?.workspace ?? 'board',
        name: name ?? before?.name ?? id,
        direct: direct ?? before?.direct ?? null,
        closed,
        searchable,
      });
    }
    if (method === 'PUT' && word === 'echoes') return echoes.tell(echoesSchema.parse(body).url);
    if (method === 'PUT' && word === 'limits') return channels.set(idSchema.parse(channel), limitSchema.parse(body).forMs);
    if (method === 'GET' && word === 'calls') return channels.calls(idSchema.parse(channel));
    if (method === 'POST' && word === 'say') {
      const { thread: inThread, gesture, files, ...rest } = saySchema.parse(body);
      enter(state, rest.channel, rest.from);
      if (inThread !== undefined && !isThread(state, rest.channel, inThread)) throw new Refused(404, 'no such thread');
      const kept = files.map(({ base64, ...each }) => shelf.keep({ ...each, bytes: Buffer.from(base64, 'base64') }));
      const message = state.add({
        ...rest,
        key: null,
        ...(inThread !== undefined && { thread: inThread }),
        ...(gesture !== undefined && { gesture }),
        ...(kept.length > 0 && { files: kept }),
      });
      push.wake();
      return message;
    }
    if (method === 'DELETE' && word === 'messages' && channel !== undefined && state.message(channel)) return state.remove(channel);
    if (method === 'POST' && word === 'held') return faults.letGo();
    const all = { state, shelf, waitingFaults: waitingCalls, unconfirmed: push.unconfirmed };
    const answer = actOfPeople(all, [word ?? '', channel ?? '', thread ?? ''], method, body, query);
    if (method === 'POST') push.wake();
    return answer;
  }

  function waitingCalls(): Fault[] {
    return faults.waiting().flatMap(({ names, fault }) => (names.includes('call') ? [fault] : []));
  }
}

// Everything is looked at before the fault comes, since a platform that fails has usually still read the request.
function bindPost(
  state: State,
  channel: string,
  thread: string | undefined,
  { key, text, choices }: z.infer<typeof postSchema>,
): () => Message {
  openChannel(state, channel);
  if (thread !== undefined && !isThread(state, channel, thread)) throw new Refused(404, 'no such thread');
  if (text.length > limits.post) throw new Refused(413, 'too long');
  return () => state.add({ channel, from: null, key, text, ...(thread !== undefined && { thread }), ...(choices && { choices }) });
}

/** For one person's eyes, and told to nobody. Outside of threads where `thread` is empty. */
function bindPrivate(state: State, channel: string, { person, thread, text }: z.infer<typeof privateSchema>): () => Message {
  openChannel(state, channel);
  if (thread !== '' && !isThread(state, channel, thread)) throw new Refused(404, 'no such thread');
  if (text.length > limits.post) throw new Refused(413, 'too long');
  return () => state.add({ channel, from: null, key: null, text, only: person, ...(thread !== '' && { thread }) });
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

function isThread(state: State, channel: string, thread: string): boolean {
  return state.messages.some((message) => message.channel === channel && message.thread === thread);
}

function openChannel(state: State, id: string): Channel {
  const channel = state.channel(id);
  if (channel === undefined) throw new Refused(404, 'no such channel');
  if (channel.closed) throw new Refused(403, 'closed');
  return channel;
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body ?? null));
}

// A control character in a post is an error of the bot's.
const textSchema = z
  .string()
  .min(1)
  .regex(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f]*$/);
const postSchema = z.strictObject({
  key: z.string().min(1).max(100),
  text: textSchema,
  choices: z
    .array(
      z.strictObject({
        id: z.string().min(1).max(100),
        label: textSchema.max(limits.choiceLabel),
        style: z.enum(['plain', 'main', 'danger']),
      }),
    )
    .min(1)
    .max(limits.choices)
    .optional(),
});
const searchMs = 60 * 60_000;
const searchSchema = z.strictObject({ key: z.string().min(1), after: z.iso.datetime(), before: z.iso.datetime().optional() });
const limitSchema = z.strictObject({ forMs: z.int().min(0) });
const echoesSchema = z.strictObject({ url: z.url().nullable() });
const privateSchema = z.strictObject({
  person: z.string().min(1).max(100),
  thread: z.union([z.literal(''), threadSchema]),
  text: textSchema,
});
const editSchema = postSchema.pick({ text: true });
const saySchema = z.strictObject({
  channel: idSchema,
  thread: threadSchema.optional(),
  gesture: z.string().min(1).max(100).optional(),
  from: personSchema,
  text: z.string().max(40_000),
  files: z
    .array(z.strictObject({ name: z.string().min(1).max(300), mime: z.string().min(1).max(100), base64: z.base64() }))
    .max(10)
    .default([]),
});
const channelSchema = z.strictObject({
  closed: z.boolean().default(false),
  searchable: z.boolean().default(true),
  workspace: idSchema.optional(),
  name: z.string().min(1).max(80).optional(),
  direct: z.string().min(1).max(100).optional(),
});
const hookSchema = z.strictObject({ url: z.url().nullable(), repeats: z.int(), reversed: z.boolean(), atOnce: z.int().min(1) }).partial();
