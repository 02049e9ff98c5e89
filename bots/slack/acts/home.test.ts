// Ways in besides messages: App Home, the welcome, and “Run on this message”. Each lead costs a credit.

import { buffer } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openProduct } from '../testing/open-product.ts';
import { readable } from '../testing/stage.ts';

/** What agents were given. */
const given: { readonly text: string; readonly files: string[] }[] = [];
const held = Promise.withResolvers<void>();
const agents = agentsThat(async ({ quantity, inputs, message }) => {
  const files = await Promise.all(inputs.map(async ({ name, open }) => `${name}: ${String(await buffer(await open()))}`));
  given.push({ text: message, files });
  if (quantity === 9) await held.promise;
  return done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]);
});
const world = forAll(() => openProduct({ agents, linked: false }), 60_000);

async function openHome(user: string) {
  const { people } = world();
  const before = JSON.stringify(await people.home('T1', user));
  await people.openApp('T1', 'home', user);
  return vi.waitFor(async () => {
    const home = await people.home('T1', user);
    expect(JSON.stringify(home)).not.toBe(before);
    return readable(home!['blocks'] as never);
  });
}

const notices = async (user: string) => {
  const form = await world().people.form('T1', user);
  return form === null ? null : readable(form.blocks);
};

test('where nobody pays yet, App Home says what to do, and shows the links in front of it', async () => {
  const { people } = world();
  expect(await openHome('U2')).toMatch(
    /Mention @Impacter[^]*No team pays for your requests yet[^]*ask an admin of this workspace[^]*\[Link account\]/,
  );
  expect(await openHome('U1')).toMatch(/You administer this workspace[^]*\[Link account\]/);
  await people.pressHome('T1', 'link', 'U1');
  await vi.waitFor(async () => expect(await notices('U1')).toMatch(/Link account: http[^]*Link workspace: http/));
  await people.pressHome('T1', 'link', 'U2');
  await vi.waitFor(async () => expect(await notices('U2')).toMatch(/Link account: http/));
  expect(await notices('U2')).not.toContain('Link workspace: ');
  // Nothing of it was said in a channel.
  expect(await people.messages('C1')).toEqual([]);
});

test('App Home shows what can be spent, open tasks and results, to their person alone', async () => {
  const { core, owner, say, answer } = world();
  await core.store.prisma.workspace.create({
    data: { id: newId(), platform: 'slack', externalId: 'T1', teamId: owner.teamId, name: 'Acme' },
  });
  await answer(await say('find me 3 leads in Miami'), /^✓ Done/);
  const running = await say('find me 9 leads in Boston');
  await answer(running, /On it|Working/);
  expect(await openHome('U1')).toMatch(
    /488 credits to spend[^]*Reserved for running tasks: 9 credits[^]*Open tasks[^]*find me 9 leads in Boston: [^]*Recent results[^]*find me 3 leads in Miami: Done, 3 credits/,
  );
  const other = await openHome('U2');
  expect(other).toMatch(/488 credits to spend[^]*Your tasks appear here/);
  expect(other).not.toContain('Miami');
  // A guest is told nothing of the team's money.
  expect(await openHome('U3')).not.toContain('to spend');
  held.resolve();
  await answer(running, /^✓ Done/);
});

test('whoever opens their messages with the app is welcomed once, whichever process is told', async () => {
  const { people, another, url } = world();
  const { url: other } = await another();
  const { channel } = await people.openApp('T1', 'messages', 'U2');
  const welcomes = async () => (await people.messages(channel)).map(({ blocks }) => readable(blocks));
  await vi.waitFor(async () =>
    expect(await welcomes()).toEqual([expect.stringMatching(/^● Say what you need, and Impacter does it[^]*\/impacter ask/)]),
  );
  for (const at of [other, url]) {
    await people.hook({ url: `${at}/slack/events` });
    await people.openApp('T1', 'messages', 'U2');
  }
  await people.openApp('T1', 'messages', 'U1');
  await vi.waitFor(async () => expect(await people.messages('D1')).toHaveLength(1));
  expect(await welcomes()).toHaveLength(1);
});

async function runOn(ts: string, text: string, { from = 'U1', channel = 'C1' } = {}) {
  const { people } = world();
  await people.shortcut(channel, ts, 'run_on_message', from);
  const form = await vi.waitFor(async () => {
    const shown = await people.form('T1', from);
    expect(shown?.title).toBe('Run on this message');
    return shown!;
  });
  await people.submit(form.id, { text }, from);
  return form;
}

test('“Run on this message” sends a message with its files and a request, and is answered in its thread', async () => {
  const { people, answer, tasks } = world();
  const files = [{ name: 'list.csv', mime: 'text/csv', bytes: Buffer.from('a,b') }];
  const { ts } = await people.say('C1', 'Our customers are in <Miami> & Boston', { from: 'U2', files });
  const form = await runOn(ts, 'find me 4 leads like these');
  expect(form.fields.map(({ block, value }) => [block, value])).toEqual([
    ['text', ''],
    ['message', 'Our customers are in <Miami> & Boston'],
  ]);
  expect(readable(form.blocks)).toContain('list.csv');
  await answer(ts, /^✓ Done: 4 leads/);
  expect(given.at(-1)).toEqual({
    text: expect.stringMatching(/find me 4 leads like these[^]*> Our customers are in <Miami> & Boston/),
    files: ['list.csv: a,b'],
  });
  expect(await people.form('T1', 'U1')).toBeNull();
  expect(await tasks(ts)).toEqual(['completed']);
});

test('where the app is not in the channel, what is run on a message is answered in a direct message', async () => {
  const { people } = world();
  await people.channel('T1', 'C7', { name: 'elsewhere', member: false });
  const { ts } = await people.say('C7', 'Miami', { from: 'U1' });
  await runOn(ts, 'find me 2 leads there', { channel: 'C7' });
  await vi.waitFor(async () =>
    expect((await people.messages('D1')).map(({ blocks }) => readable(blocks))).toContainEqual(
      expect.stringMatching(/^✓ Done: 2 leads|On it/),
    ),
  );
});

test('a request that is refused is said in the form’s place, and a message that is too long for it is cut', async () => {
  const { people, core } = world();
  const { ts } = await people.say('C1', 'x'.repeat(5_000), { from: 'U1' });
  const before = await core.store.prisma.task.count();
  const form = await runOn(ts, 'find me 3 leads', { from: 'U3' });
  expect(form.fields.map(({ value }) => value.length)).toEqual([0, 3_000]);
  await vi.waitFor(async () => expect(await notices('U3')).toMatch(/guest/i));
  expect(await core.store.prisma.task.count()).toBe(before);
});

test('what somebody looks at while they write to the app is told to the agent, and is not read as the request', async () => {
  const { people, app } = world();
  await vi.waitFor(async () => expect(await app.workspaces.place('slack:T1:C1')).toMatchObject({ name: '#general' }));
  await people.say('D1', 'find me 6 leads', { from: 'U1', viewing: 'C1' });
  await vi.waitFor(() => expect(given.at(-1)?.text).toMatch(/^find me 6 leads[^]*> Written while looking at #general in Slack\.$/m));
  // Also after the message was edited.
  const { ts } = (await people.messages('D1')).findLast(({ text }) => text === 'find me 6 leads')!;
  await people.edit('D1', ts, 'find me 4 leads in Boston', 'U1');
  const post = await vi.waitFor(async () => {
    const { messages } = await people.seen('D1', 'U1', { thread: ts });
    return (
      messages.find(({ buttons }) => buttons.some(({ value }) => value.startsWith('approve:'))) ??
      Promise.reject(new Error('not asked yet'))
    );
  });
  await people.press('D1', post.ts, post.buttons.find(({ value }) => value.startsWith('approve:'))!.value, 'U1');
  await vi.waitFor(() =>
    expect(given.at(-1)?.text).toMatch(/^find me 4 leads in Boston[^]*> Written while looking at #general in Slack\.$/m),
  );
});
