import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { mendAfterRestore } from '#core/store/database/after-restore.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';
import type { EventCursor, EventLine } from './event-line.ts';

const clock = clockByHand();
const world = forAll(() => openStage({ clock, agents: agentsThat((job) => done('Here.', [csvOf('leads.csv', job.quantity ?? 1)])) }));

test('whoever watches sees each thing that happens once, in order, and nothing of other teams', async () => {
  const [ada, eve] = [await world().person(), await world().person()];
  const watching = watch(ada, { after: await world().app.live.cursor() });
  await Promise.all([eve.get('find me 3 leads'), ada.get('find me 3 leads'), eve.get('find me 3 leads')]);
  await vi.waitFor(() => expect(watching.kinds()).toEqual(['accepted', 'started', 'completed']));
  await watching.stop();
});

test('whoever comes back with the last line he saw misses nothing and sees nothing twice', async () => {
  const ada = await world().person();
  const whole = watch(ada, { after: '0-0' as EventCursor });
  for (let i = 0; i < 3; i++) await ada.get('find me 1 lead');
  await vi.waitFor(() => expect(whole.lines).toHaveLength(9));
  for (const seen of [1, 4, 8]) {
    const rest = watch(ada, { after: whole.lines[seen - 1]!.cursor });
    await vi.waitFor(() => expect(rest.lines).toEqual(whole.lines.slice(seen)));
    await rest.stop();
  }
  await whole.stop();
});

test('whoever watches one task sees that one alone, and nobody watches somebody else’s', async () => {
  const [ada, eve] = [await world().person(), await world().person()];
  const [first] = [await ada.get('find me 1 lead'), await ada.get('find me 2 leads')];
  const watching = watch(ada, { after: '0-0' as EventCursor, taskId: first.id });
  await vi.waitFor(() => expect(watching.lines.map(({ taskId }) => taskId)).toEqual([first.id, first.id, first.id]));
  await watching.stop();
  await expect(watch(eve, { after: null, taskId: first.id }).ended).rejects.toMatchObject({ code: 'task.not-found' });
});

test('a line that an earlier transaction overtakes is not passed over', async () => {
  const { core, person } = world();
  const ada = await person();
  const task = await ada.get('find me 1 lead');
  const write = `INSERT INTO task_events (task_id, team_id, kind, data, at) VALUES ($1, $2, $3, '{}', now())`;
  const after = await vi.waitFor(async () => {
    const lines = await core.store.events.read(ada.teamId, '0-0', null, 10);
    expect(lines).toHaveLength(3);
    return lines[2]!.cursor as EventCursor;
  });
  const watching = watch(ada, { after });
  const written = Promise.withResolvers<void>();
  const commit = Promise.withResolvers<void>();
  const slow = core.store.money.transaction(async (client) => {
    await client.query(write, [task.id, ada.teamId, 'early']);
    written.resolve();
    await commit.promise;
  });
  await written.promise;
  await core.store.events.write({ taskId: task.id, teamId: ada.teamId, kind: 'late', data: {}, at: clock.now() });
  expect(await core.store.events.read(ada.teamId, after, null, 10)).toEqual([]);
  commit.resolve();
  await slow;
  await vi.waitFor(() => expect(watching.kinds()).toEqual(['early', 'late']));
  await watching.stop();
});

test('while nothing happens, the watcher hears that we are there', async () => {
  const ada = await world().person();
  const watching = watch(ada, { after: null });
  await vi.waitFor(() => {
    clock.forward(5_000);
    expect(watching.beats()).toBeGreaterThan(1);
  });
  await watching.stop();
});

test('what happens to others wakes nobody', async () => {
  const { core, another, person } = world();
  let reads = 0;
  const counted = await another(
    { ROLES: 'web' },
    {
      clock,
      withCore: (made) => ({
        ...made,
        store: { ...made.store, events: { ...made.store.events, look: (...call) => (reads++, made.store.events.look(...call)) } },
      }),
    },
  );
  const [ada, eve] = [await person(), await person()];
  const watching = watch(ada, { after: null }, counted.app);
  // Perhaps twice: that she was given credits may be heard of only now.
  await vi.waitFor(() => expect(reads).toBeGreaterThan(0));
  for (let i = 0; i < 5; i++)
    await core.store.events.write({ taskId: newId(), teamId: eve.teamId, kind: 'step', data: {}, at: clock.now() });
  await eve.get('find me 1 lead');
  await ada.get('find me 1 lead');
  await vi.waitFor(() => expect(watching.kinds()).toEqual(['accepted', 'started', 'completed']));
  expect(reads).toBeLessThan(15);
  await watching.stop();
});

test('after the database was moved to another server, watchers see what happens there', async () => {
  const { databaseUrl, core, app, person } = world();
  const ada = await person();
  await ada.get('find me 1 lead');
  // As a dump from a server that had counted far ahead brings them along.
  await core.store.money.query({ text: 'ALTER TABLE task_events DISABLE TRIGGER task_events_append_only' }, []);
  await core.store.money.query({ text: 'UPDATE task_events SET xid = xid + 1000000000' }, []);
  await core.store.money.query({ text: 'ALTER TABLE task_events ENABLE TRIGGER task_events_append_only' }, []);
  expect(await mendAfterRestore(databaseUrl)).toBe(true);
  expect(await mendAfterRestore(databaseUrl)).toBe(false);

  const all = watch(ada, { after: '0-0' as EventCursor });
  const late = watch(ada, { after: '1000000000-5' as EventCursor });
  await vi.waitFor(() => expect(all.kinds()).toEqual(['accepted', 'started', 'completed']));
  await ada.get('find me 1 lead');
  await vi.waitFor(() => expect(all.lines).toHaveLength(6));
  await vi.waitFor(() => expect(late.kinds()).toEqual(['accepted', 'started', 'completed']));
  await Promise.all([all.stop(), late.stop()]);
  expect(await app.tasks.history(ada, { limit: 10 })).toHaveLength(2);
});

test('a history of many tasks is read page by page, each task once', async () => {
  const { app, person } = world();
  const ada = await person();
  const ids = [];
  for (let i = 0; i < 7; i++) ids.push((await ada.get('find me 1 lead')).id);
  const pages: string[][] = [];
  for (let before: string | undefined; pages.length < 4; before = pages.at(-1)!.at(-1)) {
    pages.push((await app.tasks.history(ada, { limit: 3, ...(before !== undefined && { before }) })).map(({ id }) => id));
  }
  expect(pages.map((page) => page.length)).toEqual([3, 3, 1, 0]);
  expect(pages.flat()).toEqual(ids.toReversed());
});

function watch(person: Person, from: { after: EventCursor | null; taskId?: string }, app = world().app) {
  const stopping = new AbortController();
  const seen: (EventLine | null)[] = [];
  const ended = (async () => {
    for await (const line of app.live.events(person, from, stopping.signal)) seen.push(line);
  })();
  ended.catch(() => undefined);
  return {
    get lines() {
      return seen.filter((line) => line !== null);
    },
    kinds: () => seen.flatMap((line) => (line === null ? [] : [line.kind])),
    beats: () => seen.filter((line) => line === null).length,
    ended,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
