// Sessions of the gateway: what each was told, with numbers, so that it can be told again.

import { randomBytes } from 'node:crypto';
import type { SandboxClock } from '#bots/stand-in/clock.ts';
import { openJournal } from '#bots/stand-in/journal.ts';

export interface Session {
  readonly id: string;
  readonly intents: number;
  readonly shard: readonly [number, number];
}

/** Something that a session was told. */
export interface ToldEvent {
  readonly seq: number;
  readonly t: string;
  readonly d: unknown;
}

/** `atMs`: when its connection ended; null while it has one. */
type Line =
  | { readonly kind: 'open'; readonly session: Session }
  | { readonly kind: 'told'; readonly id: string; readonly event: ToldEvent }
  | { readonly kind: 'ended'; readonly id: string; readonly atMs: number | null }
  | { readonly kind: 'over'; readonly id: string };

interface Live {
  readonly session: Session;
  readonly told: ToldEvent[];
  endedMs: number | null;
}

export interface Sessions {
  open(intents: number, shard: readonly [number, number]): Session;
  /** undefined where it cannot be resumed. */
  find(id: string): Session | undefined;
  live(): Session[];
  /** Its connection is there, or ended. */
  connected(id: string, isConnected: boolean): void;
  end(id: string): void;
  add(id: string, t: string, d: unknown): ToldEvent;
  lastSeq(id: string): number;
  /** Everything after this number; null where that is not kept any more. */
  after(id: string, seq: number): readonly ToldEvent[] | null;
}

/** How long a session can be resumed, and how much of it is kept. */
const keptMs = 10 * 60_000;
const mostKept = 20_000;

/** `file` null: they end with the sandbox. */
export function openSessions(file: string | null, clock: SandboxClock): Sessions {
  const journal = openJournal<Line>(file);
  const live = new Map<string, Live>();
  for (const line of journal.lines) apply(line);
  // Whoever was connected is not any more.
  for (const { session, endedMs } of live.values())
    if (endedMs === null) write({ kind: 'ended', id: session.id, atMs: clock.now().getTime() });

  const sessions: Sessions = {
    open(intents, shard) {
      const session: Session = { id: randomBytes(16).toString('hex'), intents, shard };
      write({ kind: 'open', session });
      return session;
    },
    find(id) {
      const found = live.get(id);
      if (found === undefined) return undefined;
      const isLate = found.endedMs !== null && clock.now().getTime() - found.endedMs > keptMs;
      if (isLate) write({ kind: 'over', id });
      return isLate ? undefined : found.session;
    },
    live: () => [...live.keys()].flatMap((id) => sessions.find(id) ?? []),
    connected(id, isConnected) {
      if (live.has(id)) write({ kind: 'ended', id, atMs: isConnected ? null : clock.now().getTime() });
    },
    end(id) {
      if (live.has(id)) write({ kind: 'over', id });
    },
    add(id, t, d) {
      const event: ToldEvent = { seq: sessions.lastSeq(id) + 1, t, d };
      write({ kind: 'told', id, event });
      return event;
    },
    lastSeq: (id) => live.get(id)?.told.at(-1)?.seq ?? 0,
    after(id, seq) {
      const told = live.get(id)?.told ?? [];
      return seq + 1 < (told[0]?.seq ?? 1) ? null : told.filter((event) => event.seq > seq);
    },
  };
  return sessions;

  function write(line: Line): void {
    journal.write(line);
    apply(line);
  }

  function apply(line: Line): void {
    if (line.kind === 'open') live.set(line.session.id, { session: line.session, told: [], endedMs: null });
    else if (line.kind === 'over') live.delete(line.id);
    else if (line.kind === 'ended') live.get(line.id)!.endedMs = line.atMs;
    else {
      const { told } = live.get(line.id)!;
      told.push(line.event);
      if (told.length > mostKept) told.shift();
    }
  }
}

/** Which shard hears of a server; direct messages go to the first. */
export function shardOf(guild: string | null, of: number): number {
  return guild === null ? 0 : Number((BigInt(guild) >> 22n) % BigInt(of));
}
