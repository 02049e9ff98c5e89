// One reader for everybody who watches: it looks when a hint says so, and anyway every few seconds, and hands each new
// line to all watchers of its team, in the order of the log.
//
// A watcher keeps a short queue. Who begins behind the reader, or did not take his lines in time, is `behind`: he reads
// for himself up to where his queue begins, and goes on with the queue. So nobody misses a line or sees one twice, and a
// slow one neither holds up the others nor fills our memory.

import type { TaskId, TeamId } from '#core/domain/ids.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Events, StoredEvent } from '#core/store/tasks/events.ts';
import { isUnavailable } from '#core/store/database/outage.ts';
import type { Wakeups } from '#core/store/database/wakeups.ts';
import type { WalletView } from '../credits/views.ts';
import type { EventCursor, EventLine } from './event-line.ts';

export interface Hub {
  /** `upTo` is a cursor of now, for a team that nobody watches yet. */
  join(teamId: TeamId, upTo: EventCursor, wants: Wants): Watcher;
}

export interface Wants {
  /** Lines of this task alone. */
  readonly taskId: TaskId | null;
  /** Balances too; the present one first. */
  readonly balance: boolean;
}

export interface Watcher {
  /** When lines have to be read before the queue goes on: how far. From this call on the queue fills with what comes after. */
  catchUp(): EventCursor | null;
  /** What is next, or null when there is nothing now. Rejects when the reader broke. */
  next(): Heard | null;
  /** Resolves when there may be something. */
  wait(): Promise<void>;
  /** Lets `wait` resolve. */
  wake(): void;
  leave(): void;
}

export type Heard =
  | { readonly kind: 'line'; readonly line: EventLine }
  | { readonly kind: 'balance'; readonly balance: WalletView }
  /** Nothing happened for a while. */
  | { readonly kind: 'beat' };

interface Source {
  readonly events: Pick<Events, 'look'>;
  readonly wakeups: Pick<Wakeups, 'on'>;
  readonly clock: Clock;
  readonly log: Log;
  balance(teamId: TeamId): Promise<WalletView>;
  readonly sizes: Sizes;
}

export interface Sizes {
  readonly linesAtOnce: number;
  /** Lines that wait for one watcher. */
  readonly queueMost: number;
}

const BEAT_MS = 15_000;
/** A notification says when to look; this is how long we trust that none was lost. */
const LOOK_ANYWAY_MS = 5_000;
/** What an older transaction holds back can be read soon, unless that one takes long. */
const LOOK_SOON_MS = 10;
const LOOK_SOON_MOST_MS = 500;
const AWAY_MS = 1_000;

export function openHub(source: Source): Hub {
  const { clock, log, sizes } = source;
  const teams = new Map<TeamId, Team>();
  const hinted = new Set<Team>();
  let running = false;
  let wake = () => {};

  return {
    join(teamId, upTo, wants) {
      const known = teams.get(teamId);
      const team = known ?? { id: teamId, head: upTo, watchers: new Set<Seat>(), walletMoved: false };
      if (!known) teams.set(teamId, team);
      const seat = takeSeat(team, wants, sizes.queueMost, clock.now().getTime(), () => {
        team.watchers.delete(seat);
        if (team.watchers.size > 0 || teams.get(teamId) !== team) return;
        teams.delete(teamId);
        hinted.delete(team);
        if (teams.size === 0) wake();
      });
      team.watchers.add(seat);
      if (wants.balance) team.walletMoved = true;
      // At his beginning too, something may be held back.
      if (!known || wants.balance) hint(team);
      if (!running) void run();
      return seat;
    },
  };

  function hint(team: Team) {
    hinted.add(team);
    wake();
  }

  async function run() {
    running = true;
    const stops = (['intake', 'finish', 'events', 'wallet'] as const).map((kind) =>
      source.wakeups.on(kind, (about) => {
        for (const team of about === '' ? teams.values() : [teams.get(about as TeamId)]) {
          if (team === undefined) continue;
          if (kind !== 'events') team.walletMoved = true;
          hint(team);
        }
      }),
    );
    try {
      await lookUntilNobodyWatches();
    } catch (error) {
      log.error({ error }, 'reader of events broke');
      for (const team of teams.values()) fail(team, error);
    } finally {
      running = false;
      for (const stop of stops) stop();
    }
  }

  async function lookUntilNobodyWatches() {
    let soonMs = LOOK_SOON_MS;
    let anywayAt = clock.now().getTime() + LOOK_ANYWAY_MS;
    while (teams.size > 0) {
      const looking = [...hinted];
      hinted.clear();
      let again: Team[];
      let againMs: number;
      try {
        again = (await Promise.all(looking.map(lookAt))).filter((team) => team !== null);
        soonMs = again.length === 0 ? LOOK_SOON_MS : Math.min(soonMs * 2, LOOK_SOON_MOST_MS);
        againMs = soonMs;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        [again, againMs] = [looking, AWAY_MS];
      }
      const untilAnywayMs = anywayAt - clock.now().getTime();
      if (hinted.size === 0 && teams.size > 0) await pause(again.length > 0 ? Math.min(againMs, untilAnywayMs) : untilAnywayMs);
      for (const team of again) if (teams.get(team.id) === team) hinted.add(team);
      if (clock.now().getTime() < anywayAt) continue;
      anywayAt = clock.now().getTime() + LOOK_ANYWAY_MS;
      for (const team of teams.values()) {
        team.walletMoved = true;
        hinted.add(team);
        for (const seat of team.watchers) seat.beat(clock.now().getTime());
      }
    }
  }

  /** Gives the team back when something of it is held back. Rejects while the database is away. */
  async function lookAt(team: Team): Promise<Team | null> {
    try {
      const wantsBalance = team.walletMoved && [...team.watchers].some(({ wants }) => wants.balance);
      const [{ lines, heldBack }, balance] = await Promise.all([
        source.events.look(team.id, team.head, sizes.linesAtOnce),
        wantsBalance ? readBalance(team) : null,
      ]);
      hand(team, lines, balance);
      if (lines.length === sizes.linesAtOnce) hint(team);
      return heldBack ? team : null;
    } catch (error) {
      if (isUnavailable(error)) throw error;
      log.error({ teamId: team.id, error }, 'reader of events broke');
      fail(team, error);
      return null;
    }
  }

  async function readBalance(team: Team): Promise<WalletView> {
    team.walletMoved = false; // from here on it may have moved again
    try {
      return await source.balance(team.id);
    } catch (error) {
      team.walletMoved = true;
      throw error;
    }
  }

  function hand(team: Team, lines: readonly StoredEvent[], balance: WalletView | null) {
    const nowMs = clock.now().getTime();
    for (const { cursor, ...stored } of lines) {
      const line: EventLine = { ...stored, cursor: cursor as EventCursor, at: stored.at.toISOString() };
      for (const seat of team.watchers) seat.line(line, nowMs);
      team.head = line.cursor;
    }
    if (balance !== null) for (const seat of team.watchers) seat.balance(balance, nowMs);
  }

  function fail(team: Team, error: unknown) {
    teams.delete(team.id);
    hinted.delete(team);
    for (const seat of team.watchers) seat.broken(error);
  }

  async function pause(ms: number) {
    const woken = new AbortController();
    wake = () => woken.abort();
    await clock.sleep(Math.max(ms, 0), woken.signal);
    wake = () => {};
  }
}

interface Team {
  readonly id: TeamId;
  /** Every line up to here was handed to those who watch. */
  head: EventCursor;
  readonly watchers: Set<Seat>;
  walletMoved: boolean;
}

/** A watcher, from the side of the reader. */
interface Seat extends Watcher {
  readonly wants: Wants;
  line(line: EventLine, nowMs: number): void;
  balance(balance: WalletView, nowMs: number): void;
  beat(nowMs: number): void;
  broken(error: unknown): void;
}

function takeSeat(team: Team, wants: Wants, queueMost: number, nowMs: number, leave: () => void): Seat {
  let lines: EventLine[] = [];
  let newest: WalletView | null = null;
  let version = -1;
  let beats = false;
  let behind = true;
  let trouble: Error | null = null;
  let quietSinceMs = nowMs;
  let wake = () => {};

  const heard = (atMs: number) => {
    quietSinceMs = atMs;
    wake();
  };
  return {
    wants,
    leave,
    wake: () => wake(),

    catchUp() {
      if (!behind) return null;
      behind = false;
      return team.head;
    },
    next() {
      if (trouble !== null) throw trouble;
      const line = lines.shift();
      if (line) return { kind: 'line', line };
      const balance = newest;
      newest = null;
      if (balance) return { kind: 'balance', balance };
      const beat = beats;
      beats = false;
      return beat ? { kind: 'beat' } : null;
    },
    wait: () =>
      new Promise((resolve) => {
        wake = resolve;
        if (behind || lines.length > 0 || newest !== null || beats || trouble !== null) resolve();
      }),

    line(line, atMs) {
      if (behind || (wants.taskId !== null && line.taskId !== wants.taskId)) return;
      behind = lines.length === queueMost;
      if (behind) lines = [];
      else lines.push(line);
      heard(atMs);
    },
    // Absolute, so only the newest matters.
    balance(balance, atMs) {
      if (!wants.balance || balance.version <= version) return;
      version = balance.version;
      newest = balance;
      heard(atMs);
    },
    beat(atMs) {
      if (atMs - quietSinceMs < BEAT_MS) return;
      beats = true;
      heard(atMs);
    },
    broken(error) {
      trouble = new Error('the reader of events broke', { cause: error });
      wake();
    },
  };
}
