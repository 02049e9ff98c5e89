import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { newId, type FileId } from '#core/domain/ids.ts';
import type { Actor } from '#core/domain/actor.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { loggedIn, sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';

const stage = forAll(() => openStage({ agents: agentsThat((job) => done('Here they are.', [csvOf('leads.csv', job.quantity ?? 3)])) }));

/** Somebody whose team is asked above 10 credits. */
async function careful(): Promise<Person> {
  const person = await stage().person();
  await stage().app.privacy.setTeamSettings(loggedIn(person), { confirmAbove: '10000000' });
  return person;
}

function keep(actor: Actor, name: string): Promise<FileId> {
  const bytes = Buffer.from(`the content of ${name}`);
  return stage().app.files.keepInput(actor, { name, mime: 'text/plain', sizeBytes: bytes.length }, Readable.from([bytes]));
}

async function waiting(person: Person, text: string, files: readonly FileId[] = []) {
  const taken = await person.ask(text, { conversation: newId(), files });
  if (taken.kind !== 'approval') throw new Error(`it does not wait for approval: ${taken.kind}`);
  return taken;
}

test('a request that is taken back is canceled without a charge, and its words and files wait for a new one', async () => {
  const { app } = stage();
  const ada = await careful();
  const taken = await waiting(ada, 'find me 20 leads like these', [await keep(ada, 'a.txt'), await keep(ada, 'b.txt')]);
  expect(await app.tasks.draft(ada, taken.taskId)).toBeNull();
  expect(await app.tasks.change(ada, taken.taskId)).toEqual({ conversationId: taken.conversationId });
  expect(await ada.task(taken)).toMatchObject({ status: 'canceled', creditsUsed: 0 });
  const draft = (await app.tasks.draft(ada, taken.taskId))!;
  expect(draft).toMatchObject({ text: 'find me 20 leads like these', files: [{ name: 'a.txt' }, { name: 'b.txt' }], missing: [] });
  const again = await ada.get('find me 5 leads like these', {});
  expect(again.status).toBe('completed');
  const taking = await ada.ask('find me 5 leads', { files: draft.files.map(({ id }) => id) });
  await ada.untilOver(taking);
  if (taking.kind !== 'task') throw new Error('it did not start');
  for (const id of [taken.taskId, taking.taskId])
    expect((await app.tasks.details(ada, id)).inputs.map(({ name, url }) => [name, url === null])).toEqual([
      ['a.txt', false],
      ['b.txt', false],
    ]);
  expect(await app.tasks.draft(ada, taken.taskId)).toMatchObject({ files: [], missing: ['a.txt', 'b.txt'] });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 5', 'settle 5', 'hold 5', 'settle 5']);
});

test('taken back ten times at once, each file waits once, and counts as one that waits', async () => {
  const { app, core } = stage();
  const ada = await careful();
  const taken = await waiting(ada, 'find me 20 leads', [await keep(ada, 'a.txt')]);
  const answers = await Promise.all(Array.from({ length: 10 }, () => app.tasks.change(ada, taken.taskId)));
  expect(new Set(answers.map(({ conversationId }) => conversationId))).toEqual(new Set([taken.conversationId]));
  const { rows } = await core.store.money.query<{ waiting: number; counted: number }>(
    {
      text: `SELECT count(*)::int AS waiting, count(u.id)::int AS counted FROM files f LEFT JOIN uploads u ON u.id = f.id AND u.user_id = $2
             WHERE f.team_id = $1 AND f.task_id IS NULL`,
    },
    [ada.teamId, ada.userId],
  );
  expect(rows).toEqual([{ waiting: 1, counted: 1 }]);
});

test('a file whose time is over is named, and does not come back', async () => {
  const { app, core } = stage();
  const ada = await careful();
  const taken = await waiting(ada, 'find me 20 leads', [await keep(ada, 'old.txt'), await keep(ada, 'new.txt')]);
  await core.store.money.query({ text: `UPDATE files SET removed_at = now() WHERE task_id = $1 AND name = 'old.txt'` }, [taken.taskId]);
  await app.tasks.change(ada, taken.taskId);
  expect(await app.tasks.draft(ada, taken.taskId)).toMatchObject({ files: [{ name: 'new.txt' }], missing: ['old.txt'] });
});

test('only the person who asked takes a request back, and only before it starts', async () => {
  const { app, core, person } = stage();
  const people = [await person(), await person(), await person()] as const;
  const { actors } = await sharedTeam(core, 'Acme', [[people[0], 'member'] as const, [people[1], 'owner'] as const], 100);
  const [member, owner] = actors;
  await app.privacy.setTeamSettings(owner, { confirmAbove: '10000000' });
  const asked = await app.tasks.ask({
    key: `test:${newId()}`,
    threadRef: `web:${newId()}`,
    newConversation: true,
    from: { kind: 'user', userId: member.userId, teamId: member.teamId },
    text: 'find me 20 leads',
    at: core.clock.now(),
  });
  const id = asked.kind === 'approval' ? asked.taskId : '';
  await expect(app.tasks.change(owner, id)).rejects.toMatchObject({ code: 'approval.not-yours' });
  await expect(app.tasks.change(people[2], id)).rejects.toMatchObject({ code: 'task.not-found' });
  await expect(app.tasks.change({ ...member, role: 'guest' }, id)).rejects.toMatchObject({ code: 'not.allowed' });
  await app.tasks.approve(member, id);
  await expect(app.tasks.change(member, id)).rejects.toMatchObject({ code: 'task.over' });
  expect(await app.tasks.draft(member, id)).toBeNull();
  expect((await app.tasks.get(member, id)).status).not.toBe('canceled');
});
