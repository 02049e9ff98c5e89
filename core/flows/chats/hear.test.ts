// What is said in a chat: who is heard, who pays, and that each message is judged once.

import { expect, test, vi } from 'vitest';
import { chatRates } from '#core/domain/asks/verb-rates.ts';
import { newId } from '#core/domain/ids.ts';
import { choiceId } from '#core/domain/messages/choice.ts';
import { linksIn, openChatStage, shownIn } from '#core/testing/stages/chat-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';

const stage = forAll(() => openChatStage());

async function linked(amount = 500) {
  const owner = await stage().person(amount);
  return { owner, place: await stage().workspace(owner) };
}

/** How many asks, tasks and holds stand behind a thread, and what the keys came to. */
async function outcomes(keys: readonly string[]) {
  const { rows } = await stage().core.store.money.query<{ outcome: string }>(
    { text: 'SELECT outcome FROM asks WHERE key = ANY ($1) ORDER BY at, key' },
    [keys],
  );
  return rows.map(({ outcome }) => outcome);
}

test('a mention becomes a task of the workspace’s team, with one row, one hold and one letter', async () => {
  const { owner, place } = await linked();
  const thread = place.thread();
  const heard = await place.speaker().say('find me 7 leads in Miami', thread);
  expect(heard).toMatchObject({ outcome: 'task', repeated: false, show: { kind: 'thread' } });
  expect(await place.said(thread)).toEqual(['On it. Lead generation, 7 leads, about 6, at most 7 credits.']);
  expect(await owner.ledger()).toEqual(['grant 500', 'hold 7']);
  expect(await outcomes([heard.key])).toEqual(['task']);
});

test('a twin, an edit that arrives as the same message and a delayed event all get the first outcome', async () => {
  const { owner, place } = await linked();
  const [ann, thread, key] = [place.speaker(), place.thread(), `chat:${newId()}`];
  const first = await ann.say('find me 7 leads in Miami', thread, { key });
  const repeats = await Promise.all([
    ann.say('find me 7 leads in Miami', thread, { key }),
    ann.say('find me 70 leads in Boston', thread, { key, how: 'thread' }),
    place.speaker('bob').say('something else', place.thread(), { key, how: 'direct' }),
    ann.say('find me 7 leads in Miami', thread, { key, at: new Date(stage().clock.now().getTime() + 60_000) }),
  ]);
  for (const repeat of repeats) expect(repeat).toMatchObject({ outcome: 'task', repeated: true, taskId: first.taskId });
  expect(await owner.ledger()).toEqual(['grant 500', 'hold 7']);
  // Also where the two arrive at the same moment.
  const both = { key: `chat:${newId()}` };
  const atOnce = await Promise.all(['find me 3 leads', 'find me 4 leads'].map((text) => ann.say(text, thread, both)));
  expect(new Set(atOnce.map(({ taskId }) => taskId)).size).toBe(1);
});

test('one gesture that arrives under two coordinates, at once or one after the other, is one task', async () => {
  const { owner, place } = await linked();
  const [ann, thread, also] = [place.speaker(), place.thread(), newId()];
  const [one, two] = [`chat:1:${also}`, `chat:2:${also}`];
  const heard = await Promise.all([one, two, one, two].map((key) => ann.say('find me 7 leads', thread, { key, also })));
  expect(new Set(heard.map(({ taskId }) => taskId)).size).toBe(1);
  expect(heard.filter(({ repeated }) => !repeated)).toHaveLength(1);
  expect(await ann.say('find me 7 leads', thread, { key: `chat:3:${also}`, also })).toMatchObject({
    repeated: true,
    taskId: heard[0]!.taskId,
  });
  // Also where a repeat brings only the other coordinates.
  for (const key of [one, two, `chat:3:${also}`])
    expect(await ann.say('find me 7 leads', thread, { key })).toMatchObject({ repeated: true, taskId: heard[0]!.taskId });
  expect(await owner.ledger()).toEqual(['grant 500', 'hold 7']);
  // Nobody can make a message of theirs pass for one of somebody else.
  expect(await place.speaker('eve').say('find me 7 leads', place.thread(), { also })).toMatchObject({ repeated: false });
});

test('twenty messages between two people in a thread of ours: no asks, nothing reserved, none of their text stored', async () => {
  const { owner, place } = await linked();
  const [ann, bob, thread] = [place.speaker('ann'), place.speaker('bob'), place.thread()];
  await ann.say('find me 3 leads', thread);
  await vi.waitFor(async () => expect(await place.tasks(thread)).toMatchObject([{ status: 'completed' }]));
  const ledger = await owner.ledger();
  const keys: string[] = [];
  for (let i = 0; i < 20; i++) {
    const heard = await (i % 2 === 0 ? bob : ann).say(`find me ${i + 1} leads in Zanzibar`, thread, { how: 'thread' });
    expect(heard).toMatchObject({ outcome: 'ignored', repeated: false, show: { kind: 'nothing' } });
    keys.push(heard.key);
  }
  expect(await place.tasks(thread)).toHaveLength(1);
  expect(await owner.ledger()).toEqual(ledger);
  expect(await outcomes(keys)).toEqual(Array(20).fill('ignored'));
  const { rows } = await stage().core.store.money.query(
    { text: 'SELECT FROM asks WHERE key = ANY ($1) AND (answer IS NOT NULL OR task_id IS NOT NULL)' },
    [keys],
  );
  expect(rows).toEqual([]);
  // Once ann asks again, an old sentence that is told again is still none of ours.
  await ann.say('find me 2 leads', thread);
  expect(await ann.say('find me 2 leads in Zanzibar', thread, { key: keys[1]!, how: 'thread' })).toMatchObject({
    outcome: 'ignored',
    repeated: true,
  });
});

test('whoever asked goes on without a mention, until somebody else speaks', async () => {
  const { place } = await linked();
  const [ann, bob, thread] = [place.speaker('ann'), place.speaker('bob'), place.thread()];
  await ann.say('find me 3 leads', thread);
  expect(await ann.say('find me 2 leads in Boston', thread, { how: 'thread' })).toMatchObject({ outcome: 'task' });
  expect(await bob.say('nice, find me one too', thread, { how: 'thread' })).toMatchObject({ outcome: 'ignored' });
  expect(await ann.say('find me 4 leads in Boston', thread, { how: 'thread' })).toMatchObject({ outcome: 'ignored' });
  expect(await bob.say('find me 5 leads', thread)).toMatchObject({ outcome: 'task' });
  expect(await bob.say('find me 6 leads', thread, { how: 'thread' })).toMatchObject({ outcome: 'task' });
  expect(await ann.say('find me 4 leads in Boston', thread, { how: 'thread' })).toMatchObject({ outcome: 'ignored' });
  expect(await place.tasks(thread)).toHaveLength(4);
});

test('a follow-up of a request that was refused in the thread is heard', async () => {
  const { place } = await linked();
  const [ann, thread] = [place.speaker('ann'), place.thread()];
  expect(await ann.say('find me 1000000 leads', thread)).toMatchObject({
    outcome: 'refused',
    refused: { code: 'quantity.too-many' },
    show: { kind: 'thread' },
  });
  expect(await ann.say('find me 3 leads then', thread, { how: 'thread' })).toMatchObject({ outcome: 'task' });
});

test('outside of our threads nothing is stored of what is not for us, and what was said before a request is none of its follow-ups', async () => {
  const { place } = await linked();
  const [ann, thread] = [place.speaker('ann'), place.thread()];
  const before = await ann.say('find me 5 leads', thread, { how: 'thread' });
  expect(before).toMatchObject({ outcome: 'ignored', repeated: false });
  expect(await outcomes([before.key])).toEqual([]);
  const saidAt = stage().clock.now();
  stage().clock.forward(1_000);
  await ann.say('find me 3 leads', thread);
  expect(await ann.say('find me 5 leads', thread, { key: before.key, how: 'thread', at: saidAt })).toMatchObject({ outcome: 'ignored' });
  expect(await place.tasks(thread)).toHaveLength(1);
});

test('guests and people of other organizations are refused in a linked workspace, privately, and nothing is reserved', async () => {
  const { owner, place } = await linked();
  const thread = place.thread();
  for (const more of [{ isGuest: true }, { isOutsider: true, space: 'W-other' }]) {
    const stranger = place.speaker('zoe', more);
    const heard = await stranger.say('find me 7 leads', thread);
    expect(heard).toMatchObject({ outcome: 'refused', refused: { code: 'guests.not-allowed' } });
    expect(shownIn(heard)).toMatch(/^private: Guests and people from other organizations/);
    expect(await outcomes([heard.key])).toEqual(['refused']);
    expect(await stranger.say('find me 7 leads', thread, { key: heard.key })).toMatchObject({ outcome: 'refused', repeated: true });
    expect(shownIn(await stranger.command('balance'))).toMatch(/^private: Guests .* see the balance/);
    expect(shownIn(await stranger.command('history'))).toBe('private: No tasks yet.');
  }
  expect(await owner.ledger()).toEqual(['grant 500']);
  expect(await place.said(thread)).toEqual([]);
});

test('a workspace that allows guests lets them ask, and its team pays', async () => {
  const { owner, place } = await linked();
  await stage().core.store.money.query(
    { text: `UPDATE workspaces SET guests_may_ask = true WHERE platform = 'chat' AND external_id = $1` },
    [place.id],
  );
  expect(await place.speaker('gil', { isGuest: true }).say('find me 7 leads', place.thread())).toMatchObject({ outcome: 'task' });
  expect(await owner.ledger()).toEqual(['grant 500', 'hold 7']);
});

test('where nobody pays the person is offered to link their account, once for each request, and the workspace only if they administer it', async () => {
  const place = await stage().workspace();
  const thread = place.thread();
  const ann = place.speaker('ann');
  const heard = await ann.say('find me 7 leads', thread);
  expect(heard).toMatchObject({ outcome: 'refused', repeated: false, refused: { code: 'team.missing' } });
  expect(shownIn(heard)).toMatch(/^private: No team pays for requests here yet/);
  expect(Object.keys(linksIn((heard.show as never as { reply: never }).reply))).toEqual(['Link account']);
  expect(await outcomes([heard.key])).toEqual(['refused']);
  const boss = await place.speaker('boss', { administers: true, workspaceName: 'Acme' }).say('find me 7 leads', thread);
  expect(Object.keys(linksIn((boss.show as never as { reply: never }).reply))).toEqual(['Link account', 'Link workspace']);
  // A guest who says to administer it is not believed.
  const guest = await place.speaker('gil', { administers: true, isGuest: true }).say('find me 7 leads', thread);
  expect(Object.keys(linksIn((guest.show as never as { reply: never }).reply))).toEqual(['Link account']);
  expect(await place.said(thread)).toEqual([]);
  // It was refused, and stays so under its key; the next message is paid by whoever links meanwhile.
  const person = await stage().person(50);
  await ann.link(person);
  expect(await ann.say('find me 7 leads', thread, { key: heard.key })).toMatchObject({ outcome: 'refused', repeated: true });
  expect(await ann.say('find me 3 leads', thread)).toMatchObject({ outcome: 'task' });
  expect((await person.ledger()).slice(0, 2)).toEqual(['grant 50', 'hold 3']);
});

test('an account is known on the whole platform where its ids are, and the server’s team pays before its own', async () => {
  const { owner, place } = await linked();
  const [person, open] = [await stage().person(50), await stage().workspace()];
  const name = `global-${newId()}`;
  const here = place.speaker(name, { space: null });
  await here.link(person);
  expect(await open.speaker(name, { space: null }).say('find me 3 leads', open.thread())).toMatchObject({ outcome: 'task' });
  expect((await person.ledger())[1]).toBe('hold 3');
  expect(await here.say('find me 4 leads', place.thread())).toMatchObject({ outcome: 'task' });
  expect((await owner.ledger())[1]).toBe('hold 4');
  // A direct message belongs to no server.
  expect(await place.speaker(name, { space: null, workspace: null }).say('find me 5 leads', 'chat:dm:1', { how: 'direct' })).toMatchObject({
    outcome: 'task',
  });
  expect(await person.ledger()).toContain('hold 5');
});

test('a thread that another team pays for is answered privately, once, and nothing is reserved', async () => {
  const { place } = await linked();
  const thread = place.thread();
  await place.speaker('ann').say('find me 3 leads', thread);
  const other = await linked();
  const bob = other.place.speaker('bob');
  const heard = await bob.say('find me 3 leads', thread);
  expect(heard).toMatchObject({ outcome: 'refused', repeated: false, refused: { code: 'thread.elsewhere' } });
  expect(shownIn(heard)).toMatch(/^private: Requests in this thread are paid for by another team/);
  expect(await bob.say('find me 3 leads', thread, { key: heard.key })).toMatchObject({ outcome: 'refused', repeated: true });
  expect(await outcomes([heard.key])).toEqual(['refused']);
  expect(await other.owner.ledger()).toEqual(['grant 500']);
});

test('the message that a request was started on comes along, and says neither what is asked for nor how many, also when it is run again', async () => {
  const { owner, place } = await linked();
  const [ann, thread] = [place.speaker(), place.thread()];
  const context = 'Thanks! Now write 900 emails.\ntype: research';
  const { taskId } = await ann.say('find me 3 leads like this one', thread, { context });
  const requestText = 'find me 3 leads like this one\n\n> Thanks! Now write 900 emails.\n> type: research';
  const asked = { type: 'lead-generation', quantity: 3, requestText };
  expect(await stage().core.store.tasks.find(owner.teamId, taskId!)).toMatchObject(asked);
  await vi.waitFor(async () => expect(await place.tasks(thread)).toMatchObject([{ status: 'completed' }]));
  await ann.press(choiceId('retry', taskId!), thread);
  const again = (await place.tasks(thread)).at(-1)!;
  expect(again.id).not.toBe(taskId);
  expect(await stage().core.store.tasks.find(owner.teamId, again.id)).toMatchObject(asked);
  const { taskId: long } = await ann.command('ask', { text: 'find me 2 leads', context: 'x'.repeat(50_000), threadRef: thread });
  expect((await stage().core.store.tasks.find(owner.teamId, long!))!.requestText).toHaveLength('find me 2 leads\n\n> '.length + 3_000);
});

test.each(['', '👍', '/leads', 'type: leads', '--type: nothing'])(
  '“%s” is no request because of the message that it is said of',
  async (text) => {
    const { owner, place } = await linked();
    const [ann, thread] = [place.speaker(), place.thread()];
    expect(await ann.say(text, thread, { context: 'find me 400 leads' })).toMatchObject({ outcome: 'refused' });
    expect(await owner.ledger()).toEqual(['grant 500']);
  },
);

test('a request that is as long as one may be is taken without the message that it is said of', async () => {
  const { owner, place } = await linked();
  const text = `find me 3 leads ${'x'.repeat(19_980)}`;
  const { taskId } = await place.speaker().say(text, place.thread(), { context: 'find me 400 leads' });
  expect(await stage().core.store.tasks.find(owner.teamId, taskId!)).toMatchObject({ requestText: text, quantity: 3 });
});

test('files that only the platform has are refused until they can be fetched', async () => {
  const { owner, place } = await linked();
  const file = { kind: 'remote', name: 'list.csv', mime: 'text/csv', sizeBytes: 10, ref: 'F1' } as const;
  const heard = await place.speaker().say('find me 3 leads like these', place.thread(), { files: [file] });
  expect(heard).toMatchObject({ outcome: 'refused', refused: { code: 'files.not-fetched' }, show: { kind: 'thread' } });
  expect(await owner.ledger()).toEqual(['grant 500']);
});

test('a person who writes too often is told once, then dropped, and what was answered before is answered still', async () => {
  const { owner, place } = await linked(5_000);
  const [ann, thread] = [place.speaker('ann'), place.thread()];
  const first = await ann.say('find me 3 leads', thread);
  const { most } = chatRates['chats.hear'].person;
  for (let i = 1; i < most; i++) await ann.say('thanks!', thread);
  const shown: string[] = [];
  for (let i = 0; i < 5; i++) shown.push(shownIn(await ann.say('find me 3 leads', thread)));
  expect(shown).toEqual([expect.stringMatching(/^private: Too many requests/), 'nothing', 'nothing', 'nothing', 'nothing']);
  expect(await ann.say('find me 3 leads', thread, { key: first.key })).toMatchObject({ outcome: 'task', repeated: true });
  expect(await place.tasks(thread)).toHaveLength(1);
  expect((await owner.ledger()).filter((line) => line.startsWith('hold'))).toEqual(['hold 3']);
  expect(await place.speaker('bob').say('find me 4 leads', thread)).toMatchObject({ outcome: 'task' });
  stage().clock.forward(61_000);
  expect(await ann.say('find me 3 leads', thread)).toMatchObject({ outcome: 'task' });
});

test('a first message is judged and written down in three round trips, and the next ones of its minute in two', async () => {
  const { place } = await linked();
  const [ann, thread] = [place.speaker('ann'), place.thread()];
  await stage().core.store.people.rememberAccount(ann.speaker as never);
  const { money } = stage().core.store;
  const query = money.query.bind(money);
  let [underWay, trips] = [0, [] as string[]];
  // What is sent while something is under way costs no trip of its own.
  const asked = vi.spyOn(money, 'query').mockImplementation(async (statement, ...given) => {
    const what = /chat_look|rate_limits_draw|chat_intake/.exec(statement.text)?.[0];
    if (what === undefined) return query(statement, ...given) as never;
    if (underWay++ === 0) trips.push(what);
    else trips[trips.length - 1] += ` + ${what}`;
    return (await query(statement, ...given).finally(() => underWay--)) as never;
  });
  const tripsOf = async (text: string) => {
    trips = [];
    expect(await ann.say(text, thread)).toMatchObject({ outcome: 'task' });
    return trips;
  };
  try {
    expect(await tripsOf('find me 3 leads')).toEqual(['chat_look + rate_limits_draw', 'rate_limits_draw', 'chat_intake']);
    expect(await tripsOf('find me 4 leads')).toEqual(['chat_look', 'chat_intake']);
  } finally {
    asked.mockRestore();
  }
});

test('a workspace where too much is said waits as a whole, and others go on', async () => {
  const { core } = stage();
  const [{ place }, other] = [await linked(), await linked()];
  const workspace = `chat:${place.id}`;
  for (let i = 0; i < chatRates['chats.hear'].workspace.most; i++)
    await core.rates.takeInChat('chats.hear', { person: `somebody ${i % 100}`, workspace });
  expect(await place.speaker('ann').say('find me 3 leads', place.thread())).toMatchObject({ outcome: 'too-many' });
  expect(await other.place.speaker('ann').say('find me 3 leads', other.place.thread())).toMatchObject({ outcome: 'task' });
});

test('what is longer or stranger than any platform sends is the adapter’s fault', async () => {
  const { app, clock } = stage();
  const speaker = { platform: 'chat', workspace: 'W', space: 'W', externalId: 'ann', name: 'Ann', isGuest: false, isOutsider: false };
  const message = { key: 'k', threadRef: 'chat:W:C:1', text: 'hi', at: clock.now(), how: 'mention' } as const;
  const invalid = { code: 'request.invalid' };
  await expect(app.chats.hear(speaker, { ...message, key: 'k'.repeat(251) })).rejects.toMatchObject(invalid);
  await expect(app.chats.hear(speaker, { ...message, text: 'x'.repeat(1_000_001) })).rejects.toMatchObject(invalid);
  await expect(app.chats.hear({ ...speaker, externalId: '' }, message)).rejects.toMatchObject(invalid);
  await expect(app.chats.hear(speaker, { ...message, threadRef: 'nowhere' })).rejects.toMatchObject(invalid);
  await expect(app.chats.hear(speaker, { ...message, channel: 'C1' })).rejects.toMatchObject(invalid);
  const { isGuest: _, ...unsaid } = speaker;
  await expect(app.chats.hear(unsaid as never, message)).rejects.toMatchObject(invalid);
  await expect(
    app.chats.act(speaker, { key: 'k', choice: 'c'.repeat(201), threadRef: 'chat:W:C:1', at: clock.now() }),
  ).rejects.toMatchObject(invalid);
  await expect(
    app.chats.command(speaker, { key: 'k', name: 'n'.repeat(101), text: '', threadRef: 'chat:W:C:1', at: clock.now() }),
  ).rejects.toMatchObject(invalid);
  expect(await app.chats.hear({ ...speaker, name: 'N'.repeat(9_000) }, { ...message, key: newId() })).toMatchObject({ outcome: 'refused' });
});
