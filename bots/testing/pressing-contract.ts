// What an adapter must keep of what people press, fill in and command: each has one outcome, and rights are looked up then.

import { expect, test, vi } from 'vitest';
import { badly, FAILS, type HearingWorld } from './hearing-world.ts';
import type { KitPart } from './kit.ts';

export function pressingContract(world: HearingWorld, part: (name: KitPart, define: () => void) => void) {
  const { people, post, tasks, toPress, toldTo, until, taken } = world;

  part('presses', () => {
    test('Approve starts a task once, however often it is pressed and told', async () => {
      const { thread } = await people().say('asker', 'find me 20 leads in Miami');
      const before = (await world.owner().ledger()).length;
      const button = await toPress(thread, 'approve');
      await people().tell(badly);
      await Promise.all([1, 2].map(() => people().press('asker', ...button)));
      await post(thread, /Done/);
      expect(await tasks(thread)).toEqual(['completed']);
      expect((await world.owner().ledger()).slice(before).filter((line) => line.startsWith('hold'))).toEqual(['hold 20']);
    });

    test('Cancel ends a task that waits', async () => {
      const { thread } = await people().say('asker', 'find me 20 leads in Miami');
      await people().press('asker', ...(await toPress(thread, 'cancel')));
      await until(thread, ['canceled']);
    });

    test('Try again, pressed twice below the same post, is one retry', async () => {
      const { thread } = await people().say('asker', `find me ${FAILS} leads in Miami`);
      const button = await toPress(thread, 'retry');
      const before = taken.act;
      await people().press('asker', ...button);
      await until(thread, ['failed', 'failed']);
      await people().press('asker', ...button);
      await vi.waitFor(() => expect(taken.act).toBeGreaterThanOrEqual(before + 2));
      expect(await tasks(thread)).toEqual(['failed', 'failed']);
    });

    test('a press by somebody else changes nothing, and they alone are told', async () => {
      const { thread } = await people().say('asker', 'find me 20 leads in Miami');
      await people().press('other', ...(await toPress(thread, 'approve')));
      await toldTo('other', thread, /Only the person who asked/);
      expect(await people().told('asker', thread)).toEqual([]);
      expect(await tasks(thread)).toEqual(['awaiting_approval']);
    });

    test('a press on a finished task changes nothing, and its person is told', async () => {
      const { thread } = await people().say('asker', 'find me 20 leads in Miami');
      const [cancel, approve] = [await toPress(thread, 'cancel'), await toPress(thread, 'approve')];
      await people().press('asker', ...approve);
      await post(thread, /Done/);
      const before = await world.owner().ledger();
      await people().press('asker', ...cancel);
      await toldTo('asker', thread, /already (done|finished|completed)|is over|is done/i);
      expect([await tasks(thread), await world.owner().ledger()]).toEqual([['completed'], before]);
    });

    test('a person rates a result, and may change their mind', async ({ skip }) => {
      const { thread } = await people().say('asker', 'find me 2 leads in Miami');
      await post(thread, /Done/);
      const offered = (await people().posts(thread)).flatMap(({ choices }) => choices);
      if (!offered.some((choice) => choice.startsWith('good:'))) return skip('results there cannot be rated');
      for (const verdict of ['good', 'bad'] as const) {
        await people().press('asker', ...(await toPress(thread, verdict)));
        await vi.waitFor(async () => expect(await verdicts(thread)).toEqual([verdict]));
      }
      await toldTo('asker', thread, /Thanks for your feedback/);
    });

    test('a press while the database is away is not lost: it is told again, or its person is told to try again', async () => {
      const { thread } = await people().say('asker', 'find me 20 leads in Miami');
      const button = await toPress(thread, 'approve');
      const isRetold = people().pressesAreRetold;
      const mend = await world.withoutDatabase(isRetold ? undefined : () => toldTo('asker', thread, /[Tt]ry again/));
      await people().press('asker', ...button);
      await mend();
      if (!isRetold) await people().press('asker', ...button);
      await post(thread, /Done/);
      expect(await tasks(thread)).toEqual(['completed']);
    });
  });

  part('forms', () => {
    test('Change shows a form with the request, and what is sent takes its place', async () => {
      const { thread } = await people().say('asker', 'find me 20 leads in Miami');
      await people().press('asker', ...(await toPress(thread, 'change')));
      const form = await vi.waitFor(async () => (await people().form('asker')) ?? Promise.reject(new Error('no form yet')));
      expect(form).toMatchObject({ text: 'find me 20 leads in Miami', type: 'lead-generation', count: '20' });
      await people().submit('asker', { ...form, text: 'find me leads in Boston', count: '30' });
      await until(thread, ['canceled', 'awaiting_approval']);
      await post(thread, /30 leads/);
    });
  });

  part('commands', () => {
    test('a command is answered to whoever gave it, and to nobody else', async () => {
      await people().command('asker', 'help', '');
      await toldTo('asker', null, /./);
      expect(await people().told('other', null)).toEqual([]);
    });

    test('the command “link” gives its person alone a link to their own account, which works', async () => {
      const { app } = world.product();
      await people().command('other', 'link', '');
      await toldTo('other', null, /Link account: \S+\/link\/[\w-]+/);
      const [, token] = /\/link\/([\w-]+)/.exec((await people().told('other', null)).at(-1)!)!;
      expect(await app.workspaces.lookAtLink(world.owner(), token!)).toMatchObject({ kind: 'identity', state: 'free' });
      expect((await people().told('asker', null)).join()).not.toContain('/link/');
    });
  });

  /** What people think of the results in a thread. */
  async function verdicts(thread: string): Promise<string[]> {
    const { rows } = await world.product().core.store.money.query<{ verdict: string }>(
      {
        text: `SELECT f.verdict FROM feedback f JOIN tasks t ON t.id = f.task_id JOIN conversations c ON c.id = t.conversation_id WHERE c.thread_ref = $1 ORDER BY f.at, f.id`,
      },
      [thread],
    );
    return rows.map(({ verdict }) => verdict);
  }
}
