// One WebSocket to the gateway: frames as JSON, heartbeats, and the end. Time is the machine's here: whether somebody answers has
// nothing to do with a clock that tests set ahead.

import { GatewayOpcodes as Op } from 'discord-api-types/v10';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Log } from '#core/ports/log.ts';

export interface Frame {
  readonly op: number;
  readonly d?: unknown;
  readonly s?: number | null | undefined;
  readonly t?: string | null | undefined;
}

export interface SocketNeeds {
  /** Everything but heartbeats; the greeting too. */
  heard(frame: Frame): void;
  /** The event up to which a heartbeat says that we are; null before a session. */
  seq(): number | null;
  /** A heartbeat was answered; both by performance.now(). */
  beat(sentMs: number, answeredMs: number): void;
  readonly log: Log;
}

export interface SocketEnd {
  /** 1006 where nobody said why. */
  readonly code: number;
  readonly why: 'closed' | 'silent' | 'ended here';
  /** A frame was larger than we take. */
  readonly tooLarge: boolean;
}

export interface Socket {
  send(op: number, d: unknown): void;
  /** While false, nothing more is read: what comes waits at Discord. */
  setReading(reads: boolean): void;
  /** Says why we leave, and waits for no answer. Nothing that comes afterwards is heard. */
  leave(code: number): void;
  /** Ends it without a word. Nothing that comes afterwards is heard. */
  terminate(): void;
  readonly ended: Promise<SocketEnd>;
}

/** A large server is told in one frame of some 25 MB. */
const FRAME_MOST = 64 * 1024 * 1024;
const GREETING_MS = 20_000;
/** Until a close frame has left. */
const LEAVE_MS = 250;
const HEARTBEATS = 2;
/** A process that was busy for a moment finds the answer only afterwards. */
const SILENT_LEAST_MS = 2_000;

export function openSocket(address: string, { heard, seq, beat, log }: SocketNeeds): Socket {
  const { promise: ended, resolve } = Promise.withResolvers<SocketEnd>();
  const socket = new WebSocket(address, {
    maxPayload: FRAME_MOST,
    handshakeTimeout: GREETING_MS,
    perMessageDeflate: false,
  });
  let [everyMs, sentMs, answeredMs] = [0, 0, performance.now()];
  let isOver = false;
  let tooLarge = false;
  let nextBeat: NodeJS.Timeout | undefined;
  let silence: NodeJS.Timeout | undefined = setTimeout(() => over('silent'), GREETING_MS);

  socket.on('message', (data, isBinary) => {
    if (isOver) return;
    const frame = isBinary ? null : read(String(data as Buffer));
    if (frame === null) return log.warn({ bytes: (data as Buffer).length }, 'frame of Discord that is none');
    if (frame.op === Op.HeartbeatAck) return answered();
    if (frame.op === Op.Heartbeat) return beatNow();
    if (frame.op === Op.Hello) greeted(frame.d);
    heard(frame);
  });
  socket.on('error', (error) => {
    tooLarge ||= 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    if (!isOver) log.warn({ error }, 'connection to Discord failed');
  });
  socket.on('close', (code) => over('closed', code));

  return {
    send,
    setReading(reads) {
      if (socket.readyState !== WebSocket.OPEN || socket.isPaused !== reads) return;
      if (!reads) return socket.pause();
      // The answers to heartbeats waited as well.
      answeredMs = performance.now();
      socket.resume();
    },
    leave(code) {
      if (isOver || socket.readyState !== WebSocket.OPEN) return over('ended here');
      socket.close(code);
      over('ended here', code, LEAVE_MS);
    },
    terminate: () => over('ended here'),
    ended,
  };

  function greeted(d: unknown): void {
    const hello = helloSchema.safeParse(d).data;
    if (hello === undefined || everyMs > 0) return;
    everyMs = hello.heartbeat_interval;
    answeredMs = performance.now();
    listenForSilence();
    // All that connect at the same time would beat at the same time.
    nextBeat = setTimeout(beatOn, everyMs * Math.random());
  }

  function beatOn(): void {
    beatNow();
    nextBeat = setTimeout(beatOn, everyMs);
  }

  function beatNow(): void {
    sentMs = performance.now();
    send(Op.Heartbeat, seq());
  }

  function answered(): void {
    answeredMs = performance.now();
    beat(sentMs, answeredMs);
  }

  function listenForSilence(): void {
    clearTimeout(silence);
    const leftMs = answeredMs + Math.max(everyMs * HEARTBEATS, SILENT_LEAST_MS) - performance.now();
    if (leftMs <= 0 && !socket.isPaused) return over('silent');
    silence = setTimeout(listenForSilence, Math.max(leftMs, 100));
  }

  function send(op: number, d: unknown): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ op, d }));
  }

  function over(why: SocketEnd['why'], code = 1006, waitMs = 0): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(nextBeat);
    clearTimeout(silence);
    if (waitMs > 0) setTimeout(() => socket.terminate(), waitMs).unref();
    else socket.terminate();
    resolve({ code, why, tooLarge });
  }
}

const helloSchema = z.object({ heartbeat_interval: z.number().min(10).max(600_000) });

const frameSchema = z.object({
  op: z.number(),
  d: z.unknown(),
  s: z.number().int().nonnegative().nullish(),
  t: z.string().max(100).nullish(),
});

function read(text: string): Frame | null {
  try {
    return frameSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
