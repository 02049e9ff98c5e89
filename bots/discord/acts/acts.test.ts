// What people do by commands, buttons and forms: each has one outcome, whichever way Discord tells it, and is answered to its person.

import { expect, test, vi } from 'vitest';
import { choiceId } from '#core/domain/messages/choice.ts';
import type { TaskId } from '#core/domain/ids.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { DiscordNo } from '../api/call.ts';
import { refs } from '../refs.ts';
import {
  ACME,
  ANN,
  BO,
  command,
  FAILS,
  GENERAL,
  IN_THREAD,
  newSnowflake,
  openActsWorld,
  ourPost,
  press,
  submit,
  type Made,
  type Way,
} from '../testing/acts-world.ts';
import { customId } from '../nonce.ts';
import { withOrigin } from '../origin.ts';
import { MORE } from './forms/more.ts';

const world = forAll(() => openActsWorld(), 60_000);
const ways = ['gateway', 'http'] as const;

const alone = ({ id }: Made, who = ANN) => refs.format({ guild: '@user', channel: who, thread: id });
const outcomes = async (threadRef: string) => (await world().tasks(threadRef)).map(({ status, text }) => `${status}: ${text}`);
const saying = (made: Made) => world().saying(made);
const statusOf = async (id: string) => (await world().tasks(IN_THREAD)).find((task) => task.id === id)?.status;

test.each(ways)('/ask begins a thread in its channel, goes on in its thread, and says where the answer follows (%s)', async (way) => {
  const { tell, owner } = world();
  const [root, follow, direct] = [
    command('ask', { request: 'find me 3 leads in Miami' }),
    command('ask', { request: 'find me 2 leads in Boston', type: 'lead-generation' }, { at: 'thread' }),
    command('ask', { request: 'find me 2 leads in Tampa' }, { at: 'dm', from: BO }),
  ];
  const before = (await owner.ledger()).length;
  for (const made of [root, follow, direct]) await tell(made, way);
  expect(await outcomes(IN_THREAD)).toContainEqual(expect.stringContaining('find me 2 leads in Boston'));
  expect(await saying(root)).toMatch(/Request received.*\n.*in this channel/);
  expect(await saying(follow)).toMatch(/in this thread/);
  // Nobody pays in a direct message with somebody who has no account.
  expect(await saying(direct)).toMatch(/No team pays/);
  await vi.waitFor(async () => expect((await owner.ledger()).slice(before).filter((line) => line.startsWith('hold'))).toHaveLength(2));
  // A repeat, also by the other way, is the same request.
  await tell(root, 'gateway');
  expect((await owner.ledger()).slice(before).filter((line) => line.startsWith('hold'))).toHaveLength(2);
});

test.each([
  ['asked to be', 'channel', { private: true }, 'awaiting_approval'],
  ['where we may not post', 'silent', {}, 'awaiting_approval'],
] as const)('/ask is answered to its person alone: %s', async (_why, at, more, status) => {
  const { tell, shown, context } = world();
  const made = command('ask', { request: 'find me 20 leads in Miami', ...more }, { at });
  await tell(made);
  expect((await world().tasks(alone(made))).map((task) => task.status)).toEqual([status]);
  // What comes is posted in the place of the promise, by whichever process.
  expect(shown.filter(({ interaction }) => interaction === made.id).map(({ type, body }) => [type, body.flags])).toEqual([[5, 64]]);
  expect(await context.replyHandles.find(`discord:u:${made.id}`)).toBe(made.token);
  // A press in that conversation gives a fresh token for it.
  const { id } = (await world().tasks(alone(made)))[0]!;
  const cancel = press(withOrigin(choiceId('cancel', id as TaskId), made.id), {
    at,
    message: ourPost({ flags: 64 }),
  });
  await tell(cancel);
  expect((await world().tasks(alone(made))).map((task) => task.status)).toEqual(['canceled']);
  expect(await context.replyHandles.find(`discord:u:${made.id}`)).toBe(cancel.token);
});

test('in a server that has not installed the app, the team of its person pays, and nobody else sees it', async () => {
  const { tell, core, person } = world();
  const bo = await person(50);
  const stranger = command('ask', { request: 'find me 3 leads in Miami' }, { at: 'foreign', from: BO });
  await tell(stranger);
  expect(await saying(stranger)).toMatch(/No team pays[^]*Link account/);
  expect(await world().tasks(alone(stranger, BO))).toEqual([]);
  const identity = await core.store.people.rememberAccount({
    platform: 'discord',
    space: null,
    externalId: BO,
    name: 'Bo',
  } as never);
  const linkedTo = (userId: string | null) => core.store.prisma.identity.update({ where: { id: identity }, data: { userId } });
  await linkedTo(bo.userId);
  const linked = command('ask', { request: 'find me 3 leads in Miami' }, { at: 'foreign', from: BO });
  await tell(linked, 'http');
  expect(await world().tasks(alone(linked, BO))).toHaveLength(1);
  await vi.waitFor(async () => expect(await bo.ledger()).toContain('hold 3'));
  await linkedTo(null);
});

test.each([
  ['balance', /credits/],
  ['buy', /Get credits/],
  ['history', /tasks|No tasks yet/],
  ['link', /Link account/],
  ['settings', /Settings/],
  ['privacy', /Privacy/],
  ['help', /./],
  ['cancel', /Nothing to stop|was canceled/],
])('/%s is answered to whoever gave it, by both ways', async (name, words) => {
  for (const way of ways) {
    const made = command(name, {}, { at: way === 'http' ? 'thread' : 'channel' });
    await world().tell(made, way);
    expect(await saying(made)).toMatch(words);
    // For this person alone, in components, without previews of links.
    expect(world().shown.find(({ interaction }) => interaction === made.id)!.body).toMatchObject({
      flags: 64 + 32_768 + 4,
      allowed_mentions: { parse: [] },
    });
  }
});

test.each(ways)('a press has one outcome, by a stranger none, and each is told (%s)', async (way: Way) => {
  const { tell, words } = world();
  const task = await world().waiting();
  const [strange, approve, over] = [task.press('approve', { from: BO }), task.press('approve'), task.press('cancel')];
  await tell(strange, way);
  expect(await saying(strange)).toMatch(/Only the person who asked/);
  expect(await statusOf(task.id)).toBe('awaiting_approval');
  await tell(approve, way);
  // A letter in the thread says it.
  expect(words(approve)).toEqual(['']);
  await vi.waitFor(async () => expect(await statusOf(task.id)).toBe('completed'));
  await tell(over, way);
  expect(await saying(over)).toMatch(/./);
  expect(await statusOf(task.id)).toBe('completed');
});

test('Try again, pressed twice below one letter, is one retry', async () => {
  const task = await world().waiting(FAILS);
  await vi.waitFor(async () => expect(await statusOf(task.id)).toBe('failed'));
  const before = (await world().tasks(IN_THREAD)).length;
  const letter = crypto.randomUUID();
  for (const way of ways) await world().tell(press(customId(choiceId('retry', task.id as TaskId), letter), { at: 'thread' }), way);
  expect(await world().tasks(IN_THREAD)).toHaveLength(before + 1);
});

test('an interaction that is told again, or twice at once, is answered once', async () => {
  const made = command('ask', { request: 'find me 2 leads in Reno' });
  await Promise.all([world().tell(made), world().tell(made)]);
  await world().tell(made);
  expect(world().shown.filter(({ interaction }) => interaction === made.id)).toHaveLength(1);
});

test('an answer for somebody alone opens for nobody else', async () => {
  const { tell } = world();
  const root = newSnowflake();
  world().again = async (message, author) =>
    message.id === root && author === ANN
      ? {
          kind: 'private',
          reply: { fallback: 'For you', blocks: [{ kind: 'prose', text: 'For you', from: 'us' }] },
        }
      : null;
  const message = ourPost({ message_reference: { message_id: root } });
  const [own, other] = [press(`show:${ANN}`, { message }), press(`show:${ANN}`, { message, from: BO })];
  await tell(own);
  await tell(other);
  expect([await saying(own), await saying(other)]).toEqual(['For you', expect.stringMatching(/somebody else/)]);
});

test('/setup changes what is answered in a channel and who can ask there, for those who manage the server', async () => {
  const { tell, core } = world();
  const place = () => core.store.places.find(`discord:${ACME}:${GENERAL}`);
  const refused = command('setup', { answers: 'always' });
  await tell(refused);
  expect(await saying(refused)).toMatch(/Only people who can manage the server/);
  expect((await place())?.answers ?? 'mention').toBe('mention');
  const role = '400000000000000001';
  const made = command('setup', { answers: 'thread', muted: true, role }, { administers: true, at: 'thread' });
  await tell(made);
  expect(await saying(made)).toMatch(/Answers: Mentions, and everything in its threads\nMuted: Yes\nCan ask: Members with the chosen role/);
  expect(await place()).toMatchObject({ answers: 'thread', muted: true, roles: [role] });
  const kept = command('ask', { request: 'find me 3 leads' });
  await tell(kept);
  expect(await saying(kept)).toMatch(/role/);
  await tell(command('setup', { answers: 'mention', muted: false, everyone: true }, { administers: true }));
  expect(await place()).toMatchObject({ answers: 'mention', muted: false, roles: [] });
  const elsewhere = command('setup', {}, { at: 'dm' });
  await tell(elsewhere);
  expect(await saying(elsewhere)).toMatch(/in a server/);
});

test('/setup limits a server to listed channels: elsewhere commands and buttons are refused with where to ask, and a thread follows its channel', async () => {
  const { tell, waiting, owner, app } = world();
  const { id, press: pressOn } = await waiting();
  const holds = async () => (await owner.ledger()).filter((line) => line.startsWith('hold')).length;
  const before = await holds();
  const setup = async (options: Record<string, string | boolean>) => {
    const made = command('setup', options, { administers: true, at: 'thread' });
    await tell(made);
    return saying(made);
  };
  expect(await setup({ channels: 'listed' })).toMatch(/Listed: No[^]*Only in listed channels; none[^]*nobody can ask/);
  const closed = /Tasks can’t be started in this channel[^]*Ask an admin of the workspace/;
  for (const at of ['channel', 'thread'] as const)
    for (const made of [
      command('ask', { request: 'find me 3 leads' }, { at }),
      command('ask', { request: 'find me 3 leads', private: true }, { at }),
    ]) {
      await tell(made);
      expect(await saying(made)).toMatch(closed);
    }
  const approve = pressOn('approve');
  await tell(approve);
  expect(await saying(approve)).toMatch(closed);
  expect(await holds()).toBe(before);
  // Whoever asks in a direct message, or where the app is not, pays with their own credits.
  const own = command('ask', { request: 'find me 3 leads' }, { at: 'foreign' });
  await tell(own);
  expect(await saying(own)).not.toMatch(closed);
  expect(await setup({ listed: true })).toMatch(/Listed: Yes[^]*such as #general/);
  await tell(pressOn('approve'));
  await vi.waitFor(async () => expect(await statusOf(id)).not.toBe('awaiting_approval'));
  // The channel was called something else when somebody asked in it.
  const old = {
    ref: `discord:${ACME}:${GENERAL}`,
    platform: 'discord',
    workspace: ACME,
    kind: 'channel',
    name: '#old',
    private: false,
  } as const;
  await app.workspaces.placeNamed(old);
  expect(await setup({ listed: true })).toMatch(/such as #general/);
  expect(await setup({ channels: 'every', listed: false })).toMatch(/Members can ask in every channel/);
});

test('/setup lets only some roles ask on the whole server, and names them', async () => {
  const { tell, core } = world();
  const role = '400000000000000007';
  const made = command('setup', { server_role: role }, { administers: true });
  Object.assign((made as unknown as { data: { resolved: object } }).data.resolved, {
    roles: { [role]: { id: role, name: 'Buyers' } },
  });
  await tell(made);
  expect(await saying(made)).toMatch(/The whole server[^]*Can ask: Members with the role Buyers/);
  const refused = command('ask', { request: 'find me 3 leads' });
  await tell(refused);
  expect(await saying(refused)).toMatch(/certain roles/);
  await tell(command('setup', { server_everyone: true }, { administers: true }));
  expect(await core.store.places.find(`discord:${ACME}:`)).toMatchObject({
    roles: [],
    roleNames: {},
  });
});

test.each([
  ['a button that we did not make', () => press('nonsense', { at: 'channel' }), /./],
  ['a kind of interaction that we do not know', () => ({ ...press(MORE), type: 77 }), /not available/],
  ['a form that we did not make', () => submit({ custom_id: 'nonsense', components: [] }, {}, [], { message: ourPost() }), /./],
  ['a command that is gone', () => command('dance', {}, { at: 'dm', from: BO }), /./],
])('%s is answered', async (_what, make, words) => {
  const made = make();
  await world().tell(made);
  expect(await saying(made)).toMatch(words);
});

test('where Discord takes no answer any more, it is said in a direct message', async () => {
  const { tell, direct, fail } = world();
  fail('/callback', new DiscordNo('unknown interaction', { status: 404, code: 10062 }));
  const made = command('balance');
  await tell(made);
  fail('/callback', null);
  expect(direct.at(-1)).toEqual({ user: ANN, words: expect.stringContaining('credits') });
});

test('a private request is taken after its promise: where Discord takes none, its answers are not posted in the place of one', async () => {
  const { tell, fail, context, tasks } = world();
  fail('/callback', new DiscordNo('unknown interaction', { status: 404, code: 10062 }));
  const made = command('ask', { request: 'find me 20 leads in Miami', private: true });
  await tell(made);
  fail('/callback', null);
  expect(await tasks(alone(made))).toHaveLength(1);
  expect(await context.replyHandles.find(`discord:u:${made.id}`)).toBeNull();
});
