import { Readable } from 'node:stream';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { offerOf } from '#core/domain/credits/packs.ts';
import { newId, type PurchaseId } from '#core/domain/ids.ts';
import { FilesError } from '#core/ports/files.ts';
import { verifyLedger } from '#core/store/credits/ledger-verify.ts';
import { askInChat } from '#core/testing/stages/ask-in-chat.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { boardStage } from '#core/testing/stages/board-stage.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { searchEverywhere } from '#core/testing/search-everywhere.ts';
import { loggedIn, sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, stage, type Person, type Stage } from '#core/testing/stages/stage.ts';
import { platformNews } from '../accounts/connected-logins.ts';
import type { App } from '../app.ts';
import { eraseDue } from './erase.ts';
import { deleteCustomers } from './erase-customers.ts';
import type { Actor } from '#core/domain/actor.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const agents = agentsThat(({ message }) =>
  message.includes('refuse')
    ? { kind: 'failed', reason: 'Marmalade is sold out', usage: noUsage }
    : done('Marmalade in Oxford.', [csvOf('marmalade-list.csv', 3)]),
);
const noUsage = { inputTokens: 0, outputTokens: 0, toolCalls: 0, durationMs: 0, costMicroUsd: 0 };

test('after its two weeks nothing of a team is left anywhere but ids, its files are gone, and the ledger still adds up', async () => {
  const clock = clockByHand();
  const world = await boardStage({ clock, agents, linked: false });
  const { app, core, person, people, say, mails } = world;
  const [ada, ben, eve] = [await person(), await person(), await person(50)];
  const { teamId, walletId, actors } = await sharedTeam(
    core,
    'Paddington Ltd',
    [
      [ada, 'owner'],
      [ben, 'member'],
    ] as const,
    400,
  );
  const [owner, member] = actors;
  await core.store.prisma.workspace.create({
    data: { id: crypto.randomUUID(), platform: 'board', externalId: 'board', teamId, name: 'Windsor Gardens' },
  });
  const tokens = { bot: 'a-token', refresh: null, expiresAt: null };
  const installation = { platform: 'board', externalId: 'board', enterpriseId: null, name: 'Windsor Gardens', botUserId: null, scopes: [] };
  await app.workspaces.installed({ ...installation, tokens, installedBy: 'mrs-brown' });
  const place = { platform: 'board', workspace: 'board', kind: 'channel', private: false } as const;
  await app.workspaces.placeNamed({ ...place, ref: 'board:board:attic', name: '#the-attic' });

  // Everything that a team can leave with us.
  const input = await app.files.keepInput(
    owner,
    { name: 'aunt-lucy.csv', mime: 'text/csv', sizeBytes: 5 },
    Readable.from([Buffer.from('name\n')]),
  );
  await app.files.keepInput(owner, { name: 'unused-suitcase.csv', mime: 'text/csv', sizeBytes: 5 }, Readable.from([Buffer.from('name\n')]));
  const task = await asked(app, owner, 'find me 3 leads for Peruvian marmalade', [input]);
  await asked(app, member, 'find me 3 leads who refuse marmalade');
  await app.tasks.ask({ ...webAsk(owner, 'find me 999999 leads with duffle coats'), key: `api:${teamId}:hard-stare` });
  await app.tasks.retry(owner, task, 'again');
  const thread = await say('general', 'find me 3 leads near Mrs Bird');
  await vi.waitFor(async () => expect(await people.messages('general', thread)).toHaveLength(3));
  await people.channel('general', { closed: true });
  await askInChat({ app, core }, { ...boardAsk('find me 3 leads near Mr Gruber'), threadRef: `board:general:${thread}` });
  await vi.waitFor(async () => expect(await app.messages.undeliveredCount(owner)).toBeGreaterThan(0));
  await app.team.invite(owner, { email: 'judy@paddington.example', role: 'member' });
  await app.team.makeApiKey(owner, 'Toy bear');
  await app.privacy.setTeamSettings(owner, { retentionDays: 100 });
  await app.privacy.exportTeam(owner);
  await world.goingOn(async () => expect(await app.privacy.exports(owner)).toMatchObject([{ state: 'ready' }]));
  const purchase = { id: newId<PurchaseId>(), buyer: { teamId, walletId, userId: owner.userId }, offer: offerOf('team', 'usd') };
  await core.store.purchases.open({ ...purchase, livemode: false, saveCard: true }, clock.now());
  await core.store.money.query({ text: `UPDATE purchases SET customer_id = 'cus_marmalade_payer' WHERE id = $1` }, [purchase.id]);
  const kept = await storedUnder(core.store.money, teamId);
  expect(kept.length).toBeGreaterThan(3);
  await mails('judy@paddington.example');

  const words = [
    'Paddington',
    'Windsor Gardens',
    'mrs-brown',
    '#the-attic',
    'aunt-lucy',
    'suitcase',
    'Marmalade',
    'hard-stare',
    'Mrs Bird',
    'Mr Gruber',
    'row 1',
    'judy@paddington',
    'Toy bear',
    'cus_marmalade_payer',
    'board:general',
    task,
  ];
  const before = await searchEverywhere(core.store.money, words);
  for (const word of words) expect(before.join('\n')).toContain(`: ${word}`);

  await app.privacy.requestTeamDeletion(owner, 'Paddington Ltd');
  clock.forward(13.9 * DAY_MS);
  await eraseDue(core);
  expect((await app.tasks.get(owner, task)).title).toContain('marmalade');
  clock.forward(0.2 * DAY_MS);
  await untilErased(world, teamId);

  // Its customer goes at Stripe first.
  await deleteCustomers(core, core.payments!);
  // The journal names the task that was paid for, by an id that leads nowhere any more.
  const left = (await searchEverywhere(core.store.money, words)).filter((line) => !line.endsWith(`: ${task}`));
  expect(left).toEqual([]);
  const named = (await searchEverywhere(core.store.money, [task])).map((line) => line.slice(0, line.lastIndexOf('.')));
  // (The queue remembers its last hundred jobs by id.)
  expect(new Set(named.filter((table) => table !== 'bullmq.event'))).toEqual(new Set(['public.holds', 'public.transactions']));
  for (const key of kept) await expect(core.files.open(key)).rejects.toMatchObject({ code: 'file.missing' });
  expect(await ledger(world)).toMatchObject({ wrong: null });
  expect(await wordsOfLedger(core.store.money)).toEqual([]);
  expect(await journalOf(core.store.money, walletId)).toEqual({ balance: '0', held: '0', last: 'clawback', note: 'team deleted' });
  await expect(app.operator.team(owner, teamId)).rejects.toMatchObject({ code: 'route.unknown' });
  // Its people have their own accounts and teams as before.
  expect(await eve.ask('find me 3 leads')).toMatchObject({ kind: 'task' });
  expect((await app.privacy.ownAccount(loggedIn(ada))).email).toBe(ada.email);
  const { rows: proof } = await core.store.money.query({ text: `SELECT kind, subject, done_at IS NOT NULL AS done FROM erasures` }, []);
  expect(proof).toEqual([{ kind: 'team', subject: teamId, done: true }]);
  expect((await askInChat({ app, core }, boardAsk('find me 3 leads'))).kind).toBe('refused');
  // The app is still installed there, for whichever team is next.
  expect(await app.workspaces.installation('board', 'board')).toMatchObject({ name: '', tokens });
});

test('after its two weeks nothing of a person is left: name, address, sessions, keys, their own team; what they did elsewhere stays without them', async () => {
  const clock = clockByHand();
  const world = await stage({ clock, agents });
  const { app, core, person } = world;
  const ada = await named(world, 'Ermintrude Quackenbush', 'ermintrude@quackenbush.example');
  const ben = await person();
  const { teamId, walletId, actors } = await sharedTeam(
    core,
    'Acme',
    [
      [ada, 'owner'],
      [ben, 'owner'],
    ] as const,
    100,
  );
  const own = await ada.get('find me 3 leads for my wedding');
  const purchase = { id: newId<PurchaseId>(), buyer: { teamId, walletId, userId: ada.userId }, offer: offerOf('team', 'usd') };
  await core.store.purchases.open({ ...purchase, livemode: false, saveCard: false }, clock.now());
  const shared = await asked(app, actors[0], 'find me 3 leads for Acme');
  await app.team.makeApiKey(loggedIn(ada), 'Laptop of Ermintrude');
  await app.team.invite(actors[1], { email: 'someone@else.example', role: 'member' });
  await core.store.money.query(
    {
      text: `INSERT INTO identities (id, platform, space, external_id, display_name, user_id) VALUES (uuidv7(), 'discord', '', '4711-ermintrude', 'ermi-q', $1)`,
    },
    [ada.userId],
  );
  await core.store.money.query(
    {
      text: `INSERT INTO audit_entries (at, actor, act, team_id, subject, facts) VALUES (now(), $1, 'invitation.sent', $2, 'x', '{"email": "ermintrude@quackenbush.example"}')`,
    },
    [`user:${ben.userId}`, teamId],
  );
  // Logs in with a chat account, and was about to connect another one.
  const chat = { platform: 'slack', workspace: 'T1', externalId: 'U4711', name: 'quill-of-slack', workspaceName: null } as const;
  const shown = { ...chat, email: ada.email, emailVerified: true };
  expect(await platformNews(() => core).connect(ada.userId, shown, { caller: null, userAgent: null })).toBe('connected');
  await core.store.money.query(
    { text: `INSERT INTO verifications (id, identifier, value, expires_at) VALUES (uuidv7(), 'waiting', $1, now() + interval '1 day')` },
    [JSON.stringify({ type: 'waiting-account', person: { ...shown, name: 'quill-too' }, next: '/' })],
  );
  await app.privacy.requestAccountDeletion(loggedIn(ada), ada.email);
  await world.mails(ada.email);
  const body = JSON.stringify({ data: { object: { customer_details: { email: 'Ermintrude@Quackenbush.example' } } } });
  const news = { id: 'evt_1', kind: 'checkout.session.completed', objectId: 'cs_1', livemode: false, left: 'other-mode' } as const;
  await core.store.news.keep({ ...news, body }, clock.now());
  const words = ['Ermintrude', 'Quackenbush', 'ermi-q', '4711-ermi', 'quill-of-slack', 'quill-too', 'wedding'];
  for (const word of words) expect((await searchEverywhere(core.store.money, words)).join('\n')).toContain(`: ${word}`);
  clock.forward(14.1 * DAY_MS);
  await vi.waitFor(async () => {
    await eraseDue(core);
    expect(await core.store.custody.account(ada.userId)).toBeNull();
  });
  expect(await searchEverywhere(core.store.money, words)).toEqual([]);
  await expect(app.tasks.get(loggedIn(ada), own.id)).rejects.toMatchObject({ code: 'task.not-found' });
  expect(await app.team.actorByKey(ada.apiKey)).toBeNull();
  expect(await core.store.purchases.byId(purchase.id)).toMatchObject({ teamId, openedBy: null });
  expect((await app.tasks.get(actors[1], shared)).requestText).toBe('find me 3 leads for Acme');
  expect(await ledger(world)).toMatchObject({ wrong: null });
  const { rows } = await core.store.money.query({ text: 'SELECT user_id FROM members WHERE team_id = $1' }, [teamId]);
  expect(rows).toEqual([{ user_id: ben.userId }]);
  const { rows: again } = await core.store.money.query<{ n: number }>(
    { text: 'SELECT count(*)::int AS n FROM teams WHERE personal_of = $1' },
    [ada.userId],
  );
  expect(again).toEqual([{ n: 0 }]);
});

test('a team whose last owner goes meanwhile gets whoever is there longest, admins first, and one without anybody goes along', async () => {
  const clock = clockByHand();
  const world = await stage({ clock });
  const { app, core, person } = world;
  const [ada, ben, cara] = [await person(), await person(), await person()];
  await app.privacy.requestAccountDeletion(loggedIn(ada), ada.email);
  const { teamId } = await sharedTeam(core, 'Acme', [
    [ada, 'owner'],
    [ben, 'member'],
    [cara, 'admin'],
  ] as const);
  const alone = await sharedTeam(core, 'Alone', [[ada, 'owner']] as const);
  clock.forward(14.1 * DAY_MS);
  await untilErased(world, alone.teamId);
  await vi.waitFor(async () => expect(await core.store.custody.account(ada.userId)).toBeNull());
  const { rows } = await core.store.money.query({ text: `SELECT user_id FROM members WHERE team_id = $1 AND role = 'owner'` }, [teamId]);
  expect(rows).toEqual([{ user_id: cara.userId }]);
});

test('storage that is away holds a deletion up and loses nothing of it; a task under way is stopped first', async () => {
  const clock = clockByHand();
  let away = false;
  const never = Promise.withResolvers<void>();
  const world = await stage({
    clock,
    agents: agentsThat(async ({ message }, _watch, signal) => {
      if (!message.includes('slowly')) return done('Here.', [csvOf('leads.csv', 3)]);
      if (!signal.aborted) await Promise.race([never.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
      return { kind: 'stopped', by: 'signal', text: '', files: [], sample: false, usage: noUsage };
    }),
    withCore: (made) => ({
      ...made,
      files: {
        ...made.files,
        removeAll: (prefix) =>
          away ? Promise.reject(new FilesError('storage.unavailable', 'storage is away')) : made.files.removeAll(prefix),
      },
    }),
  });
  const { app, core, person } = world;
  const ada = await person();
  const { teamId, actors } = await sharedTeam(core, 'Acme', [[ada, 'owner']] as const, 100);
  const task = await asked(app, actors[0], 'find me 3 leads');
  const [slow, waiting] = [
    await app.tasks.ask(webAsk(actors[0], 'find me 3 leads slowly')),
    await app.tasks.ask(webAsk(actors[0], 'find me 5 leads slowly')),
  ];
  expect([slow.kind, waiting.kind]).toEqual(['task', 'task']);
  await core.store.money.query({ text: `UPDATE teams SET deletion_asked_at = $2, deletion_at = $2 WHERE id = $1` }, [teamId, clock.now()]);
  away = true;
  await vi.waitFor(async () => {
    await eraseDue(core);
    expect(await core.store.erase.liveTasks(teamId, 1)).toEqual([]);
  });
  await eraseDue(core);
  expect((await app.tasks.get(actors[0], task)).files[0]!.url).not.toBeNull();
  away = false;
  clock.forward(1_000);
  await untilErased(world, teamId);
  expect(await ledger(world)).toMatchObject({ wrong: null });
});

test('who has no account gets a link in their own chat, which works once, and then name, words and attachments are gone', async () => {
  const clock = clockByHand();
  const world = await boardStage({ clock, agents });
  const { app, core, owner, people, say } = world;
  const thread = await say('general', 'find me 3 leads for Zebedee');
  await vi.waitFor(async () => expect(await people.messages('general', thread)).toHaveLength(3));
  // A command leaves no message, so the words that begin its thread say what was asked, and by whom.
  await people.command('general', 'ask', 'find me 3 leads for Florence');
  await vi.waitFor(async () =>
    expect((await people.messages('general')).map(({ text }) => text).join()).toContain('Ann: find me 3 leads for Florence'),
  );
  await vi.waitFor(async () => expect(await people.messages('general')).toHaveLength(5));
  const ann = { platform: 'board', workspace: 'board', externalId: 'ann' };
  const first = (await app.privacy.makeErasureLink(ann))!;
  const { url, expiresAt } = (await app.privacy.makeErasureLink(ann))!;
  expect(url).toMatch(/\/privacy\/erase\/[\w-]{32}$/);
  expect((new Date(expiresAt).getTime() - clock.now().getTime()) / 60_000).toBeCloseTo(30, 0);
  expect(await app.privacy.makeErasureLink({ ...ann, externalId: 'nobody' })).toBeNull();

  await expect(app.privacy.lookAtErasure(tokenOf(first.url))).rejects.toMatchObject({ code: 'erasure-link.used' });
  expect(await app.privacy.lookAtErasure(tokenOf(url))).toEqual({ platform: 'board', displayName: 'Ann', tasks: 2, hasAccount: false });
  expect(await searchEverywhere(core.store.money, ['Ann', 'Zebedee', tokenOf(url)])).not.toEqual([]);
  expect((await searchEverywhere(core.store.money, [tokenOf(url)])).length).toBe(0);
  await core.store.routes.broke('board:general', 'closed', clock.now());
  expect(await app.privacy.confirmErasure(tokenOf(url))).toEqual({ done: true });
  await expect(app.privacy.confirmErasure(tokenOf(url))).rejects.toMatchObject({ code: 'erasure-link.used' });

  // Of a direct message the channel is the person too.
  const { rows: channels } = await core.store.money.query(
    { text: `SELECT route FROM routes UNION ALL SELECT route FROM letters WHERE route <> ''` },
    [],
  );
  expect(new Set(channels.map(({ route }) => route))).toEqual(new Set(['board:erased']));
  expect(await searchEverywhere(core.store.money, ['Zebedee', 'Florence', '"Ann"'])).toEqual([]);
  for (const table of ['identities', 'showings']) {
    const { rows } = await core.store.money.query({ text: `SELECT 1 FROM ${table}` }, []);
    expect(rows, table).toEqual([]);
  }
  // The result stays with the team that paid for it.
  const [task] = await app.tasks.history(owner, { limit: 1 });
  expect(task).toMatchObject({ requestText: '', status: 'completed', creditsUsed: 3 });
  await expect(app.tasks.retry(owner, task!.id, 'again')).rejects.toMatchObject({ code: 'task.deleted' });
  expect(await ledger(world)).toMatchObject({ wrong: null });
  const late = (await app.privacy.makeErasureLink(ann)) ?? null;
  expect(late).toBeNull();

  await say('general', 'find me 3 leads for Dougal');
  const next = await vi.waitFor(async () => {
    const link = await app.privacy.makeErasureLink(ann);
    if (link === null) throw new Error('not known yet');
    return link;
  });
  clock.forward(31 * 60_000);
  await expect(app.privacy.confirmErasure(tokenOf(next.url))).rejects.toMatchObject({ code: 'erasure-link.used' });
});

test('while a request of theirs is under way the rest waits for its end', async () => {
  const finish = Promise.withResolvers<void>();
  const world = await boardStage({
    agents: agentsThat(async () => {
      await finish.promise;
      return done('Here.', [csvOf('leads.csv', 3)]);
    }),
  });
  const { app, core, owner, say } = world;
  await say('general', 'find me 3 leads for Zebedee');
  const ann = { platform: 'board', workspace: 'board', externalId: 'ann' };
  const link = await vi.waitFor(async () => {
    const made = await app.privacy.makeErasureLink(ann);
    if (made === null || (await app.privacy.lookAtErasure(tokenOf(made.url))).tasks === 0) throw new Error('not known yet');
    return made;
  });
  expect(await app.privacy.confirmErasure(tokenOf(link.url))).toEqual({ done: false });
  finish.resolve();
  await vi.waitFor(async () => expect((await app.tasks.history(owner, { limit: 1 }))[0]).toMatchObject({ over: true }));
  await vi.waitFor(async () => {
    await eraseDue(core);
    expect(await searchEverywhere(core.store.money, ['Zebedee'])).toEqual([]);
  });
});

/** Where nobody does anything. */
const quiet = forAll(() => openStage({ settings: { ROLES: 'web' } }));

// Whoever adds a table says here what an owner gets of it, and what becomes of it when its team or person goes.
const decisions = {
  users: 'exported with members; goes with the person',
  sessions: 'opens something; goes with the person',
  accounts: 'exported without what opens something; goes with the person',
  verifications: 'opens something; goes with the person',
  two_factors: 'opens something; goes with the person',
  rate_limits: 'digests and addresses of callers, for a day at the most',
  readiness: 'how often readiness wrote, of nobody',
  teams: 'exported; emptied, and stays for its wallet',
  members: 'exported; goes with the team and with the person',
  invitations: 'exported; goes with the team and with the person',
  api_keys: 'exported without what opens; goes with the team and with the person',
  workspaces: 'exported; goes with the team',
  installations: 'exported without tokens; stays where the app is installed, without names, and goes where it was removed',
  places: 'exported; goes with the team, and threads and direct messages with the identity',
  reply_handles: 'sealed, for an hour at the most; goes with the team',
  leases: 'ours',
  identities: 'exported; goes with the team, with the person, and at the wish of who has no account',
  link_requests: 'opens something, for ten minutes; goes with the workspace and the identity',
  conversations: 'exported; goes with the team',
  asks: 'keys that tell repeats apart; goes with the team',
  message_names: 'coordinates that tell repeats apart; goes with the team',
  message_changes: 'coordinates and times; goes with the team',
  tasks: 'exported; goes with the team',
  attempts: 'exported without our machines; goes with the team',
  task_events: 'exported; goes with the team',
  feedback: 'exported; goes with the team and with the person',
  letters: 'exported; goes with the team',
  dead_letters: 'tells of letters; goes with the team',
  chat_inbox: 'what people said, for seconds until it is handled; goes with the team, the person and the identity',
  chat_welcomes: 'accounts that were welcomed; goes with the team, the person and the identity, and where the app was removed',
  routes: 'channels that are limited or closed, for some days; goes with the conversation',
  approval_posts: 'where posts are that ask for approval, until that is decided; goes with the team and the identity',
  showings: 'where posts are that are being edited, until a minute after the task; goes with the team and the identity',
  outbox: 'ids on their way; goes with the team',
  files: 'exported; goes with the team',
  waiting_inputs: 'a name and a sealed reference, for minutes; goes with the task',
  uploads: 'ids and sizes, for a day; goes with the team and with the person',
  audit_entries: 'exported; its lines stay and are emptied',
  mails: 'sealed, and forgotten once they are sent; goes with the team and with the person',
  exports: 'goes with the team',
  erasure_links: 'opens something, for half an hour; goes with the identity',
  erasures: 'ids, as a proof',
  ledger_checks: 'numbers',
  alarms: 'times',
  secrets: 'ours',
  wallets: 'in the journal; numbers stay',
  lots: 'in the journal; numbers stay',
  transactions: 'exported; ids and numbers stay',
  holds: 'in the journal; ids and numbers stay',
  limits: 'exported; ids stay',
  hold_limits: 'ids stay',
  limit_uses: 'numbers stay',
  erased_customers: 'ids at Stripe, until they are deleted there',
  purchases: 'exported; ids and money stay for the law, without who opened it and who paid',
  topup_settings: 'exported; goes with the team',
  topups: 'exported; ids and money stay for the law, without who paid',
  alerts: 'exported; goes with the team',
  alert_looks: 'numbers and times; goes with the team',
  billing_differences: 'ids and numbers of payments, until they are settled',
  stripe_news: 'ids; a body is emptied when it is done, and when the person or the team goes',
  _prisma_migrations: 'ours',
};

test('there is a decision about every table', async () => {
  const { core } = quiet();
  const { rows } = await core.store.money.query<{ name: string }>(
    {
      text: `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`,
    },
    [],
  );
  expect(rows.map(({ name }) => name).toSorted()).toEqual(Object.keys(decisions).toSorted());
});

test('a line of the audit log can be emptied once, and never changed or taken away', async () => {
  const { core, person } = quiet();
  const { teamId } = await person();
  const { money } = core.store;
  await money.query(
    { text: `INSERT INTO audit_entries (at, actor, act, team_id, subject, facts) VALUES (now(), 'user:1', 'x', $1, 's', '{"a": 1}')` },
    [teamId],
  );
  for (const change of [
    `SET facts = '{"a": 2}'`,
    `SET facts = '{}'`,
    `SET facts = '{}', subject = NULL`,
    `SET facts = '{}', subject = NULL, erased_at = now(), actor = 'user:2'`,
    `SET facts = '{"a": 2}', subject = NULL, erased_at = now()`,
    `SET erased_at = now()`,
  ])
    await expect(money.query({ text: `UPDATE audit_entries ${change}` }, [])).rejects.toMatchObject({ constraint: 'append_only' });
  await expect(money.query({ text: 'DELETE FROM audit_entries' }, [])).rejects.toMatchObject({ constraint: 'append_only' });
  await core.store.erase.teamAudit(teamId, new Date());
  await expect(money.query({ text: `UPDATE audit_entries SET erased_at = now()` }, [])).rejects.toMatchObject({
    constraint: 'append_only',
  });
  const { rows } = await money.query({ text: 'SELECT actor, act, subject, facts FROM audit_entries' }, []);
  expect(rows).toEqual([{ actor: 'user:1', act: 'x', subject: null, facts: {} }]);
});

async function untilErased({ core }: Stage, teamId: string) {
  await vi.waitFor(async () => {
    await eraseDue(core);
    expect((await core.store.custody.team(teamId as never))!.erased).toBe(true);
  });
}

async function asked(app: App, actor: Actor, text: string, files: readonly never[] | readonly string[] = []): Promise<string> {
  const taken = await app.tasks.ask(webAsk(actor, text, files));
  const taskId = taken.kind === 'task' ? taken.taskId : '';
  await vi.waitFor(async () => expect((await app.tasks.get(actor, taskId)).over).toBe(true));
  return taskId;
}

function webAsk({ userId, teamId }: Actor, text: string, files: readonly string[] = []) {
  return {
    key: `web:${newId()}`,
    threadRef: `web:${newId()}`,
    from: { kind: 'user', userId, teamId },
    text,
    files: files.map((fileId) => ({ kind: 'stored' as const, fileId: fileId as never })),
    at: new Date(),
  } as const;
}

function boardAsk(text: string) {
  return {
    key: `board:${newId()}`,
    threadRef: 'board:general:1',
    workspace: 'board',
    channel: 'general',
    from: { externalId: 'ann', displayName: 'Ann' },
    text,
    at: new Date(),
  } as const;
}

async function storedUnder({ query }: Stage['core']['store']['money'], teamId: string): Promise<string[]> {
  const { rows } = await query<{ key: string }>(
    {
      text: `SELECT storage_key AS key FROM files WHERE team_id = $1 UNION SELECT 'exports/' || id || '/1/1' FROM exports WHERE team_id = $1`,
    },
    [teamId],
  );
  return rows.map(({ key }) => key);
}

/** What the ledger holds in texts that is neither an id nor a word of ours. */
async function wordsOfLedger({ query }: Stage['core']['store']['money']): Promise<string[]> {
  const { rows } = await query<{ text: string }>(
    {
      text: `SELECT DISTINCT text FROM (
          SELECT unnest(ARRAY[key, actor, note, payment_id, currency]) FROM transactions UNION ALL SELECT source FROM lots UNION ALL SELECT subject FROM limits
        ) AS t (text) WHERE text !~ '^([a-z-]+:)*([0-9a-f]{8}-[0-9a-f-]{27}|)(:[0-9]+)?$'`,
    },
    [],
  );
  const ours = new Set(['team deleted', 'system', 'test', 'operator', 'welcome', 'To begin with.']);
  return rows.map(({ text }) => text).filter((text) => !ours.has(text) && !/^welcome:[\w-]{43}$/.test(text));
}

async function journalOf({ query }: Stage['core']['store']['money'], walletId: string) {
  const { rows } = await query(
    {
      text: `SELECT w.balance, w.held, t.type AS last, t.note FROM wallets w JOIN transactions t ON t.wallet_id = w.id AND t.seq = w.seq WHERE w.id = $1`,
    },
    [walletId],
  );
  return rows[0];
}

async function ledger({ databaseUrl }: Stage) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return await verifyLedger(client);
  } finally {
    await client.end();
  }
}

async function named({ core, person }: Stage, name: string, email: string): Promise<Person> {
  const made = await person();
  await core.store.money.query({ text: 'UPDATE users SET name = $2, email = $3 WHERE id = $1' }, [made.userId, name, email]);
  await core.store.money.query({ text: 'UPDATE teams SET name = $2 WHERE personal_of = $1' }, [made.userId, name]);
  return { ...made, email };
}

function tokenOf(url: string): string {
  return url.split('/').at(-1)!;
}
