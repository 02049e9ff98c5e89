// A gateway that does what a test tells it: it greets, takes sessions and resumes them, and can be wrong in every way. REST answers are
// given as the test sets them. What Discord does by itself, the sandbox does (../../sandbox).

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { DiscordNo, type Call } from '../../api/call.ts';
import { shardOf } from '../../snowflake.ts';

export interface ScriptedGateway {
  /** What /gateway/bot says is left. */
  remaining: number;
  resetAfterMs: number;
  heartbeatMs: number;
  /** Sockets stay open, and nothing is answered. */
  isSilent: boolean;
  /** Sessions can't be resumed. */
  forgets: boolean;
  /** What happens instead of READY. */
  instead: ((socket: WebSocket) => void) | null;
  readonly guilds: object[];
  /** Those of them that are not told after READY. */
  readonly late: Set<string>;
  /** Newest last, by channel; a function where reading fails. */
  readonly history: Map<string, readonly { id: string }[] | (() => never)>;
  readonly call: Call;
  /** The same over HTTP, for another process. */
  readonly apiUrl: string;
  /** Every call's path. */
  readonly calls: string[];
  /** Every identify and resume, in order: `identify`, `resume 12`; with its shard where there are several: `identify 1/2`. */
  readonly begins: string[];
  /** What heartbeats said. */
  readonly beats: (number | null)[];
  open(): number;
  /** Keeps an event in the session of a shard and tells it to whoever has that connection. */
  tell(t: string, d: object, shard?: number): void;
  /** To every connection, as it is. */
  raw(frame: string | Buffer): void;
  /** Cuts every connection, or closes it with a code. */
  end(code?: number): void;
  stop(): Promise<void>;
}

export async function scriptedGateway(): Promise<ScriptedGateway> {
  const server = createServer((request, response) => {
    const path = request.url!.replace('/api/v10', '');
    void gateway.call({ method: 'GET', path }, AbortSignal.timeout(1_000)).then(
      (answer) => response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer)),
      () => response.writeHead(404).end(),
    );
  });
  const sockets = new WebSocketServer({ server });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  type Event = { op: 0; t: string; s: number; d: object };
  const events = new Map<number, Event[]>();
  const of = (shard: number) => events.get(shard) ?? [];
  const shardsOf = new Map<WebSocket | string, number>();
  let sessions = 0;
  let many = 1;
  const gateway: ScriptedGateway = {
    remaining: 1_000,
    resetAfterMs: 3_600_000,
    heartbeatMs: 41_250,
    isSilent: false,
    forgets: false,
    instead: null,
    guilds: [],
    late: new Set(),
    history: new Map(),
    calls: [],
    begins: [],
    beats: [],
    call: async ({ path }) => {
      gateway.calls.push(path);
      if (path === '/gateway/bot') {
        const limit = {
          total: 1_000,
          remaining: gateway.remaining,
          reset_after: gateway.resetAfterMs,
          max_concurrency: 1,
        };
        return { url, shards: 1, session_start_limit: limit };
      }
      const [, channel, after] = /^\/channels\/(\d+)\/messages\?after=(\d+)/.exec(path) ?? [];
      if (channel === undefined) throw new DiscordNo('Unknown', { status: 404, code: 10_003 });
      const messages = gateway.history.get(channel) ?? [];
      if (typeof messages === 'function') return messages();
      return messages
        .filter(({ id }) => BigInt(id) > BigInt(after!))
        .slice(0, 100)
        .reverse();
    },
    apiUrl: `${url.replace('ws', 'http')}/api`,
    open: () => sockets.clients.size,
    tell(t, d, shard = 0) {
      const event = { op: 0 as const, t, s: (of(shard).at(-1)?.s ?? 0) + 1, d };
      events.set(shard, [...of(shard), event]);
      for (const socket of sockets.clients) if ((shardsOf.get(socket) ?? 0) === shard) socket.send(JSON.stringify(event));
    },
    raw(frame) {
      for (const socket of sockets.clients) socket.send(frame);
    },
    end(code) {
      for (const socket of sockets.clients)
        if (code === undefined) socket.terminate();
        else socket.close(code);
    },
    async stop() {
      gateway.end();
      sockets.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  sockets.on('connection', (socket) => {
    const send = (frame: object) => socket.send(JSON.stringify(frame));
    socket.on('error', () => undefined);
    if (gateway.isSilent) return;
    send({ op: 10, d: { heartbeat_interval: gateway.heartbeatMs } });
    socket.on('message', (data) => {
      if (gateway.isSilent) return;
      const { op, d } = JSON.parse(String(data as Buffer)) as {
        op: number;
        d: { seq: number; session_id: string; shard: [number, number] };
      };
      if (op === 1) {
        gateway.beats.push(d as unknown as number | null);
        return send({ op: 11 });
      }
      const [shard, shards] = op === 2 ? d.shard : [shardsOf.get(d.session_id) ?? 0, many];
      many = shards;
      shardsOf.set(socket, shard);
      gateway.begins.push(`${op === 2 ? 'identify' : `resume ${d.seq}`}${shards === 1 ? '' : ` ${shard}/${shards}`}`);
      if (gateway.instead !== null) return gateway.instead(socket);
      if (op === 6) {
        if (gateway.forgets) return send({ op: 9, d: false });
        for (const event of of(shard).filter(({ s }) => s > d.seq)) send(event);
        return gateway.tell('RESUMED', {}, shard);
      }
      events.set(shard, []);
      gateway.remaining--;
      const mine = gateway.guilds.filter((guild) => shardOf((guild as { id: string }).id, shards) === shard);
      const guilds = mine.map((guild) => ({ id: (guild as { id: string }).id, unavailable: true }));
      shardsOf.set(`session-${++sessions}`, shard);
      gateway.tell(
        'READY',
        {
          v: 10,
          session_id: `session-${sessions}`,
          resume_gateway_url: url,
          guilds,
          user: { id: '900000000000000001' },
          shard: [shard, shards],
        },
        shard,
      );
      for (const guild of mine) if (!gateway.late.has((guild as { id: string }).id)) gateway.tell('GUILD_CREATE', guild, shard);
    });
  });
  return gateway;
}
