// What an adapter must keep of what people do: through a running product, each gesture has one outcome, however often it is told,
// what concerns one person is told to that person alone, and nothing is confirmed before it is written down.

import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Adapter } from '#bots/adapter.ts';
import { newId } from '#core/domain/ids.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { openStage, type Person, type Stage } from '#core/testing/stages/stage.ts';
import type { HearingStage, Kit, SeenPost } from './kit.ts';

const politely = { atOnce: 1, repeats: 0, reversed: false };
const badly = { atOnce: 2, repeats: 2, reversed: true };
const list = { name: 'list.csv', mime: 'text/csv', bytes: Buffer.from('name\nAda\n') };

export function hearingContract<Part>({ adapter, hearing }: Pick<Kit<Part>, 'adapter' | 'hearing'>) {
  let world: HearingStage;
  let product: Stage;
  let owner: Person;
  /** What agents were given, by the number they were asked for. */
  const given = new Map<number, string[]>();
  /** How often a message could not be taken. */
  let notHeard = 0;

  beforeAll(async () => {
    world = await hearing!();
    const agents = agentsThat(async ({ quantity, inputs }, _watch, signal) => {
      given.set(quantity ?? 0, await Promise.all(inputs.map(async ({ name, open }) => `${name}: ${String(await buffer(await open()))}`)));
      // Seven leads take until somebody stops it.
      if (quantity === 7) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]);
    });
    const { platform } = adapter;
    product = await openStage({ agents, adapters: [watched(adapter as unknown as Adapter)], botSettings: { [platform]: world.settings } });
    owner = await product.person();
    await product.app.privacy.setTeamSettings(owner, { confirmAbove: '10000000' });
    await product.core.store.prisma.workspace.create({
      data: { id: newId(), platform, externalId: world.workspace, teamId: owner.teamId, name: 'Acme' },
    });
    await world.connect(product.url);
  }, 60_000);
  beforeEach(() => world.tell(politely));
  afterAll(async () => {
    await product.stop();
    await world.stop();
  });

  test('a message becomes one task and is answered in its thread, however often and in whatever order it is told', async () => {
    await world.tell(badly);
    const said = await Promise.all([2, 3].map((count) => world.say('asker', `find me ${count} leads in Miami`)));
    for (const { thread } of said) {
      await post(thread, /Done/);
      expect(await tasks(thread)).toEqual(['completed']);
    }
  });

  test('a message goes on in its thread', async () => {
    const { thread } = await world.say('asker', 'find me 2 leads in Miami');
    await post(thread, /Done/);
    await world.say('asker', 'find me 4 leads in Boston', { thread });
    await vi.waitFor(async () => expect(await tasks(thread)).toEqual(['completed', 'completed']));
  });

  test('an edited request waits for approval', async () => {
    const said = await world.say('asker', 'find me 3 leads in Miami');
    await post(said.thread, /Done/);
    await world.edit('asker', said, 'find me 5 leads in Boston');
    await toPress(said.thread, 'approve');
    expect(await tasks(said.thread)).toEqual(['completed', 'awaiting_approval']);
  });

  test('a request that waits is canceled when its person deletes it', async () => {
    const said = await world.say('asker', 'find me 20 leads in Miami');
    await toPress(said.thread, 'approve');
    await world.remove('asker', said);
    await until(said.thread, ['canceled']);
  });

  test('Approve starts a task once, however often it is pressed and told', async () => {
    const { thread } = await world.say('asker', 'find me 20 leads in Miami');
    const before = (await owner.ledger()).length;
    const button = await toPress(thread, 'approve');
    await world.tell(badly);
    await Promise.all([1, 2].map(() => world.press('asker', ...button)));
    await post(thread, /Done/);
    expect(await tasks(thread)).toEqual(['completed']);
    expect((await owner.ledger()).slice(before).filter((line) => line.startsWith('hold'))).toEqual(['hold 20']);
  });

  test('Cancel ends a task that waits', async () => {
    const { thread } = await world.say('asker', 'find me 20 leads in Miami');
    await world.press('asker', ...(await toPress(thread, 'cancel')));
    await until(thread, ['canceled']);
  });

  test('Change shows a form with the request, and what is sent takes its place', async () => {
    const { thread } = await world.say('asker', 'find me 20 leads in Miami');
    await world.press('asker', ...(await toPress(thread, 'change')));
    const form = await vi.waitFor(async () => (await world.form('asker')) ?? Promise.reject(new Error('no form yet')));
    expect(form).toMatchObject({ text: 'find me 20 leads in Miami', type: 'lead-generation', count: '20' });
    await world.submit('asker', { ...form, text: 'find me leads in Boston', count: '30' });
    await until(thread, ['canceled', 'awaiting_approval']);
    await post(thread, /30 leads/);
  });

  test('a press by somebody else changes nothing, and they alone are told', async () => {
    const { thread } = await world.say('asker', 'find me 20 leads in Miami');
    await world.press('other', ...(await toPress(thread, 'approve')));
    await toldTo('other', thread, /Only the person who asked/);
    expect(await world.told('asker', thread)).toEqual([]);
    expect(await tasks(thread)).toEqual(['awaiting_approval']);
  });

  test('a command is answered to whoever gave it, and to nobody else', async () => {
    await world.command('asker', 'help', '');
    await toldTo('asker', null, /./);
    expect(await world.told('other', null)).toEqual([]);
  });

  test('the platform’s own Stop ends what runs in its thread', async ({ skip }) => {
    if (world.stopWork === undefined) return skip('the platform has none');
    const { thread } = await world.say('asker', 'find me 7 leads in Miami');
    await until(thread, ['processing']);
    await world.stopWork('asker', thread);
    await vi.waitFor(async () => expect((await tasks(thread))[0]).not.toBe('processing'));
    await world.stopWork('asker', thread);
    await toldTo('asker', thread, /Nothing to stop/);
  });

  test.each(['guest', 'outsider'] as const)('somebody who may not ask there (%s) is refused, and they alone are told', async (who) => {
    const { thread } = await world.say(who, 'find me 3 leads in Miami');
    await toldTo(who, thread, /Guests and people from other organizations/);
    expect(await tasks(thread)).toEqual([]);
    expect(await world.posts(thread)).toEqual([]);
  });

  test('where no team pays the person is offered links once, however often it is told, and nothing starts', async () => {
    await world.tell(badly);
    const { thread } = await world.say('stranger', 'find me 3 leads in Miami');
    await toldTo('stranger', thread, /No team pays[^]*Link account: [^]*Link workspace: /);
    // Told after it, so that all repetitions of it are over.
    const next = await world.say('stranger', 'find me 4 leads in Miami');
    await toldTo('stranger', next.thread, /No team pays/);
    expect(await world.told('stranger', thread)).toHaveLength(1);
    expect([await tasks(thread), await world.posts(thread)]).toEqual([[], []]);
  });

  test('a file that somebody attaches reaches the agent', async ({ skip }) => {
    if (adapter.fetchesFiles !== true) return skip('it fetches no files');
    const { thread } = await world.say('asker', 'find me 6 leads like these', { files: [list] });
    await post(thread, /Done/);
    expect(given.get(6)).toEqual(['list.csv: name\nAda\n']);
  });

  test('a file that is gone is named, and nothing is charged', async ({ skip }) => {
    if (adapter.fetchesFiles !== true) return skip('it fetches no files');
    const credits = async () => (await product.app.credits.balance(owner)).available;
    const before = await credits();
    await world.loseFile();
    const { thread } = await world.say('asker', 'find me 8 leads like these', { files: [list] });
    await post(thread, /list\.csv: it was deleted or its link expired/);
    expect(await credits()).toBe(before);
    expect(given.has(8)).toBe(false);
  });

  test('while the database is away nothing is confirmed, and it is taken once it is back', async () => {
    product.wire.cut();
    const { thread } = await world.say('asker', 'find me 9 leads in Miami');
    await vi.waitFor(() => expect(notHeard).toBeGreaterThan(0));
    product.wire.mend();
    await post(thread, /Done/);
    expect(await tasks(thread)).toEqual(['completed']);
  });

  function watched(whole: Adapter): Adapter {
    return {
      ...whole,
      start({ app, ...context }) {
        const hear: typeof app.chats.hear = (...call) =>
          app.chats.hear(...call).catch((error: unknown) => {
            notHeard++;
            throw error;
          });
        return whole.start({ ...context, app: { ...app, chats: { ...app.chats, hear } } });
      },
    };
  }

  async function post(thread: string, words: RegExp): Promise<SeenPost> {
    return vi.waitFor(async () => {
      const posts = await world.posts(thread);
      const found = posts.find(({ text }) => words.test(text));
      if (found === undefined) throw new Error(`no post says ${String(words)}: ${posts.map(({ text }) => text).join('\n--\n')}`);
      return found;
    });
  }

  /** The newest button that does this. */
  async function toPress(thread: string, act: string): Promise<[SeenPost, string]> {
    return vi.waitFor(async () => {
      const found = (await world.posts(thread)).flatMap((each) => each.choices.map((choice): [SeenPost, string] => [each, choice]));
      const button = found.findLast(([, choice]) => choice.startsWith(`${act}:`));
      if (button === undefined) throw new Error(`no button to ${act}`);
      return button;
    });
  }

  async function toldTo(who: Parameters<HearingStage['told']>[0], thread: string | null, words: RegExp): Promise<void> {
    await vi.waitFor(async () => expect((await world.told(who, thread)).at(-1)).toMatch(words));
  }

  async function until(thread: string, statuses: readonly string[]): Promise<void> {
    await vi.waitFor(async () => expect(await tasks(thread)).toEqual(statuses));
  }

  /** Statuses of a thread's tasks, oldest first. */
  async function tasks(thread: string): Promise<string[]> {
    const { rows } = await product.core.store.money.query<{ status: string }>(
      {
        text: 'SELECT t.status FROM tasks t JOIN conversations c ON c.id = t.conversation_id WHERE c.thread_ref = $1 ORDER BY t.created_at, t.id',
      },
      [thread],
    );
    return rows.map(({ status }) => status);
  }
}
