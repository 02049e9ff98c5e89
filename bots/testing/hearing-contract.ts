// What an adapter must keep of what people say: through a running product, each message has one outcome, however often it is told,
// what concerns one person is told to that person alone, and nothing is confirmed before it is written down.

import { expect, test, vi } from 'vitest';
import { badly, hearingWorld, POSTED_TWICE, STOPPED } from './hearing-world.ts';
import type { Kit, KitPart } from './kit.ts';
import { pressingContract } from './pressing-contract.ts';

const list = { name: 'list.csv', mime: 'text/csv', bytes: Buffer.from('name\nAda\n') };

export function hearingContract<Part>(kit: Pick<Kit<Part>, 'adapter' | 'hearing' | 'notYet'>) {
  const { adapter, notYet = [] } = kit;
  const world = hearingWorld(kit);
  const { people, post, tasks, toPress, toldTo, until, given, taken } = world;

  test('a message becomes one task and is answered in its thread, however often and in whatever order it is told', async () => {
    await people().tell(badly);
    const said = await Promise.all([2, 3].map((count) => people().say('asker', `find me ${count} leads in Miami`)));
    for (const { thread } of said) {
      await post(thread, /Done/);
      expect(await tasks(thread)).toEqual(['completed']);
    }
  });

  test('a message goes on in its thread', async () => {
    const { thread } = await people().say('asker', 'find me 2 leads in Miami');
    await post(thread, /Done/);
    await people().say('asker', 'find me 4 leads in Boston', { thread });
    await vi.waitFor(async () => expect(await tasks(thread)).toEqual(['completed', 'completed']));
  });

  test('a message that the platform tells under two names is one request', async ({ skip }) => {
    const { sayTwice } = people();
    if (sayTwice === undefined) return skip('each message has one name there');
    const before = taken.hear;
    const said = await sayTwice('asker', 'find me 2 leads in Miami');
    await vi.waitFor(() => expect(taken.hear).toBeGreaterThanOrEqual(before + said.length));
    expect((await Promise.all(said.map(({ thread }) => tasks(thread)))).flat()).toHaveLength(1);
  });

  test('twenty messages between two people in a thread where we were asked start nothing and reserve nothing', async () => {
    const { thread } = await people().say('asker', 'find me 2 leads in Miami');
    await post(thread, /Done/);
    const [before, ledger] = [taken.hear, await world.owner().ledger()];
    for (let i = 0; i < 20; i++) {
      await people().say(i % 2 === 0 ? 'other' : 'asker', `find me ${i + 2} leads in Boston`, { thread });
      await vi.waitFor(() => expect(taken.hear).toBeGreaterThan(before + i));
    }
    expect(await tasks(thread)).toEqual(['completed']);
    expect(await world.owner().ledger()).toEqual(ledger);
  });

  test('the platform’s own Stop ends what runs in its thread', async ({ skip }) => {
    const { stopWork } = people();
    if (stopWork === undefined) return skip('the platform has none');
    const { thread } = await people().say('asker', `find me ${STOPPED} leads in Miami`);
    await until(thread, ['processing']);
    await stopWork('asker', thread);
    await vi.waitFor(async () => expect((await tasks(thread))[0]).not.toBe('processing'));
    await stopWork('asker', thread);
    await toldTo('asker', thread, /Nothing to stop/);
  });

  test.each(['guest', 'outsider'] as const)('somebody who may not ask there (%s) is refused, and they alone are told', async (who) => {
    const { thread } = await people().say(who, 'find me 3 leads in Miami');
    await toldTo(who, thread, /Guests and people from other organizations/);
    expect(await tasks(thread)).toEqual([]);
    expect(await people().posts(thread)).toEqual([]);
  });

  test('where no team pays the person is offered links once, however often it is told, and nothing starts', async () => {
    await people().tell(badly);
    const { thread } = await people().say('stranger', 'find me 3 leads in Miami');
    await toldTo('stranger', thread, /No team pays[^]*Link account: [^]*Link (workspace|server): /);
    // Told after it, so that all repetitions of it are over.
    const next = await people().say('stranger', 'find me 4 leads in Miami');
    await toldTo('stranger', next.thread, /No team pays/);
    expect(await people().told('stranger', thread)).toHaveLength(1);
    expect([await tasks(thread), await people().posts(thread)]).toEqual([[], []]);
  });

  test('while the database is away nothing is confirmed, and it is taken once it is back', async () => {
    const mend = await world.withoutDatabase();
    const { thread } = await people().say('asker', 'find me 9 leads in Miami');
    await mend();
    await post(thread, /Done/);
    expect(await tasks(thread)).toEqual(['completed']);
  });

  part('echoes', () => {
    test('a post that is there twice is deleted once the platform tells of it, and the other one stays', async () => {
      const { thread } = await people().say('asker', `find me ${POSTED_TWICE} lead in Miami`);
      await vi.waitFor(() => expect(world.doubled).toHaveLength(1));
      await vi.waitFor(async () => {
        expect(world.heard).toContainEqual({ key: world.doubled[0], was: 'confirmed' });
        expect((await people().posts(thread)).filter(({ text }) => text.includes('Done'))).toHaveLength(1);
      });
    });
  });

  part('edits', () => {
    test('an edited request waits for approval', async ({ skip }) => {
      const { edit } = people();
      if (edit === undefined) return skip('messages cannot be edited there');
      const said = await people().say('asker', 'find me 3 leads in Miami');
      await post(said.thread, /Done/);
      await edit('asker', said, 'find me 5 leads in Boston');
      await toPress(said.thread, 'approve');
      expect(await tasks(said.thread)).toEqual(['completed', 'awaiting_approval']);
    });

    test('a request that waits is canceled when its person deletes it', async ({ skip }) => {
      const { remove } = people();
      if (remove === undefined) return skip('nobody is told of deleted messages there');
      const said = await people().say('asker', 'find me 20 leads in Miami');
      await toPress(said.thread, 'approve');
      await remove('asker', said);
      await until(said.thread, ['canceled']);
    });
  });

  part('files', () => {
    test('a file that somebody attaches reaches the agent', async ({ skip }) => {
      if (adapter.fetchesFiles !== true) return skip('it fetches no files');
      const { thread } = await people().say('asker', 'find me 6 leads like these', { files: [list] });
      await post(thread, /Done/);
      expect(given.get(6)).toEqual(['list.csv: name\nAda\n']);
    });

    test('a file that is gone is named, and nothing is charged', async ({ skip }) => {
      const { loseFile } = people();
      if (adapter.fetchesFiles !== true || loseFile === undefined) return skip('it fetches no files');
      const credits = async () => (await world.product().app.credits.balance(world.owner())).available;
      const before = await credits();
      await loseFile();
      const { thread } = await people().say('asker', 'find me 8 leads like these', { files: [list] });
      await post(thread, /list\.csv: it was deleted or its link expired/);
      expect(await credits()).toBe(before);
      expect(given.has(8)).toBe(false);
    });
  });

  pressingContract(world, part);

  /** Tests of a part of the adapter, or a line that says that it is still to be built. */
  function part(name: KitPart, define: () => void) {
    if (notYet.includes(name)) test(`${name} are still to be built`, ({ skip }) => skip('notYet names them'));
    else define();
  }
}
