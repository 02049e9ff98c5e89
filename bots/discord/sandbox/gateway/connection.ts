// One connection to the gateway: HELLO, heartbeats, IDENTIFY or RESUME, and what it is told. Times are real ones here: a client
// that sends no heartbeats is gone, whatever the sandbox's own clock says.

import type { WebSocket } from 'ws';
import { jsonIn } from '#bots/stand-in/body.ts';
import type { SandboxClock } from '#bots/stand-in/clock.ts';
import { wireGuildCreate, wireUser } from '../wire.ts';
import { botId } from '../bot.ts';
import type { State } from '../state.ts';
import { shardOf, type Session, type Sessions, type ToldEvent } from './session.ts';

export interface Connection {
  /** Its session's id; null before there is one. */
  session(): string | null;
  send(event: ToldEvent): void;
  /** Sends this, whatever it is. */
  frame(text: string): void;
  /** It keeps its socket and neither says nor hears anything. */
  silence(silent: boolean): void;
  invalid(canResume: boolean): void;
  close(code: number): void;
  cut(): void;
  /** How many messages it was told long enough ago, and has not confirmed since. */
  lagging(): number;
}

/** What connections share. */
export interface Lines {
  readonly state: State;
  readonly clock: SandboxClock;
  readonly sessions: Sessions;
  readonly token: string;
  /** Where the gateway listens: `ws://…`. */
  readonly origin: () => string;
  readonly heartbeatMs: () => number;
  /** Whether one may identify now; counts it. */
  mayIdentify(): boolean;
  /** The connection has this session from now on; another that had it ends. */
  took(connection: Connection): void;
  left(connection: Connection): void;
}

/** What an app without approval may not ask for. */
const membersIntent = 1 << 1;
const presencesIntent = 1 << 8;
const contentIntent = 1 << 15;
const guildsIntent = 1 << 0;
const knownIntents = 0x1ffff | (3 << 20) | (3 << 24);
/** Frames that a client may send in a minute, and their most bytes. */
const mostFrames = 120;
const mostBytes = 4_096;
const laggingMs = 300;

interface Frame {
  readonly op?: unknown;
  readonly d?: unknown;
}

export function openConnection(
  socket: WebSocket,
  lines: Lines,
  { isResume, version }: { readonly isResume: boolean; readonly version: string | null },
): Connection {
  const { state, sessions } = lines;
  const intervalMs = lines.heartbeatMs();
  let session: Session | null = null;
  let isSilent = false;
  let missing = setTimeout(() => undefined, 0);
  const frames: number[] = [];
  let heard: { readonly seq: number; readonly atMs: number }[] = [];
  let beatMs = -Infinity;

  const connection: Connection = {
    session: () => session?.id ?? null,
    send({ seq, t, d }) {
      if (t === 'MESSAGE_CREATE' && !isBot(d)) heard.push({ seq, atMs: performance.now() });
      say({ op: 0, t, s: seq, d });
    },
    frame: (text) => void (isSilent || socket.send(text)),
    silence: (silent) => void (isSilent = silent),
    invalid(canResume) {
      if (!canResume && session !== null) forget();
      say({ op: 9, d: canResume, s: null, t: null });
    },
    close: (code) => socket.close(code),
    cut: () => socket.terminate(),
    lagging: () => (isSilent ? 0 : heard.filter(({ atMs }) => atMs + laggingMs <= beatMs).length),
  };

  socket.on('error', () => socket.terminate());
  socket.on('close', (code) => {
    clearTimeout(missing);
    lines.left(connection);
    if (session === null) return;
    // A client that says goodbye gives its session up; one that closes without a code says goodbye too.
    if (code === 1000 || code === 1001 || code === 1005) sessions.end(session.id);
    else sessions.connected(session.id, false);
  });
  socket.on('message', (data, isBinary) => {
    if (isSilent) return;
    const text = String(data as Buffer);
    if (isBinary || text.length > mostBytes) return socket.close(4002, 'Error while decoding payload.');
    const nowMs = performance.now();
    frames.push(nowMs);
    while (frames[0]! < nowMs - 60_000) frames.shift();
    if (frames.length > mostFrames) return socket.close(4008, 'You are being rate limited.');
    const frame = jsonIn(text) as Frame | undefined | null;
    if (typeof frame !== 'object' || frame === null) return socket.close(4002, 'Error while decoding payload.');
    take(frame);
  });
  if (version !== '10') socket.close(4012, 'Invalid API version');
  else {
    say({ op: 10, d: { heartbeat_interval: intervalMs, _trace: ['["sandbox"]'] }, s: null, t: null });
    expectBeat();
  }
  return connection;

  function take({ op, d }: Frame): void {
    switch (op) {
      case 1:
        return beat(d);
      case 2:
        return identify((d ?? {}) as Readonly<Record<string, unknown>>);
      case 6:
        return resume((d ?? {}) as Readonly<Record<string, unknown>>);
      case 3:
      case 4:
      case 8:
        return session === null ? socket.close(4003, 'Not authenticated.') : undefined;
      default:
        return socket.close(4001, 'Unknown opcode.');
    }
  }

  function beat(d: unknown): void {
    expectBeat();
    if (d !== null && typeof d !== 'number') return socket.close(4002, 'Error while decoding payload.');
    beatMs = performance.now();
    heard = heard.filter(({ seq }) => seq > (d ?? 0));
    say({ op: 11, d: null, s: null, t: null });
  }

  function expectBeat(): void {
    clearTimeout(missing);
    missing = setTimeout(
      () => {
        if (isSilent) return;
        if (session !== null) forget();
        socket.close(4009, 'Session timed out.');
      },
      intervalMs * 1.5 + 1_000,
    );
    missing.unref();
  }

  function identify({ token, intents, properties, shard = [0, 1] }: Readonly<Record<string, unknown>>): void {
    if (session !== null) return socket.close(4005, 'Already authenticated.');
    const meta = state.meta();
    if (typeof properties !== 'object' || properties === null) return socket.close(4002, 'Error while decoding payload.');
    if (plain(token) !== lines.token || meta.isRevoked) return socket.close(4004, 'Authentication failed.');
    if (!isShard(shard)) return socket.close(4010, 'Invalid shard.');
    if (typeof intents !== 'number' || intents < 0 || (intents & ~knownIntents) !== 0) return socket.close(4013, 'Invalid intent(s).');
    const isAllowed = (intents & (membersIntent | presencesIntent)) === 0 && (meta.allowsContent || (intents & contentIntent) === 0);
    if (!isAllowed) return socket.close(4014, 'Disallowed intent(s).');
    if (!lines.mayIdentify()) return say({ op: 9, d: false, s: null, t: null });
    // Who identifies more than a thousand times a day loses the token.
    if (meta.identifiesLeft <= 0) {
      state.setMeta({ isRevoked: true });
      return socket.close(4004, 'Authentication failed.');
    }
    state.setMeta({ identifies: meta.identifies + 1, identifiesLeft: meta.identifiesLeft - 1 });
    session = sessions.open(intents, shard);
    welcome(session);
  }

  function welcome({ id, intents, shard }: Session): void {
    const guilds = [...state.all('guilds').values()].filter((guild) => guild.bot && shardOf(guild.id, shard[1]) === shard[0]);
    const ready = {
      v: 10,
      user: { ...wireUser({ state }, botId), verified: true, mfa_enabled: false, email: null, flags: 0 },
      user_settings: {},
      session_type: 'normal',
      session_id: id,
      resume_gateway_url: `${lines.origin()}/gateway/resume`,
      relationships: [],
      private_channels: [],
      presences: [],
      guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
      guild_join_requests: [],
      application: { id: botId, flags: state.meta().allowsContent ? 1 << 19 : 0 },
      shard,
      _trace: ['["sandbox"]'],
    };
    tellNew('READY', ready);
    if ((intents & guildsIntent) === 0) return;
    const hasMembers = (intents & membersIntent) !== 0;
    for (const guild of guilds) if (!guild.isAway) tellNew('GUILD_CREATE', wireGuildCreate({ state }, guild, { hasMembers }));
  }

  function resume({ token, session_id: id, seq }: Readonly<Record<string, unknown>>): void {
    if (session !== null) return socket.close(4005, 'Already authenticated.');
    if (plain(token) !== lines.token || state.meta().isRevoked) return socket.close(4004, 'Authentication failed.');
    const found = sessions.find(String(id));
    // Discord wants it at the address that READY gave.
    if (found === undefined || !isResume) return say({ op: 9, d: false, s: null, t: null });
    if (typeof seq !== 'number' || seq > sessions.lastSeq(found.id)) {
      sessions.end(found.id);
      return socket.close(4007, 'Invalid seq.');
    }
    const missed = sessions.after(found.id, seq);
    if (missed === null) {
      sessions.end(found.id);
      return say({ op: 9, d: false, s: null, t: null });
    }
    session = found;
    lines.took(connection);
    sessions.connected(found.id, true);
    for (const event of missed) connection.send(event);
    tellNew('RESUMED', { _trace: ['["sandbox"]'] });
  }

  function tellNew(t: string, d: unknown): void {
    connection.send(sessions.add(session!.id, t, d));
  }

  function forget(): void {
    sessions.end(session!.id);
    session = null;
  }

  function say(frame: object): void {
    if (!isSilent && socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
  }
}

/** Nobody waits for a bot to be heard. */
function isBot(d: unknown): boolean {
  return (d as { author?: { bot?: boolean } }).author?.bot === true;
}

/** Clients may send it as a header has it. */
function plain(token: unknown): string {
  return typeof token === 'string' ? token.replace(/^Bot /, '') : '';
}

function isShard(shard: unknown): shard is readonly [number, number] {
  if (!Array.isArray(shard) || shard.length !== 2) return false;
  const [id, of] = shard as unknown[];
  return Number.isInteger(id) && Number.isInteger(of) && (id as number) >= 0 && (id as number) < (of as number);
}
