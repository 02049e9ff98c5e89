// Requests that need approval over the API, in front of the whole product.

import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { loggedIn, sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, stage, type Person } from '#core/testing/stages/stage.ts';
import type { TaskView } from '#core/domain/tasks/task-view.ts';
import type { ShownLetter } from '#core/flows/messages/conversation.ts';
import type { approvalAnswer, takenAnswer } from '../answers.ts';
import type { ErrorAnswer } from '../requests/errors.ts';

const usual = forAll(() => openStage());
const DAY_MS = 86_400_000;
const request = { requestText: 'find me 20 leads in Miami' };

test('a request above the threshold answers 202 with what it would cost, holds nothing, and runs once it is approved', async () => {
  const { ada, as } = await careful();
  const asked = await as(ada).create();
  expect([asked.status, asked.headers.get('location')]).toEqual([202, asked.body.links.task]);
  const task = asked.body.links.task;
  expect(asked.body).toEqual({
    task: {
      id: expect.any(String),
      type: 'lead-generation',
      because: 'read as lead-generation because of “leads”',
      quantity: { asked: 20, unit: 'leads', stated: true },
      status: 'awaiting_approval',
    },
    estimate: { low: 16, high: 20, held: 0 },
    approval: { above: 10, approveBy: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/) },
    balance: { available: 500 },
    conversationId: expect.any(String),
    links: {
      task: expect.stringMatching(/\/api\/tasks\/[0-9a-f-]{36}$/),
      cancel: `${task}/cancel`,
      events: expect.stringMatching(/\/api\/events\?task=/),
      letters: expect.stringMatching(/\/letters$/),
      approve: `${task}/approve`,
    },
  });
  expect(Date.parse(asked.body.approval.approveBy) - Date.now()).toBeGreaterThan(DAY_MS - 60_000);
  expect(await as(ada).task(asked)).toMatchObject({
    status: 'awaiting_approval',
    statusWords: 'Needs approval',
    approveBy: asked.body.approval.approveBy,
    creditsHeld: 0,
    over: false,
  });

  const approved = await as(ada).approve(asked);
  expect([approved.status, approved.headers.has('idempotency-replayed')]).toEqual([200, false]);
  const { status: _, ...work } = asked.body.task;
  const { approve: __, ...links } = asked.body.links;
  expect(approved.body).toEqual({
    task: { ...work, position: 0 },
    estimate: { low: 16, high: 20, held: 20 },
    balance: { available: 480 },
    conversationId: asked.body.conversationId,
    links,
  });
  const over = await vi.waitFor(async () => {
    const now = await as(ada).task(asked);
    expect(now).toMatchObject({ status: 'completed', approveBy: null, creditsUsed: 20 });
    return now;
  });
  expect(over.quantity).toEqual({ asked: 20, delivered: 20, unit: 'leads' });
  expect(await as(ada).letters(asked)).toEqual(['approval', 'accepted', 'result']);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 20', 'settle 20']);
});

test('a request below the threshold, or of exactly as much, starts at once', async () => {
  const { ada, as } = await careful();
  for (const requestText of ['find me 9 leads in Miami', 'find me 10 leads in Miami'])
    expect(await as(ada).create({ requestText })).toMatchObject({ status: 201, body: { task: { position: 0 } } });
});

test('approved twenty times at once, a task starts once, and every answer is the same', async () => {
  const { ada, as } = await careful();
  const asked = await as(ada).create();
  const answers = await Promise.all(Array.from({ length: 20 }, () => as(ada).approve(asked)));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(19);
  await vi.waitFor(async () => expect((await as(ada).task(asked)).status).toBe('completed'));
  const later = await as(ada).approve(asked);
  expect([later.body, later.headers.get('idempotency-replayed')]).toEqual([answers[0]!.body, 'true']);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 20', 'settle 20']);
});

test('a request repeated under its key answers the same 202, before and after it was approved', async () => {
  const { ada, as } = await careful();
  const key = { 'Idempotency-Key': 'order-17' };
  const first = await as(ada).create(request, key);
  const again = await as(ada).create(request, key);
  expect((await as(ada).approve(first)).status).toBe(200);
  const after = await as(ada).create(request, key);
  expect([first, again, after].map(({ status, headers }) => [status, headers.get('idempotency-replayed')])).toEqual([
    [202, null],
    [202, 'true'],
    [202, 'true'],
  ]);
  expect(again.body).toEqual(first.body);
  expect(after.body).toEqual(first.body);
});

test('run again above the threshold, a task needs approval too', async () => {
  const { ada, as } = await careful();
  const asked = await as(ada).create();
  await as(ada).send(asked.body.links.cancel);
  const again = await as(ada).send(`${asked.body.links.task}/retry`);
  expect(again).toMatchObject({ status: 202, body: { task: { status: 'awaiting_approval' }, conversationId: asked.body.conversationId } });
});

test('only a full key of whoever asked approves: others of the team may not, and other teams do not find the task', async () => {
  const { as } = await careful();
  const { app, core, person } = usual();
  const people = [await person(), await person()] as const;
  const [member, owner] = (
    await sharedTeam(
      core,
      'Acme',
      [
        [people[0], 'member'],
        [people[1], 'owner'],
      ] as const,
      100,
    )
  ).actors;
  await app.privacy.setTeamSettings(owner, { confirmAbove: '10000000' });
  const full = { apiKey: (await app.team.makeApiKey(member, 'script')).key };
  const readOnly = { apiKey: (await app.team.makeApiKey(member, 'report', { scope: 'read-only' })).key };
  const colleague = { apiKey: (await app.team.makeApiKey(owner, 'script')).key };

  const asked = await as(full).create();
  expect(await as(colleague).approve(asked)).toMatchObject({
    status: 403,
    body: { error: { code: 'approval.not-yours', message: 'Only the person who asked for this task can approve or change it.' } },
  });
  expect(await as(await person()).approve(asked)).toMatchObject({ status: 404, body: { error: { code: 'task.not-found' } } });
  expect(await as(readOnly).approve(asked)).toMatchObject({ status: 403, body: { error: { code: 'key.read-only' } } });
  expect(await as(null).approve(asked)).toMatchObject({ status: 401, body: { error: { code: 'login.needed' } } });
  expect(await as(full).send(asked.body.links.approve, { now: true })).toMatchObject({
    status: 400,
    body: { error: { code: 'request.invalid' } },
  });
  // They read it, though.
  expect(await as(readOnly).task(asked)).toMatchObject({ status: 'awaiting_approval', creditsHeld: 0 });
  expect(await as(full).approve(asked)).toMatchObject({ status: 200 });
});

test('credits or a limit that no longer suffice refuse the approval, and the task goes on waiting', async () => {
  const { ada, as } = await careful(25);
  const { app } = usual();
  const asked = await as(ada).create();
  await ada.get('find me 8 leads');
  expect(await as(ada).approve(asked)).toMatchObject({
    status: 402,
    body: { error: { code: 'credits.short', message: 'This needs 20 credits and you have 17.' } },
  });
  expect(await as(ada).task(asked)).toMatchObject({
    status: 'awaiting_approval',
    creditsHeld: 0,
    approveBy: asked.body.approval.approveBy,
  });

  const limited = (await careful()).ada;
  const waiting = await as(limited).create();
  const { id } = await app.credits.setLimit(loggedIn(limited), {
    kind: 'team',
    subject: '',
    credits: '15000000',
    period: 'day',
    timeZone: 'UTC',
  });
  expect(await as(limited).approve(waiting)).toMatchObject({ status: 402, body: { error: { code: 'limit.reached' } } });
  expect(await as(limited).task(waiting)).toMatchObject({ status: 'awaiting_approval', creditsHeld: 0 });
  expect(await limited.ledger()).toEqual(['grant 500']);
  await app.credits.removeLimit(loggedIn(limited), id);
  expect((await as(limited).approve(waiting)).status).toBe(200);
});

test('what needs more credits than there are is refused at once, and asks nobody', async () => {
  const { ada, as } = await careful(15);
  expect(await as(ada).create()).toMatchObject({ status: 402, body: { error: { code: 'credits.short' } } });
});

test('a task canceled while it waits costs nothing, and can no longer be approved', async () => {
  const { ada, as } = await careful();
  const asked = await as(ada).create();
  expect(await as(ada).send(asked.body.links.cancel)).toMatchObject({
    status: 200,
    body: { task: { state: 'canceled' }, used: 0, returned: 0, balance: { available: 500 } },
  });
  expect(await as(ada).approve(asked)).toMatchObject({
    status: 409,
    body: { error: { code: 'task.over', message: 'This task is already canceled.' } },
  });
  expect(await as(ada).task(asked)).toMatchObject({ status: 'canceled', failure: null, creditsUsed: 0, approveBy: null });
  expect(await ada.ledger()).toEqual(['grant 500']);
});

test('a cancellation that did not come to its end leaves a task that nobody can approve, and that can be canceled again', async () => {
  const { ada, as } = await careful();
  const { core } = usual();
  const asked = await as(ada).create();
  await core.store.tasks.requestCancel(ada.teamId, asked.body.task.id, core.clock.now());
  expect(await as(ada).approve(asked)).toMatchObject({ status: 409, body: { error: { message: 'This task is already canceled.' } } });
  expect(await as(ada).send(asked.body.links.cancel)).toMatchObject({ status: 200, body: { task: { state: 'canceled' } } });
});

test('a task that nobody approves in 24 hours is canceled and says so, and approving it is refused from then on', async () => {
  const clock = clockByHand();
  const product = await stage({ clock, timings: { sweepEveryMs: 3 * DAY_MS } });
  const { ada, as } = await careful(500, product);
  const asked = await as(ada).create();
  clock.forward(DAY_MS + 1_000);
  const expired = { status: 409, body: { error: { code: 'approval.expired' } } };
  // Nobody has looked after it yet.
  expect(await as(ada).approve(asked)).toMatchObject(expired);
  await product.core.store.approvals.takeExpired(clock.now(), 10);
  expect(await as(ada).approve(asked)).toMatchObject(expired);

  clock.forward(2 * DAY_MS);
  await vi.waitFor(async () =>
    expect(await as(ada).task(asked)).toMatchObject({
      status: 'canceled',
      over: true,
      failure: {
        code: 'approval.expired',
        message: 'Nobody approved this request within 24 hours, so it was not started. Nothing was charged.',
        wayForward: 'Run it again if you still need it.',
      },
      approveBy: null,
    }),
  );
  expect(await as(ada).approve(asked)).toMatchObject(expired);
  expect(await as(ada).letters(asked)).toEqual(['approval', 'failed']);
  expect((await ada.said(asked.body.conversationId)).at(-1)).toBe(
    'Nobody approved this request within 24 hours, so it was not started. Nothing was charged.',
  );
  expect(await ada.ledger()).toEqual(['grant 500']);
});

/** Whatever an answer may have; each test knows which it gets. */
type Body = ReturnType<typeof approvalAnswer> & ReturnType<typeof takenAnswer> & ErrorAnswer;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** Somebody whose team confirms requests over 10 credits, and ways to ask the API as anybody. */
async function careful(credits = 500, { url, app, person } = usual()) {
  const ada = await person(credits);
  await app.privacy.setTeamSettings(loggedIn(ada), { confirmAbove: '10000000' });
  const as = (asker: Pick<Person, 'apiKey'> | null) => {
    const headers = { 'Content-Type': 'application/json', ...(asker && { Authorization: `Bearer ${asker.apiKey}` }) };
    const read = async <T>(address: string) => (await (await fetch(address, { headers })).json()) as T;
    const send = async (address: string, json: object = {}, more: Record<string, string> = {}): Promise<Answer> => {
      const answer = await fetch(address, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(json) });
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body };
    };
    return {
      send,
      create: (json: object = request, more: Record<string, string> = {}) =>
        send(`${url}/api/tasks/create`, json, { 'Idempotency-Key': newId(), ...more }),
      approve: ({ body }: Answer) => send(`${url}/api/tasks/${body.task.id}/approve`),
      task: async ({ body }: Answer) => (await read<{ task: TaskView }>(`${url}/api/tasks/${body.task.id}`)).task,
      letters: async ({ body }: Answer) => (await read<{ letters: ShownLetter[] }>(body.links.letters)).letters.map(({ kind }) => kind),
    };
  };
  return { ada, as };
}
