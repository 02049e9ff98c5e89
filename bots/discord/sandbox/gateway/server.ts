// The gateway: identifies a connection, tells it what happens, and tells it again after a resume.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { SandboxClock } from '#bots/stand-in/clock.ts';
import type { GatewayTrouble } from '../client.ts';
import type { State } from '../state.ts';
import { openConnection, type Connection, type Lines } from './connection.ts';
import { openSessions, shardOf } from './session.ts';

/** Something that happened. */
export interface Event {
  readonly t: string;
  readonly d: object;
  /** The intent that asks for it; 0: everybody is told. */
  readonly intent: number;
  /** Where it happened; null for a direct message. */
  readonly guild: string | null;
  /** What those are told who may not have the content of messages. */
  readonly hidden?: object;
  /** Never told twice, and never out of order. */
  readonly once?: boolean;
}

export interface Gateway {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  tell(event: Event): void;
  set(how: Partial<GatewayTrouble>): void;
  lagging(): number;
  connections(): number;
  /** Somebody listens who is told interactions. */
  isHeard(): boolean;
  stop(): void;
}

export interface GatewayOptions {
  readonly state: State;
  readonly clock: SandboxClock;
  readonly token: string;
  readonly url: () => string;
  /** Where sessions are remembered; null: nowhere. */
  readonly file: string | null;
  readonly heartbeatMs: number;
  readonly limitFactor: () => number;
}

const contentIntent = 1 << 15;
/** One may identify so often. */
const identifyEveryMs = 5_000;
/** A moment: when something is told again. */
const againMs = 20;
/** Frames to a bot are larger than what comes from it. */
const mostFrame = 16_384;

export function startGateway({ state, clock, token, url, file, heartbeatMs, limitFactor }: GatewayOptions): Gateway {
  const server = new WebSocketServer({ noServer: true, maxPayload: mostFrame });
  const sessions = openSessions(file, clock);
  const connections = new Set<Connection>();
  const timers = new Set<NodeJS.Timeout>();
  let how = { atOnce: 1, repeats: 0, reversed: false, echoFirst: false, heartbeatMs };
  let pending: Event[] = [];
  let identifiedMs = -Infinity;

  const lines: Lines = {
    state,
    clock,
    sessions,
    token,
    origin: () => url().replace(/^http/, 'ws'),
    heartbeatMs: () => how.heartbeatMs,
    mayIdentify() {
      const nowMs = clock.now().getTime();
      if (nowMs - identifiedMs < identifyEveryMs / limitFactor()) return false;
      identifiedMs = nowMs;
      return true;
    },
    took(connection) {
      for (const other of connections) if (other !== connection && other.session() === connection.session()) other.close(4000);
    },
    left: (connection) => void connections.delete(connection),
  };

  return {
    upgrade(request, socket, head) {
      const { pathname, searchParams } = new URL(request.url!, 'http://discord');
      if (pathname !== '/gateway' && pathname !== '/gateway/resume')
        return void socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      server.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
        const connection = openConnection(webSocket, lines, { isResume: pathname.endsWith('/resume'), version: searchParams.get('v') });
        connections.add(connection);
      });
    },
    tell(event) {
      pending.push(event);
      if (how.echoFirst) flush();
      // Not before all that happened at once is there, and a call has its answer.
      else if (pending.length === 1) setImmediate(flush);
    },
    set(change) {
      const { silent, cut, op7, op9, close, frame, forget, identifiesLeft, shards, ...kept } = change;
      how = { ...how, ...kept };
      if (identifiesLeft !== undefined) state.setMeta({ identifiesLeft });
      if (shards !== undefined) state.setMeta({ shards });
      if (forget) for (const { id } of sessions.live()) sessions.end(id);
      for (const connection of connections) {
        if (silent !== undefined) connection.silence(silent);
        if (frame !== undefined) connection.frame(frame);
        if (op7) connection.frame(JSON.stringify({ op: 7, d: null, s: null, t: null }));
        if (op9 !== undefined) connection.invalid(op9);
        if (close !== undefined) connection.close(close);
        if (cut) connection.cut();
      }
    },
    lagging: () => [...connections].reduce((sum, connection) => sum + connection.lagging(), 0),
    connections: () => connections.size,
    isHeard: () => [...connections].some((connection) => connection.session() !== null),
    stop() {
      for (const timer of timers) clearTimeout(timer);
      for (const connection of connections) connection.cut();
      server.close();
    },
  };

  function flush(): void {
    const events = how.reversed ? pending.toReversed() : pending;
    pending = [];
    for (const event of events) for (let i = 0; i < (event.once ? 1 : how.atOnce); i++) toAll(event);
    const again = events.filter(({ once }) => !once);
    if (how.repeats === 0 || again.length === 0) return;
    const { repeats } = how;
    const timer = setTimeout(() => {
      timers.delete(timer);
      for (let i = 0; i < repeats; i++) for (const event of again) toAll(event);
    }, againMs);
    timers.add(timer);
  }

  function toAll({ t, d, intent, guild, hidden }: Event): void {
    for (const { id, intents, shard } of sessions.live()) {
      if (intent !== 0 && (intents & intent) === 0) continue;
      if (shardOf(guild, shard[1]) !== shard[0]) continue;
      const event = sessions.add(id, t, hidden !== undefined && (intents & contentIntent) === 0 ? hidden : d);
      for (const connection of connections) if (connection.session() === id) connection.send(event);
    }
  }
}
