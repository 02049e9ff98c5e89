import { justConfirmed } from '#core/testing/stages/just-confirmed.ts';
import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { loggedIn, sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, stage, type Stage } from '#core/testing/stages/stage.ts';
import type { App } from '../app.ts';
import type { Core } from '../runtime/core.ts';
import { checkLedgerDaily, type operateVerbs } from './operate.ts';
import type { Actor } from '#core/domain/actor.ts';

const settings = { OPERATOR_EMAILS: 'Ops@example.com, anna@example.com' };
const world = forAll(() => openStage({ settings }));

/** What each verb is called with; that an owner who is no operator gets nowhere is asked of every one of them. */
const calls: {
  [Verb in Exclude<keyof ReturnType<typeof operateVerbs>, 'isOperator' | 'health' | 'gauges'>]: (
    app: App,
    actor: Actor,
    id: string,
  ) => Promise<unknown>;
} = {
  overview: (app, actor) => app.operator.overview(actor),
  teams: (app, actor) => app.operator.teams(actor, { limit: 10 }),
  team: (app, actor, id) => app.operator.team(actor, id),
  tasks: (app, actor) => app.operator.tasks(actor, { sight: 'running', limit: 10 }),
  openRequest: (app, actor, id) => app.operator.openRequest(actor, id),
  cancel: (app, actor, id) => app.operator.cancel(actor, id),
  requeue: (app, actor, id) => app.operator.requeue(actor, id),
  queues: (app, actor) => app.operator.queues(actor),
  undelivered: (app, actor) => app.operator.undelivered(actor, { limit: 10 }),
  sendAgain: (app, actor, id) => app.operator.sendAgain(actor, id, id),
  mails: (app, actor) => app.operator.mails(actor),
  sendMail: (app, actor, id) => app.operator.sendMail(actor, id),
  ledgerChecks: (app, actor) => app.operator.ledgerChecks(actor),
  checkLedger: (app, actor) => app.operator.checkLedger(actor, null),
  grantCredits: (app, actor, id) => app.operator.grantCredits(actor, { teamId: id, credits: '5', reason: 'because', key: newId() }),
  freezeTeam: (app, actor, id) => app.operator.freezeTeam(actor, id, 'because'),
  unfreezeTeam: (app, actor, id) => app.operator.unfreezeTeam(actor, id, 'because'),
};

test.each(Object.entries(calls))('%s is not there for an owner who is no operator, also for their own team', async (_, call) => {
  const { app, person } = world();
  const owner = loggedIn(await person());
  expect(await app.operator.isOperator(owner)).toBe(false);
  await expect(call(app, owner, owner.teamId)).rejects.toMatchObject({ code: 'route.unknown' });
});

test.each(Object.entries(calls))('%s is refused, with the way forward, while its operator has no second factor', async (_, call) => {
  const { app, core } = world();
  const ops = await operator(world());
  await core.store.money.query({ text: 'UPDATE users SET two_factor_enabled = false WHERE id = $1' }, [ops.userId]);
  await expect(call(app, ops, ops.teamId)).rejects.toMatchObject({ code: 'operator.two-factor', page: '/settings' });
});

test('an operator is whoever OPERATOR_EMAILS names, with a verified address and two-factor on, whatever their role; a key is none', async () => {
  const { app, core, person } = world();
  const ops = await operator(world());
  expect(await app.operator.isOperator(ops)).toBe(true);
  expect(await app.operator.isOperator({ ...ops, role: 'guest' })).toBe(true);
  expect(await app.operator.isOperator({ ...ops, apiKeyId: newId() })).toBe(false);
  const anna = await operator(world(), 'anna@example.com', false);
  expect(await app.operator.isOperator(anna)).toBe(false);
  await core.store.money.query({ text: 'UPDATE users SET email_verified = true WHERE id = $1' }, [anna.userId]);
  expect(await app.operator.isOperator(anna)).toBe(true);
  await core.store.money.query({ text: 'UPDATE users SET two_factor_enabled = false WHERE id = $1' }, [anna.userId]);
  expect(await app.operator.isOperator(anna)).toBe(false);
  // What an actor says of their address counts for nothing.
  expect(await app.operator.isOperator({ ...(await person()), apiKeyId: undefined as never, email: 'ops@example.com' })).toBe(false);
});

test('the overview counts what is there and says how every part is', async () => {
  const opened = await stage({ settings, agents: agentsThat(() => done('Here.', [csvOf('leads.csv', 3)])) });
  const ops = await operator(opened);
  const ada = await opened.person(100);
  await ada.get('find me 3 leads');
  const all = {
    users: 2,
    teams: 2,
    tasksOfDay: { completed: 1 },
    tasksLive: 0,
    creditsBalance: 97_000_000n,
    creditsHeld: 0n,
    creditsUsedOfDay: 3_000_000n,
    lettersOpen: 0,
    lettersDead: 0,
    outbox: 0,
    frozenTeams: 0,
    leavingTeams: 0,
    installations: 0,
    installationsUnlinked: 0,
    installationsMute: 0,
    ledger: null,
    health: [
      { part: 'database', ok: true },
      { part: 'queue', ok: true },
      { part: 'workers', ok: true },
      { part: 'storage', ok: true },
      { part: 'agents', ok: true },
    ],
  };
  // A part that does not answer in time is not well.
  await vi.waitFor(async () => expect(await opened.app.operator.overview(ops)).toMatchObject(all));
  expect(await opened.app.operator.queues(ops)).toMatchObject({
    outbox: 0,
    outboxOldest: null,
    letters: [],
    closedChannels: [],
    inputs: { files: 0, oldest: null },
    workers: [],
  });
});

test('an operator sees which channels take no answers, and which attachments are still with their platform', async () => {
  const { app, core, person } = world();
  const [ops, ada] = [await operator(world()), await person()];
  const { query } = core.store.money;
  const at = core.clock.now();
  for (const [route, why] of [
    ['slack:T1:C1', 'closed'],
    ['slack:T1:C2', 'closed'],
    ['slack:T1:C3', null],
  ] as const)
    await query(
      {
        text: `INSERT INTO routes (route, platform, broken_why, broken_at) VALUES ($1, 'slack', $2::text, CASE WHEN $2::text IS NULL THEN NULL ELSE $3::timestamptz END)`,
      },
      [route, why, at],
    );
  const taken = await ada.ask('find me 3 leads');
  await query(
    {
      text: `INSERT INTO waiting_inputs (id, task_id, team_id, platform, name, mime, size_bytes, ref, next_at, give_up_at, created_at)
        VALUES ($1, $2, $3, 'slack', 'a.csv', 'text/csv', 5, '', $4::timestamptz + interval '1 h', $4::timestamptz + interval '1 h', $4)`,
    },
    [newId(), taken.kind === 'task' && taken.taskId, ada.teamId, at],
  );
  expect(await app.operator.queues(ops)).toMatchObject({
    closedChannels: [{ platform: 'slack', why: 'closed', channels: 2, oldest: at }],
    inputs: { files: 1, oldest: at },
  });
});

test('an operator sees where the app is installed, which workspaces no team pays for, and which have to install it again', async () => {
  const { app, core, person } = world();
  const ops = await operator(world());
  const { actors } = await sharedTeam(core, 'Acme', [[await person(0), 'owner']] as const);
  const [ada] = actors;
  const at = core.clock.now().getTime();
  const install = (externalId: string, expiresInMs: number) =>
    app.workspaces.installed({
      platform: 'slack',
      externalId,
      enterpriseId: null,
      name: externalId,
      botUserId: null,
      scopes: ['chat:write', 'commands'],
      tokens: { bot: 'xoxb-of-a-test', refresh: null, expiresAt: new Date(at + expiresInMs) },
      installedBy: null,
    });
  await install('T-linked', 3_600_000);
  await install('T-expired', -1);
  await install('T-removed', 3_600_000);
  await app.workspaces.uninstalled({ platform: 'slack', externalId: 'T-removed' });
  const { url } = await app.workspaces.makeWorkspaceLink({ platform: 'slack', externalId: 'T-linked', name: 'Acme HQ' });
  await app.workspaces.confirmLink(ada, url.split('/').at(-1)!, ada);
  expect(await app.operator.overview(ops)).toMatchObject({ installations: 2, installationsUnlinked: 1, installationsMute: 1 });
  const { workspaces } = await app.operator.team(ops, ada.teamId);
  expect(workspaces).toEqual([
    {
      platform: 'slack',
      externalId: 'T-linked',
      name: 'Acme HQ',
      uninstalledAt: null,
      installation: { version: 1, scopes: ['chat:write', 'commands'], tokensExpireAt: new Date(at + 3_600_000) },
    },
  ]);
});

test('teams are found by name, by a member’s address and by id, and shown with wallet, people and audit log', async () => {
  const { app, person, core } = world();
  const ops = await operator(world());
  const [ada, ben] = [await person(0), await person(0)];
  const { teamId, walletId } = await sharedTeam(
    core,
    'Zebra 100% Ltd',
    [
      [ada, 'owner'],
      [ben, 'member'],
    ] as const,
    40,
  );
  const names = async (search: string) => (await app.operator.teams(ops, { search, limit: 10 })).map(({ name }) => name);
  expect(await names('zebra')).toEqual(['Zebra 100% Ltd']);
  expect(await names('100% l')).toEqual(['Zebra 100% Ltd']);
  expect(await names('%')).toEqual(['Zebra 100% Ltd']);
  expect(await names(ben.email.toUpperCase())).toEqual(['Zebra 100% Ltd', 'Ada']);
  expect(await names(teamId)).toEqual(['Zebra 100% Ltd']);
  expect(await names('nobody at all')).toEqual([]);

  const [first, second, third] = await app.operator.teams(ops, { limit: 3 });
  expect(await app.operator.teams(ops, { limit: 2, before: first!.id })).toEqual([second, third]);

  expect(await app.operator.team(ops, teamId)).toMatchObject({
    id: teamId,
    name: 'Zebra 100% Ltd',
    personal: false,
    members: 2,
    balance: 40_000_000n,
    walletId,
    retentionDays: 365,
    people: [
      { email: ada.email, role: 'owner' },
      { email: ben.email, role: 'member' },
    ],
    workspaces: [],
    audit: [],
  });
  await expect(app.operator.team(ops, newId())).rejects.toMatchObject({ code: 'route.unknown' });
});

test('tasks are shown without their words; whoever reads those is named in the team’s audit log', async () => {
  const { app, person, core } = world();
  const ops = await operator(world());
  const ada = await person();
  const task = await ada.get('find me 3 leads for my secret plan');
  const seen = [
    await app.operator.tasks(ops, { sight: 'running', limit: 100 }),
    await app.operator.tasks(ops, { sight: 'failed', limit: 100 }),
    await app.operator.team(ops, ada.teamId),
    await app.operator.teams(ops, { search: ada.teamId, limit: 1 }),
  ];
  expect(json(seen)).not.toContain('secret plan');
  expect(await auditOf(core, ada.teamId)).toEqual([]);
  expect(await app.operator.openRequest(ops, task.id)).toMatchObject({
    taskId: task.id,
    teamId: ada.teamId,
    requestText: 'find me 3 leads for my secret plan',
    failure: null,
  });
  expect(await auditOf(core, ada.teamId)).toEqual([`operator:${ops.userId} request.opened ${task.id} {}`]);
  await expect(app.operator.openRequest(ops, newId())).rejects.toMatchObject({ code: 'task.not-found' });
});

test('a running task is seen and stopped, and one that hangs is seen as stuck and put into the queue again', async () => {
  const { forward, ...clock } = clockByHand();
  const never = Promise.withResolvers<void>();
  const opened = await stage({
    settings,
    clock,
    agents: agentsThat(async (job, _watch, signal) => {
      if (job.quantity === 4) throw new Error('no agent');
      await Promise.race([never.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
      return {
        kind: 'stopped',
        by: 'signal',
        text: '',
        files: [],
        sample: false,
        usage: { inputTokens: 0, outputTokens: 0, toolCalls: 0, durationMs: 0, costMicroUsd: 0 },
      };
    }),
    withCore: (core) => ({
      ...core,
      queue: { ...core.queue, add: async (jobs) => (losing ? undefined : core.queue.add(jobs)), missing: async () => [] },
    }),
  });
  let losing = false;
  const { app, core } = opened;
  const ops = await operator(opened);
  const ada = await opened.person();
  const running = await ada.ask('find me 3 leads');
  const runningId = running.kind === 'task' ? running.taskId : '';
  await vi.waitFor(async () => expect((await ada.task(running)).status).toBe('processing'));
  expect(await app.operator.tasks(ops, { sight: 'running', limit: 10 })).toMatchObject([
    { id: runningId, teamName: 'Ada', status: 'processing', attempts: 1, held: 3_000_000n, worker: core.settings.worker },
  ]);
  expect((await app.operator.queues(ops)).workers).toMatchObject([{ worker: core.settings.worker, attempts: 1 }]);
  expect(await app.operator.tasks(ops, { sight: 'stuck', limit: 10 })).toEqual([]);
  await app.operator.cancel(ops, runningId);
  expect(await ada.untilOver(running)).toMatchObject({ status: 'canceled' });
  await expect(app.operator.cancel(ops, runningId)).rejects.toMatchObject({ code: 'task.over' });
  await expect(app.operator.requeue(ops, runningId)).rejects.toMatchObject({ code: 'task.over' });

  losing = true;
  const lost = await ada.ask('find me 4 leads');
  const lostId = lost.kind === 'task' ? lost.taskId : '';
  await vi.waitFor(async () => expect(await app.operator.queues(ops)).toMatchObject({ outbox: 0 }));
  forward(3 * 60_000);
  expect(await app.operator.tasks(ops, { sight: 'stuck', limit: 10 })).toMatchObject([{ id: lostId, status: 'pending', attempts: 0 }]);
  losing = false;
  await app.operator.requeue(ops, lostId);
  expect(await ada.untilOver(lost)).toMatchObject({ status: 'failed' });
  expect(await app.operator.tasks(ops, { sight: 'failed', teamId: ada.teamId, limit: 10 })).toMatchObject([
    { id: lostId, failure: 'our.fault' },
  ]);
  expect(await auditOf(core, ada.teamId)).toEqual([
    `operator:${ops.userId} task.stopped ${runningId} {}`,
    `operator:${ops.userId} task.requeued ${lostId} {}`,
  ]);
});

test('credits are granted once for each form, and the reason stands in the audit log, not in the journal', async () => {
  const { app, person, core } = world();
  const ops = await operator(world());
  const ada = await person(10);
  const grant = { teamId: ada.teamId, credits: ' 12.5 ', reason: ' For the trouble on Monday ', key: newId() };
  const both = await Promise.all([app.operator.grantCredits(ops, grant), app.operator.grantCredits(ops, grant)]);
  expect(both.toSorted((a, b) => Number(a.repeated) - Number(b.repeated))).toEqual([
    { available: '22500000', repeated: false },
    { available: '22500000', repeated: true },
  ]);
  expect(await ada.ledger()).toEqual(['grant 10', 'grant 12.5']);
  expect(await auditOf(core, ada.teamId)).toEqual([
    `operator:${ops.userId} grant null {"note":"For the trouble on Monday","credits":"12500000"}`,
  ]);
  const { rows } = await core.store.money.query({ text: 'SELECT actor, note, key FROM transactions WHERE wallet_id = $1 AND seq = 2' }, [
    ada.walletId,
  ]);
  expect(rows).toEqual([{ actor: `operator:${ops.userId}`, note: 'granted by the operator', key: `operator-grant:${grant.key}` }]);
  await expect(app.operator.grantCredits(ops, { ...grant, credits: '13' })).rejects.toMatchObject({ code: 'request.invalid' });
});

test.each([
  [{ credits: '0' }, 'credits'],
  [{ credits: '-5' }, 'credits'],
  [{ credits: '1e3' }, 'credits'],
  [{ credits: '1000000.1' }, 'credits'],
  [{ reason: ' x ' }, 'reason'],
  [{ reason: 'x'.repeat(501) }, 'reason'],
  [{ key: 'k' }, 'key'],
])('a grant with %j is refused with the name of the field', async (change, field) => {
  const ops = await operator(world());
  const grant = { teamId: ops.teamId, credits: '5', reason: 'because', key: newId(), ...change };
  await expect(world().app.operator.grantCredits(ops, grant)).rejects.toMatchObject({
    code: 'request.invalid',
    facts: { fields: [{ name: field }] },
  });
});

test('in a frozen team nothing new begins until it is unfrozen, and both have a reason', async () => {
  const { app, person, core } = world();
  const ops = await operator(world());
  const ada = await person();
  await app.operator.freezeTeam(ops, ada.teamId, 'A stolen card');
  await app.operator.freezeTeam(ops, ada.teamId, 'A stolen card');
  expect(await ada.ask('find me 3 leads')).toMatchObject({ kind: 'refused', refused: { code: 'wallet.frozen' } });
  await app.operator.unfreezeTeam(ops, ada.teamId, 'Cleared up');
  expect(await ada.ask('find me 3 leads')).toMatchObject({ kind: 'task' });
  expect(await auditOf(core, ada.teamId)).toEqual([
    `operator:${ops.userId} team.frozen null {"note":"A stolen card"}`,
    `operator:${ops.userId} team.unfrozen null {"note":"Cleared up"}`,
  ]);
  await expect(app.operator.freezeTeam(ops, ada.teamId, '')).rejects.toMatchObject({ code: 'request.invalid' });
});

test('the ledger is added up on request, one wallet or all, and what came of it is kept', async () => {
  const opened = await stage({ settings });
  const { app } = opened;
  const ops = await operator(opened);
  const [ada] = [await opened.person(100), await opened.person(100)];
  await ada.get('find me 3 leads');
  const one = await app.operator.checkLedger(ops, ada.teamId);
  expect(one).toMatchObject({ walletId: ada.walletId, outcome: 'right', report: { wallets: 1, transactions: 4, wrong: null } });
  const all = await app.operator.checkLedger(ops, null);
  expect(all).toMatchObject({ walletId: null, outcome: 'right', report: { wallets: 3, wrong: null } });
  expect(await app.operator.ledgerChecks(ops)).toEqual([all, one]);
  expect((await app.operator.overview(ops)).ledger).toEqual(all);
});

test('a ledger that is wrong is an alarm, found by the daily check as well', async () => {
  const { forward, ...clock } = clockByHand();
  const opened = await stage({ settings, clock });
  const { app, core } = opened;
  const ops = await operator(opened);
  await opened.person(100);
  await checkLedgerDaily(core);
  await core.store.money.query(
    {
      text: `DO $$ BEGIN ALTER TABLE wallets DISABLE TRIGGER USER; UPDATE wallets SET balance = balance + 5; ALTER TABLE wallets ENABLE TRIGGER USER; END $$`,
    },
    [],
  );
  await checkLedgerDaily(core);
  expect((await app.operator.ledgerChecks(ops)).map(({ outcome }) => outcome)).toEqual(['right']);
  forward(25 * 60 * 60 * 1000);
  await checkLedgerDaily(core);
  // Upkeep may have looked at the same moment.
  expect([...new Set((await app.operator.ledgerChecks(ops)).map(({ outcome }) => outcome))]).toEqual(['wrong', 'right']);
  const [mail] = await opened.mails('ops@example.com');
  expect(mail!.text).toContain('the wallet is not where its journal ends');
});

test('a check that takes too long says so rather than holding the page up', async () => {
  const { core } = await stage({ settings });
  await core.store.money.transaction(async (client) => {
    await client.query('LOCK TABLE transactions, wallets IN ACCESS EXCLUSIVE MODE'); // on an empty journal it may be quicker than any limit
    expect(await core.store.ledgerChecks.check(null, 0, new Date())).toMatchObject({ outcome: 'too-long', report: null });
  });
});

test('answers that could not be posted are seen across teams without their words, and sent again with a line in the log', async () => {
  const { app, person, core } = world();
  const ops = await operator(world());
  const ada = await person();
  const task = await ada.get('find me 3 leads for my secret plan');
  const { rows } = await core.store.money.query<{ id: string }>(
    {
      text: `WITH dead AS (UPDATE letters SET state = 'dead', platform = 'pigeon' WHERE task_id = $1 AND seq = 2 RETURNING id)
             INSERT INTO dead_letters SELECT id, $2, 'gone', false, now() FROM dead RETURNING letter_id AS id`,
    },
    [task.id, ada.teamId],
  );
  const seen = (await app.operator.undelivered(ops, { limit: 100 })).filter(({ teamId }) => teamId === ada.teamId);
  expect(seen).toMatchObject([{ id: rows[0]!.id, taskId: task.id, kind: 'result', why: { code: 'gone' } }]);
  expect(json(seen)).not.toMatch(/secret plan|Done/);
  await expect(app.operator.sendAgain(ops, ops.teamId, rows[0]!.id)).rejects.toMatchObject({ code: 'letter.under-way' });
  await app.operator.sendAgain(ops, ada.teamId, rows[0]!.id);
  await expect(app.operator.sendAgain(ops, ada.teamId, rows[0]!.id)).rejects.toMatchObject({ code: 'letter.under-way' });
  expect(await auditOf(core, ada.teamId)).toEqual([`operator:${ops.userId} letter.again ${rows[0]!.id} {}`]);
});

test('mails that may not have arrived are seen and sent again', async () => {
  const { app, core } = world();
  const ops = await operator(world());
  const { rows } = await core.store.money.query<{ id: string }>(
    {
      text: `INSERT INTO mails (id, key, to_address, kind, saying, state, next_at, created_at)
             VALUES (uuidv7(), 'test', 'a@example.com', 'verify', 'x', 'unknown', now(), now()) RETURNING id`,
    },
    [],
  );
  expect(await app.operator.mails(ops)).toMatchObject([{ id: rows[0]!.id, to: 'a@example.com', state: 'unknown', canBeSentAgain: true }]);
  await app.operator.sendMail(ops, rows[0]!.id);
  await expect(app.operator.sendMail(ops, newId())).rejects.toMatchObject({ code: 'mail.gone' });
});

async function operator({ core }: Pick<Stage, 'core'>, email = 'ops@example.com', emailVerified = true): Promise<Actor> {
  const { userId, teamId } = await core.store.people.addUser({ email, name: 'Operator', emailVerified }, core.clock.now());
  await core.store.money.query({ text: 'UPDATE users SET two_factor_enabled = true WHERE id = $1' }, [userId]);
  return { userId, teamId, role: 'owner', email, ...justConfirmed };
}

async function auditOf(core: Core, teamId: string) {
  const { rows } = await core.store.money.query<{ actor: string; act: string; subject: string | null; facts: object }>(
    { text: 'SELECT actor, act, subject, facts FROM audit_entries WHERE team_id = $1 ORDER BY id' },
    [teamId],
  );
  return rows.map(({ actor, act, subject, facts }) => `${actor} ${act} ${subject} ${json(facts)}`);
}

function json(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));
}
