import { expect, test } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { loggedIn, sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, stage } from '#core/testing/stages/stage.ts';
import { raiseAlarm, watchUndelivered } from '../mail/alarm.ts';
import type { Core } from '../runtime/core.ts';
import { expireFiles } from '../operator/upkeep.ts';
import type { Actor } from '#core/domain/actor.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const { forward: _ahead, ...clock } = clockByHand();
const world = forAll(() => openStage({ clock, settings: { OPERATOR_EMAILS: 'Ops@example.com,anna@example.com' } }));

test('a team sets how long files are kept and from which price on it is asked, and the audit log says from what to what', async () => {
  const { app, person, core } = world();
  const ada = await person();
  expect(await app.privacy.teamSettings(ada)).toEqual({
    name: 'Ada',
    personal: true,
    retentionDays: 365,
    confirmAbove: null,
    deletion: null,
  });
  expect(await app.privacy.setTeamSettings(loggedIn(ada), { retentionDays: 90, confirmAbove: '25000000' })).toMatchObject({
    retentionDays: 90,
    confirmAbove: '25000000',
  });
  expect(await app.privacy.setTeamSettings(loggedIn(ada), { confirmAbove: null })).toMatchObject({ retentionDays: 90, confirmAbove: null });
  expect(await auditOf(core, ada)).toEqual([
    ['settings.changed', { retentionDays: 90, retentionDaysBefore: 365, confirmAbove: '25000000', confirmAboveBefore: null }],
    ['settings.changed', { confirmAbove: null, confirmAboveBefore: '25000000' }],
  ]);
});

test.each([
  [{ retentionDays: 29 }, 'retentionDays'],
  [{ retentionDays: 3651 }, 'retentionDays'],
  [{ retentionDays: 40.5 }, 'retentionDays'],
  [{ confirmAbove: '-1' }, 'confirmAbove'],
  [{ confirmAbove: '1e9' }, 'confirmAbove'],
  [{ confirmAbove: '9'.repeat(18) }, 'confirmAbove'],
])('%j is refused with the name of the field', async (change, field) => {
  const ada = await world().person();
  await expect(world().app.privacy.setTeamSettings(loggedIn(ada), change)).rejects.toMatchObject({
    code: 'request.invalid',
    facts: { fields: [{ name: field }] },
  });
});

test('a shorter time says what will go and when, leaves a week for a slip, and then removes it with what we showed of it', async () => {
  const { forward, ...ownClock } = clockByHand();
  const { app, person, core } = await stage({ clock: ownClock, agents: agentsThat(() => done('Here.', [csvOf('leads.csv', 3)])) });
  const ada = await person();
  const old = await ada.get('find me 3 leads');
  forward(60 * DAY_MS);
  const young = await ada.get('find me 3 leads in Miami');
  const preview = await app.privacy.retentionPreview(ada, 30);
  expect(preview).toEqual({ files: 1, bytes: 22, at: expect.any(String) });
  const days = (new Date(preview.at).getTime() - ownClock.now().getTime()) / DAY_MS;
  expect(days).toBeCloseTo(7, 3);

  await app.privacy.setTeamSettings(loggedIn(ada), { retentionDays: 30 });
  forward(6.9 * DAY_MS);
  await expireFiles(core);
  expect((await app.tasks.get(ada, old.id)).files[0]).toMatchObject({ url: expect.any(String), preview: { rowsTotal: 3 } });
  forward(0.2 * DAY_MS);
  await expireFiles(core);
  expect((await app.tasks.get(ada, old.id)).files).toMatchObject([{ name: 'leads.csv', url: null, preview: null }]);
  expect(JSON.stringify(await app.messages.letters(ada, old.conversationId, 0))).not.toContain('row 1');
  expect((await app.tasks.get(ada, young.id)).files[0]).toMatchObject({ url: expect.any(String), preview: { rowsTotal: 3 } });
});

test('who takes a shorter time back within the week loses nothing, and a longer time holds for what is here', async () => {
  const { forward, ...ownClock } = clockByHand();
  const { app, person, core } = await stage({ clock: ownClock, agents: agentsThat(() => done('Here.', [csvOf('leads.csv', 3)])) });
  const ada = await person();
  const task = await ada.get('find me 3 leads');
  forward(300 * DAY_MS);
  await app.privacy.setTeamSettings(loggedIn(ada), { retentionDays: 30 });
  forward(6 * DAY_MS);
  await app.privacy.setTeamSettings(loggedIn(ada), { retentionDays: 700 });
  forward(380 * DAY_MS);
  await expireFiles(core);
  expect((await app.tasks.get(ada, task.id)).files[0]!.url).not.toBeNull();
  forward(20 * DAY_MS);
  await expireFiles(core);
  expect((await app.tasks.get(ada, task.id)).files[0]!.url).toBeNull();
});

test('an owner who types the team’s name gets two weeks, in which all owners know, nothing new begins, and one of them can take it back', async () => {
  const { app, person, core, product } = world();
  const [ada, ben, cara] = [await person(), await person(), await person()];
  const { actors } = await sharedTeam(
    core,
    'Acme Ltd',
    [
      [ada, 'owner'],
      [ben, 'owner'],
      [cara, 'member'],
    ] as const,
    100,
  );
  const [owner, second, member] = actors;
  await expect(app.privacy.requestTeamDeletion(owner, 'acme')).rejects.toMatchObject({ code: 'request.invalid' });
  await expect(app.privacy.requestTeamDeletion(member, 'Acme Ltd')).rejects.toMatchObject({ code: 'not.allowed' });
  await expect(app.privacy.requestTeamDeletion({ ...owner, apiKeyId: 'k' as never }, 'Acme Ltd')).rejects.toMatchObject({
    code: 'not.allowed',
  });

  const { until } = await app.privacy.requestTeamDeletion(owner, ' Acme Ltd ');
  expect((new Date(until).getTime() - clock.now().getTime()) / DAY_MS).toBeCloseTo(14, 3);
  expect((await app.privacy.requestTeamDeletion(second, 'Acme Ltd')).until).toBe(until);
  expect((await app.privacy.teamSettings(member)).deletion).toMatchObject({ until });
  for (const { email } of [ada, ben]) {
    const mails = await world().mails(email);
    expect(mails.map(({ kind, subject }) => [kind, subject])).toEqual([['deletion', 'Your team “Acme Ltd” will be deleted']]);
  }
  expect(await mailsOf(core, cara.email)).toBe(0);
  expect(product.url).not.toBeNull();

  const asked = await app.tasks.ask(webAsk(member));
  expect(asked).toMatchObject({ kind: 'refused', refused: { code: 'team.leaving', facts: { until } } });
  await app.privacy.takeBackTeamDeletion(second);
  await app.privacy.takeBackTeamDeletion(second);
  expect((await app.privacy.teamSettings(member)).deletion).toBeNull();
  expect(await app.tasks.ask(webAsk(member))).toMatchObject({ kind: 'task' });
  expect((await auditOf(core, owner)).map(([act]) => act)).toEqual(['team.deletion-asked', 'team.deletion-taken-back']);
});

test('a person’s own team goes with the account and not before', async () => {
  const { app, person } = world();
  const ada = loggedIn(await person());
  await expect(app.privacy.requestTeamDeletion(ada, 'Ada')).rejects.toMatchObject({ code: 'team.personal' });
  await expect(app.privacy.takeBackTeamDeletion(ada)).rejects.toMatchObject({ code: 'team.personal' });
});

test('an account can go once no shared team would be left without an owner, and takes its own team along', async () => {
  const { app, person, core } = world();
  const [ada, ben] = [await person(), await person()];
  const { teamId } = await sharedTeam(core, 'Zoo', [
    [ada, 'owner'],
    [ben, 'member'],
  ] as const);
  const person_ = loggedIn(ada);
  expect(await app.privacy.ownAccount(person_)).toEqual({ name: 'Ada', email: ada.email, deletion: null, onlyOwnerOf: ['Zoo'] });
  await expect(app.privacy.requestAccountDeletion(person_, ada.email)).rejects.toMatchObject({
    code: 'account.last-owner',
    facts: { teams: ['Zoo'] },
  });
  await core.store.money.query({ text: `UPDATE members SET role = 'owner' WHERE team_id = $1 AND user_id = $2` }, [teamId, ben.userId]);
  await expect(app.privacy.requestAccountDeletion(person_, 'other@example.com')).rejects.toMatchObject({ code: 'request.invalid' });
  await expect(app.privacy.requestAccountDeletion({ ...person_, apiKeyId: 'k' as never }, ada.email)).rejects.toMatchObject({
    code: 'not.allowed',
  });
  const { until } = await app.privacy.requestAccountDeletion(person_, ada.email.toUpperCase());
  expect((await app.privacy.requestAccountDeletion(person_, ada.email)).until).toBe(until);
  expect((await app.privacy.ownAccount(person_)).deletion).toMatchObject({ until });
  expect((await app.privacy.teamSettings(person_)).deletion).toMatchObject({ until });
  expect(await ada.ask('find me 3 leads')).toMatchObject({ kind: 'refused', refused: { code: 'team.leaving' } });
  expect((await world().mails(ada.email)).map(({ kind }) => kind)).toEqual(['account-deletion']);

  await app.privacy.takeBackAccountDeletion(person_);
  expect((await app.privacy.ownAccount(person_)).deletion).toBeNull();
  expect(await ada.ask('find me 3 leads')).toMatchObject({ kind: 'task' });
});

test('after the two weeks it is too late to take it back', async () => {
  const { forward, ...ownClock } = clockByHand();
  // Nobody erases anything here.
  const { app, person, core } = await stage({ clock: ownClock, settings: { ROLES: 'web' } });
  const ada = await person();
  const { actors } = await sharedTeam(core, 'Acme', [[ada, 'owner']] as const);
  await app.privacy.requestTeamDeletion(actors[0], 'Acme');
  await app.privacy.requestAccountDeletion(loggedIn(ada), ada.email);
  forward(14 * DAY_MS + 1);
  await expect(app.privacy.takeBackTeamDeletion(actors[0])).rejects.toMatchObject({ code: 'deletion.begun' });
  await expect(app.privacy.takeBackAccountDeletion(loggedIn(ada))).rejects.toMatchObject({ code: 'deletion.begun' });
});

test('only those who may, set what a team decides', async () => {
  const { app, person, core } = world();
  const people = await Promise.all([person(), person(), person(), person(), person(), person()]);
  const roles = ['owner', 'admin', 'billing', 'approver', 'member', 'guest'] as const;
  const { actors } = await sharedTeam(
    core,
    'Roles',
    people.map((each, i) => [each, roles[i]!] as const),
  );
  const may: string[] = [];
  for (const actor of actors) {
    expect(await app.privacy.teamSettings(actor)).toMatchObject({ name: 'Roles' });
    const outcomes = await Promise.allSettled([
      app.privacy.setTeamSettings(actor, { retentionDays: 60 }),
      app.privacy.retentionPreview(actor, 60),
    ]);
    if (outcomes.every(({ status }) => status === 'fulfilled')) may.push(actor.role);
  }
  expect(may).toEqual(['owner', 'admin']);
});

test('operators hear by mail when answers cannot be posted in numbers, once an hour', async () => {
  const { forward, ...ownClock } = clockByHand();
  const opened = await stage({ clock: ownClock, settings: { OPERATOR_EMAILS: 'Ops@example.com,anna@example.com' } });
  const { core, person, mails } = opened;
  const ada = await person();
  await kill(core, ada, 9);
  await watchUndelivered(core);
  expect(await mailsOf(core, 'ops@example.com')).toBe(0);
  await kill(core, ada, 1);
  await Promise.all([watchUndelivered(core), watchUndelivered(core)]);
  await watchUndelivered(core);
  for (const address of ['ops@example.com', 'anna@example.com']) {
    const [mail, ...more] = await mails(address);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ kind: 'alarm', subject: 'Impacter: Many answers cannot be posted' });
    expect(mail!.text).toContain('10 answers could not be posted within the last hour.');
  }
  forward(61 * 60_000);
  await watchUndelivered(core);
  expect(await mailsOf(core, 'ops@example.com')).toBe(1);
  await kill(core, ada, 12);
  await watchUndelivered(core);
  await raiseAlarm(core, 'ledger-wrong', { title: 'Other', words: 'Other.' });
  expect((await mails('ops@example.com', 3)).map(({ subject }) => subject)).toEqual([
    'Impacter: Many answers cannot be posted',
    'Impacter: Many answers cannot be posted',
    'Impacter: Other',
  ]);
});

async function kill(core: Core, { teamId }: Actor, letters: number) {
  await core.store.money.query(
    {
      text: `WITH c AS (
          INSERT INTO conversations (id, team_id, platform, address, letters, created_at) VALUES (uuidv7(), $1, 'board', 'board:x:', 100, $3) RETURNING id
        ), l AS (
          INSERT INTO letters (id, conversation_id, seq, platform, saying, state, next_at, created_at)
          SELECT uuidv7(), c.id, n, 'board', '{"kind":"help"}', 'dead', $3, $3 FROM c, generate_series(1, $2::int) n RETURNING id
        ) INSERT INTO dead_letters (letter_id, team_id, why, may_be_posted, died_at) SELECT id, $1, 'gone', false, $3 FROM l`,
    },
    [teamId, letters, core.clock.now()],
  );
}

async function mailsOf(core: Core, address: string) {
  const { rows } = await core.store.money.query<{ n: number }>({ text: 'SELECT count(*)::int AS n FROM mails WHERE to_address = $1' }, [
    address,
  ]);
  return rows[0]!.n;
}

async function auditOf(core: Core, { teamId }: Actor) {
  const { rows } = await core.store.money.query<{ act: string; facts: object }>(
    { text: 'SELECT act, facts FROM audit_entries WHERE team_id = $1 ORDER BY id' },
    [teamId],
  );
  return rows.map(({ act, facts }) => [act, facts]);
}

function webAsk({ userId, teamId }: Actor) {
  return {
    key: `web:${crypto.randomUUID()}`,
    threadRef: `web:${crypto.randomUUID()}`,
    from: { kind: 'user', userId, teamId },
    text: 'find me 3 leads',
    at: clock.now(),
  } as const;
}
