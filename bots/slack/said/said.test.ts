// What people say in Slack, in a running product: each message is heard once, whatever Slack makes of it, and what is not for us
// costs nobody anything.

import { beforeEach, expect, test, vi } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { PATIENCE_MS } from '#core/testing/runner/patience.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openProduct } from '../testing/open-product.ts';

const clock = clockByHand();
const agents = agentsThat(async ({ quantity }, _watch, signal) => {
  // Nine leads take until somebody stops it.
  if (quantity === 9) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  return done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]);
});
const product = forAll(() => openProduct({ clock, agents }), 60_000);
const politely = { atOnce: 1, repeats: 0, twin: false };

beforeEach(() => product().people.hook(politely));

const held = async () => (await product().owner.ledger()).filter((line) => line.startsWith('hold')).length;

test('one message is one task, one answer and one charge, however often, under whatever ts and to whichever process it is told', async () => {
  const { people, say, tasks, answers, another, tell, envelope, url } = product();
  const other = await another();
  const before = await held();
  await people.hook({ atOnce: 2, repeats: 5, twin: true });
  await say('find me 2 leads in Miami');
  // One gesture under two names: whichever is heard first is the one that counts.
  const twins = (await people.messages('C1')).filter(({ text }) => text.endsWith('find me 2 leads in Miami'));
  expect(twins).toHaveLength(2);
  const both = async <T>(of: (thread: string) => Promise<T[]>) => (await Promise.all(twins.map(({ ts }) => of(ts)))).flat();
  const results = async () => (await both(answers)).filter((each) => each.includes('Done: 2 leads'));
  await vi.waitFor(async () => expect(await results()).toHaveLength(1));
  for (const laterMs of [0, 6 * 60_000, 25 * 60 * 60_000]) {
    clock.forward(laterMs);
    for (const [i, { ts, user, text, clientMsgId }] of twins.entries()) {
      const event = {
        type: i === 0 ? 'app_mention' : 'message',
        channel: 'C1',
        user,
        text,
        ts,
        client_msg_id: clientMsgId,
      };
      const told = await Promise.all([url, other.url!].map((at) => tell(at, envelope(event))));
      expect(told).toEqual([200, 200]);
    }
  }
  expect([await both(tasks), (await held()) - before]).toEqual([['completed'], 1]);
  await vi.waitFor(async () => expect(await both(answers)).toHaveLength(2));
  expect(await results()).toHaveLength(1);
});

test('two people who talk in a thread ask for nothing, and its asker alone goes on with a request', async () => {
  const { say, tasks } = product();
  const before = await held();
  const thread = await say('find me 3 leads in Miami');
  await product().answer(thread, /Done: 3 leads/);
  await say('find me 4 leads in Boston', { thread });
  await product().answer(thread, /Done: 4 leads/);
  for (let i = 0; i < 20; i++) await say(`find me ${i + 1} leads, I mean it`, { thread, from: i % 2 === 0 ? 'U2' : 'U1' });
  // Told after them.
  const last = await say('find me 5 leads in Miami');
  await product().answer(last, /Done: 5 leads/);
  expect([(await tasks(thread)).length, (await held()) - before]).toEqual([2, 3]);
});

test('an aside is for nobody but people, and in a thread that is muted only a mention is heard', async () => {
  const { say, tasks, told } = product();
  const thread = await say('find me 3 leads in Miami');
  await product().answer(thread, /Done/);
  await say('(aside) find me 4 leads', { thread });
  await say('!aside find me 4 leads', { thread });
  await say('@impacter mute', { thread, from: 'U3' });
  await vi.waitFor(async () => expect(await told('U3', thread)).toEqual([expect.stringContaining('Only members')]));
  await say('@impacter mute', { thread });
  await vi.waitFor(async () => expect(await told('U1', thread)).toEqual([expect.stringContaining('Thread muted')]));
  await say('find me 5 leads in Boston', { thread });
  await say('@impacter find me 6 leads in Boston', { thread });
  await product().answer(thread, /Done: 6 leads/);
  await say('@impacter unmute', { thread });
  await vi.waitFor(async () => expect(await told('U1', thread)).toHaveLength(2));
  await say('find me 7 leads in Boston', { thread });
  await product().answer(thread, /Done: 7 leads/);
  expect(await tasks(thread)).toHaveLength(3);
});

test('“mute” outside of a thread starts nothing, and its person is told where to say it', async () => {
  const { people, say, tasks, told } = product();
  const root = await say('mute');
  await vi.waitFor(async () => expect(await told('U1', root)).toEqual([expect.stringContaining('in that thread')]));
  const direct = await people.say('D1', 'unmute', { from: 'U1' });
  await vi.waitFor(async () => {
    const { messages } = await people.seen('D1', 'U1');
    expect(messages.at(-1)).toMatchObject({
      only: 'U1',
      text: expect.stringContaining('To unmute a thread'),
    });
  });
  expect([await tasks(root), await tasks(direct.thread, 'D1')]).toEqual([[], []]);
});

test('somebody whom the workspace cannot see is refused like a person of another company, and looked up once', async () => {
  const { url, tell, envelope, people, core } = product();
  const { botUser } = await people.team('T1');
  const lookUps = async () => (await people.calls('users.info')).filter(({ outcome }) => outcome === 'user_not_found').length;
  const before = await lookUps();
  for (const ts of ['1700000300.000001', '1700000300.000002']) {
    const event = {
      type: 'message',
      channel: 'C1',
      user: 'U77',
      text: `<@${botUser}> find me 3 leads`,
      ts,
    };
    expect(await tell(url, envelope(event))).toBe(200);
  }
  expect(await lookUps()).toBe(before + 1);
  expect(
    await core.store.prisma.task.count({
      where: {
        requestText: 'find me 3 leads',
        conversation: { threadRef: { contains: '1700000300' } },
      },
    }),
  ).toBe(0);
});

test('the agent reads the names of people who are mentioned', async () => {
  const { say, answer, core } = product();
  await answer(await say('find me 2 leads that Bo <@U2> would like'), /Done/);
  expect(
    await core.store.prisma.task.count({
      where: { requestText: 'find me 2 leads that Bo @Bo would like' },
    }),
  ).toBe(1);
});

test('a channel where every message is for us needs no mention, and others stay quiet', async () => {
  const { app, people, say, tasks } = product();
  await app.workspaces.rulePlace(
    {
      ref: 'slack:T1:C2',
      platform: 'slack',
      workspace: 'T1',
      kind: 'channel',
      name: '#sales',
      private: false,
    },
    { answers: 'always' },
  );
  const { thread } = await people.say('C2', 'find me 3 leads in Miami', { from: 'U1' });
  const quiet = await people.say('C1', 'find me 3 leads in Miami', { from: 'U1' });
  await vi.waitFor(async () => expect(await tasks(thread, 'C2')).toEqual(['completed']));
  const last = await say('find me 2 leads in Miami');
  await product().answer(last, /Done/);
  expect(await tasks(quiet.thread)).toEqual([]);
});

test('messages of bots, our own posts and system messages start nothing', async () => {
  const { url, tell, envelope, people, tasks } = product();
  const { botUser, botId } = await people.team('T1');
  const said = (more: object) =>
    envelope({
      type: 'message',
      channel: 'C1',
      text: `<@${botUser}> find me 3 leads`,
      ts: '1700000000.000001',
      ...more,
    });
  for (const more of [
    { user: 'U1', bot_id: 'B9' },
    { subtype: 'bot_message', bot_id: 'B9', username: 'Zap' },
    { user: botUser, bot_id: botId },
    { user: 'U1', subtype: 'channel_join' },
    { subtype: 'channel_topic' },
    {},
  ])
    expect(await tell(url, said(more))).toBe(200);
  expect(await tasks('1700000000.000001')).toEqual([]);
});

test.each<[string, object, object]>([
  ['without an id', {}, { event_id: undefined }],
  ['shown in its channel too', { subtype: 'thread_broadcast', thread_ts: '1700000000.000001' }, {}],
  ['of a large company', {}, { enterprise_id: 'E1', context_enterprise_id: 'E1', is_enterprise_install: false }],
  ['by a person of a large company', { user: 'W1' }, { enterprise_id: 'E1' }],
  ['that was edited before it was told', { edited: { user: 'U1', ts: '1700000200.000001' } }, {}],
  ['of a channel that companies share', {}, { team_id: 'T9', is_ext_shared_channel: true }],
  [
    'with fields of another shape',
    {
      client_msg_id: 7,
      edited: 'yes',
      blocks: {},
      files: [{ name: 'x.csv' }, { id: 'F1', size: '9' }],
    },
    {},
  ],
  ['with nulls for what there is not', { thread_ts: null, client_msg_id: null, bot_id: null, files: null, edited: null, blocks: null }, {}],
])('a message %s is heard', async (name, more, around) => {
  const { url, tell, envelope, people, core } = product();
  const { botUser } = await people.team('T1');
  await people.user('T1', { id: 'W1', name: 'Wim' });
  const ts = `17000001${String(name.length).padStart(2, '0')}.000001`;
  const text = `<@${botUser}> find me 3 leads in Miami`;
  expect(await tell(url, envelope({ type: 'message', channel: 'C1', user: 'U1', ts, text, ...more }, around))).toBe(200);
  expect(await core.store.prisma.ask.count({ where: { key: `slack:T1:C1:${ts}` } })).toBe(1);
});

test('an edit that Slack tells before its message is what runs, and the message changes nothing then', async () => {
  const { url, tell, envelope, people, core, tasks } = product();
  const { botUser } = await people.team('T1');
  const ts = `${Math.floor(clock.now().getTime() / 1000)}.000077`;
  const said = { channel: 'C1', user: 'U1', ts, client_msg_id: 'early-one' };
  const [before, now] = ['Miami', 'Boston'].map((city) => ({ ...said, type: 'message', text: `<@${botUser}> find me 2 leads in ${city}` }));
  const edited = { ...now, edited: { user: 'U1', ts: ts.replace(/77$/, '99') } };
  const change = { type: 'message', subtype: 'message_changed', channel: 'C1', ts, message: edited, previous_message: before };
  for (const event of [change, before!, change]) expect(await tell(url, envelope(event))).toBe(200);
  expect(
    await core.store.prisma.task.findMany({
      where: { requestText: { startsWith: 'find me 2 leads in' }, saidAt: new Date(Math.floor(Number(ts)) * 1000) },
    }),
  ).toMatchObject([{ requestText: 'find me 2 leads in Boston' }]);
  expect(await tasks(ts)).toHaveLength(1);
  // An edit with which it names us for the first time is no request.
  const other = `${ts.slice(0, -2)}88`;
  const first = { ...edited, ts: other, client_msg_id: 'early-two' };
  await tell(url, envelope({ ...change, message: first, previous_message: { ...before, ts: other, text: 'find me 2 leads in Miami' } }));
  expect(await tasks(other)).toEqual([]);
});

test('guests and outsiders ask where the team lets them', async () => {
  const { app, owner, say, tasks, told } = product();
  const [workspace] = await app.workspaces.linkedWorkspaces(owner);
  const refused = await say('find me 3 leads in Miami', { from: 'U4' });
  await vi.waitFor(async () => expect(await told('U4', refused)).toHaveLength(1));
  await app.workspaces.changeWorkspace(owner, workspace!.id, {
    caps: { personPerDay: null, workspacePerDay: null },
    timeZone: 'UTC',
    guestsMayAsk: true,
  });
  for (const from of ['U3', 'U4']) await product().answer(await say('find me 3 leads in Miami', { from }), /Done/);
  expect(await tasks(refused)).toEqual([]);
});

test('an answer that was posted twice is seen once: the second one is deleted by us', async () => {
  const { people, say, answer, answers, core } = product();
  // Nothing of the tests before is under way: the trouble is for this one.
  const { task, letter } = core.store.prisma;
  const open = async () => [
    await task.count({ where: { status: { in: ['pending', 'processing'] } } }),
    await letter.count({ where: { state: { notIn: ['sent', 'dead'] } } }),
  ];
  await vi.waitFor(async () => expect(await open()).toEqual([0, 0]));
  // Slack holds it, and does it after we looked for it and posted it again.
  await people.next('chat.postMessage', 'held');
  const thread = await say('find me 3 leads in Miami');
  await vi.waitFor(
    async () => {
      // So slowly that a letter is posted within its lease, however busy the machine is.
      clock.forward(2_000);
      expect(await answers(thread)).not.toEqual([]);
    },
    { timeout: 2 * PATIENCE_MS, interval: 500 },
  );
  await answer(thread, /Done: 3 leads/);
  expect(await people.letGo()).toBe(1);
  await vi.waitFor(async () => expect(await people.calls('chat.delete')).toHaveLength(1));
  expect(await answers(thread)).toEqual([expect.any(String), expect.stringContaining('Done: 3 leads')]);
}, 90_000);

test('while work goes on Slack says so with its Stop button, which ends it at once; what is asked afterwards runs', async () => {
  const { people, say, tasks, answer, owner } = product();
  const thread = await say('find me 9 leads in Miami');
  const status = async () => (await people.status('C1', thread))?.status;
  await vi.waitFor(async () => expect([await status(), await tasks(thread)]).toEqual(['processing', ['processing']]));
  await people.stop('C1', thread, 'U1');
  await say('@impacter find me 2 leads in Boston', { thread });
  await answer(thread, /Done: 2 leads/);
  await vi.waitFor(async () => expect(await tasks(thread)).toEqual([expect.stringMatching(/canceled|completed/), 'completed']));
  await vi.waitFor(async () => expect(await status()).toBe('active'));
  expect((await owner.ledger()).at(-1)).toBe('settle 2');
});

test('“stop” in the thread ends the task that runs there, and its writer is told so', async () => {
  const { say, tasks, told } = product();
  const thread = await say('find me 9 leads in Miami');
  await vi.waitFor(async () => expect(await tasks(thread)).toEqual(['processing']));
  await say('stop', { thread });
  await vi.waitFor(async () => expect(await told('U1', thread)).toEqual([expect.stringContaining('Stopping')]));
  // It does not end by itself.
  await vi.waitFor(async () => expect(await tasks(thread)).toEqual([expect.stringMatching(/canceled|completed/)]));
});

test('where the app is no agent, the request is marked with eyes', async () => {
  const { people, say, answer } = product();
  await people.team('T1', { agent: false });
  const thread = await say('find me 3 leads in Miami');
  await answer(thread, /Done/);
  const reactions = async () => (await people.messages('C1', thread))[0]!.reactions.map(({ name }) => name);
  await vi.waitFor(async () => expect(await reactions()).toEqual(['eyes']));
  expect(await people.status('C1', thread)).toBeNull();
  // Once it is one, that is found out within the hour.
  await people.team('T1', { agent: true });
  clock.forward(60 * 60_000);
  const later = await say('find me 2 leads in Miami');
  await answer(later, /Done/);
  await vi.waitFor(async () => expect(await people.status('C1', later)).not.toBeNull());
});
