import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { systemClock } from '#core/engines/clock.ts';
import { newId } from '#core/domain/ids.ts';
import type { Saying } from '#core/domain/messages/letter.ts';
import { replyFor } from '#core/domain/messages/say.ts';
import { board } from '#bots/testing/board/adapter.ts';
import { adapters } from '#bots/adapters.ts';
import { askInChat } from '#core/testing/stages/ask-in-chat.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, stage, type Person } from '#core/testing/stages/stage.ts';
import { replyContext } from '../messages/reply-context.ts';
import type { Taken } from './intake.ts';

const HOUR_MS = 60 * 60 * 1000;
const agents = agentsThat((job) => done('Here they are.', [csvOf('leads.csv', job.quantity ?? 3)]));
const clock = clockByHand();
// Nothing here may need to be found by a sweep.
const world = forAll(() =>
  openStage({ agents, clock, adapters: [...adapters, { ...board, fetchesFiles: false }], timings: { lostAfterMs: HOUR_MS } }),
);

test('fifteen requests at the same instant in one conversation are all done, one after the other, in the order of their places', async () => {
  const ada = await world().person();
  const conversation = newId();
  const asks = await Promise.all(Array.from({ length: 15 }, () => ada.ask('find me 3 leads', { conversation })));
  expect(asks.map((taken) => taken.kind === 'task' && taken.position)).toEqual(Array.from({ length: 15 }, (_, i) => i));
  const tasks = await Promise.all(asks.map((taken) => ada.untilOver(taken)));
  for (const [i, task] of tasks.slice(1).entries()) expect(task.startedAt! >= tasks[i]!.finishedAt!).toBe(true);
});

test('requests keep their order when they come through two processes whose clocks disagree', async () => {
  const settings = { ROLES: 'web' };
  const { another, person } = await stage({ settings, agents, timings: { lostAfterMs: HOUR_MS } });
  const slow = await another(settings, { clock: { ...systemClock, now: () => new Date(Date.now() - 10_000) } });
  const ada = await person();
  const conversation = newId();
  const first = await ada.ask('find me 3 leads', { conversation });
  const next = await Promise.all([1, 2, 3].map(() => ada.ask('find me 3 leads', { conversation, through: slow.app })));
  await another({ ROLES: 'worker' });
  const tasks = await Promise.all([first, ...next].map((taken) => ada.untilOver(taken)));
  for (const [i, task] of tasks.slice(1).entries()) expect(task.startedAt! >= tasks[i]!.finishedAt!).toBe(true);
});

test('the same key of somebody else is not answered with what we told the first', async () => {
  const [ada, eve] = [await world().person(), await world().person()];
  expect(await ada.ask('find me 3 leads', { key: 'shared-key' })).toMatchObject({ kind: 'task' });
  await expect(eve.ask('find me 3 leads', { key: 'shared-key' })).rejects.toMatchObject({ code: 'request.key-reused' });
});

test('an address that borrows the id of another conversation is refused, and disturbs nobody who asks at the same time', async () => {
  const { person, app } = world();
  const ada = await person();
  const conversation = newId();
  await ada.ask('find me 3 leads', { conversation });
  const from = { kind: 'user', userId: ada.userId, teamId: ada.teamId } as const;
  const borrowed = app.tasks.ask({
    key: `k:${newId()}`,
    threadRef: `terminal:${conversation}`,
    from,
    text: 'find me 3 leads',
    at: new Date(),
  });
  const [refused, ...others] = await Promise.all([borrowed, ada.ask('find me 3 leads'), ada.ask('find me 4 leads')]);
  expect(refused).toMatchObject({ kind: 'refused', refused: { code: 'conversation.not-found' } });
  expect(others).toMatchObject([
    { kind: 'task', repeated: false },
    { kind: 'task', repeated: false },
  ]);
});

test('where no team pays, the person is told so, nothing is kept, and the same message is taken once a team does', async () => {
  const { app, core, person } = world();
  const workspace = newId();
  const message = {
    key: `board:${newId()}`,
    threadRef: 'board:general:17',
    workspace,
    channel: 'general',
    from: { externalId: 'ann', displayName: 'Ann' },
    text: 'find me 3 leads',
    at: new Date(),
  } as const;
  expect(await askInChat({ app, core }, message)).toMatchObject({
    kind: 'refused',
    repeated: false,
    conversationId: null,
    refused: { code: 'team.missing', facts: {} },
  });
  const { teamId } = await person();
  await core.store.prisma.workspace.create({ data: { id: newId(), platform: 'board', externalId: workspace, teamId, name: 'Late' } });
  expect(await askInChat({ app, core }, { ...message, key: `board:${newId()}` })).toMatchObject({ kind: 'task', repeated: false });
});

test('who asks again and again under a changed name stays one person', async () => {
  const { core } = world();
  const account = async (displayName: string) => {
    await core.store.people.rememberAccount({ platform: 'board', space: 'names', externalId: 'ann', name: displayName });
    return (await core.store.money.query({ text: `SELECT display_name FROM identities WHERE platform = 'board' AND space = 'names'` }, []))
      .rows;
  };
  expect(await account('Ann')).toEqual([{ display_name: 'Ann' }]);
  expect(await account('Ann')).toEqual([{ display_name: 'Ann' }]);
  expect(await account('Ann B.')).toEqual([{ display_name: 'Ann B.' }]);
});

test('one email address makes one person, however many make them at once', async () => {
  const { core } = world();
  const user = { email: `${randomBytes(4).toString('hex')}@example.com`, name: 'Ada', emailVerified: true };
  const made = await Promise.all([1, 2, 3].map(() => core.store.people.addUser(user, clock.now())));
  expect(new Set(made.map(({ userId }) => userId)).size).toBe(1);
  expect(made.filter(({ existed }) => !existed)).toHaveLength(1);
});

test('a file that comes with a request reaches the agent, byte by byte', async () => {
  const ada = await world().person();
  const file = await keep(ada, 'customers.csv', 'name\nAda\n');
  const task = await ada.untilOver(await ada.ask('find me 3 leads like these', { files: [file, file] }));
  expect(task.status).toBe('completed');
  const job = agents.jobs.find(({ runId }) => runId.includes(task.id))!;
  expect(job.inputs.map(({ name, mime, sizeBytes }) => ({ name, mime, sizeBytes }))).toEqual([
    { name: 'customers.csv', mime: 'text/csv; charset=utf-8', sizeBytes: 9 },
  ]);
  expect((await Readable.from(await job.inputs[0]!.open()).toArray()).join('')).toBe('name\nAda\n');
});

test('a file serves one request: of two at the same instant, the other is told, and pays nothing', async () => {
  const ada = await world().person();
  const file = await keep(ada, 'customers.csv', 'name\nAda\n');
  const asks = await Promise.all([ada.ask('find me 3 leads', { files: [file] }), ada.ask('find me 3 leads', { files: [file] })]);
  expect(asks.map(outcome).toSorted()).toEqual(['files.missing', 'task']);
  await ada.untilOver(asks.find(({ kind }) => kind === 'task')!);
  expect(outcome(await ada.ask('find me 3 leads', { files: [file] }))).toBe('files.missing');
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'settle 3']);
});

test('nobody can have the files of another team read', async () => {
  const [ada, eve] = [await world().person(), await world().person()];
  const file = await keep(ada, 'customers.csv', 'name\nAda\n');
  expect(outcome(await eve.ask('find me 3 leads', { files: [file] }))).toBe('files.missing');
  expect(outcome(await ada.ask('find me 3 leads', { files: [file] }))).toBe('task');
});

test('the same work again brings the same files, as often as it is wanted, and once per click', async () => {
  const { app, core, person } = world();
  const ada = await person();
  const file = await keep(ada, 'customers.csv', 'name\nAda\n');
  const task = await ada.untilOver(await ada.ask('find me 3 leads like these', { files: [file] }));
  const again = await app.tasks.retry(ada, task.id, 'click-1');
  await app.tasks.retry(ada, task.id, 'click-1');
  const second = await ada.untilOver(again);
  const third = await ada.untilOver(await app.tasks.retry(ada, second.id, 'click-2'));
  expect(third).toMatchObject({ status: 'completed', conversationId: task.conversationId });
  const job = agents.jobs.find(({ runId }) => runId.includes(third.id))!;
  expect((await Readable.from(await job.inputs[0]!.open()).toArray()).join('')).toBe('name\nAda\n');
  const { rows } = await core.store.money.query({ text: `SELECT count(*)::int AS kept FROM files WHERE team_id = $1 AND role = 'input'` }, [
    ada.teamId,
  ]);
  expect(rows).toEqual([{ kept: 3 }]);
});

test('the same work again without the files it needs is refused, and costs nothing', async () => {
  const { app, core, person } = world();
  const ada = await person();
  const file = await keep(ada, 'customers.csv', 'name\nAda\n');
  const task = await ada.untilOver(await ada.ask('find me 3 leads like these', { files: [file] }));
  await core.store.files.markRemoved([file], clock.now());
  expect(outcome(await app.tasks.retry(ada, task.id, 'click'))).toBe('task.input-gone');
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'settle 3']);
});

test('what somebody repeats goes on where it was, even before its thread is known', async () => {
  const { app, core, person } = world();
  const ada = await person();
  const workspace = newId();
  await core.store.prisma.workspace.create({
    data: { id: newId(), platform: 'board', externalId: workspace, teamId: ada.teamId, name: 'Here' },
  });
  const from = { externalId: 'ann', displayName: 'Ann' } as const;
  const taken = await askInChat(
    { app, core },
    {
      key: `c:${newId()}`,
      threadRef: 'board:general:',
      workspace,
      from,
      text: 'find me 3 leads',
      at: new Date(),
    },
  );
  const task = await ada.untilOver(taken);
  expect(await app.tasks.retry(ada, task.id, 'click')).toMatchObject({ kind: 'task', conversationId: task.conversationId });
});

test('an upload that breaks off is refused in words, and leaves nothing', async () => {
  const { app, core, person } = world();
  const ada = await person();
  const half = app.files.keepInput(
    ada,
    { name: 'customers.csv', mime: 'text/csv', sizeBytes: 100 },
    Readable.from([Buffer.from('name\n')]),
  );
  await expect(half).rejects.toMatchObject({ code: 'file.broken', sentence: 'The upload of “customers.csv” was incomplete.' });
  const more = app.files.keepInput(ada, { name: 'customers.csv', mime: 'text/csv', sizeBytes: 3 }, Readable.from([Buffer.from('name\n')]));
  await expect(more).rejects.toMatchObject({ code: 'file.broken' });
  const { rows } = await core.store.money.query({ text: 'SELECT count(*)::int AS kept FROM files WHERE team_id = $1' }, [ada.teamId]);
  expect(rows).toEqual([{ kept: 0 }]);
});

test('nobody fills our disks with files that no request names', async () => {
  const { core, person } = world();
  const [ada, eve] = [await person(), await person()];
  const first = await keep(ada, 'first.csv', 'name\n');
  await core.store.money.query({ text: 'UPDATE files SET size_bytes = 1000000000 WHERE team_id = $1' }, [ada.teamId]);
  await expect(keep(ada, 'more.csv', 'name\n')).rejects.toMatchObject({ code: 'files.waiting' });
  await keep(eve, 'hers.csv', 'name\n');
  await ada.ask('find me 3 leads', { files: [first] });
  await keep(ada, 'more.csv', 'name\n');
});

test('estimates come from what such work has really cost, also in a process that does none of it', async () => {
  const { core, person, another } = world();
  const ada = await person(1_000);
  await Promise.all(Array.from({ length: 30 }, () => ada.get('write 10 emails to my customers', {})));
  const { rows } = await core.store.money.query<{ p: string }>(
    { text: `SELECT max(credits_used) AS p FROM tasks WHERE type = 'email-campaign'` },
    [],
  );
  expect(rows).toEqual([{ p: '5000000' }]);
  await core.store.money.query({ text: `UPDATE tasks SET credits_used = 2000000 WHERE type = 'email-campaign'` }, []);
  const front = await another({ ROLES: 'web' });
  clock.forward(11 * 60_000);
  const low = async () => {
    const taken = await ada.ask('write 10 emails to my customers', { through: front.app });
    return taken.kind === 'task' && taken.estimateLow;
  };
  await vi.waitFor(async () => expect(await low()).toBe('2000000'), { interval: 200 });
  await front.stop();
});

function keep(person: Person, name: string, content: string) {
  const bytes = Buffer.from(content);
  return world().app.files.keepInput(person, { name, mime: 'text/csv', sizeBytes: bytes.length }, Readable.from([bytes]));
}

function outcome(taken: Taken): string {
  return taken.kind === 'refused' ? taken.refused.code : taken.kind;
}

test('whoever attaches a file in a chat that we cannot fetch is told which one and what to do, and nothing is charged', async () => {
  const { app, core, person } = world();
  const ada = await person();
  const workspace = newId();
  await core.store.prisma.workspace.create({
    data: { id: newId(), platform: 'board', externalId: workspace, teamId: ada.teamId, name: 'Here' },
  });
  const file = (name: string) => ({ kind: 'remote', name, mime: 'text/csv', sizeBytes: 60_000_000, ref: name }) as const;
  const ask = (text: string, ...names: string[]) =>
    askInChat(
      { app, core },
      {
        key: `board:${newId()}`,
        threadRef: `board:general:${newId()}`,
        workspace,
        channel: 'general',
        from: { externalId: 'ann', displayName: 'Ann' },
        text,
        files: names.map(file),
        at: core.clock.now(),
      },
    );
  const refused = { code: 'files.not-fetched', facts: { name: 'customers.csv', count: 1 } };
  const taken = await ask('write 10 emails to them', 'customers.csv');
  expect(taken).toMatchObject({ kind: 'refused', refused });
  expect(await ask('', 'customers.csv')).toMatchObject({ kind: 'refused', refused });
  expect(await ask('write 10 emails to them', 'customers.csv', 'b.csv')).toMatchObject({
    kind: 'refused',
    refused: { facts: { count: 2 } },
  });
  const { rows } = await core.store.money.query<{ saying: Saying }>({ text: 'SELECT saying FROM letters WHERE conversation_id = $1' }, [
    taken.conversationId,
  ]);
  expect(rows.map(({ saying }) => replyFor(saying, replyContext(core)).fallback)).toEqual([
    'The file “customers.csv” can’t be used: files attached in this chat don’t reach us yet. Send your request from the web portal and attach files there, or paste their text into your message.',
  ]);
  expect(await ada.ledger()).toEqual(['grant 500']);
});

test('a guest looks on, and asks for nothing, also by a key from better days', async () => {
  const { app, core, person } = await stage();
  const { actors, teamId } = await sharedTeam(
    core,
    'Acme',
    [
      [await person(), 'owner'],
      [await person(), 'guest'],
    ],
    100,
  );
  const taken = await app.tasks.ask({
    key: 'guest',
    threadRef: `web:${newId()}`,
    from: { kind: 'user', userId: actors[1].userId, teamId },
    text: 'find me 10 leads',
    at: core.clock.now(),
  });
  expect(taken).toMatchObject({ kind: 'refused', refused: { code: 'not.allowed' } });
  expect(await app.tasks.history(actors[1], { limit: 5 })).toEqual([]);
});
