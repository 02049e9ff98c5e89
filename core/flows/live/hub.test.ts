// Whatever the order in which lines are committed, read, announced, lost and taken: each watcher sees each line once.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId, type TaskId, type TeamId, type UserId } from '#core/domain/ids.ts';
import type { StoredEvent } from '#core/store/tasks/events.ts';
import type { Wakeup } from '#core/store/database/wakeups.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import type { Core } from '../runtime/core.ts';
import { liveVerbs } from './live.ts';
import type { Actor } from '#core/domain/actor.ts';
import type { EventCursor } from './event-line.ts';

const teams = [newId<TeamId>(), newId<TeamId>()] as const;
const tasks = [newId<TaskId>(), newId<TaskId>()] as const;

const team = fc.integer({ min: 0, max: 1 });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('begin' as const) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), team, in: fc.nat(), task: fc.integer({ min: 0, max: 1 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('commit' as const), which: fc.nat(), announced: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('join' as const),
      team,
      from: fc.constantFrom('start', 'now', 'seen'),
      oneTask: fc.boolean(),
      takes: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('time passes' as const) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('go on' as const), steps: fc.integer({ min: 1, max: 8 }) }) },
);

test('every watcher sees each line of his team once and in order, whatever overtakes what', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 5, maxLength: 60 }), async (scheduler, steps) => {
      const world = worldOn(scheduler);
      for (const each of steps) await world.take(each);
      await world.comeToRest();
      for (const { seen, expected } of world.watchers) expect(seen).toEqual(expected());
    }),
    { numRuns: 300 },
  );
});

function worldOn(scheduler: fc.Scheduler) {
  const log = logOf();
  const wakeups = new Map<Wakeup, Set<(about: string) => void>>();
  const clock = sleepyClock();
  const slowly = async <T>(read: () => T): Promise<T> => {
    await scheduler.schedule(Promise.resolve(), 'asked');
    const answer = read();
    await scheduler.schedule(Promise.resolve(), 'answered');
    return answer;
  };
  const core = {
    clock,
    log: quietLog,
    store: {
      wakeups: {
        on(kind: Wakeup, call: (about: string) => void) {
          wakeups.set(kind, (wakeups.get(kind) ?? new Set()).add(call));
          return () => wakeups.get(kind)!.delete(call);
        },
      },
      events: {
        look: (teamId: TeamId, after: string, most: number) => slowly(() => log.look(teamId, after, most)),
        read: (teamId: TeamId, after: string, taskId: TaskId | null, most: number) =>
          slowly(() => log.look(teamId, after, Infinity, taskId).lines.slice(0, most)),
        now: () => slowly(log.now),
      },
      tasks: { find: (_team: TeamId, id: string) => slowly(() => ({ id })) },
    },
  } as unknown as Core;
  const verbs = liveVerbs(core, { linesAtOnce: 3, queueMost: 2 });
  const watchers: { seen: string[]; expected: () => string[]; leave: () => void; ended: Promise<void> }[] = [];

  async function join({ team: at, from, oneTask, takes }: Extract<Step, { kind: 'join' }>) {
    const committed = log.read(teams[at]!);
    const after = from === 'start' ? '0-0' : from === 'seen' ? (committed[Math.floor(committed.length / 2)]?.cursor ?? '0-0') : log.now();
    const taskId = oneTask ? tasks[0] : undefined;
    const leaving = new AbortController();
    const seen: string[] = [];
    const actor = { userId: newId<UserId>(), teamId: teams[at]!, role: 'owner', email: '' } satisfies Actor;
    const ended = (async () => {
      let taken = 0;
      for await (const line of verbs.events(actor, { after: after as EventCursor, ...(taskId && { taskId }) }, leaving.signal)) {
        if (line === null) continue;
        seen.push(line.cursor);
        if (++taken % takes === 0) await scheduler.schedule(Promise.resolve(), 'taken');
      }
    })();
    watchers.push({
      seen,
      expected: () => log.all(teams[at]!, after, taskId ?? null).slice(0, leaving.signal.aborted ? seen.length : undefined),
      leave: () => leaving.abort(),
      ended,
    });
  }

  return {
    watchers,
    async take(each: Step) {
      if (each.kind === 'begin') log.begin();
      if (each.kind === 'write') log.write(teams[each.team]!, tasks[each.task]!, each.in);
      if (each.kind === 'commit') for (const about of log.commit(each.which)) if (each.announced) this.hint(about);
      if (each.kind === 'join') await join(each);
      if (each.kind === 'leave') watchers[each.which % Math.max(watchers.length, 1)]?.leave();
      if (each.kind === 'time passes') clock.forward();
      if (each.kind === 'go on') for (let i = 0; i < each.steps && scheduler.count() > 0; i++) await scheduler.waitNext(1);
    },
    hint(about: string) {
      for (const call of wakeups.get('events') ?? []) call(about);
    },
    async comeToRest() {
      while (log.open() > 0) log.commit(0);
      // Whatever hint was lost, it is found within a few looks.
      for (let i = 0; i < 200 && (i < 3 || watchers.some(({ seen, expected }) => seen.length < expected().length)); i++) {
        clock.forward();
        await scheduler.waitIdle();
      }
      for (const { leave } of watchers) leave();
      const ends = Promise.all(watchers.map(({ ended }) => ended));
      await scheduler.waitFor(ends);
      await scheduler.waitIdle();
      expect([...wakeups.values()].flatMap((calls) => [...calls])).toEqual([]); // nobody watches, so nobody listens
    },
  };
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A log with transactions, as PostgreSQL keeps it: numbers are given out before they commit. */
function logOf() {
  const lines: { team: TeamId; event: StoredEvent; xid: number; id: number }[] = [];
  const open: number[] = [];
  let nextXid = 1;
  let nextId = 1;
  const order = (a: { xid: number; id: number }, b: { xid: number; id: number }) => a.xid - b.xid || a.id - b.id;
  const oldest = () => Math.min(nextXid, ...open);
  const behind = (teamId: TeamId, after: string, taskId: TaskId | null) => {
    const [xid, id] = after.split('-').map(Number) as [number, number];
    return lines
      .filter((line) => line.team === teamId && (taskId === null || line.event.taskId === taskId) && (line.xid - xid || line.id - id) > 0)
      .toSorted(order);
  };
  const look = (teamId: TeamId, after: string, most: number, taskId: TaskId | null = null) => {
    const visible = behind(teamId, after, taskId)
      .filter(({ xid }) => !open.includes(xid))
      .slice(0, most);
    const readable = visible.filter(({ xid }) => xid < oldest());
    return { lines: readable.map(({ event }) => event), heldBack: readable.length < visible.length };
  };
  return {
    look,
    read: (teamId: TeamId) => look(teamId, '0-0', Infinity).lines,
    all: (teamId: TeamId, after: string, taskId: TaskId | null) => behind(teamId, after, taskId).map(({ event }) => event.cursor),
    now: () => `${oldest() - 1}-999999`,
    open: () => open.length,
    begin: () => open.push(nextXid++),
    write(teamId: TeamId, taskId: TaskId, which: number) {
      if (open.length === 0) open.push(nextXid++);
      const xid = open[which % open.length]!;
      const id = nextId++;
      lines.push({ team: teamId, xid, id, event: { cursor: `${xid}-${id}`, taskId, kind: 'step', data: {}, at: new Date(0) } });
    },
    /** Gives the teams it was about. */
    commit(which: number): TeamId[] {
      const [xid] = open.splice(which % Math.max(open.length, 1), 1);
      return [...new Set(lines.filter((line) => line.xid === xid).map((line) => line.team))];
    },
  };
}

/** Stands still until it is set forward; whoever slept until then wakes up. */
function sleepyClock() {
  let nowMs = 0;
  const sleepers = new Set<() => void>();
  return {
    now: () => new Date(nowMs),
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted) resolve();
        sleepers.add(resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
    forward() {
      nowMs += 5_000;
      for (const wake of sleepers) wake();
      sleepers.clear();
    },
  };
}
