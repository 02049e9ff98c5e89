// Presses, forms and commands of Slack in a running product when something fails: nobody is told what may be untrue, and nothing that
// somebody typed is lost. Each lead costs a credit, and more than ten need approval.

import { beforeAll, expect, test, vi } from 'vitest';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openProduct } from '../testing/open-product.ts';
import { slashCommand } from './command.ts';

const agents = agentsThat(async ({ quantity }) => done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]));
const product = forAll(() => openProduct({ agents }), 60_000);

beforeAll(async () => {
  await product().app.privacy.setTeamSettings(product().owner, { confirmAbove: '10000000' });
});

/** A task of Ann's that waits for approval, and how she presses its buttons. */
async function waiting() {
  const { people, say, tasks } = product();
  const thread = await say('find me 20 leads in Miami');
  await vi.waitFor(async () => expect(await tasks(thread)).toEqual(['awaiting_approval']));
  const press = (act: string) =>
    vi.waitFor(async () => {
      const { messages } = await people.seen('C1', 'U1', { thread });
      const found = messages.flatMap(({ ts, buttons }) => buttons.map(({ value }) => ({ ts, value })));
      const button = found.findLast(({ value }) => value.startsWith(`${act}:`));
      await people.press('C1', button!.ts, button!.value, 'U1');
    });
  return { thread, press };
}

async function changeForm() {
  const { people } = product();
  const { thread, press } = await waiting();
  await press('change');
  const form = await vi.waitFor(async () => (await people.form('T1', 'U1')) ?? Promise.reject(new Error('no form yet')));
  const values = Object.fromEntries(form.fields.map(({ block, value }) => [block, value]));
  return { thread, submit: (change: object) => people.submit(form.id, { ...values, ...change }, 'U1') };
}

const shownForm = () => product().people.form('T1', 'U1');
const lastTold = async (who: string, thread: string | null) => (await product().told(who, thread)).at(-1);

/** While it goes on, what is written is not confirmed: the table of outcomes is locked. */
async function unconfirmed(work: () => Promise<unknown>): Promise<void> {
  await product().core.store.prisma.$transaction(
    async (tx) => {
      await tx.$executeRawUnsafe('LOCK TABLE asks IN EXCLUSIVE MODE');
      await work();
    },
    { timeout: 20_000 },
  );
}

const unknown = expect.stringMatching(/could not confirm[^]*may still start[^]*before you send it again/);

test('a press and a form whose outcome nobody knows are not answered with “nothing was charged”', async () => {
  const { tasks } = product();
  const [{ thread, press }, form] = [await waiting(), await changeForm()];
  await unconfirmed(async () => {
    await Promise.all([press('approve'), form.submit({ text: 'find me leads in Boston', count: '30' })]);
    await vi.waitFor(async () => expect(await lastTold('U1', thread)).toEqual(unknown));
    expect((await shownForm())!.errors).toEqual({ text: unknown });
  });
  // It did start: said again, it would have been charged twice.
  await vi.waitFor(async () => expect(await tasks(thread)).toEqual(['completed']));
}, 20_000);

test('a request by command that could not be written down is said to be free, and never starts', async () => {
  const { people, core } = product();
  const free = /was not accepted and nothing was charged/;
  // On a busy machine what is on its way may not be ended in time, and then nobody says so.
  for (let tries = 1; ; tries++) {
    const place = `Zanzibar ${tries}`;
    await unconfirmed(() => people.command('C1', `ask find me 3 leads in ${place}`, 'U1'));
    const said = await lastTold('U1', null);
    if (!free.test(said ?? '') && tries < 5) {
      expect(said).toEqual(unknown);
      continue;
    }
    expect(said).toMatch(free);
    expect(await core.store.prisma.task.count({ where: { requestText: { contains: place } } })).toBe(0);
    return;
  }
}, 40_000);

test('a form that is refused stays open with its text and says why; changed, it is taken', async () => {
  const { tasks } = product();
  const { thread, submit } = await changeForm();
  await submit({ text: 'find me leads in Boston', count: '0' });
  expect((await shownForm())?.errors).toEqual({ text: 'This request was not accepted. The thread says why.' });
  await product().answer(thread, /We can’t deliver 0 leads/);
  await submit({ text: 'find me leads in Boston', count: '30' });
  await vi.waitFor(async () => expect(await tasks(thread)).toEqual(['canceled', 'awaiting_approval']));
  expect(await shownForm()).toBeNull();
});

test('a command that cancels a task at once says so, and no answer is promised', async () => {
  const { people, tasks } = product();
  const { thread } = await waiting();
  await people.command('C1', 'cancel', 'U1');
  expect(await tasks(thread)).toEqual(['canceled']);
  expect(await lastTold('U1', null)).toMatch(/^Your task was canceled/);
});

test('somebody who sends too many commands is told so each time', async () => {
  const { people, told } = product();
  const before = (await told('U2', null)).length;
  for (let i = 0; i < 33; i++) await people.command('C1', 'balance', 'U2');
  const said = (await told('U2', null)).slice(before);
  expect(said.slice(-3)).toEqual([1, 2, 3].map(() => expect.stringContaining('Too many requests')));
});

test.each([
  ['buy', /^● Get credits/],
  ['help', /Mention @Impacter[^]*“\/impacter ask …”/],
  ['find me 25 leads for R&D', /^[^\n]*type “\/impacter ask” first[^]*\/impacter ask find me 25 leads for R&D\n/],
])('“/impacter %s” says how to go on', async (words, expected) => {
  await product().people.command('C1', words, 'U1');
  expect(await lastTold('U1', null)).toMatch(expected);
});

test('whether the app is in the channel is asked while it is found out who asks', async () => {
  const called: string[] = [];
  const who = Promise.withResolvers<never>();
  const answer = slashCommand(
    {
      directory: { who: () => who.promise },
      call: async (method: string) => {
        called.push(method);
        return { channel: { id: 'C1', is_member: true } };
      },
      clock: product().core.clock,
      log: quietLog,
    } as never,
    { externalId: 'T1', tokens: { bot: 'xoxb-1' } } as Installation,
    { user_id: 'U1', channel_id: 'C1', text: 'ask find me 3 leads', trigger_id: '1.2' },
    () => ({ waitedMs: 0, withinMs: 2_600 }),
  );
  await vi.waitFor(() => expect(called).toEqual(['conversations.info']));
  who.reject(new Error('Slack is away'));
  expect((await answer).text).toContain('Nothing was charged. Try again.');
});
