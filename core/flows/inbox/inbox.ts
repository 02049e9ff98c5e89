// What people do in chats, acknowledged once what came of it is committed, or else the event itself. In quiet times an event is
// handled at once, and nothing is written but its outcome. Where many come at the same time, or handling takes long (the platform is
// asked who speaks), the event is stored, many of them in one statement, and handled afterwards: by this process, or by another one
// when this one dies. Handling changes nothing the second time, so an event may be told, stored and handled again at any moment.

import type { ChatEvent, ChatInbox, InboxNeeds, WaitOf } from '#core/ports/inbox.ts';
import type { TakenOver } from '#core/store/inbox/inbox.ts';
import { DatabaseUnavailable } from '#core/store/database/outage.ts';
import type { Core } from '../runtime/core.ts';
import { handler, PATIENT_MS, type Ended } from './handle.ts';
import { newHeld, refuse, tell, tellAgain, type Held } from './held.ts';
import { pacing } from './pacing.ts';
import { eventOf, rowsOf } from './rows.ts';
import { turns } from './turns.ts';

/** With so many in hand, the next one is stored first. */
const DIRECT_MOST = 8;
/** What has no outcome by then is stored. */
const USUAL_WITHIN_MS = 1_000;
const WATCH_EVERY_MS = 250;
/** In one process; the platform tells the rest later. */
const USUAL_MOST = 5_000;
const HELD_CHARACTERS = 64_000_000;
const LEASE_MS = 6_000;
const LOOK_EVERY_MS = 2_000;
const TAKEN_OVER_AT_ONCE = 500;
/** An event that each process dies of must not go round for ever. */
const TAKEOVERS_MOST = 10;
/** From so many on it is handled apart from all others that were taken over so often: only one of them is what the processes ended of. */
const SUSPECT_FROM = 3;
const AGAIN_MS = 250;
/** What is being handled when the process stops has so long to end. */
const LEAVE_MS = 5_000;

/** Too many events wait. */
export class InboxFull extends Error {}

/** No two inboxes have the same rows, in one process neither. */
let opened = 0;

type Deps = Pick<Core, 'store' | 'clock' | 'log' | 'settings'>;

/** For tests: `most` events in hand, and how long an outcome may take before the event is stored. */
export function openInbox(
  { store, clock, log, settings }: Deps,
  { platform, handle, gaveUp }: InboxNeeds,
  { most = USUAL_MOST, outcomeWithinMs = USUAL_WITHIN_MS } = {},
): ChatInbox {
  const owner = `${settings.worker}/${++opened}`;
  const rows = rowsOf({ store, clock, log, owner, platform, leaseMs: LEASE_MS });
  const held = new Map<string, Held>();
  const line = turns<Held>();
  const pace = pacing();
  const stopping = new AbortController();
  const handleOne = handler({ handle, log, stopping: stopping.signal, store: keep, pause });
  const underWay = new Set<Promise<unknown>>();
  const forRoom: (() => void)[] = [];
  let [running, lastCame] = [0, 0];
  let [isWatching, isCalming] = [false, false];
  let lookSoon = new AbortController();
  const looking = lookOn();

  return {
    async take(event, wait, { patiently } = { patiently: false }) {
      for (;;) {
        const known = held.get(event.key);
        if (stopping.signal.aborted) throw stops();
        if (known === undefined && !isFull()) return begin(event, wait);
        if (known !== undefined) {
          const told = tellAgain(known, wait);
          void watch();
          return told;
        }
        if (!patiently) throw new InboxFull(`${held.size} events wait`);
        await new Promise<void>((resolve) => forRoom.push(resolve));
      }
    },
    waits: (place) => line.has(place),
    async unhandled(key) {
      const here = held.get(key);
      if (here !== undefined) return here.event;
      const row = await store.inbox.ofOthers(key, owner);
      return row === null ? null : eventOf(row);
    },
    async withdraw(keys, signal) {
      const over = signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);
      const here = Promise.all(keys.flatMap((key) => held.get(key) ?? []).map(withdrawn));
      await Promise.race([here, ...(signal === undefined ? [] : [aborted(signal)])]);
      while ((await store.inbox.withdraw(keys, owner, clock.now())) > 0 && !over.aborted) await clock.sleep(AGAIN_MS, over);
    },
    size: () => held.size,
    async stop() {
      stopping.abort();
      makeRoom();
      for (const one of held.values()) {
        giveBack(one, stops());
        one.wake?.();
      }
      const ended = new AbortController();
      void allEnded().then(() => ended.abort());
      await Promise.all([looking, clock.sleep(LEAVE_MS, ended.signal)]);
      for (const one of held.values()) refuse(one, stops());
      await store.inbox
        .release({ owner, platform }, clock.now())
        .catch((error: unknown) => log.warn({ error }, 'events of a chat not given up; another process waits for its time to end'));
    },
  };

  function begin(event: ChatEvent, wait: WaitOf): Promise<void> {
    const storesFirst = held.size >= DIRECT_MOST;
    // By our clock, and different for each.
    lastCame = Math.max(lastCame + 1, clock.now().getTime() * 1_000);
    const one = hold(event, lastCame, wait);
    if (storesFirst) void keep(one);
    pump();
    void watch();
    return one.told.promise;
  }

  function hold(event: ChatEvent, came: number, wait: WaitOf): Held {
    const one = newHeld(event, came, wait);
    held.set(event.key, one);
    line.add(event.place, one);
    return one;
  }

  function drop(one: Held): void {
    if (held.get(one.event.key) === one) held.delete(one.event.key);
    rows.forget(one);
    one.isEnded = true;
    for (const call of one.atEnd.splice(0)) call();
    if (!isFull()) makeRoom();
  }

  function isFull(): boolean {
    return held.size >= most || rows.characters() >= HELD_CHARACTERS;
  }

  function makeRoom(): void {
    for (const resume of forRoom.splice(0)) resume();
  }

  /** What waits for its turn leaves the line; what is being handled goes on, and may succeed. */
  function giveBack(one: Held, error: unknown): void {
    refuse(one, error);
    if (one.stored === 'no' && line.leave(one.event.place, one)) drop(one);
  }

  /** Resolves when nothing is done about it any more. */
  async function withdrawn(one: Held): Promise<void> {
    one.isWithdrawn = true;
    one.wake?.();
    if (line.leave(one.event.place, one)) {
      tell(one);
      drop(one);
    }
    if (!one.isEnded) await new Promise<void>((resolve) => one.atEnd.push(resolve));
    await one.storing;
  }

  /** Never rejects. */
  function keep(one: Held): Promise<void> {
    return (one.storing ??= keepOnce(one));
  }

  async function keepOnce(one: Held): Promise<void> {
    pace.storing();
    try {
      const answer = await rows.write(one);
      one.stored = answer === 'kept' ? 'here' : 'elsewhere';
      tell(one);
      if (answer === 'known' && line.leave(one.event.place, one)) drop(one);
    } catch (error) {
      one.storing = null;
      log.warn({ error }, 'event of a chat not stored');
      if (line.leave(one.event.place, one)) {
        refuse(one, error);
        drop(one);
      }
    } finally {
      void calm();
    }
  }

  /** After a burst, what it held back. */
  async function calm(): Promise<void> {
    pump();
    if (isCalming) return;
    isCalming = true;
    while (pace.isBurst() && !stopping.signal.aborted) await clock.sleep(pace.calmMs, stopping.signal).then(pump);
    isCalming = false;
    pump();
  }

  /** As long as something has neither an outcome nor a row. */
  async function watch(): Promise<void> {
    if (isWatching) return;
    isWatching = true;
    while (!stopping.signal.aborted && [...held.values()].some(({ isTold }) => !isTold)) {
      await clock.sleep(WATCH_EVERY_MS, stopping.signal);
      for (const one of held.values()) {
        if (one.isTold) continue;
        const { waitedMs, withinMs } = one.wait();
        if (waitedMs >= withinMs)
          giveBack(one, new DatabaseUnavailable(new Error(`no outcome within ${withinMs} ms`), { mayBeDone: true }));
        else if (performance.now() - one.sinceMs >= outcomeWithinMs) void keep(one);
      }
    }
    isWatching = false;
  }

  function pump(): void {
    for (let next = line.first(); next !== undefined && !stopping.signal.aborted; next = line.first()) {
      if (!pace.mayBegin({ running, sinceMs: next.sinceMs })) return;
      const one = line.begin()!;
      const turn = takeTurn(one).finally(() => underWay.delete(turn));
      underWay.add(turn);
    }
  }

  async function takeTurn(one: Held): Promise<void> {
    running++;
    const ended = await handleOne(one);
    running--;
    line.end(one.event.place);
    drop(one);
    pump();
    await tidyUp(one, ended);
    if (one.isSuspect) lookSoon.abort();
  }

  async function tidyUp(one: Held, ended: Ended): Promise<void> {
    if (ended === 'handled' || ended === 'refused') await rows.remove(one);
    if (ended !== 'given-up') return;
    await rows.giveUp(one.event);
    gaveUp(one.event);
  }

  /** Others go on meanwhile. */
  async function pause(one: Held, ms: number): Promise<void> {
    const woken = new AbortController();
    one.wake = () => woken.abort();
    running--;
    pump();
    if (!stopping.signal.aborted && !one.isWithdrawn) await clock.sleep(ms, woken.signal);
    running++;
    one.wake = null;
  }

  async function allEnded(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
  }

  /** Says that this process lives, and takes over from those that don't. */
  async function lookOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      lookSoon = new AbortController();
      await look().catch((error: unknown) => log.warn({ error }, 'events of chats not looked after; it is tried again'));
      await clock.sleep(LOOK_EVERY_MS, AbortSignal.any([stopping.signal, lookSoon.signal]));
    }
  }

  async function look(): Promise<void> {
    const at = clock.now();
    const dueAt = new Date(at.getTime() + LEASE_MS);
    const ours = [...held.values()].filter(({ stored }) => stored === 'here').map(({ event }) => event.key);
    if (ours.length > 0) await store.inbox.renew(ours, owner, dueAt);
    const room = Math.min(most - held.size, TAKEN_OVER_AT_ONCE);
    const suspect = ![...held.values()].some(({ isSuspect }) => isSuspect);
    const limits = { most: room, suspectFrom: SUSPECT_FROM, suspect };
    const found = room <= 0 ? [] : await store.inbox.takeOver({ owner, platform }, at, dueAt, limits);
    if (found.length === 0) return;
    log.info({ events: found.length }, 'events of chats taken over');
    for (const row of found) await goOnWith(row);
    pump();
  }

  async function goOnWith(row: TakenOver): Promise<void> {
    const { key, place, workspace, came, takeovers } = row;
    const one = held.get(key) ?? hold(eventOf(row), came, () => ({ waitedMs: 0, withinMs: PATIENT_MS }));
    one.stored = 'here';
    one.isSuspect = takeovers > SUSPECT_FROM;
    tell(one);
    if (takeovers <= TAKEOVERS_MOST || !line.leave(place, one)) return;
    drop(one);
    log.error({ workspace, takeovers }, 'event of a chat given up: each process that handled it ended');
    await tidyUp(one, 'given-up');
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function stops(): DatabaseUnavailable {
  return new DatabaseUnavailable(new Error('this process stops'));
}
