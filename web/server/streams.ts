// Open event streams (server-sent events). Each one holds a connection, so a user has a few of them; all end, with a
// hint when to come back, before the server stops.

import { once } from 'node:events';
import type { Request, Response } from 'express';
import type { UserId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusal.ts';

export interface Streams {
  /** Begins a stream, or refuses when this user has too many. It ends when the caller leaves or the server stops. */
  open(request: Request, response: Response, userId: UserId): Stream;
  /** Ends all streams, telling each to come back in a moment. */
  endAll(): void;
  size(): number;
}

export interface Stream {
  /** Aborts when there is nobody left to write to. */
  readonly signal: AbortSignal;
  /** Resolves when there is room for more. A reader who does not read is cut off. */
  write(message: SseMessage): Promise<void>;
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
  const open = new Map<Response, { userId: UserId; end: () => void }>();

  return {
    open(request, response, userId) {
      const mine = [...open.values()].filter((each) => each.userId === userId).length;
      if (mine >= MOST_PER_USER) throw refuse('streams.too-many', { most: MOST_PER_USER });

      const gone = new AbortController();
      const end = () => {
        open.delete(response);
        gone.abort();
      };
      open.set(response, { userId, end });
      response.once('close', end);

      begin(request, response);
      const write = (text: string) => send(response, text, gone.signal);
      return {
        signal: gone.signal,
        write: ({ id, event, data }) =>
          write(
            `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`,
          ),
        beat: () => write(': still here\n\n'),
        end() {
          response.end();
          end();
        },
      };
    },
    endAll() {
      for (const [response, { end }] of open) {
        // Not all at the same moment, when all of them come back.
        response.end(`retry: ${1000 + Math.floor(Math.random() * 4000)}\n\n`);
        end();
      }
    },
    size: () => open.size,
  };
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
