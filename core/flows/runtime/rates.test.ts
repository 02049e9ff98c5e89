// Whatever costs us something has a rate for each person and each team, at every door.

import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { chatRates, freeRates, ratedVerbs, verbRates, type RatedVerb } from '#core/domain/asks/verb-rates.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';
import type { App } from '../app.ts';
import { verbNames, type AnyVerb } from './each-verb.ts';
import { keepRates, type Rates } from './rates.ts';
import { sensitiveActs } from './sensitive-acts.ts';
import type { Actor } from '#core/domain/actor.ts';
import type { Taken } from '../tasks/intake.ts';

const clock = clockByHand();
const world = forAll(() => openStage({ clock }));

/** Reads of a few rows by a key, changes of a row that is there anyway, and what has limits of its own. */
const cheap = [
  `tasks.get tasks.draft tasks.history credits.balance tasks.examples messages.thread messages.letters tasks.people messages.conversation tasks.details credits.overview credits.usage credits.transactions credits.statementMonths
   credits.startingCreditsWithheld credits.limits credits.limitSubjects privacy.teamSettings privacy.exports team.get team.members team.invitations team.apiKeys team.audit team.auditActs workspaces.linkedAccounts workspaces.linkedWorkspaces
   messages.undelivered messages.undeliveredCount messages.placesElsewhere messages.markUndeliveredSeen messages.heardOurs accounts.profile accounts.confirmAbove accounts.unwantedMails privacy.ownAccount accounts.sessions accounts.teamsOf accounts.chooseTeam accounts.endSession
   accounts.endOtherSessions accounts.ownKeys accounts.connectedLogins accounts.revokeOwnKeys team.revokeApiKey team.leave workspaces.unlinkAccount workspaces.unlinkWorkspace accounts.actorOf team.actorByKey`,
  // Links: an address is signed, or one row is found by a hash.
  `files.openLink files.open files.openOriginal team.lookAtInvitation team.acceptInvitation team.declineInvitation workspaces.lookAtLink workspaces.confirmLink privacy.lookAtErasure privacy.confirmErasure
   privacy.makeErasureLink workspaces.makeIdentityLink workspaces.makeWorkspaceLink`,
  // For adapters: what platforms say, as often as they do.
  `workspaces.installed workspaces.uninstalled workspaces.installation workspaces.expiringInstallations workspaces.installedOn workspaces.rotate
   workspaces.placeNamed workspaces.place workspaces.rulePlace workspaces.openIn workspaces.scopesSeen chats.follows chats.settled workspaces.mayWelcome workspaces.welcomed messages.decisionShown messages.isStream`,
  // Streams are counted where they are opened.
  'live.events live.items live.cursor live.onSessionEnd operator.health operator.gauges',
  // For everybody, who may be strangers: the table of packs, and a page whose addresses cannot be guessed.
  'billing.packs billing.pack billing.terms billing.done billing.payments',
  // Counts strangers by itself.
  'billing.buyAsStranger',
  // Stripe, which proves who it is.
  'billing.hear',
  // For operators.
  `operator.isOperator operator.overview operator.teams operator.team operator.tasks operator.openRequest operator.cancel
   operator.requeue operator.queues operator.undelivered operator.sendAgain operator.mails operator.sendMail operator.ledgerChecks
   operator.checkLedger operator.grantCredits operator.freezeTeam operator.unfreezeTeam operator.access operator.endSessions
   operator.revokeKeys operator.billing operator.closeEvent`,
].flatMap((verbs) => verbs.split(/\s+/));

test('every verb has a rate, or is named as one that costs next to nothing', () => {
  const known = new Set<string>([...ratedVerbs, ...Object.keys(chatRates), ...cheap]);
  const verbs = verbNames(world().app);
  expect(verbs.filter((verb) => !known.has(verb))).toEqual([]);
  expect(ratedVerbs.filter((verb) => !verbs.includes(verb))).toEqual([]);
});

test('one person alone never uses up what a team may do', () => {
  for (const { person, team } of [...Object.values(verbRates), ...Object.values(freeRates)])
    expect(team.most / team.windowS).toBeGreaterThan((2 * person.most) / person.windowS);
});

test.each(ratedVerbs)('%s is refused to whoever did it too often, and to nobody else, until the time is over', async (verb) => {
  const { app, core } = world();
  const { ada, grace, eve } = await twoTeams();
  await useUp(core.rates, verb, ada);
  const refused = await outcomeOf(app, verb, ada);
  expect(refused).toMatchObject({ code: 'request.too-many', facts: { waitSeconds: expect.any(Number) } });
  expect(await outcomeOf(app, verb, grace)).not.toMatchObject({ code: 'request.too-many' });
  expect(await outcomeOf(app, verb, eve)).not.toMatchObject({ code: 'request.too-many' });
  // The same person by a key, and in a team of theirs.
  const isForPeople = sensitiveActs[verb]?.confirm === true;
  expect(await outcomeOf(app, verb, { ...ada, apiKeyId: newId() })).toMatchObject({
    code: isForPeople ? 'not.allowed' : 'request.too-many',
  });
  clock.forward((refused as { facts: { waitSeconds: number } }).facts.waitSeconds * 1000);
  expect(await outcomeOf(app, verb, ada)).not.toMatchObject({ code: 'request.too-many' });
});

test('what a team may do has an end too, and other teams go on', async () => {
  const { app, core } = world();
  const { ada, eve } = await twoTeams();
  const { team, person } = verbRates['tasks.estimate'];
  for (let i = 0; i < team.most / person.most; i++) await useUp(core.rates, 'tasks.estimate', { ...ada, userId: newId() });
  expect(await outcomeOf(app, 'tasks.estimate', ada)).toMatchObject({ code: 'request.too-many' });
  expect(await outcomeOf(app, 'tasks.estimate', eve)).toBeNull();
});

test('who may not do something takes nothing from what is left for the team', async () => {
  const { app, core, person } = world();
  const { actors } = await sharedTeam(core, 'Acme', [
    [await person(), 'owner'],
    [await person(), 'guest'],
  ] as const);
  const [owner, guest] = actors;
  for (let i = 0; i < verbRates['privacy.exportTeam'].person.most + 1; i++)
    expect(await outcomeOf(app, 'privacy.exportTeam', guest)).toMatchObject({ code: 'not.allowed' });
  expect(await outcomeOf(app, 'privacy.exportTeam', owner)).toBeNull();
});

test('several processes allow together what one would, to a block', async () => {
  const { core } = world();
  const processes = [1, 2, 3].map(() => keepRates(core.store.drawRate, clock, 1));
  const who = { person: `user:${newId()}`, teamId: newId() } as const;
  const { most } = verbRates['tasks.estimate'].person;
  const waits = await Promise.all(Array.from({ length: 3 * most }, (_, i) => processes[i % 3]!.take('tasks.estimate', who as never)));
  const allowed = waits.filter((wait) => wait === 0).length;
  expect(allowed).toBeLessThanOrEqual(most);
  expect(allowed).toBeGreaterThan(most * 0.9);
});

test('a process that knows that nothing is left asks the database no more', async () => {
  const { core } = world();
  let draws = 0;
  const rates = keepRates((draw, at) => (draws++, core.store.drawRate(draw, at)), clock, 1);
  const who = { person: `user:${newId()}`, teamId: newId() } as const;
  while ((await rates.take('tasks.ask', who as never)) === 0);
  const before = draws;
  expect(before).toBeLessThan(60);
  for (let i = 0; i < 100; i++) expect(await rates.take('tasks.ask', who as never)).toBeGreaterThan(0);
  expect(draws).toBe(before);
});

test('an installation can raise all rates', async () => {
  const { core } = world();
  const rates = keepRates(core.store.drawRate, clock, 3);
  const who = { person: `user:${newId()}`, teamId: newId() } as const;
  let allowed = 0;
  while ((await rates.take('tasks.retry', who as never)) === 0) allowed++;
  expect(allowed).toBe(verbRates['tasks.retry'].person.most * 3);
});

test('requests that are refused keep no conversation and no letter, and are slowed down', async () => {
  const { core, person } = world();
  const ada = await person(0);
  const asks: Taken[] = [];
  for (let i = 0; i < 120; i++) asks.push(await ada.ask('find me 10 leads', { key: `flood:${ada.userId}:${i}` }));
  const codes = asks.map((taken) => (taken.kind === 'refused' ? taken.refused.code : 'task'));
  expect(codes).toEqual([...Array(100).fill('credits.short'), ...Array(20).fill('request.too-many')]);
  const { rows } = await core.store.money.query(
    {
      text: `SELECT (SELECT count(*)::int FROM conversations WHERE team_id = $1) AS conversations,
               (SELECT count(*)::int FROM letters l JOIN conversations c ON c.id = l.conversation_id WHERE c.team_id = $1) AS letters,
               (SELECT count(*)::int FROM asks WHERE team_id = $1) AS outcomes`,
    },
    [ada.teamId],
  );
  expect(rows).toEqual([{ conversations: 0, letters: 0, outcomes: 100 }]);
  // What has an answer gets it again; a new request waits.
  expect(await ada.ask('find me 10 leads', { key: `flood:${ada.userId}:7` })).toMatchObject({
    repeated: true,
    refused: { code: 'credits.short' },
  });
  expect(await ada.ask('find me 10 leads')).toMatchObject({ repeated: false, refused: { code: 'request.too-many' } });
  clock.forward(freeRates.refused.person.windowS * 1000);
  expect(await ada.ask('find me 10 leads')).toMatchObject({ refused: { code: 'credits.short' } });
});

test('a refused follow-up says nothing in its conversation, and the conversation stays', async () => {
  const { person } = world();
  const ada = await person(3);
  const conversation = newId();
  await ada.untilOver(await ada.ask('find me 3 leads', { conversation }));
  const before = await ada.said(conversation);
  expect(await ada.ask('find me 10 leads', { conversation })).toMatchObject({ kind: 'refused', conversationId: null });
  expect(await ada.said(conversation)).toEqual(before);
});

test('refusals are forgotten after a month, and what became a task never', async () => {
  const { core, person } = world();
  const ada = await person(3);
  await ada.untilOver(await ada.ask('find me 3 leads', { key: `kept:${ada.userId}` }));
  await ada.ask('find me 3 leads', { key: `refused:${ada.userId}` });
  const later = (days: number) => new Date(clock.now().getTime() + days * 24 * 3_600_000);
  const keys = async () =>
    (await core.store.money.query<{ key: string }>({ text: 'SELECT key FROM asks WHERE key LIKE $1 ORDER BY key' }, [`%:${ada.userId}`]))
      .rows;
  while ((await core.store.asks.forgetRefused(later(-1), 10)) > 0);
  expect(await keys()).toHaveLength(2);
  while ((await core.store.asks.forgetRefused(later(1), 10)) > 0);
  expect(await keys()).toEqual([{ key: `kept:${ada.userId}` }]);
});

test('whoever stops one running task after the other waits with new ones, and can still stop what runs', async () => {
  const { app, core, openclaw, person } = world();
  openclaw.set({ hang: true });
  const { actors } = await sharedTeam(
    core,
    'Acme',
    [
      [await person(), 'owner'],
      [await person(), 'member'],
    ] as const,
    500,
  );
  const [ada, grace] = actors;
  const ask = (actor: Actor) =>
    app.tasks.ask({
      key: `stop:${newId()}`,
      threadRef: `web:${newId()}`,
      from: { kind: 'user', ...actor },
      text: 'find me 3 leads',
      at: clock.now(),
    });
  const start = async (actor: Actor) => {
    const taken = await ask(actor);
    if (taken.kind === 'refused') return taken.refused;
    await vi.waitFor(async () => expect(await app.tasks.get(actor, taken.taskId)).toMatchObject({ status: 'processing' }));
    return taken.taskId;
  };
  const { most } = freeRates.stopped.person;
  const hers = (await start(ada)) as string;
  for (let i = 0; i < most; i++) {
    const id = (await start(ada)) as string;
    await app.tasks.cancel(ada, id);
    await app.tasks.cancel(ada, id).catch(() => undefined); // twice is once
  }
  expect(await start(ada)).toMatchObject({ code: 'cancels.too-many', facts: { stopped: most } });
  expect(await app.tasks.cancel(ada, hers)).toMatchObject({ state: 'stopping' });
  expect(await start(grace)).toEqual(expect.any(String));
  clock.forward(freeRates.stopped.person.windowS * 1000);
  expect(await ask(ada)).toMatchObject({ kind: 'task' });
  openclaw.set({ hang: false });
}, 60_000);

test('tasks that had not begun can be canceled without end', async () => {
  const { app, openclaw, person } = world();
  openclaw.set({ hang: true });
  const ada = await person();
  const conversation = newId();
  const first = await ada.ask('find me 3 leads', { conversation });
  for (let i = 0; i < freeRates.stopped.person.most + 1; i++) {
    const waiting = await ada.ask('find me 3 leads', { conversation });
    if (waiting.kind !== 'task') throw new Error(waiting.kind);
    expect(await app.tasks.cancel(ada, waiting.taskId)).toMatchObject({ state: 'canceled' });
  }
  if (first.kind === 'task') await app.tasks.cancel(ada, first.taskId);
  openclaw.set({ hang: false });
});

async function twoTeams() {
  const { core, person } = world();
  const people = [await person(0), await person(0)] as const;
  const { actors } = await sharedTeam(core, 'Acme', [
    [people[0], 'owner'],
    [people[1], 'owner'],
  ] as const);
  const eve: Person = await person(0);
  return { ada: actors[0], grace: actors[1], eve };
}

async function useUp(rates: Rates, verb: RatedVerb, { userId, teamId }: Pick<Actor, 'userId' | 'teamId'>): Promise<void> {
  for (let i = 0; i < verbRates[verb].person.most; i++) await rates.take(verb, { person: `user:${userId}`, teamId });
}

/** null where it was done, else how it was refused: rates are looked at before anything that is given. */
async function outcomeOf(app: App, verb: RatedVerb, actor: Actor | (Actor & { apiKeyId: string })): Promise<unknown> {
  const { userId, teamId } = actor;
  const from = { kind: 'user', userId, teamId } as const;
  try {
    if (verb === 'tasks.ask' || verb === 'tasks.retry') {
      const taken =
        verb === 'tasks.ask'
          ? await app.tasks.ask({ key: newId(), threadRef: `web:${newId()}`, from, text: 'find me 3 leads', at: clock.now() })
          : await app.tasks.retry(actor as Actor, await overTaskOf(actor as Actor), newId());
      return taken.kind === 'refused' ? taken.refused : null;
    }
    const given = verb === 'tasks.list' ? { search: 'leads', limit: 5 } : verb === 'tasks.estimate' ? { text: 'find me 3 leads' } : {};
    const [noun, name] = verb.split('.') as [keyof App, string];
    await (app[noun] as unknown as Record<string, AnyVerb>)[name]!(actor, given);
    return null;
  } catch (error) {
    return error;
  }
}

async function overTaskOf({ teamId, userId }: Actor): Promise<string> {
  const { core } = world();
  const [task, conversation] = [newId(), newId()];
  await core.store.money.query(
    { text: `INSERT INTO conversations (id, team_id, platform, address, created_at) VALUES ($1, $2, 'web', 'web:' || $1::uuid, $3)` },
    [conversation, teamId, clock.now()],
  );
  await core.store.money.query(
    {
      text: `INSERT INTO tasks (id, team_id, conversation_id, user_id, platform, type, because, request_text, status, rate_version, estimate_low, estimate_high, deadline_at, created_at)
             VALUES ($1, $2, $3, $4, 'web', 'lead-generation', '', 'find me 3 leads', 'canceled', 1, 0, 0, $5, $5)`,
    },
    [task, teamId, conversation, userId, clock.now()],
  );
  return task;
}
