// What is heard over one connection after another: which session it is, what of it is committed, and what has to be caught up with.

import type { Context } from '#bots/adapter.ts';
import type { DiscordSettings } from '../settings.ts';
import { catchUp } from './catch-up.ts';
import { readySchema } from './conversation.ts';
import type { GatewayParts } from './dispatch.ts';
import { intentsFor } from './intents.ts';
import { lateServers } from './late-servers.ts';
import { markFrom } from './mark.ts';
import { shardOf } from '../snowflake.ts';
import { sequenceFrom } from './sequence.ts';
import { DMS_MOST, type Left, type Session } from './session.ts';
import { taker } from './take.ts';

export interface Hearing {
  /** False where it can't be taken, and the connection has to end. */
  event(name: string, data: unknown, seq: number, isReplay: boolean): boolean;
  /** The session was begun, or resumed. */
  ready(): void;
  /** The connection is gone. */
  gone(): void;
  /** To be resumed from here: what came before is in our hands. null: there is none. */
  session(): Session | null;
  /** It can't be resumed any more. */
  dropSession(): void;
  /** The last event before which everything is committed; null before a session. */
  committed(): number | null;
  /** What the next holder goes on from. */
  left(): Left;
  /** Takes nothing more. Resolves when nothing is under way. */
  end(): Promise<void>;
}

export interface HearingNeeds extends GatewayParts {
  readonly context: Pick<Context<DiscordSettings>, 'budgets' | 'clock' | 'log' | 'settings'>;
  readonly shard: number;
  readonly before: Left;
  isHeld(): boolean;
  /** Aborts when this process leaves the connection. */
  readonly leaving: AbortSignal;
  /** How many events are not committed. */
  waiting(events: number): void;
  /** What is left should be written down. */
  changed(): void;
}

/** Servers are told one by one after READY. */
const SERVERS_MS = 30_000;
/** What takes longer is left to the next holder. */
const END_MS = 5_000;
const HISTORY_EVERY_MS = 500;

export function hearing(needs: HearingNeeds): Hearing {
  const { context, shard, guilds, before, isHeld, leaving, changed } = needs;
  const { clock, log, settings, budgets } = context;
  const { applicationId: application, shards = 1, historyEveryMs = HISTORY_EVERY_MS } = settings;
  // They may be changed while it runs, in a sandbox.
  const intents = () => intentsFor(settings);
  const mark = markFrom(before.mark);
  const dms = new Set(before.dms);
  const taking = taker({ ...needs, clock, log, mayTake: () => isHeld() && !leaving.aborted });
  const isOurs = (one: Session) => one.shards === shards && one.intents === intents() && one.application === application;
  let session = before.session !== null && isOurs(before.session) ? before.session : null;
  let sequence = sequenceFrom(session?.seq ?? 0);
  let isConnected = false;
  /** Until a session is begun, what was left is all there is. */
  let isCaughtUp = session !== null;
  let catching: AbortController | null = null;
  let servers = awaiting([]);
  const late = lateServers({
    before: before.late,
    catchUp(guild, from) {
      return catchUp(from, [], { ...reading(), isOf: (one) => one === guild }, leaving);
    },
    changed,
    log,
  });

  return {
    event(name, data, seq, isReplay) {
      if (!isHeld() || (name === 'READY' && !begin(data, seq))) return false;
      const { came, committed } = sequence;
      if (!came(seq)) return true;
      const { id, channel_id: channel, guild_id: guild } = (data ?? {}) as Record<string, unknown>;
      guilds.note(name, data);
      if (name === 'GUILD_CREATE' || name === 'GUILD_DELETE') toldOf(name, data);
      const message = name === 'MESSAGE_CREATE' && typeof id === 'string' && /^\d{1,20}$/.test(id) ? id : null;
      if (message !== null) mark.begun(message);
      if (message !== null && (guild === undefined || guild === null)) noteDm(channel);
      const done = () => {
        committed(seq);
        if (message !== null) mark.committed(message);
      };
      const taken = taking.take(name, data, { seq, isReplay, cameMs: performance.now() });
      if (taken === undefined) done();
      else void taken.then((isCommitted) => isCommitted && done());
      return true;
    },
    ready() {
      isConnected = true;
      if (isCaughtUp) mark.thaw();
      else if (catching === null) void catchUpAll();
      changed();
    },
    gone() {
      isConnected = false;
      mark.freeze();
    },
    session: () => session && { ...session, seq: sequence.last },
    dropSession() {
      session = null;
    },
    committed: () => session && sequence.upTo,
    left: () => ({
      session: session && isCaughtUp ? { ...session, seq: sequence.upTo } : null,
      mark: mark.at(clock.now()),
      dms: [...dms],
      late: late.left(),
    }),
    async end() {
      catching?.abort();
      const ended = new AbortController();
      await Promise.race([taking.ended(), clock.sleep(END_MS, ended.signal)]);
      ended.abort();
    },
  };

  /** False where READY is not as Discord describes it. */
  function begin(data: unknown, seq: number): boolean {
    const { data: ready, error } = readySchema.safeParse(data);
    if (ready === undefined) {
      log.error({ error }, 'READY of Discord of a shape that we do not know');
      return false;
    }
    session = {
      id: ready.session_id,
      url: ready.resume_gateway_url,
      seq,
      shards,
      intents: intents(),
      application,
    };
    sequence = sequenceFrom(seq - 1);
    const ids = ready.guilds.map(({ id }) => id);
    servers = awaiting(ids);
    late.keepOnly(new Set(ids));
    catching?.abort();
    catching = null;
    isCaughtUp = false;
    return true;
  }

  async function catchUpAll(): Promise<void> {
    const mine = (catching = new AbortController());
    const signal = AbortSignal.any([mine.signal, leaving]);
    const from = mark.at(clock.now());
    if (from !== null) {
      await Promise.race([servers.all, clock.sleep(SERVERS_MS, signal)]);
      for (const guild of servers.missing()) late.note(guild, from);
      if (!(await catchUp(from, [...dms], reading(), signal))) return;
    }
    if (mine.signal.aborted) return;
    isCaughtUp = true;
    if (isConnected) mark.thaw();
    changed();
  }

  function reading() {
    return {
      ...needs,
      clock,
      log,
      budgets,
      taker: taking,
      historyEveryMs,
      isOf: (guild: string | null) => shardOf(guild, shards) === shard,
    };
  }

  function toldOf(name: 'GUILD_CREATE' | 'GUILD_DELETE', data: unknown): void {
    const { id, unavailable } = (data ?? {}) as Readonly<Record<string, unknown>>;
    servers.came(id);
    if (typeof id !== 'string' || !/^\d{1,20}$/.test(id)) return;
    const from = mark.at(clock.now());
    // Away: what is said there until it is told again is told by nobody.
    if (unavailable === true) return from === null ? undefined : late.note(id, from);
    if (name === 'GUILD_CREATE') late.came(id);
    else late.drop(id);
  }

  function noteDm(channel: unknown): void {
    if (typeof channel !== 'string' || !/^\d{1,20}$/.test(channel)) return;
    dms.delete(channel);
    dms.add(channel);
    if (dms.size > DMS_MOST) dms.delete(dms.values().next().value!);
  }
}

/** Resolves when all of these servers have been told. */
function awaiting(ids: readonly string[]) {
  const open = new Set<string>(ids);
  const { promise: all, resolve } = Promise.withResolvers<void>();
  if (open.size === 0) resolve();
  return {
    all,
    missing: () => [...open],
    came(id: unknown): void {
      open.delete(String(id));
      if (open.size === 0) resolve();
    },
  };
}
