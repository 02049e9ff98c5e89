// Rates and repeats at the doors that people and programs use: the HTTP API and the portal.

import { expect, test } from 'vitest';
import { verbRates, type RatedVerb } from '#core/domain/asks/verb-rates.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';
import type { ErrorAnswer } from './errors.ts';

const clock = clockByHand();
const world = forAll(() => openStage({ clock }));
const nobody = '00000000-0000-7000-8000-000000000000';

test('300 refused requests keep nothing but their outcomes, and are told when to come back', async () => {
  const { core, person } = world();
  const [ada, grace] = [await person(0), await person(0)];
  const answers = [];
  for (let i = 0; i < 300; i += 20)
    answers.push(
      ...(await Promise.all(Array.from({ length: 20 }, (_, j) => create(ada, { requestText: 'find 10 leads' }, `flood-${i + j}`)))),
    );
  const refused = answers.filter(({ status }) => status === 402);
  const waiting = answers.filter(({ status }) => status === 429);
  expect(refused.length + waiting.length).toBe(300);
  expect(refused.length).toBeLessThan(130);
  expect(waiting[0]).toMatchObject({ code: 'request.too-many', retryAfter: expect.stringMatching(/^[1-9]\d*$/) });
  const { rows } = await core.store.money.query({ text: 'SELECT count(*)::int AS kept FROM conversations WHERE team_id = $1' }, [
    ada.teamId,
  ]);
  expect(rows).toEqual([{ kept: 0 }]);
  // A repeat is no new request.
  expect(await create(ada, { requestText: 'find 10 leads' }, 'flood-0')).toMatchObject({ status: 402, replayed: 'true', retryAfter: null });
  expect(await create(grace, { requestText: 'find 10 leads' }, 'mine')).toMatchObject({ status: 402 });
});

test('an accepted request gets its answer again, though its person asks too often', async () => {
  const { person } = world();
  const ada = await person();
  const first = await create(ada, { requestText: 'find 3 leads' }, 'once');
  await useUp('tasks.ask', ada);
  expect(await create(ada, { requestText: 'find 3 leads' }, 'twice')).toMatchObject({ status: 429, code: 'request.too-many' });
  expect(await create(ada, { requestText: 'find 3 leads' }, 'once')).toMatchObject({ status: 201, replayed: 'true', task: first.task });
});

const doors: readonly [RatedVerb, path: string, body: string | null, type: string | null][] = [
  ['tasks.ask', '/api/tasks/create', '{"requestText":"find 3 leads"}', 'application/json'],
  ['tasks.cancel', `/api/tasks/${nobody}/cancel`, '{}', 'application/json'],
  ['files.keepInput', '/api/files?name=a.csv', 'name\n', 'text/csv'],
  ['credits.transactionsCsv', '/api/transactions.csv', null, null],
  ['credits.statement', '/api/statements/2026-01', null, null],
  ['credits.statementFile', '/api/statements/2026-01.csv', null, null],
];

test.each(doors)('%s is refused at %s to one person, with the seconds to wait, and goes on for another', async (verb, path, body, type) => {
  const { person } = world();
  const [ada, grace] = [await person(), await person()];
  const ask = (who: Person) => send(who, path, body === null ? {} : { method: 'POST', body, headers: { 'Content-Type': type! } });
  await useUp(verb, ada);
  expect(await ask(ada)).toMatchObject({ status: 429, code: 'request.too-many', retryAfter: expect.stringMatching(/^[1-9]\d*$/) });
  expect((await ask(grace)).status).not.toBe(429);
});

test('retry is refused to one person, and what was retried before is answered again', async () => {
  const { person } = world();
  const ada = await person();
  const { task } = await create(ada, { requestText: 'find 3 leads' }, 'first');
  await ada.untilOver({ kind: 'task', taskId: task!.id } as never);
  const retry = (key: string) =>
    send(ada, `/api/tasks/${task!.id}/retry`, { method: 'POST', body: '{}', headers: { ...json, 'Idempotency-Key': key } });
  const again = await retry('again');
  expect(again.status).toBe(201);
  await useUp('tasks.retry', ada);
  expect(await retry('more')).toMatchObject({ status: 429, code: 'request.too-many' });
  expect(await retry('again')).toMatchObject({ status: 201, replayed: 'true', task: again.task });
});

test('one Idempotency-Key stands for one request: its place, its type and its files belong to it', async () => {
  const { person } = world();
  const ada = await person();
  const request = { requestText: 'find 3 leads', from: 'web' };
  const first = await create(ada, request, 'order');
  expect(first.status).toBe(201);
  const { file } = (await send(ada, '/api/files?name=a.csv', { method: 'POST', body: 'name\n' })) as { file?: { id: string } };
  for (const other of [
    { ...request, from: 'terminal' },
    { requestText: 'find 3 leads', conversationId: first.conversationId },
    { ...request, type: 'research' },
    { ...request, files: [file!.id] },
    { ...request, requestText: 'find 4 leads' },
  ])
    expect(await create(ada, other, 'order')).toMatchObject({ status: 422, code: 'request.key-reused' });
  expect(await create(ada, request, 'order')).toMatchObject({ status: 201, replayed: 'true', task: first.task });
});

const json = { 'Content-Type': 'application/json' };

function create(who: Person, request: object, key: string) {
  return send(who, '/api/tasks/create', { method: 'POST', body: JSON.stringify(request), headers: { ...json, 'Idempotency-Key': key } });
}

async function send({ apiKey }: Person, path: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }) {
  const answer = await fetch(world().url + path, { ...init, headers: { Authorization: `Bearer ${apiKey}`, ...init.headers } });
  const text = await answer.text();
  const body = (text.startsWith('{') ? JSON.parse(text) : {}) as Partial<ErrorAnswer> & {
    task?: { id: string };
    conversationId?: string;
    file?: { id: string };
  };
  return {
    ...body,
    status: answer.status,
    code: body.error?.code,
    retryAfter: answer.headers.get('retry-after'),
    replayed: answer.headers.get('idempotency-replayed'),
  };
}

async function useUp(verb: RatedVerb, { userId, teamId }: Person): Promise<void> {
  for (let i = 0; i < verbRates[verb].person.most; i++) await world().core.rates.take(verb, { person: `user:${userId}`, teamId });
}
