import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { randomBytes } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { FilesError, type Files } from '#core/ports/files.ts';
import { agentsThat, csvOf, done, fileOf } from '#core/testing/stages/agents-that.ts';
import { clockByHand, type ClockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { loggedIn, sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, stage } from '#core/testing/stages/stage.ts';
import { unzip } from '#core/testing/visitors/unzip.ts';
import type { App } from '../app.ts';
import type { Core } from '../runtime/core.ts';
import { expireExports } from './export-team.ts';
import type { Actor } from '#core/domain/actor.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const agents = agentsThat(({ message }) =>
  message.includes('post') ? done('A post.', [fileOf('post.md', '# ours\n')]) : done('Here are 3.', [csvOf('leads.csv', 3)]),
);
const clock = clockByHand();
const world = forAll(() => openStage({ agents, clock }));

test('an owner gets everything of the team in one archive: tables, journal, log, and the files themselves', async () => {
  const { app, person, core } = world();
  const ada = await person(100);
  const input = await app.files.keepInput(
    ada,
    { name: 'list.csv', mime: 'text/csv', sizeBytes: 5 },
    Readable.from([Buffer.from('name\n')]),
  );
  const leads = await ada.untilOver(await ada.ask('find me 3 leads, and not =2+2', { files: [input] }));
  const post = await ada.get('write a blog post');
  await app.privacy.setTeamSettings(loggedIn(ada), { retentionDays: 90 });
  const files = await exported(app, loggedIn(ada));

  expect([...files.keys()].toSorted()).toEqual(
    [
      'README.txt',
      ...'alerts api-keys attempts audit-log conversations feedback files identities installations invitations letters limits logins members places purchases task-events tasks team top-up-settings top-ups workspaces'
        .split(' ')
        .map((name) => `${name}.jsonl`),
      'transactions.csv',
      `files/${leads.id}/${leads.files[0]!.id}-leads.csv`,
      `files/${leads.id}/${input}-list.csv`,
      `files/${post.id}/${post.files[0]!.id}-post.md`,
    ].toSorted(),
  );
  expect(files.get(`files/${post.id}/${post.files[0]!.id}-post.md`)).toBe('# ours\n');
  expect(files.get('README.txt')).toContain('All data of the team “Ada”');
  const rows = (name: string) => rowsOf(files.get(name));
  expect(rows('team.jsonl')).toMatchObject([{ id: ada.teamId, name: 'Ada', retention_days: 90 }]);
  expect(rows('members.jsonl')).toMatchObject([{ email: ada.email, role: 'owner' }]);
  expect(rows('tasks.jsonl')).toMatchObject([
    { id: leads.id, request_text: 'find me 3 leads, and not =2+2', status: 'completed', credits_used: 3_000_000 },
    { id: post.id, result: { summary: 'A post.' } },
  ]);
  expect(rows('letters.jsonl').map(({ words }) => words)).toEqual([
    expect.stringMatching(/^On it/),
    expect.stringMatching(/^Done: 3 leads/),
    expect.stringMatching(/^On it/),
    expect.stringMatching(/^Done/),
  ]);
  expect(rows('files.jsonl').map(({ name, role }) => `${String(name)} ${String(role)}`)).toEqual([
    'list.csv input',
    'leads.csv result',
    'post.md result',
  ]);
  expect(rows('task-events.jsonl').map(({ kind }) => kind)).toContain('accepted');
  expect(rows('audit-log.jsonl').map(({ act }) => act)).toEqual(['settings.changed', 'export.asked']);
  expect(
    files
      .get('transactions.csv')!
      .split('\n')
      .filter((line) => line !== ''),
  ).toHaveLength(7); // its head, open, grant, twice hold and settle
  // What opens something stays with us.
  const { rows: keys } = await core.store.money.query<{ hash: string }>({ text: 'SELECT hash FROM api_keys WHERE team_id = $1' }, [
    ada.teamId,
  ]);
  expect([...files.values()].join('')).not.toContain(keys[0]!.hash);
});

test('nothing of another team is in it, also where people are in both', async () => {
  const { app, person, core } = world();
  const [ada, ben] = [await person(), await person()];
  const { actors } = await sharedTeam(
    core,
    'Acme',
    [
      [ada, 'owner'],
      [ben, 'member'],
    ] as const,
    50,
  );
  await ada.get('find me 3 leads for my own team');
  await app.privacy.setTeamSettings(loggedIn(ada), { confirmAbove: '123456789' });
  const shared = await taskOf(app, actors[1], 'find me 3 leads for Acme');
  const files = await exported(app, actors[0]);
  const all = [...files].map(([name, content]) => name + content).join('');
  expect(rowsOf(files.get('tasks.jsonl')).map(({ id }) => id)).toEqual([shared]);
  for (const foreign of [ada.teamId, ben.teamId, ada.walletId, 'for my own team', '123456789', ada.apiKey.slice(0, 8)])
    expect(all).not.toContain(foreign);
  expect(rowsOf(files.get('members.jsonl')).map(({ email }) => email)).toEqual([ada.email, ben.email]);
});

test('only an owner asks for it and downloads it; a key cannot, and an export of another team is not found', async () => {
  const { app, person, core } = world();
  const [ada, ben] = [await person(), await person()];
  const { actors } = await sharedTeam(core, 'Acme', [
    [ada, 'owner'],
    [ben, 'admin'],
  ] as const);
  const [owner, admin] = actors;
  const id = await ready(app, owner, clock);
  for (const who of [admin, { ...owner, apiKeyId: newId<never>() }]) {
    await expect(app.privacy.exportTeam(who)).rejects.toMatchObject({ code: 'not.allowed' });
    await expect(app.privacy.exports(who)).rejects.toMatchObject({ code: 'not.allowed' });
    await expect(app.privacy.openExport(who, id)).rejects.toMatchObject({ code: 'not.allowed' });
  }
  for (const wrong of [id, newId(), 'nonsense'])
    await expect(app.privacy.openExport(loggedIn(ben), wrong)).rejects.toMatchObject({ code: 'export.not-found' });
  await app.privacy.openExport(owner, id);
  const { rows } = await core.store.money.query({ text: 'SELECT act, subject FROM audit_entries WHERE team_id = $1 ORDER BY id' }, [
    owner.teamId,
  ]);
  expect(rows).toEqual([
    { act: 'export.asked', subject: null },
    { act: 'export.downloaded', subject: id },
  ]);
});

test('who asks twice while it is packed gets the same one', async () => {
  const { app, person } = await stage({ settings: { ROLES: 'web' } });
  const ada = loggedIn(await person());
  const [first, second] = await Promise.all([app.privacy.exportTeam(ada), app.privacy.exportTeam(ada)]);
  expect(second.id).toBe(first.id);
  expect(await app.privacy.exports(ada)).toMatchObject([{ id: first.id, state: 'waiting', sizeBytes: null }]);
  await expect(app.privacy.openExport(ada, first.id)).rejects.toMatchObject({ code: 'export.not-found' });
});

test('a large team’s archive is written in parts, and a download that was cut goes on at any byte', async () => {
  const noise = randomBytes(9_000_000);
  const puts: number[] = [];
  const clock = clockByHand();
  const opened = await stage({
    clock,
    agents: agentsThat(() =>
      done(
        'Noise.',
        [1, 2].map((n) => ({ name: `${n}.bin`, sizeBytes: noise.length, open: async () => Readable.from([noise]) })),
      ),
    ),
    withCore: (core) => ({ ...core, files: noting(core.files, puts) }),
  });
  const ada = await opened.person();
  await ada.get('make noise');
  const id = await ready(opened.app, loggedIn(ada), clock);
  const { sizeBytes, read } = await opened.app.privacy.openExport(loggedIn(ada), id);
  expect(puts.slice(0, -1)).toEqual([8_388_608, 8_388_608]);
  const whole = await buffer(read(0));
  expect(whole.length).toBe(sizeBytes);
  for (const from of [1, 8_388_607, 8_388_608, 8_388_609, sizeBytes - 1])
    expect((await buffer(read(from))).equals(whole.subarray(from)), `from ${from}`).toBe(true);
  const files = unzip(whole);
  expect(noise.equals(files.get([...files.keys()].find((name) => name.endsWith('1.bin'))!)!)).toBe(true);
});

test('a worker that dies in the middle leaves it to another one, and nothing of its own is in the archive', async () => {
  const clock = clockByHand();
  const opened = await stage({ clock, settings: { ROLES: 'web' } });
  const ada = await opened.person();
  const { id } = await opened.app.privacy.exportTeam(loggedIn(ada));
  const dead = (await opened.core.store.exports.claim('dead worker', clock.now(), 60_000))!;
  await opened.core.store.exports.begin(dead, 1, 'dead worker', clock.now(), 60_000);
  await opened.core.files.put(`exports/${id}/1/1`, Readable.from([Buffer.from('half')]), { mime: 'application/zip', sizeBytes: 4 });
  clock.forward(61_000);
  await opened.another({ ROLES: 'worker' });
  await untilReady(opened.app, loggedIn(ada), id, clock);
  const { read } = await opened.app.privacy.openExport(loggedIn(ada), id);
  expect(unzip(await buffer(read(0))).has('README.txt')).toBe(true);
  // Whoever slept through its lease has no say any more.
  expect(await opened.core.store.exports.begin(dead, 2, 'dead worker', clock.now(), 60_000)).toBe(false);
  clock.forward(8 * DAY_MS);
  await expireExports(opened.core);
  for (const tries of [1, 2])
    await expect(opened.core.files.open(`exports/${id}/${tries}/1`)).rejects.toMatchObject({ code: 'file.missing' });
});

test('while storage is away it waits, and after five tries it is given up and can be asked for again', async () => {
  const clock = clockByHand();
  let away = true;
  const opened = await stage({
    clock,
    withCore: (core) => ({
      ...core,
      files: {
        ...core.files,
        put: (key, ...rest) =>
          away && key.startsWith('exports/')
            ? Promise.reject(new FilesError('storage.unavailable', 'storage is away'))
            : core.files.put(key, ...rest),
      },
    }),
  });
  const ada = loggedIn(await opened.person());
  const { id } = await opened.app.privacy.exportTeam(ada);
  await vi.waitFor(async () => {
    clock.forward(60_000);
    expect(await opened.app.privacy.exports(ada)).toMatchObject([{ id, state: 'failed' }]);
  });
  away = false;
  const again = await opened.app.privacy.exportTeam(ada);
  expect(again.id).not.toBe(id);
  await untilReady(opened.app, ada, again.id, clock);
});

test('a process that ends does not wait for storage that does not answer, and another one packs the archive', async () => {
  const clock = clockByHand();
  const opened = await stage({ clock, settings: { ROLES: 'web' } });
  const ada = loggedIn(await opened.person());
  const { id } = await opened.app.privacy.exportTeam(ada);
  const storing = Promise.withResolvers<void>();
  const silent = ({ put }: Files): Files['put'] => {
    return (key, body, facts, signal) => {
      if (!key.startsWith('exports/')) return put(key, body, facts, signal);
      storing.resolve();
      return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
    };
  };
  const withCore = (core: Core): Core => ({ ...core, files: { ...core.files, put: silent(core.files) } });
  const worker = await opened.another({ ROLES: 'worker' }, { withCore });
  await storing.promise;
  await worker.stop();
  expect(await opened.app.privacy.exports(ada)).toMatchObject([{ id, state: 'waiting' }]);
  await opened.another({ ROLES: 'worker' });
  await untilReady(opened.app, ada, id, clock);
});

test('a file that storage lost is noted, and everything else is there', async () => {
  const { app, person, core } = world();
  const ada = await person();
  const task = await ada.get('find me 3 leads');
  const { rows } = await core.store.money.query<{ key: string }>({ text: 'SELECT storage_key AS key FROM files WHERE task_id = $1' }, [
    task.id,
  ]);
  await core.files.remove(rows[0]!.key);
  const files = await exported(app, loggedIn(ada));
  expect(files.get('files-missing.txt')).toBe(`files/${task.id}/${task.files[0]!.id}-leads.csv\n`);
  expect((await app.privacy.exports(loggedIn(ada)))[0]).toMatchObject({ state: 'ready', filesMissing: 1 });
});

test('it is kept for seven days', async () => {
  const clock = clockByHand();
  const { app, person, core } = await stage({ clock });
  const ada = loggedIn(await person());
  const id = await ready(app, ada, clock);
  clock.forward(6.9 * DAY_MS);
  await expireExports(core);
  await app.privacy.openExport(ada, id);
  clock.forward(0.2 * DAY_MS);
  await expect(app.privacy.openExport(ada, id)).rejects.toMatchObject({ code: 'export.not-found' });
  await expireExports(core);
  expect(await app.privacy.exports(ada)).toMatchObject([{ id, state: 'gone', until: null }]);
  await expect(core.files.open(`exports/${id}/1/1`)).rejects.toMatchObject({ code: 'file.missing' });
});

async function exported(app: App, owner: Actor): Promise<Map<string, string>> {
  const { read } = await app.privacy.openExport(owner, await ready(app, owner, clock));
  return new Map([...unzip(await buffer(read(0)))].map(([name, content]) => [name, content.toString()]));
}

async function ready(app: App, owner: Actor, clock: ClockByHand): Promise<string> {
  const { id } = await app.privacy.exportTeam(owner);
  await untilReady(app, owner, id, clock);
  return id;
}

/** Workers look every five seconds for what is to be packed. */
async function untilReady(app: App, owner: Actor, id: string, clock: ClockByHand) {
  const state = async () => (await app.privacy.exports(owner)).find((each) => each.id === id)?.state;
  await vi.waitFor(async () => {
    clock.forward(1_000);
    expect(await state()).toBe('ready');
  });
}

async function taskOf(app: App, actor: Actor, text: string) {
  const taken = await app.tasks.ask({
    key: `web:${newId()}`,
    threadRef: `web:${newId()}`,
    from: { kind: 'user', userId: actor.userId, teamId: actor.teamId },
    text,
    at: clock.now(),
  });
  const taskId = taken.kind === 'task' ? taken.taskId : '';
  await vi.waitFor(async () => expect((await app.tasks.get(actor, taskId)).over).toBe(true));
  return taskId;
}

function rowsOf(content: string | undefined): Record<string, unknown>[] {
  return content!
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function noting(files: Files, puts: number[]): Files {
  return {
    ...files,
    put: (key, body, facts, signal) => {
      if (key.startsWith('exports/')) puts.push(facts.sizeBytes);
      return files.put(key, body, facts, signal);
    },
  };
}
