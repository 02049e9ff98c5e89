// One connection of Socket Mode, from its greeting to its end. Each envelope is acknowledged by its id once what is in it is written
// down; what is not, Slack tells again, over another connection where this one is gone.

import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Log } from '#core/ports/log.ts';
import { MOST_BYTES } from '#bots/raw-body.ts';
import { envelopeSchema } from './shapes.ts';
import type { Take } from './take.ts';

export interface Conversation {
  readonly take: Take;
  readonly log: Log;
  /** Slack has greeted us. */
  opened(): void;
  /** Nothing that comes afterwards is taken. */
  readonly stopping: AbortSignal;
}

export interface Ended {
  /** Slack was there, and knew us. */
  readonly wasGreeted: boolean;
  /** Slack's word, where it said one. */
  readonly why: string | null;
}

/** A frame above what an event may have is read, so that it can be refused by its id. Above this the connection ends. */
const FRAME_MOST = 4 * MOST_BYTES;
const GREETING_MS = 10_000;
const BEAT_MS = 10_000;
/** Longer than anything that was begun may take: Slack waits three seconds for each. */
const LEAVE_MS = 5_000;

/** Resolves when the connection is closed. Never rejects. */
export function converse(address: string, { take, log, opened, stopping }: Conversation): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const socket = new WebSocket(address, { maxPayload: FRAME_MOST, handshakeTimeout: GREETING_MS });
  const underWay = new Set<Promise<void>>();
  let wasGreeted = false;
  let isAlive = true;
  let isLeaving = false;
  let why: string | null = null;
  // A connection that is silent may be gone without a word.
  const beat = setInterval(() => {
    if (!isAlive || !wasGreeted) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, BEAT_MS);
  const stop = () => void leave();

  socket.on('message', (data, isBinary) => {
    isAlive = true;
    const frame = isBinary ? null : read(String(data as Buffer));
    if (frame === null) return log.warn({}, 'words of Slack that we do not know');
    if (frame.type === 'hello') return greeted();
    if (frame.type === 'disconnect') {
      why = frame.reason ?? null;
      return void leave();
    }
    if (frame.envelope_id === undefined || stopping.aborted) return;
    const one = answer(frame, frame.envelope_id, (data as Buffer).length).finally(() => underWay.delete(one));
    underWay.add(one);
  });
  for (const sign of ['ping', 'pong'] as const) socket.on(sign, () => void (isAlive = true));
  // It closes by itself after this.
  socket.on('error', (error) => log.warn({ error }, 'connection to Slack failed'));
  socket.on('close', () => {
    clearInterval(beat);
    stopping.removeEventListener('abort', stop);
    // What is still written down is told again, and found to be there.
    void Promise.all(underWay).then(() => resolve({ wasGreeted, why }));
  });
  stopping.addEventListener('abort', stop, { once: true });
  if (stopping.aborted) stop();
  return promise;

  function greeted(): void {
    wasGreeted = true;
    opened();
    log.info({}, 'connected to Slack');
  }

  async function answer(frame: Frame, id: string, bytes: number): Promise<void> {
    const cameMs = performance.now();
    const { payload = {}, accepts_response_payload: acceptsWords } = frame;
    const envelope = bytes > MOST_BYTES ? undefined : envelopeSchema.safeParse(payload).data;
    if (envelope === undefined) log.warn({ bytes }, 'request of Slack of a shape that we do not know, or too large');
    const outcome = envelope === undefined ? ({ kind: 'never' } as const) : await take(envelope, payload, cameMs);
    if (outcome.kind === 'again' || socket.readyState !== WebSocket.OPEN) return;
    const words = outcome.kind === 'taken' && acceptsWords === true ? wordsOf(outcome.answer) : undefined;
    socket.send(JSON.stringify({ envelope_id: id, ...(words !== undefined && { payload: words }) }));
  }

  /** What is under way may still be acknowledged here. */
  async function leave(): Promise<void> {
    if (isLeaving) return;
    isLeaving = true;
    const late = setTimeout(() => socket.terminate(), LEAVE_MS);
    socket.once('close', () => clearTimeout(late));
    while (underWay.size > 0) await Promise.all(underWay);
    socket.close(1000);
  }
}

function wordsOf(answer: unknown): object | undefined {
  if (typeof answer === 'string') return answer === '' ? undefined : { text: answer };
  return answer instanceof Object ? answer : undefined;
}

const frameSchema = z.object({
  type: z.string().max(100),
  reason: z.string().max(100).optional(),
  envelope_id: z.string().min(1).max(200).optional(),
  payload: z.record(z.string(), z.unknown()).optional(),
  accepts_response_payload: z.boolean().optional(),
});
type Frame = z.output<typeof frameSchema>;

function read(text: string): Frame | null {
  try {
    return frameSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
