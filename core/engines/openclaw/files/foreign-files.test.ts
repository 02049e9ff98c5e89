// All teams' agents share one workspace for each type. A hostile agent reaches out of its run's folder in every way it has; the
// person gets what is theirs and a sentence about the rest, and nothing of anybody else, not even a path.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runFolder } from '#core/domain/tasks/agent-brief.ts';
import type { Hostile } from '#core/sandbox/openclaw/hostile.ts';
import { jobOf, stageAgents, watching, type AgentsStage } from '#core/testing/stages/agents-stage.ts';
import { notTaken, ownPath } from './files.ts';

const idle = new AbortController().signal;
const neighbour = { teamId: 'team-2', runId: 'task-theirs-a1' };
const before = { teamId: 'team-1', runId: 'task-before-a1' };

let stage: AgentsStage;
let workspace: string;
beforeEach(async () => {
  stage = await stageAgents();
  workspace = path.join(stage.sandbox.workspaceRoot, 'general');
  for (const run of [neighbour, before]) {
    await mkdir(path.join(workspace, runFolder(run), 'deep'), { recursive: true });
    await writeFile(path.join(workspace, runFolder(run), 'leads.csv'), 'TOP SECRET');
    await writeFile(path.join(workspace, runFolder(run), 'deep/leads.csv'), 'TOP SECRET');
  }
  for (const file of ['.env', 'notes.md', '../outside.txt']) await writeFile(path.join(workspace, file), 'TOP SECRET');
});
afterEach(() => stage.close());

async function runHostile(hostile: Hostile, disk: boolean) {
  stage.sandbox.control.set({ hostile });
  const job = jobOf({ type: 'general', quantity: null, message: 'hello' });
  const outcome = await stage.open(disk ? { workspaceRoot: stage.sandbox.workspaceRoot } : {}).run(job, watching(), idle);
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  const files = await Promise.all(outcome.files.map(async (file) => `${file.name}: ${await text(await file.open())}`));
  return { said: outcome.text, files, own: runFolder(job) };
}

const named = {
  'another team’s run': `./${runFolder(neighbour)}/leads.csv`,
  'an earlier run of the same team': `./${runFolder(before)}/leads.csv`,
  'a file beside the folders': './notes.md',
  'the workspace’s hidden settings': '.env',
  'a hidden file of its own': './{folder}/.env',
  'a way up out of its folder': './{folder}/../../notes.md',
  'a way up that is encoded': './{folder}/%2e%2e/%2e%2e/notes.md',
  'a way up that is encoded twice': './{folder}/%252e%252e/%252e%252e/notes.md',
  'a way up that is encoded with slashes': `./{folder}%2f..%2f..%2fnotes.md`,
  'a way up out of the workspace': '../outside.txt',
  'a way up with backslashes': './{folder}/..\\..\\notes.md',
  'an absolute path': '/etc/passwd',
  'an address of a file': 'file:///etc/passwd',
  'an encoded address of a file': 'file:///%65tc/passwd',
  'a home folder': '~/.ssh/id_rsa',
  'an address on the network': 'http://127.0.0.1/secret',
  'a device': '/dev/zero',
  'its own folder itself': './{folder}/',
  'a folder that begins like its own': './{folder}-before/leads.csv',
};

describe.each([{ disk: false }, { disk: true }])('an agent (shared disk: $disk)', ({ disk }) => {
  test.each(Object.entries(named))('that names %s gets nothing of it, and its own files are delivered', async (_what, name) => {
    const { said, files } = await runHostile({ names: [name] }, disk);
    expect(files).toEqual([expect.stringMatching(/^sample-hello\.md: /)]);
    expect(said).toContain(notTaken(1));
    expect(`${said}${files.join()}`).not.toMatch(/TOP SECRET|root:|team-2|task-|notes|passwd|\.env|outside/);
  });

  const planted: Record<string, () => Hostile> = {
    'a link to another team’s file': () => ({
      links: { 'a.csv': path.join(workspace, runFolder(neighbour), 'leads.csv') },
      names: ['./{folder}/a.csv'],
    }),
    'a relative link to another team’s file': () => ({
      links: { 'a.csv': `../../${runFolder(neighbour)}/leads.csv` },
      names: ['./{folder}/a.csv'],
    }),
    'a link to another team’s folder': () => ({
      links: { all: `../../${runFolder(neighbour)}` },
      names: ['./{folder}/all/leads.csv', './{folder}/all'],
    }),
    'a link within a folder': () => ({
      links: { 'deep/all': `../../../${runFolder(neighbour)}/deep` },
      names: ['./{folder}/deep/all/leads.csv'],
    }),
    'a link to the hidden settings': () => ({ links: { 'settings.txt': '../../.env' }, names: ['./{folder}/settings.txt'] }),
    'a link out of the workspace': () => ({
      links: { 'passwd.txt': '/etc/passwd', etc: '/etc' },
      names: ['./{folder}/passwd.txt', './{folder}/etc/passwd'],
    }),
    'a link to a device': () => ({ links: { 'zero.bin': '/dev/zero' }, names: ['./{folder}/zero.bin'] }),
    'a pipe': () => ({ pipes: ['pipe.csv'], names: ['./{folder}/pipe.csv'] }),
    'a folder in the place of a file': () => ({ links: { 'deep/x': '/nowhere' }, names: ['./{folder}/deep'] }),
  };

  test.each(Object.keys(planted))('that plants %s gets nothing of it, and its own files are delivered', async (what) => {
    const { said, files } = await runHostile(planted[what]!(), disk);
    expect(files).toEqual([expect.stringMatching(/^sample-hello\.md: /)]);
    expect(said).toMatch(/not included: only regular files in this task's own folder|could not be fetched from the agent/);
    expect(`${said}${files.join()}`).not.toMatch(/TOP SECRET|root:|team-2|task-/);
  });

  test('that puts a link to another team’s run in the place of its own folder gets nothing at all', async () => {
    const { said, files } = await runHostile(
      { becomes: path.join(workspace, runFolder(neighbour)), names: ['./{folder}/leads.csv'] },
      disk,
    );
    expect(files).toEqual([]);
    expect(said).not.toMatch(/TOP SECRET|team-2|task-/);
  });

  test('that only lays links down, without a word, gets nothing of them', async () => {
    const { files } = await runHostile(
      { links: { 'a.csv': `../../${runFolder(neighbour)}/leads.csv`, all: `../../${runFolder(neighbour)}` } },
      disk,
    );
    expect(files).toEqual([expect.stringMatching(/^sample-hello\.md: /)]);
  });
});

test('a second name of another team’s file is noticed where we share the disk', async () => {
  const hostile = { hardLinks: { 'a.csv': path.join(workspace, runFolder(neighbour), 'leads.csv') }, names: ['./{folder}/a.csv'] };
  const { said, files } = await runHostile(hostile, true);
  expect(files).toEqual([expect.stringMatching(/^sample-hello\.md: /)]);
  expect(said).toContain(notTaken(1));
});

test('a file of its own is delivered under any name that is its own: relative, absolute, with signs of addresses', async () => {
  const job = jobOf({ type: 'general', quantity: null, message: 'hello' });
  const own = path.join(workspace, runFolder(job));
  await mkdir(own, { recursive: true });
  for (const name of ['100% sure.csv', 'a b.csv', 'c.csv']) await writeFile(path.join(own, name), 'mine\n');
  stage.sandbox.control.set({ hostile: { names: ['./{folder}/100% sure.csv', `${own}/a b.csv`, `file://${own}/c.csv`] } });
  const outcome = await stage.open().run(job, watching(), idle);
  expect(outcome.kind === 'done' && outcome.files.map(({ name }) => name).toSorted()).toEqual([
    '100% sure.csv',
    'a b.csv',
    'c.csv',
    'sample-hello.md',
  ]);
  expect(outcome.kind === 'done' && outcome.text).not.toContain('not included');
});

test('what the person attached is no result, and is handed over again only where the agent names it', async () => {
  expect(ownPath('./team-1/run-1/inputs/list.csv', null, { teamId: 'team-1', runId: 'run-1' })).toBe('team-1/run-1/inputs/list.csv');
  const job = jobOf({ type: 'general', quantity: null, message: 'hello' });
  await mkdir(path.join(workspace, runFolder(job), 'inputs'), { recursive: true });
  await writeFile(path.join(workspace, runFolder(job), 'inputs/list.csv'), 'from the person');
  for (const options of [{}, { workspaceRoot: stage.sandbox.workspaceRoot }]) {
    const outcome = await stage
      .open(options)
      .run({ ...job, sessionKey: `${job.sessionKey}-${Object.keys(options).length}` }, watching(), idle);
    expect(outcome.kind === 'done' && outcome.files.map(({ name }) => name)).toEqual(['sample-hello.md']);
  }
});
