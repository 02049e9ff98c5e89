// A world in which every page of the portal has something to show: a team with people in all roles and a past, another
// team, somebody who runs the product, and a stranger. Each of them has a browser of their own.

import { once } from 'node:events';
import { Readable } from 'node:stream';
import { vi } from 'vitest';
import { credits } from '#core/domain/credits/credits.ts';
import { newId, type ConversationId, type FileId, type LetterId, type TaskId, type TeamId, type UserId } from '#core/domain/ids.ts';
import { roles, type Role } from '#core/domain/team/permission.ts';
import type { TaskView } from '#core/domain/tasks/task-view.ts';
import type { AgentFile, AgentOutcome, Agents } from '#core/ports/agents.ts';
import { pdfOf } from '#core/sandbox/openclaw/agents/pdf.ts';
import { askInChat } from '#core/testing/stages/ask-in-chat.ts';
import { justConfirmed } from '#core/testing/stages/just-confirmed.ts';
import { payAt, type Paying } from '#core/testing/visitors/payer.ts';
import { agentsThat, csvOf, done, fileOf, someUsage } from '#core/testing/stages/agents-that.ts';
import { portalVisitor, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { openStage, type Stage, type StageOptions } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';
import { linkIn } from '#core/testing/visitors/mailbox.ts';
import { mailOf, PASSWORD, proxied, twoFactorOf } from '#core/testing/visitors/visitor.ts';
import type { Actor } from '#core/domain/actor.ts';

/** Who can ask for a page. `outsider` owns another team. */
export const askers = ['stranger', ...roles.toReversed(), 'outsider', 'operator'] as const;
export type Asker = (typeof askers)[number];

export interface World {
  readonly stage: Stage;
  /** Where the portal is, without a slash at the end. */
  readonly at: string;
  readonly people: Readonly<Record<Asker, Somebody>>;
  /** Addresses in mails, with a token that works: of a new address of the owner, a magic link and a sign-up. */
  readonly links: { readonly newAddress: string; readonly logIn: string; readonly signUp: string };
  readonly acme: Acme;
  readonly other: Other;
  /** Asks in a web conversation, a new one unless it is said which, and does not wait. */
  ask(who: Somebody, text: string, more?: { conversation?: ConversationId; files?: readonly FileId[] }): Promise<TaskId>;
  /** Asks, and waits until it is over. */
  get(who: Somebody, text: string, more?: { conversation?: ConversationId }): Promise<TaskView>;
  stop(): Promise<void>;
}

/** What the team of everybody but the outsider has. */
export interface Acme {
  readonly name: string;
  readonly teamId: TeamId;
  /** Completed, with a table, a text and a PDF; the first of `conversation`. Asked for by the owner. */
  readonly task: TaskId;
  readonly conversation: ConversationId;
  /** The second task there. */
  readonly followUp: TaskId;
  readonly files: { readonly csv: FileId; readonly markdown: FileId; readonly pdf: FileId };
  /** What came with the request of `task`. */
  readonly input: FileId;
  readonly failed: TaskId;
  readonly canceled: TaskId;
  /** An agent is at it, and stays at it. Asked for by the member. */
  readonly running: TaskId;
  /** Waits behind it, in the same conversation. */
  readonly pending: TaskId;
  readonly runningConversation: ConversationId;
  /** Waits for approval. Asked for by billing. */
  readonly unapproved: TaskId;
  readonly unapprovedConversation: ConversationId;
  /** Asked for in the linked workspace, by somebody without a login. */
  readonly chatTask: TaskId;
  readonly chatConversation: ConversationId;
  /** An answer that could not be posted. */
  readonly letter: LetterId;
  readonly undeliveredTask: TaskId;
  readonly limit: string;
  /** `2026-11`, where something moved. */
  readonly month: string;
  readonly memberOf: Readonly<Record<Role, string>>;
  readonly userOf: Readonly<Record<Role, UserId>>;
  readonly sessionOf: Readonly<Record<Role, string>>;
  readonly apiKey: { readonly id: string; readonly key: string };
  /** Of the member. */
  readonly othersKey: { readonly id: string; readonly key: string };
  readonly workspace: string;
  /** The chat account of the owner. */
  readonly account: string;
  readonly invitation: { readonly id: string; readonly email: string; readonly token: string };
  readonly export: string;
  /** Behind `/link/…`: an account, and a workspace. */
  readonly identityLink: string;
  readonly workspaceLink: string;
  /** Behind `/privacy/erase/…`. */
  readonly erasureLink: string;
}

export interface Other {
  readonly name: string;
  readonly teamId: TeamId;
  readonly task: TaskId;
  readonly conversation: ConversationId;
  readonly file: FileId;
  readonly apiKey: { readonly id: string; readonly key: string };
  /** A checkout that a stranger paid, for an account that was made by it. */
  readonly paidByStranger: string;
}

export interface Somebody extends PortalVisitor {
  readonly name: string;
}

/** How long a world may take to open, on a machine that has much else to do. */
export const WORLD_MS = 300_000;

const OPERATOR = 'otto@operators.example';
const names: Record<Exclude<Asker, 'stranger'>, string> = {
  guest: 'Gus Grant',
  member: 'Mo Mendel',
  approver: 'Ann Aubert',
  billing: 'Bea Lind',
  admin: 'Ben Ortega',
  owner: 'Ada Byron',
  outsider: 'Eve Malone',
  operator: 'Otto Ohm',
};

/** Words of a request that tell the agents of this world what to do with it. */
const FAILS = 'in ancient Sumerian';
const WAITS = 'as thoroughly as you can';
const BAKES = 'for bakeries';

/** Platforms that nobody goes to: the pages have their buttons. */
const logInWith = {
  SLACK_BOT_TOKEN: 'off',
  SLACK_CLIENT_ID: '1000000000.2000000000',
  SLACK_CLIENT_SECRET: 'ab'.repeat(16),
  DISCORD_TOKEN: 'off',
  DISCORD_APPLICATION_ID: '900000000000000001',
  DISCORD_CLIENT_SECRET: 'ab'.repeat(16),
};

/** `odd` is what the agents say and hand over to whoever asks for something odd. */
export async function openWorld({ odd = done('Nothing odd.'), ...options }: StageOptions & { odd?: AgentOutcome } = {}): Promise<World> {
  const agents = worldAgents(odd);
  const stage = await openStage({
    portal: true,
    agents,
    ...options,
    settings: { ...proxied, ...logInWith, OPERATOR_EMAILS: OPERATOR, ...options.settings },
  });
  const stop = async () => {
    await agents.close(); // else the worker waits for the one who is still at work
    await stage.stop();
  };
  try {
    const makers = { stage, ...makersOf(stage) };
    const people = await makePeople(makers);
    const acme = await makeAcme(makers, people);
    const other = await makeOther(makers, people.outsider);
    await makeTrouble(makers, people);
    const links = await makeLinks(makers, people);
    return { stage, at: stage.core.settings.publicUrl, people, links, acme, other, ask: makers.ask, get: makers.get, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function worldAgents(odd: AgentOutcome): Agents {
  const closing = new AbortController();
  const agents = agentsThat(async ({ message }, watch, signal): Promise<AgentOutcome> => {
    if (message.includes(FAILS)) return { kind: 'failed', reason: 'There is no model for that.', usage: someUsage };
    if (message.includes('something odd')) return odd;
    if (message.includes(BAKES)) return done('Here they are.', [csvOf('bakery-leads.csv', 3)]);
    if (!message.includes(WAITS)) return done('Here is what you asked for. Two of the three sell boats.', await resultFiles());
    watch.step({ id: '1', title: 'Reading what there is', state: 'done' });
    watch.step({ id: '2', title: 'Comparing the offers', state: 'running' });
    const until = AbortSignal.any([signal, closing.signal]);
    if (!until.aborted) await once(until, 'abort');
    return closing.signal.aborted
      ? { kind: 'detached' }
      : { kind: 'stopped', by: 'signal', text: '', files: [], usage: someUsage, sample: false };
  });
  return { ...agents, close: async () => closing.abort() };
}

async function resultFiles(): Promise<AgentFile[]> {
  const pdf = await pdfOf('Harbour report', 'For Acme alone.', [{ heading: 'Findings', paragraphs: ['Three boatyards answered.'] }]);
  return [
    fileOf('harbour-leads.csv', 'company,town,boats\nBlue Keel,Miami,12\nSalt & Sons,Key West,3\nNorth Pier,Tampa,7\n'),
    fileOf('harbour-notes.md', '# Harbour notes\n\nThree boatyards answered, **two** of them sell.\n'),
    { ...fileOf('harbour-report.pdf', ''), sizeBytes: pdf.length, open: async () => Readable.from([pdf]) },
  ];
}

type Makers = ReturnType<typeof makersOf> & { readonly stage: Stage };

function makersOf(stage: Stage) {
  const { app, core } = stage;
  const browser = (name: string, email: string): Somebody => ({ ...portalVisitor(stage, email), name });

  const signUp = async (name: string, email: string): Promise<Somebody> => {
    const person = browser(name, email);
    await person.signUp(email, PASSWORD, name);
    return person;
  };

  const over = (actor: Actor, id: TaskId) =>
    vi.waitFor(async () => {
      const task = await app.tasks.get(actor, id);
      if (!task.over) throw new Error(`still ${task.status}`);
      return task;
    });

  const ask: World['ask'] = async (who, text, { conversation = newId(), files = [] } = {}) => {
    const { userId, teamId } = await who.actor();
    const taken = await app.tasks.ask({
      key: `web:${newId()}`,
      threadRef: `web:${conversation}`,
      from: { kind: 'user', userId, teamId },
      text,
      files: files.map((fileId) => ({ kind: 'stored', fileId })),
      at: core.clock.now(),
    });
    if (taken.kind === 'refused') throw new Error(`refused: ${taken.refused.code}`);
    return taken.taskId;
  };

  const grant = async (teamId: TeamId, amount: number) => {
    const { walletId } = await core.store.erase.walletOf(teamId);
    await core.store.ledger.credit(
      { key: `world:${walletId}`, wallet: walletId, lot: newId(), type: 'grant', credits: credits(amount), source: 'test' },
      core.clock.now(),
    );
  };

  return {
    invitationFor: teamStage(stage).invitationFor,
    browser,
    signUp,
    over,
    ask,
    get: async (who: Somebody, text: string, more?: Parameters<World['ask']>[2]) => over(await who.actor(), await ask(who, text, more)),
    /** A team besides their own, with credits, where they are from now on. */
    async team(owner: Somebody, name: string, amount: number) {
      await owner.post('/team', { intent: 'make', name });
      await grant((await owner.actor()).teamId, amount);
    },
    /** What makes one of our links work. */
    tokenOf: ({ url }: { url: string }) => url.split('/').at(-1)!,
  };
}

async function makePeople({ browser, signUp, team, stage, invitationFor }: Makers): Promise<World['people']> {
  const people = {} as Record<keyof typeof names, Somebody>;
  // One after another: making a password safe is work, and together they would keep one another waiting too long.
  for (const [asker, name] of Object.entries(names) as [keyof typeof names, string][]) {
    const house = asker === 'outsider' ? 'other.example' : 'acme.example';
    people[asker] = await signUp(name, asker === 'operator' ? OPERATOR : `${name.split(' ')[0]!.toLowerCase()}@${house}`);
  }
  await twoFactorOf(people.operator); // without it nobody operates
  await team(people.owner, 'Acme Harbour', 1_000);
  await team(people.outsider, 'Other House', 200);
  const owner = await people.owner.actor();
  for (const role of roles.filter((each) => each !== 'owner')) {
    const { email, post } = people[role];
    await stage.app.team.invite(owner, { email, role });
    await post(`/invitations/${await invitationFor(email)}`, { intent: 'accept' });
  }
  return { ...people, stranger: browser('Nobody', 'nobody@elsewhere.example') };
}

async function makeAcme(makers: Makers, people: World['people']): Promise<Acme> {
  const { stage, ask, get, over, invitationFor, tokenOf } = makers;
  const { app, core } = stage;
  const owner = await people.owner.actor();
  const { teamId } = owner;

  const conversation = newId<ConversationId>();
  const briefing = Buffer.from('Only yards that sell boats themselves.');
  const input = await app.files.keepInput(
    owner,
    { name: 'harbour-briefing.txt', mime: 'text/plain', sizeBytes: briefing.length },
    Readable.from([briefing]),
  );
  const task = await over(owner, await ask(people.owner, 'Find me 3 leads for boatyards in Florida', { conversation, files: [input] }));
  const followUp = await get(people.owner, 'Now 3 leads in Georgia, please', { conversation });
  await app.tasks.feedback(owner, task.id, 'good');
  const failed = await get(people.admin, `Research the harbour fees ${FAILS}`);

  const runningConversation = newId<ConversationId>();
  const running = await ask(people.member, `Research competing harbours ${WAITS}`, { conversation: runningConversation });
  const pending = await ask(people.member, 'Find me 3 leads for harbours with cranes', { conversation: runningConversation });
  const canceled = await ask(people.member, 'Find me 3 leads for lighthouses', { conversation: runningConversation });
  await app.tasks.cancel(owner, canceled);
  const billing = await people.billing.actor();
  const unapprovedConversation = newId<ConversationId>();
  await app.accounts.setConfirmAbove(billing, '20000000');
  const unapproved = await ask(people.billing, 'Find me 25 leads for chandlers', { conversation: unapprovedConversation });
  await app.accounts.setConfirmAbove(billing, null);
  await vi.waitFor(async () => {
    const { status } = await app.tasks.get(owner, running);
    if (status !== 'processing') throw new Error(`still ${status}`);
  });

  const workspaceToken = tokenOf(
    await app.workspaces.makeWorkspaceLink({ platform: 'slack', externalId: 'THARBOUR', name: 'Harbour HQ', askedBy: 'ada' }),
  );
  await app.workspaces.confirmLink(owner, workspaceToken, owner);
  const account = { platform: 'slack', workspace: 'THARBOUR', workspaceName: 'Harbour HQ' };
  const accountToken = tokenOf(await app.workspaces.makeIdentityLink({ ...account, externalId: 'UADA', displayName: 'ada.byron' }));
  await app.workspaces.confirmLink(owner, accountToken, owner);
  const chat = await askInChat(
    { app, core },
    {
      key: `slack:${newId()}`,
      threadRef: 'slack:THARBOUR:CQUAY:1790000000.000100',
      workspace: 'THARBOUR',
      channel: 'CQUAY',
      from: { externalId: 'UZOE', displayName: 'zoe.quay' },
      text: 'Find me 3 leads for sailmakers',
      at: core.clock.now(),
    },
  );
  if (chat.kind === 'refused') throw new Error(`refused: ${chat.refused.code}`);
  await over(owner, chat.taskId);

  const undelivered = await get(people.approver, 'Find me 3 leads for ropemakers');
  const letter = await bury(stage, undelivered.id, teamId);
  const limit = await app.credits.setLimit(owner, { kind: 'team', subject: '', credits: '900000000', period: 'month', timeZone: 'UTC' });
  const apiKey = await app.team.makeApiKey(owner, 'Harbour nightly report');
  const othersKey = await app.team.makeApiKey(await people.member.actor(), 'Harbour script');

  const email = 'iris@newcomer.example';
  const { invitationId } = await app.team.invite(owner, { email, role: 'member' });
  const made = await app.privacy.exportTeam(owner);
  await vi.waitFor(async () => {
    const [newest] = await app.privacy.exports(owner);
    if (newest?.state !== 'ready') throw new Error(`the export is ${newest?.state}`);
  });

  const fileNamed = (end: string) => task.files.find(({ name }) => name.endsWith(end))!.id;
  const actors = await Promise.all(roles.map((role) => people[role].actor()));
  const members = await app.team.members(owner);
  return {
    name: 'Acme Harbour',
    teamId,
    task: task.id,
    conversation,
    followUp: followUp.id,
    files: { csv: fileNamed('.csv'), markdown: fileNamed('.md'), pdf: fileNamed('.pdf') },
    input,
    failed: failed.id,
    canceled,
    running,
    pending,
    runningConversation,
    unapproved,
    unapprovedConversation,
    chatTask: chat.taskId,
    chatConversation: chat.conversationId,
    letter,
    undeliveredTask: undelivered.id,
    limit: limit.id,
    month: (await app.credits.statementMonths(owner))[0]!,
    memberOf: byRole(members.map(({ role, id }) => [role, id])),
    userOf: byRole(actors.map(({ role, userId }) => [role, userId])),
    sessionOf: byRole(actors.map(({ role, sessionId }) => [role, sessionId!])),
    apiKey,
    othersKey,
    workspace: (await app.workspaces.linkedWorkspaces(owner))[0]!.id,
    account: (await app.workspaces.linkedAccounts(owner))[0]!.id,
    invitation: { id: invitationId, email, token: await invitationFor(email) },
    export: made.id,
    identityLink: tokenOf(await app.workspaces.makeIdentityLink({ ...account, externalId: 'UMO', displayName: 'mo.mendel' })),
    workspaceLink: tokenOf(
      await app.workspaces.makeWorkspaceLink({ platform: 'slack', externalId: 'TPIER', name: 'Pier Two', askedBy: 'mo' }),
    ),
    erasureLink: tokenOf((await app.privacy.makeErasureLink({ platform: 'slack', workspace: 'THARBOUR', externalId: 'UZOE' }))!),
  };
}

function byRole<T>(entries: readonly (readonly [Role, T])[]): Record<Role, T> {
  return Object.fromEntries(entries) as Record<Role, T>;
}

/** As if it should have gone to a chat whose channel is no longer there. */
async function bury({ core }: Stage, taskId: TaskId, teamId: TeamId): Promise<LetterId> {
  const { rows } = await core.store.money.query<{ id: LetterId }>(
    {
      text: `WITH dead AS (
               UPDATE letters SET state = 'dead', platform = 'slack', attempted_at = created_at
               WHERE task_id = $1 AND saying ->> 'kind' = 'result' RETURNING id, created_at
             )
             INSERT INTO dead_letters SELECT id, $2, 'gone', false, created_at FROM dead RETURNING letter_id AS id`,
    },
    [taskId, teamId],
  );
  return rows[0]!.id;
}

async function makeOther({ stage, get }: Makers, outsider: Somebody): Promise<Other> {
  const actor = await outsider.actor();
  const task = await get(outsider, `Find me 3 leads ${BAKES}`);
  await buyWithAutoTopUp(stage, actor);
  const { url } = await stage.app.billing.buyAsStranger({ pack: 'team', caller: '198.51.100.20' });
  await payAt(url, { email: 'grace.hopper@stranger.example', name: 'Grace Hopper' });
  return {
    name: 'Other House',
    paidByStranger: checkoutIn(url),
    teamId: actor.teamId,
    task: task.id,
    conversation: task.conversationId,
    file: task.files[0]!.id,
    apiKey: await stage.app.team.makeApiKey(actor, 'Bakery script'),
  };
}

/** A purchase with a card that is kept, one that waits for a bank, one that an operator has to decide about, and auto top-up. */
async function buyWithAutoTopUp({ app, core }: Stage, actor: Actor): Promise<void> {
  const buy = async (paying: Paying) => {
    const { url } = await app.billing.buy(actor, { pack: 'starter', saveCard: true });
    await payAt(url, paying);
    await app.billing.done(actor, checkoutIn(url), '198.51.100.20');
    return checkoutIn(url);
  };
  await buy({});
  await buy({ card: 'AT611904300234573201' });
  const { url } = await app.billing.buy(actor, { pack: 'starter', saveCard: false });
  const undecided = await core.store.purchases.byCheckout(checkoutIn(url));
  await core.store.purchases.trouble(undecided!.id, 'quantity');
  const numbers = { below: '50', pack: 'starter', monthlyCap: '100', dailyMost: '3', pauseMinutes: '10' };
  await app.billing.setTopUp({ ...actor, ...justConfirmed }, { ...numbers, agreed: true });
}

function checkoutIn(url: string): string {
  return /cs_\w+/.exec(url)![0];
}

async function makeLinks({ stage, browser }: Makers, people: World['people']): Promise<World['links']> {
  const newcomer = browser('Nell Newcomer', 'nell@newcomer.example');
  await newcomer.auth('/sign-up/email', { email: newcomer.email, password: PASSWORD, name: newcomer.name });
  const next = 'ada.byron@new.example';
  await people.owner.post('/settings', { intent: 'mail', email: next, password: PASSWORD });
  await newcomer.auth('/sign-in/magic-link', { email: people.owner.email });
  const linkTo = async (...mail: [string, 'new-address' | 'magic-link' | 'verify']) =>
    linkIn(await mailOf(stage, ...mail)).replace(stage.core.settings.publicUrl, '');
  return {
    newAddress: await linkTo(next, 'new-address'),
    logIn: await linkTo(people.owner.email, 'magic-link'),
    signUp: await linkTo(newcomer.email, 'verify'),
  };
}

/** What those who run the product look at: a mail that was refused, and a ledger that was added up. */
async function makeTrouble({ stage }: Makers, people: World['people']): Promise<void> {
  const { app, core, mails } = stage;
  const email = 'bounced@other.example';
  await app.team.invite(await people.outsider.actor(), { email, role: 'guest' });
  await mails(email);
  await core.store.money.query(
    { text: `UPDATE mails SET state = 'dead', trouble = 'MessageRejected: the address is on the suppression list' WHERE to_address = $1` },
    [email],
  );
  await app.operator.checkLedger(await people.operator.actor(), null);
  await core.store.money.query(
    {
      text: `INSERT INTO stripe_news (id, kind, object_id, livemode, state, tries, trouble, next_at, received_at)
             VALUES ('evt_1', 'checkout.session.completed', 'cs_test_deleted', false, 'open', 40, 'unknown-checkout', now() + interval '1 day', now() - interval '30 minutes')`,
    },
    [],
  );
}
