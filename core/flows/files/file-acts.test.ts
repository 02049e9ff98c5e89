// A person deletes a file, or ends the links to it that were shared.

import { Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { FilesError } from '#core/ports/files.ts';
import { newId, type FileId } from '#core/domain/ids.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage, stage } from '#core/testing/stages/stage.ts';
import { sharedTeam } from '#core/testing/stages/shared-team.ts';
import { linkFor } from './links.ts';
import { expireFiles } from '../operator/upkeep.ts';
import type { Actor } from '#core/domain/actor.ts';
import type { Taken } from '../tasks/intake.ts';

const clock = clockByHand();
const agents = agentsThat(() => done('Here.', [csvOf('leads.csv', 3)]));
const world = forAll(() => openStage({ clock, agents }));

test('a deleted result cannot be opened by anybody from then on, leaves storage, and says when it was deleted', async () => {
  const { app, core, person } = world();
  const ada = await person();
  const task = await ada.get('find me 3 leads');
  const [file] = task.files;
  const { storageKey } = (await core.store.files.find(file!.id))!;
  const before = await ada.ledger();

  const { deletedAt } = await app.files.delete(ada, file!.id);
  for (const who of [null, ada])
    await expect(app.files.openLink(tokenIn(file!.url!), who)).rejects.toMatchObject({ code: 'file.deleted', status: 410 });
  await expect(app.files.open(ada, task.id, file!.id)).rejects.toMatchObject({ code: 'file.deleted' });
  expect((await app.tasks.get(ada, task.id)).files).toMatchObject([{ url: null, preview: null, deletedAt }]);
  expect(JSON.stringify(await app.messages.letters(ada, task.conversationId, 0))).not.toContain('row 1');

  await expireFiles(core);
  await expect(core.files.open(storageKey)).rejects.toMatchObject({ code: 'file.missing' });
  expect((await app.tasks.get(ada, task.id)).files).toMatchObject([{ url: null, deletedAt }]);
  expect(await app.files.delete(ada, file!.id)).toMatchObject({ deletedAt });
  expect(await ada.ledger()).toEqual(before);
  expect(await actsOf(ada.teamId)).toEqual([['file.deleted', file!.id, { taskId: task.id }]]);
});

test('what storage will not let go of is tried again, and stays closed meanwhile', async () => {
  const opened = await stage({ clock, agents });
  const { app, core, person } = opened;
  const ada = await person();
  const [file] = (await ada.get('find me 3 leads')).files;
  const { storageKey } = (await core.store.files.find(file!.id))!;
  await app.files.delete(ada, file!.id);
  await app.privacy.setTeamSettings({ ...ada, apiKeyId: undefined as never, confirmedAt: clock.now() }, { retentionDays: 3650 });
  const away = {
    ...core,
    files: { ...core.files, remove: () => Promise.reject(new FilesError('storage.unavailable', 'storage is away')) },
  };
  await expireFiles(away);
  await expect(app.files.openLink(tokenIn(file!.url!), ada)).rejects.toMatchObject({ code: 'file.deleted' });
  await expireFiles(core);
  await expect(core.files.open(storageKey)).rejects.toMatchObject({ code: 'file.missing' });
});

test('a deleted input is gone also where the task was run again, is not in an export, and cannot be run with again', async () => {
  const { app, core, person } = world();
  const ada = await person();
  const body = Readable.from([Buffer.from('name\n')]);
  const input = await app.files.keepInput(ada, { name: 'list.csv', mime: 'text/csv', sizeBytes: 5 }, body);
  const first = await ada.untilOver(await ada.ask('find me 3 leads', { files: [input] }));
  const click = newId();
  const again = await ada.untilOver(await app.tasks.retry(ada, first.id, click));
  await app.files.delete(ada, input);
  for (const { id } of [first, again]) {
    const { inputs } = await app.tasks.details(ada, id);
    expect(inputs).toMatchObject([{ name: 'list.csv', url: null, deletedAt: expect.any(String) }]);
    await expect(app.files.open(ada, id, inputs[0]!.id)).rejects.toMatchObject({
      code: 'file.deleted',
      wayForward: 'Send your request again and attach the file again.',
    });
    expect(await app.tasks.retry(ada, id, newId())).toMatchObject({ kind: 'refused', refused: { code: 'task.input-gone' } });
  }
  // A repeat of what was run before is answered as it was then.
  expect(await app.tasks.retry(ada, first.id, click)).toMatchObject({ kind: 'task', repeated: true, taskId: again.id });
  const exported: string[] = [];
  for await (const files of core.store.exports.files(ada.teamId)) exported.push(...files.map(({ storageKey }) => storageKey));
  expect(exported).not.toContain((await core.store.files.find(input))!.storageKey);
});

test('a file of a task that still runs stays until that is over', async () => {
  const slow = agentsThat(() => new Promise<never>(() => {}));
  const { app, person } = await stage({ clock, agents: slow });
  const ada = await person();
  const input = await app.files.keepInput(
    ada,
    { name: 'list.csv', mime: 'text/csv', sizeBytes: 5 },
    Readable.from([Buffer.from('name\n')]),
  );
  await ada.ask('find me 3 leads', { files: [input] });
  await expect(app.files.delete(ada, input)).rejects.toMatchObject({ code: 'file.in-use', status: 409 });
});

test('an ended link says so, in every form it had; links made afterwards work, and the team still gets the file', async () => {
  const { app, core, person } = world();
  const [ada, eve] = [await person(), await person()];
  const task = await ada.get('find me 3 leads');
  const [file] = task.files;
  const shared = [tokenIn(file!.url!), tokenIn(linkFor(core, file!.id))];
  for (const token of shared) expect((await app.files.openLink(token, null)).url).toContain('http');

  clock.forward(1);
  await app.files.endLinks(ada, file!.id);
  for (const token of shared) {
    for (const who of [null, eve]) await expect(app.files.openLink(token, who)).rejects.toMatchObject({ code: 'link.ended', status: 410 });
    expect((await app.files.openLink(token, ada)).url).toContain('http');
  }
  clock.forward(1);
  const fresh = tokenIn((await app.tasks.get(ada, task.id)).files[0]!.url!);
  expect((await app.files.openLink(fresh, null)).url).toContain('http');
  expect(await actsOf(ada.teamId)).toEqual([['file.links-ended', file!.id, { taskId: task.id }]]);
});

test('whoever asked for a task may, and owners and admins; colleagues may not, and to other teams there is no such file', async () => {
  const { app, core, person } = world();
  const people = [await person(), await person(), await person(), await person()] as const;
  const { actors } = await sharedTeam(
    core,
    'Acme',
    [
      [people[0], 'owner'],
      [people[1], 'admin'],
      [people[2], 'member'],
      [people[3], 'approver'],
    ],
    500,
  );
  const [owner, admin, member, approver] = actors;
  const asks = async () => (await over(member, await asked(member, 'find me 3 leads'))).files[0]!;
  const file = await asks();
  const eve = await person();
  for (const verb of [app.files.delete, app.files.endLinks]) {
    await expect(verb(approver, file.id)).rejects.toMatchObject({ code: 'not.allowed' });
    for (const [who, id] of [
      [eve, file.id],
      [owner, newId()],
      [owner, 'no id'],
    ] as const)
      await expect(verb(who, id)).rejects.toMatchObject({ code: 'file.not-found' });
  }
  await app.files.endLinks(member, file.id);
  await app.files.endLinks(owner, file.id);
  await app.files.delete(admin, file.id);
  await app.files.delete(member, (await asks()).id);
});

test('a program deletes what its person asked for or uploaded, and nothing of anybody else, whoever holds the key', async () => {
  const { app, core, person } = world();
  const { actors } = await sharedTeam(
    core,
    'Acme',
    [
      [await person(), 'owner'],
      [await person(), 'member'],
    ],
    500,
  );
  const [owner, member] = actors;
  const key = { ...owner, apiKeyId: newId<never>() };
  const stale = { ...owner, confirmedAt: new Date(clock.now().getTime() - 11 * 60_000) };
  const [theirs, waiting] = [await keep(member), await keep(member)];
  const task = await over(member, await asked(member, 'find me 3 leads', theirs));
  // Who runs a colleague's task again shares its files, and they stay the colleague's.
  const again = await over(owner, await app.tasks.retry(owner, task.id, newId()));
  const shared = (await app.tasks.details(owner, again.id)).inputs[0]!.id;
  for (const id of [task.files[0]!.id, theirs, waiting, shared]) {
    await expect(app.files.delete(key, id)).rejects.toMatchObject({ code: 'not.allowed' });
    await expect(app.files.delete(stale, id)).rejects.toMatchObject({ code: 'login.confirm' });
  }
  for (const id of [again.files[0]!.id, await keep(owner)]) await app.files.delete(key, id);
  for (const id of [task.files[0]!.id, waiting, shared]) await app.files.delete(owner, id);
});

test.each(['member', 'billing', 'approver'] as const)(
  'who uploaded a file takes it back before a request names it, as %s and also as a guest later; a colleague cannot',
  async (role) => {
    const { app, core, person } = world();
    const { actors } = await sharedTeam(core, 'Acme', [
      [await person(), role],
      [await person(), role],
    ]);
    const [ann, ben] = [{ ...actors[0], apiKeyId: newId<never>() }, actors[1]];
    const file = await keep(ann);
    await expect(app.files.delete(ben, file)).rejects.toMatchObject({ code: 'not.allowed' });
    await app.files.delete({ ...ann, role: 'guest' }, file);
  },
);

function keep(actor: Actor) {
  return world().app.files.keepInput(actor, { name: 'list.csv', mime: 'text/csv', sizeBytes: 5 }, Readable.from([Buffer.from('name\n')]));
}

function asked({ userId, teamId }: Actor, text: string, ...files: FileId[]) {
  return world().app.tasks.ask({
    key: newId(),
    threadRef: `web:${newId()}`,
    from: { kind: 'user', userId, teamId },
    text,
    files: files.map((fileId) => ({ kind: 'stored' as const, fileId })),
    at: clock.now(),
  });
}

async function over(actor: Actor, taken: Taken) {
  if (taken.kind !== 'task') throw new Error(`not started: ${taken.kind}`);
  return vi.waitFor(async () => {
    const task = await world().app.tasks.get(actor, taken.taskId);
    if (!task.over) throw new Error('still running');
    return task;
  });
}

function tokenIn(url: string): string {
  return url.slice(url.indexOf('/f/') + 3);
}

async function actsOf(teamId: string) {
  const { rows } = await world().core.store.money.query<{ act: string; subject: string; facts: object }>(
    { text: `SELECT act, subject, facts FROM audit_entries WHERE team_id = $1 AND act LIKE 'file.%' ORDER BY id` },
    [teamId],
  );
  return rows.map(({ act, subject, facts }) => [act, subject, facts]);
}
