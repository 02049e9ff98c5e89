// One client's socket: the challenge, the one `connect` it must begin with, then requests and events.

import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { admit } from './handshake.ts';
import { methods, type House } from './methods.ts';
import { pause } from './pause.ts';
import type { ProtocolSchema } from './schema.ts';
import { invalid, isObject, missingScope, policy, Refused, type Client, type ErrorShape, type Json } from './wire.ts';

export interface Door extends House {
  readonly token: string;
  readonly bootId: () => string;
  readonly schema: ProtocolSchema;
  readonly tickIntervalMs: number;
  /** Aborts when the sandbox stops. */
  readonly closing: AbortSignal;
  /** Sees every frame, for tests. */
  readonly onFrame: (direction: 'in' | 'out', frame: Json) => void;
}

/** A frame before `connect` may not be larger. */
const EARLY_BYTES_MOST = 65_536;

export function serve(socket: WebSocket, door: Door): void {
  const nonce = randomUUID();
  let client: Client | null = null;
  let seq = 0;

  send({ type: 'event', event: 'connect.challenge', payload: { nonce, ts: Date.now() } });
  socket.on('error', () => {});
  socket.on('close', () => void (client !== null && door.audience.clients.delete(client)));
  socket.on('message', (data) => {
    const bytes = data as Buffer; // a socket hands over nothing else unless it is told to
    if (client === null && bytes.length > EARLY_BYTES_MOST) return socket.close(1009, 'frame too large');
    const frame = parse(bytes.toString('utf8'));
    if (frame === null || door.schema.problem('RequestFrame', frame) !== null) return socket.close(1008, 'invalid request frame');
    door.onFrame('in', frame);
    if (!door.faults().silent) void handle(frame['id'] as string, frame['method'] as string, (frame['params'] ?? {}) as Json);
  });

  async function handle(id: string, method: string, params: Json) {
    try {
      await pause(door.faults().delayMs, door.closing);
      if (client === null) return connect(id, method, params);
      const payload = await call(client, method, params, (first) => answer(id, { payload: first }));
      if (payload !== undefined) answer(id, { payload });
    } catch (error) {
      if (door.closing.aborted) return;
      if (error instanceof Refused) answer(id, { error: error.shape, payload: error.payload });
      else answer(id, { error: { code: 'UNAVAILABLE', message: error instanceof Error ? error.message : String(error) } });
    }
  }

  async function call(from: Client, method: string, params: Json, first: (payload: Json) => void): Promise<Json | undefined> {
    const known = Object.hasOwn(methods, method) ? methods[method]! : null;
    if (known === null) throw invalid(`unknown method: ${method}`);
    const problem = known.params === null ? null : door.schema.problem(known.params, params);
    if (problem !== null) throw invalid(`invalid ${method} params: ${problem}`);
    if (!from.scopes.includes(known.scope) && !from.scopes.includes('operator.admin')) throw missingScope(known.scope);
    return known.call(door, from, params, first);
  }

  function connect(id: string, method: string, params: Json) {
    try {
      if (method !== 'connect') throw invalid('the first request must be connect');
      const problem = door.schema.problem('ConnectParams', params);
      if (problem !== null) throw invalid(`invalid connect params: ${problem}`);
      if (door.faults().refuse === 'starting') {
        throw new Refused({
          code: 'UNAVAILABLE',
          message: 'gateway starting',
          details: { reason: 'startup-sidecars' },
          retryable: true,
          retryAfterMs: 200,
        });
      }
      const admitted = admit(params, nonce, door.token);
      const connected: Client = {
        connId: randomUUID(),
        ...admitted,
        subscriptions: new Set(),
        dispatched: new Set(),
        answer,
        event: (event, payload) => !door.faults().silent && send({ type: 'event', event, payload, seq: ++seq }),
        terminate: () => socket.terminate(),
      };
      client = connected;
      door.audience.clients.add(connected);
      answer(id, { payload: greeting(door, connected, admitted) });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      answer(id, { error: error.shape });
      const starting = error.shape.details?.['reason'] === 'startup-sidecars';
      socket.close(starting ? 1013 : 1008, starting ? 'gateway starting' : 'connect failed');
    }
  }

  function answer(id: string, { payload, error }: { payload?: Json | undefined; error?: ErrorShape }) {
    send({ type: 'res', id, ok: error === undefined, ...(payload !== undefined && { payload }), ...(error !== undefined && { error }) });
  }

  function send(frame: Json) {
    if (socket.readyState !== 1) return;
    door.onFrame('out', frame);
    socket.send(JSON.stringify(frame));
  }
}

function greeting(door: Door, client: Client, { role, scopes }: { role: string; scopes: readonly string[] }): Json {
  return {
    type: 'hello-ok',
    protocol: 4,
    server: { version: '2026.9.1-sandbox', bootId: door.bootId(), connId: client.connId },
    features: {
      methods: Object.keys(methods),
      events: ['connect.challenge', 'agent', 'chat', 'session.message', 'task', 'tick', 'shutdown'],
    },
    snapshot: {
      presence: [],
      health: { ok: true },
      stateVersion: { presence: 0, health: 0 },
      uptimeMs: Math.floor(process.uptime() * 1000),
      authMode: 'token',
    },
    auth: { role, scopes },
    policy: { ...policy, tickIntervalMs: door.tickIntervalMs },
  };
}

function parse(text: string): Json | null {
  try {
    const frame: unknown = JSON.parse(text);
    return isObject(frame) ? frame : null;
  } catch {
    return null;
  }
}
