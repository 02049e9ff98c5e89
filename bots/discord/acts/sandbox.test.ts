// Commands, buttons and forms in Discord’s sandbox, which refuses whatever Discord would: told over the gateway, then at the address.

import { expect, test, vi } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { tasksIn } from '#core/testing/stages/chat-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { refs } from '../refs.ts';
import type { SeenMessage } from '../sandbox/client.ts';
import { at, openProduct, textOf } from '../testing/open-product.ts';

const LONG = 9;
const clock = clockByHand();
let release = () => {};
const agents = agentsThat(async ({ quantity, inputs }) => {
  if (quantity === LONG) await new Promise<void>((resolve) => (release = resolve));
  return done(`Read ${inputs.map(({ name }) => name).join(', ') || 'nothing'}.`, [csvOf('leads.csv', quantity ?? 3)]);
});
const product = forAll(async () => {
  const opened = await openProduct({ clock, agents });
  await opened.app.privacy.setTeamSettings(opened.owner, { confirmAbove: '10000000' });
  await vi.waitFor(async () => {
    if ((await opened.people.commands()).length === 0) throw new Error('no commands yet');
  });
  return opened;
}, 60_000);

const { ann, bo, general } = at;
const people = () => product().people;
const list = { name: '명단.csv', mime: 'text/csv', bytes: Buffer.from('name\nAda\n') };
const isMine = ({ isBot, isThinking }: SeenMessage) => isBot && !isThinking;
const alone = async (user: string) => (await people().ephemerals(user)).filter(isMine).map(textOf);
const told = (user: string, words: RegExp) => vi.waitFor(async () => expect((await alone(user)).at(-1)).toMatch(words));

/** The newest post in a place with this button, and what the button sends back. */
function button(messages: () => Promise<readonly SeenMessage[]>, act: string): Promise<[string, string]> {
  return vi.waitFor(async () => {
    const all = (await messages()).flatMap(({ id, buttons }) => buttons.map(({ customId }): [string, string] => [id, customId]));
    return all.findLast(([, customId]) => customId.startsWith(act)) ?? Promise.reject(new Error(`no button ${act}`));
  });
}

const formOf = (user: string) => vi.waitFor(async () => (await people().form(user)) ?? Promise.reject(new Error('no form')));
const tasks = async (channel: string, thread: string) =>
  (await tasksIn(product().core, refs.format({ guild: at.acme, channel, thread }))).map(({ status }) => status);

/** Minutes, step by step, as leases live through them. */
async function passing(minutes: number): Promise<void> {
  for (let step = 0; step < minutes * 6; step++) {
    clock.forward(10_000);
    await people().places();
  }
}

test.each(['gateway', 'http'])(
  'a request, its approval, its change and its continuation (%s)',
  async (way) => {
    await people().interactionsUrl(way === 'http' ? `${product().url}/discord/interactions` : null);
    const before = (await people().messages(general)).length;
    await people().command(general, 'ask', { request: 'find me 20 leads in Miami', file1: list }, ann);
    await told(ann, /Request received/);
    const root = await vi.waitFor(async () => (await people().messages(general))[before] ?? Promise.reject(new Error('no root')));
    const inThread = async () => [
      root,
      ...(await people()
        .messages(root.id)
        .catch(() => [])),
    ];

    await people().press(...(await button(inThread, 'approve:')), bo);
    await told(bo, /Only the person who asked/);
    await people().press(...(await button(inThread, 'change:')), ann);
    const form = await formOf(ann);
    expect(form.fields.map(({ id, value }) => [id, value])).toEqual([
      ['text', 'find me 20 leads in Miami'],
      ['type', 'lead-generation'],
      ['count', '20'],
    ]);
    // A field of Discord has 4,000 characters; what is longer never leaves it.
    await expect(people().submit(form.id, { text: 'x'.repeat(4_001) }, ann)).rejects.toThrow('field_too_long');
    await people().submit(form.id, { text: 'find me leads in Boston', count: '12' }, ann);
    await vi.waitFor(async () => expect((await inThread()).map(textOf).at(-1)).toMatch(/12 leads/));
    expect(await tasks(general, root.id)).toEqual(['canceled', 'awaiting_approval']);
    await people().press(...(await button(inThread, 'approve:')), ann);
    await vi.waitFor(async () => expect((await inThread()).map(textOf).join()).toMatch(/Read 명단\.csv/));
    await people().press(...(await button(inThread, 'good:')), ann);
    await told(ann, /Thanks for your feedback/);
    const [retryOn, retry] = await button(inThread, 'retry:');
    for (let i = 0; i < 2; i++) await people().press(retryOn, retry, ann);
    await vi.waitFor(async () => expect(await tasks(general, root.id)).toEqual(['canceled', 'completed', 'awaiting_approval']));
  },
  60_000,
);

test.each(['gateway', 'http'])('“Run on this” on a forwarded message with a file (%s)', async (way) => {
  await people().interactionsUrl(way === 'http' ? `${product().url}/discord/interactions` : null);
  const original = await people().say(general, 'Our customers', { from: bo, files: [list] });
  const forward = await people().say(general, '', { from: bo, forwardOf: original.id });
  await people().runOn(forward.id, ann);
  const form = await formOf(ann);
  await people().submit(form.id, { text: 'find me 4 leads like these' }, ann, [{ ...list, name: 'more.csv' }]);
  await vi.waitFor(async () =>
    expect(
      (
        await people()
          .messages(forward.id)
          .catch(() => [])
      )
        .map(textOf)
        .join(),
    ).toMatch(/Read more\.csv, 명단\.csv/),
  );
});

test('a private request of 20 minutes: its first words take the place of the promise, its result comes as a direct message', async () => {
  await people().interactionsUrl(null);
  const [before, posts] = [(await alone(ann)).length, (await people().messages(general)).length];
  await people().command(general, 'ask', { request: `find me ${LONG} leads in Miami`, private: true }, ann);
  await vi.waitFor(async () => expect((await alone(ann)).slice(before).join()).toMatch(/On it|Working/));
  await passing(20);
  release();
  await vi.waitFor(async () => expect((await people().dms(ann)).map(textOf).join()).toMatch(/Done/));
  // Nobody else saw anything of it.
  expect(await people().messages(general)).toHaveLength(posts);
  expect((await alone(bo)).join()).not.toMatch(/Miami/);
}, 60_000);

test('a request of 20 minutes by /ask is answered in its thread', async () => {
  const before = (await people().messages(general)).length;
  await people().command(general, 'ask', { request: `find me ${LONG} leads in Tampa` }, ann);
  const root = await vi.waitFor(async () => (await people().messages(general))[before] ?? Promise.reject(new Error('no root')));
  await vi.waitFor(async () => expect(await tasks(general, root.id)).toEqual(['processing']));
  await passing(20);
  release();
  await vi.waitFor(async () => expect((await people().messages(root.id)).map(textOf).join()).toMatch(/Done: 9 leads/));
}, 60_000);

test('an app that somebody brought along to a server without it answers them alone, and goes on in direct messages when it may not', async () => {
  const { app, person, core } = product();
  const [guild, channel] = ['110000000000000077', '130000000000000077'];
  await people().guild(guild, { name: 'Elsewhere', owner: bo, bot: false });
  await people().member(guild, { id: bo, name: 'Bo' });
  await people().channel(guild, channel, { name: 'general' });
  await people().install(bo, true);
  const payer = await person(500);
  await app.privacy.setTeamSettings(payer, { confirmAbove: '10000000' });
  const identity = await core.store.people.rememberAccount({ platform: 'discord', space: null, externalId: bo, name: 'Bo' } as never);
  await core.store.prisma.identity.update({ where: { id: identity }, data: { userId: payer.userId } });
  await people().command(channel, 'ask', { request: 'find me 2 leads in Miami' }, bo, 'user');
  const here = async () => (await people().ephemerals(bo)).filter((message) => message.channel === channel && isMine(message));
  const results = async () => [...(await here()), ...(await people().dms(bo))].filter((message) => /Done: 2 leads/.test(textOf(message)));
  // Each press brings answers of its own; five go through one interaction.
  for (let n = 1; n <= 4; n++) {
    await vi.waitFor(async () => expect(await results()).toHaveLength(n));
    if (n < 4) await people().press(...(await button(here, 'retry:')), bo);
  }
  expect(await people().messages(channel)).toEqual([]);
}, 60_000);

test('commands and buttons in a direct message', async () => {
  const dm = await people().dm(ann);
  await people().command(dm, 'help', {}, ann);
  await told(ann, /./);
});
