// Agents name files and write folders as they like; a person gets what is really a result, under a safe name, or is told why not.
import { link, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runFolder } from '#core/domain/tasks/agent-brief.ts';
import type { AgentFile, AgentJob } from '#core/ports/agents.ts';
import { jobOf, stageAgents, watching, type AgentsStage } from '#core/testing/stages/agents-stage.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { insidePath } from './files.ts';
import { openRunFolder } from './run-folder.ts';

const idle = new AbortController().signal;
const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));

describe('what an agent wrote', () => {
  let stage: AgentsStage;
  beforeEach(async () => {
    stage = await stageAgents();
  });
  afterEach(() => stage.close());

  /** Puts files into the run's own folder before the agent begins; they are then part of its result. */
  async function runWith(files: Record<string, string | Buffer>, { disk = false, some = {} as Partial<AgentJob> } = {}) {
    const job = jobOf({ type: 'general', quantity: null, message: 'hello', ...some });
    const folder = path.join(stage.sandbox.workspaceRoot, job.type, runFolder(job));
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), content);
    }
    const agents = stage.open(disk ? { workspaceRoot: stage.sandbox.workspaceRoot } : {});
    const outcome = await agents.run(job, watching(), idle);
    if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
    return {
      outcome,
      named: Object.fromEntries(await Promise.all(outcome.files.map(async (file) => [file.name, await contentOf(file)] as const))),
    };
  }

  test.each([{ disk: false }, { disk: true }])(
    'comes whole, also from folders within its folder (shared disk: $disk)',
    async ({ disk }) => {
      const { named, outcome } = await runWith({ 'dot.png': bytes, 'deep/er/table.csv': 'a,b\n1,2\n', 'empty.txt': '' }, { disk });
      expect(named).toMatchObject({
        'dot.png': bytes,
        'table.csv': Buffer.from('a,b\n1,2\n'),
        'empty.txt': Buffer.alloc(0),
        'sample-hello.md': expect.any(Buffer) as Buffer,
      });
      for (const file of outcome.files) expect(file.sizeBytes).toBe(named[file.name]!.length);
    },
  );

  test('what is neither text nor a picture comes from a shared disk only; else the reply names it', async () => {
    const remote = await runWith({ 'report.pdf': bytes });
    expect(Object.keys(remote.named)).toEqual(['sample-hello.md']);
    expect(remote.outcome.text).toContain('report.pdf could not be fetched from the agent.');
    expect((await runWith({ 'report.pdf': bytes }, { disk: true })).named['report.pdf']).toEqual(bytes);
  });

  test('two files of the same name are both delivered', async () => {
    const { named } = await runWith({ 'a/list.csv': 'one\n', 'b/List.csv': 'two\n' });
    expect(Object.keys(named).toSorted()).toEqual(['List (2).csv', 'list.csv', 'sample-hello.md']);
  });

  test('has safe names, whatever it called its files', async () => {
    const { named } = await runWith({ '…\u202etxt.exe': 'x', 'CON.csv': 'x', ' .hidden': 'x', 'a:b|c?.csv': 'x', 'tab\there.csv': 'x' });
    expect(Object.keys(named).toSorted()).toEqual(['_CON.csv', 'a-b-c-.csv', 'hidden', 'sample-hello.md', 'tab here.csv', '…txt.exe']);
  });

  test('a file too large for the gateway is named in the reply instead; from a shared disk it is delivered', async () => {
    const big = Buffer.alloc(300_000, 'x');
    const remote = await runWith({ 'big.csv': big });
    expect(Object.keys(remote.named)).toEqual(['sample-hello.md']);
    expect(remote.outcome.text).toContain("big.csv is larger than the agent's gateway hands out (256 KiB).");
    const local = await runWith({ 'big.csv': big }, { disk: true });
    expect(local.named['big.csv']).toEqual(big);
  });

  test('of another task at the same time is not delivered with ours', async () => {
    await runWith({ 'theirs.csv': 'secret\n' });
    const { named } = await runWith({});
    expect(Object.keys(named)).toEqual(['sample-hello.md']);
  });

  test('of a thousand files the first fifty come, and the reply says so', async () => {
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`${index}.txt`, 'x']));
    const { outcome } = await runWith(many);
    expect(outcome.files).toHaveLength(50);
    expect(outcome.text).toContain('Only the first 50 files were fetched.');
  });
});

describe('a path that an agent names', () => {
  test.each([
    ['./leads.csv', 'leads.csv'],
    ['results/a/leads.csv', 'results/a/leads.csv'],
    ['a/./b/../leads.csv', 'a/leads.csv'],
    ['file:///home/agent/ws/leads.csv', 'leads.csv'],
    ['/home/agent/ws/leads.csv', 'leads.csv'],
  ])('%s is inside', (written, inside) => {
    expect(insidePath(written, '/home/agent/ws')).toBe(inside);
  });

  test.each([
    '',
    '.',
    '..',
    '../x',
    'a/../../x',
    '/etc/passwd',
    '/home/agent/ws',
    '/home/agent/ws2/x',
    '~/x',
    'https://example.com/x',
    'data:text/plain,x',
    'C:\\x',
    '..\\x',
    'x\0.csv',
  ])('%j is not', (written) => {
    expect(insidePath(written, '/home/agent/ws')).toBeNull();
  });
});

describe('a run’s folder on a shared disk', () => {
  test('shows only its own regular files, and reads them to the size it told, even while they grow', async () => {
    const folder = await temporaryFolder('workspace');
    const root = path.join(folder.path, 'ws');
    const own = path.join(root, 'team-1/run-1');
    await mkdir(path.join(own, 'out'), { recursive: true });
    await mkdir(path.join(own, 'inputs'), { recursive: true });
    await writeFile(path.join(own, 'out/a.txt'), 'abc');
    await writeFile(path.join(own, 'inputs/asked.txt'), 'from the person');
    await writeFile(path.join(own, '.env'), 'hidden');
    await writeFile(path.join(folder.path, 'secret.txt'), 'secret');
    await symlink('../../../../secret.txt', path.join(own, 'out/link.txt'));
    await symlink('a.txt', path.join(own, 'out/same.txt'));
    await link(path.join(folder.path, 'secret.txt'), path.join(own, 'out/second-name.txt'));
    await symlink('../../..', path.join(own, 'up'));
    const run = openRunFolder(root, { teamId: 'team-1', runId: 'run-1' });

    const { files, refused } = await run.list(10);
    expect(files).toEqual([{ path: 'team-1/run-1/out/a.txt', sizeBytes: 3 }]);
    expect(refused.toSorted()).toEqual(['out/link.txt', 'out/same.txt', 'out/second-name.txt', 'up'].map((each) => `team-1/run-1/${each}`));
    for (const foreign of [
      'out/link.txt',
      'out/same.txt',
      'out/second-name.txt',
      'up/team-1/run-1/out/a.txt',
      'out',
      '../x',
      '../../../secret.txt',
    ])
      expect(await run.find(`team-1/run-1/${foreign}`)).toMatch(/^(refused|missing)$/);
    for (const foreign of ['/etc/passwd', 'team-1/run-2/x', 'team-1/run-10/x', 'nothing']) expect(await run.find(foreign)).toBe('refused');
    expect(await run.find('team-1/run-1/nothing')).toBe('missing');
    const file = await run.find('team-1/run-1/out/a.txt');
    if (typeof file === 'string') throw new Error(file);
    await writeFile(path.join(own, 'out/a.txt'), 'abcdef');
    expect((await buffer(await file.open())).toString()).toBe('abc');
    await folder.remove();
  });

  test('takes no file that was swapped for a link after it was looked at', async () => {
    const folder = await temporaryFolder('workspace');
    const own = path.join(folder.path, 'team-1/run-1');
    await mkdir(own, { recursive: true });
    await writeFile(path.join(own, 'a.txt'), 'mine');
    const run = openRunFolder(folder.path, { teamId: 'team-1', runId: 'run-1' });
    const file = await run.find('team-1/run-1/a.txt');
    if (typeof file === 'string') throw new Error(file);
    await rm(path.join(own, 'a.txt'));
    await symlink('/etc/passwd', path.join(own, 'a.txt'));
    await expect(file.open()).rejects.toThrow('a result file of the agent is gone');
    await folder.remove();
  });

  test('takes nothing in that a link would carry elsewhere, and overwrites nobody’s file', async () => {
    const folder = await temporaryFolder('workspace');
    const theirs = path.join(folder.path, 'team-2/run-2');
    await mkdir(path.join(theirs, 'inputs'), { recursive: true });
    await writeFile(path.join(theirs, 'inputs/a.txt'), 'theirs');
    await mkdir(path.join(folder.path, 'team-1'), { recursive: true });
    await symlink(theirs, path.join(folder.path, 'team-1/run-1'));
    const put = (runId: string) => openRunFolder(folder.path, { teamId: 'team-1', runId }).put('a.txt', Readable.from(['mine']));
    await expect(put('run-1')).rejects.toThrow('a folder for the agent is a link');
    await mkdir(path.join(folder.path, 'team-1/run-3/inputs'), { recursive: true });
    await link(path.join(theirs, 'inputs/a.txt'), path.join(folder.path, 'team-1/run-3/inputs/a.txt'));
    expect(await put('run-3')).toBe('team-1/run-3/inputs/a.txt');
    expect(await readFile(path.join(theirs, 'inputs/a.txt'), 'utf8')).toBe('theirs');
    expect(await readFile(path.join(folder.path, 'team-1/run-3/inputs/a.txt'), 'utf8')).toBe('mine');
    await folder.remove();
  });
});

function contentOf(file: AgentFile): Promise<Buffer> {
  return file.open().then(buffer);
}
