// Socket Mode: the app opens a connection with a ticket that works once, is told everything over it, and confirms each envelope by
// its id. What it does not confirm is told again, over another connection where there is one.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { WebSocketServer, type WebSocket } from 'ws';
import { isRecord } from '../checks/check.ts';
import { jsonIn } from '#bots/stand-in/body.ts';
import { appId } from '../wire.ts';

export type EnvelopeType = 'events_api' | 'interactive' | 'slash_commands';
export const dropReasons = ['warning', 'refresh_requested', 'link_disabled'] as const;
export type DropReason = (typeof dropReasons)[number];

export interface Confirmed {
  /** False where nobody confirmed it in time. */
  readonly isConfirmed: boolean;
  /** The app's answer to an interaction or a command. */
  readonly payload: unknown;
}

export interface Sockets {
  /** The address of one new connection. */
  ticket(): string;
  /** Takes a connection of whoever has a ticket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** null where no connection is open. */
  tell(
    type: EnvelopeType,
    payload: unknown,
    retry: { readonly attempt: number; readonly reason: string | null },
  ): Promise<Confirmed | null>;
  readonly count: () => number;
  /** Ends all connections, with what Slack says first; the app opens new ones. */
  drop(reason: DropReason): void;
  stop(): void;
}

const mostConnections = 10;
const answerMs = 3000;
const unconfirmed: Confirmed = { isConfirmed: false, payload: undefined };

export function startSockets(origin: () => string, changed: () => void): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: 4_000_000 });
  const tickets = new Set<string>();
  /** The longest unused first. */
  let connections: WebSocket[] = [];
  const waiting = new Map<string, { readonly over: WebSocket; confirm(confirmed: Confirmed): void }>();
  let isStopping = false;

  return {
    ticket() {
      const ticket = randomUUID();
      tickets.add(ticket);
      return `${origin().replace(/^http/, 'ws')}/link?ticket=${ticket}&app_id=${appId}`;
    },
    upgrade(request, socket, head) {
      const { pathname, searchParams } = new URL(request.url!, 'http://slack');
      const isOurs = pathname === '/link' && tickets.delete(searchParams.get('ticket') ?? '');
      if (!isOurs || isStopping) return void socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
      server.handleUpgrade(request, socket, head, welcome);
    },
    async tell(type, payload, { attempt, reason }) {
      const [connection, ...others] = connections;
      if (connection === undefined) return null;
      connections = [...others, connection];
      const id = randomUUID();
      const { promise, resolve } = Promise.withResolvers<Confirmed>();
      waiting.set(id, { over: connection, confirm: resolve });
      const deadline = setTimeout(() => resolve(unconfirmed), answerMs);
      const retry = type === 'events_api' ? { retry_attempt: attempt, retry_reason: reason ?? '' } : {};
      connection.send(JSON.stringify({ type, envelope_id: id, payload, accepts_response_payload: type !== 'events_api', ...retry }));
      const confirmed = await promise;
      clearTimeout(deadline);
      waiting.delete(id);
      return confirmed;
    },
    count: () => connections.length,
    drop(reason) {
      for (const connection of connections) {
        connection.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sandbox' } }));
        // After a warning Slack still waits a while.
        if (reason !== 'warning') connection.close(1000);
      }
    },
    stop() {
      isStopping = true;
      for (const connection of connections) connection.terminate();
      server.close();
    },
  };

  function welcome(connection: WebSocket): void {
    connection.on('error', () => connection.terminate());
    if (connections.length >= mostConnections) {
      connection.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: { host: 'sandbox' } }));
      return connection.close(1000);
    }
    connections.push(connection);
    connection.on('close', () => {
      connections = connections.filter((each) => each !== connection);
      for (const { over, confirm } of waiting.values()) if (over === connection) confirm(unconfirmed);
    });
    connection.on('message', (data) => {
      const confirmed = jsonIn(String(data as Buffer));
      if (!isRecord(confirmed) || typeof confirmed['envelope_id'] !== 'string') return;
      waiting.get(confirmed['envelope_id'])?.confirm({ isConfirmed: true, payload: confirmed['payload'] });
    });
    connection.send(
      JSON.stringify({
        type: 'hello',
        num_connections: connections.length,
        connection_info: { app_id: appId },
        debug_info: { host: 'sandbox', build_number: 1, approximate_connection_time: 18_060 },
      }),
    );
    changed();
  }
}
