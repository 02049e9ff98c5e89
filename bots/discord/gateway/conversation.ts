// One connection to the gateway, from its greeting to its end: who we are, what is told, and how it may go on.

import { GatewayOpcodes as Op } from 'discord-api-types/v10';
import { z } from 'zod';
import type { Log } from '#core/ports/log.ts';
import { closedWith } from './close-codes.ts';
import { openSocket, type Frame, type Socket } from './socket.ts';

export interface Opening {
  /** Without a query. */
  readonly address: string;
  /** Identify, or resume. */
  readonly op: Op.Identify | Op.Resume;
  readonly d: object;
}

export interface ConversationNeeds {
  /** Events in order, READY first; each with its number. False where it can't be taken: the connection ends. */
  event(name: string, data: unknown, seq: number, isReplay: boolean): boolean;
  /** The session is begun, or resumed with everything that was missed. */
  ready(): void;
  /** What heartbeats tell. */
  seq(): number | null;
  beat(sentMs: number, answeredMs: number): void;
  /** The socket as soon as there is one: how fast it is read is decided elsewhere. */
  opened(socket: Socket): void;
  readonly log: Log;
  /** Aborts when another process may hold the connection: nothing is waited for. */
  readonly lost: AbortSignal;
  /** Aborts when the connection is handed over. */
  readonly stopping: AbortSignal;
}

export interface ConversationEnd {
  readonly wasReady: boolean;
  readonly endsSession: boolean;
  /** For the operator: trying again is no use. */
  readonly refused: string | null;
  /** Ms to wait first, as Discord wants it. */
  readonly waitMs: number;
  readonly code: number;
  readonly why: 'closed' | 'silent' | 'ended here';
  readonly tooLarge: boolean;
}

/** Any code but 1000 and 1001, which would end the session. */
const HANDED_OVER = 4_200;
/** For READY after identifying, or for all that was missed. */
const READY_MS = 60_000;

/** Resolves when it has ended. Never rejects. */
export async function converse({ address, op, d }: Opening, needs: ConversationNeeds): Promise<ConversationEnd> {
  const { event, log, lost, stopping } = needs;
  const isResuming = op === Op.Resume;
  let [wasGreeted, wasReady, isInvalid, waitMs] = [false, false, false, 0];
  const socket = openSocket(addressWith(address), { ...needs, heard });
  needs.opened(socket);
  const late = setTimeout(() => wasReady || socket.terminate(), READY_MS);
  const terminate = () => socket.terminate();
  const leave = () => socket.leave(HANDED_OVER);
  lost.addEventListener('abort', terminate, { once: true });
  stopping.addEventListener('abort', leave, { once: true });
  if (lost.aborted || stopping.aborted) terminate();

  const { code, why, tooLarge } = await socket.ended;
  clearTimeout(late);
  lost.removeEventListener('abort', terminate);
  stopping.removeEventListener('abort', leave);
  const { endsSession, refused } = closedWith(why === 'closed' ? code : 1006);
  return { wasReady, endsSession: endsSession || isInvalid, refused, waitMs, code, why, tooLarge };

  function heard(frame: Frame): void {
    if (frame.op === Op.Hello) return greeted();
    if (frame.op === Op.Dispatch) return told(frame);
    if (frame.op === Op.Reconnect) return socket.terminate();
    if (frame.op !== Op.InvalidSession) return log.info({ op: frame.op }, 'frame of Discord that we do not know');
    isInvalid = frame.d !== true;
    // As Discord asks: after one to five seconds.
    waitMs = 1_000 + 4_000 * Math.random();
    socket.terminate();
  }

  function greeted(): void {
    if (wasGreeted) return;
    wasGreeted = true;
    socket.send(op, d);
  }

  function told({ t: name, s: seq, d: data }: Frame): void {
    if (typeof name !== 'string' || typeof seq !== 'number')
      return log.warn({ event: name ?? null }, 'event of Discord without a name or number');
    if (!event(name, data, seq, isResuming && !wasReady)) return socket.terminate();
    if (wasReady || name !== (isResuming ? 'RESUMED' : 'READY')) return;
    wasReady = true;
    needs.ready();
  }
}

function addressWith(address: string): string {
  const url = new URL(address);
  url.search = '?v=10&encoding=json';
  return url.href;
}

export const readySchema = z.object({
  session_id: z.string().min(1).max(200),
  resume_gateway_url: z.url({ protocol: /^wss?$/ }).max(500),
  guilds: z.array(z.object({ id: z.string() })),
});
