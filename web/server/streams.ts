// Open event streams (server-sent events). Each one holds a connection, so a user has a few of them; all end, with a
// hint when to come back, before the server stops.

import { once } from 'node:events';
import type { Request, Response } from 'express';
import type { UserId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';

export interface Streams {
  /**
   * Begins a stream, or refuses when this user has too many. It ends when the caller leaves, the server stops, or
   * `stillGood` says no when it is asked.
   */
  open(request: Request, response: Response, userId: UserId, stillGood?: () => Promise<boolean>): Stream;
  /** Ends those streams of a user (null: of everybody) that are not good any more. */
  check(userId: string | null): Promise<void>;
  /** Ends all streams, telling each to come back in a moment. */
  endAll(): void;
  size(): number;
}

export interface Stream {
  /** Aborts when there is nobody left to write to. */
  readonly signal: AbortSignal;
  /** Resolves when there is room for more. A reader who does not read is cut off. */
  write(message: SseMessage | string): Promise<void>;
  /** Says nothing, so that proxies and the reader know that we are there. */
  beat(): Promise<void>;
  end(): void;
}

export interface SseMessage {
  readonly id?: string;
  readonly event?: string;
  readonly data: unknown;
}

const MOST_PER_USER = 20;
const RETRY_MS = 3_000;
const SLOW_READER_MS = 30_000;

export function openStreams(): Streams {
  const open = new Map<string, Set<Open>>();
  let size = 0;

  return {
    open(request, response, userId, stillGood = async () => true) {
      const mine = open.get(userId) ?? new Set();
      if (mine.size >= MOST_PER_USER) throw refuse('streams.too-many', { most: MOST_PER_USER });

      const gone = new AbortController();
      const forget = () => {
        if (!mine.delete(one)) return;
        size -= 1;
        if (mine.size === 0) open.delete(userId);
        gone.abort();
      };
      const one: Open = {
        stillGood,
        end(lastWords = '') {
          response.end(lastWords);
          forget();
        },
      };
      open.set(userId, mine.add(one));
      size += 1;
      response.once('close', forget);

      begin(request, response);
      const write = (text: string) => send(response, text, gone.signal);
      return {
        signal: gone.signal,
        write: (message) => write(typeof message === 'string' ? message : sseText(message)),
        beat: () => write(': still here\n\n'),
        end: () => one.end(),
      };
    },
    async check(userId) {
      const theirs = userId === null ? [...open.values()] : [open.get(userId) ?? []];
      await Promise.all(
        theirs.flatMap((streams) =>
          [...streams].map(async (one) => {
            if (!(await one.stillGood())) one.end('retry: 200\n\n'); // a page finds out soon that it has to log in
          }),
        ),
      );
    },
    endAll() {
      for (const streams of open.values()) {
        // Not all at the same moment, when all of them come back.
        for (const one of streams) one.end(`retry: ${1000 + Math.floor(Math.random() * 4000)}\n\n`);
      }
    },
    size: () => size,
  };
}

interface Open {
  readonly stillGood: () => Promise<boolean>;
  end(lastWords?: string): void;
}

/** A message as it goes over the wire: the same for all who get it, so it is made once. */
export function sseText({ id, event, data }: SseMessage): string {
  return `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}

function begin(request: Request, response: Response) {
  response.set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  request.socket.setNoDelay(true);
  response.write(`retry: ${RETRY_MS}\n\n`);
}

async function send(response: Response, text: string, signal: AbortSignal) {
  if (signal.aborted || response.write(text)) return;
  try {
    await once(response, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(SLOW_READER_MS)]) });
  } catch {
    response.destroy();
  }
}
