// Agents name files and write folders as they like; a person gets what is really a result, under a safe name, or is told why not.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resultFolder } from '#core/domain/agent-brief.ts';
import type { AgentFile, AgentJob } from '#core/ports/agents.ts';
import { jobOf, stageAgents, watching, type AgentsStage } from '#core/testing/agents-stage.ts';
import { temporaryFolder } from '#core/testing/temporary-folder.ts';
import { systemClock } from '#core/engines/clock.ts';
import { quietLog } from '#core/testing/quiet-log.ts';
import { createGateway } from './connection.ts';
import { deviceOf, newDeviceKey } from './device.ts';
import { collectFiles, insidePath } from './files.ts';
import { openWorkspace } from './workspace.ts';

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
    const folder = path.join(stage.sandbox.workspaceRoot, job.type, resultFolder(job.runId));
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

  test.each([{ disk: false }, { disk: true }])(
    'a link that leads out of the workspace delivers nothing (shared disk: $disk)',
    async ({ disk }) => {
      const job = jobOf({ type: 'general', quantity: null, message: 'hello' });
      const folder = path.join(stage.sandbox.workspaceRoot, job.type, resultFolder(job.runId));
      await mkdir(folder, { recursive: true });
      await symlink('/etc/passwd', path.join(folder, 'passwd.txt'));
      await symlink('/etc', path.join(folder, 'etc'));
      const outcome = await stage.open(disk ? { workspaceRoot: stage.sandbox.workspaceRoot } : {}).run(job, watching(), idle);
      expect(outcome).toMatchObject({ kind: 'done', files: [{ name: 'sample-hello.md' }] });
    },
  );

  test('of another task at the same time is not delivered with ours', async () => {
    await runWith({ 'theirs.csv': 'secret\n' });
    const { named } = await runWith({});
    expect(Object.keys(named)).toEqual(['sample-hello.md']);
  });

  test('in the folder of somebody else’s task is not handed out, whoever names it; that of the same conversation is', async () => {
    const { sandbox } = stage;
    const agents = stage.open();
    const sessionKey = 'agent:general:c-1';
    const first = jobOf({ type: 'general', quantity: null, message: 'first', sessionKey });
    await agents.run(first, watching(), idle);
    const theirs = path.join(sandbox.workspaceRoot, 'general', resultFolder('task-theirs-a1'));
    await mkdir(theirs, { recursive: true });
    await writeFile(path.join(theirs, 'leads.csv'), 'secret');
    await writeFile(path.join(sandbox.workspaceRoot, 'general', 'notes.md'), 'ours');
    const live = await liveConnection(sandbox);
    const named = ['./results/task-theirs-a1/leads.csv', `./${resultFolder(first.runId)}/sample-first.md`, './notes.md'];
    const { files } = await collectFiles(live.connection, jobOf({ type: 'general', sessionKey }), named, null, null, idle);
    expect(files.map(({ name }) => name)).toEqual(['sample-first.md', 'notes.md']);
    await live.close();
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

describe('a workspace on a shared disk', () => {
  test('shows only regular files inside, and reads them to the size it told, even while they grow', async () => {
    const folder = await temporaryFolder('workspace');
    const root = path.join(folder.path, 'ws');
    await mkdir(path.join(root, 'out'), { recursive: true });
    await writeFile(path.join(root, 'out/a.txt'), 'abc');
    await writeFile(path.join(folder.path, 'secret.txt'), 'secret');
    await symlink('../../secret.txt', path.join(root, 'out/link.txt'));
    await symlink('..', path.join(root, 'up'));
    const workspace = openWorkspace(root);

    expect(await workspace.list('out', 10)).toEqual([{ path: 'out/a.txt', sizeBytes: 3 }]);
    for (const outside of ['out/link.txt', 'up/secret.txt', '../secret.txt', '/etc/passwd', 'out', 'nothing', 'a\0b'])
      expect(await workspace.find(outside)).toBeNull();
    const file = await workspace.find('out/a.txt');
    await writeFile(path.join(root, 'out/a.txt'), 'abcdef');
    expect((await buffer(await file!.open())).toString()).toBe('abc');
    await expect(workspace.put('up/x', 'a.txt', Readable.from(['x']))).rejects.toThrow('leads out of its workspace');
    await folder.remove();
  });
});

async function liveConnection(sandbox: AgentsStage['sandbox']) {
  const gateway = createGateway({
    url: sandbox.url,
    token: sandbox.token,
    device: deviceOf(newDeviceKey()),
    clock: systemClock,
    log: quietLog,
  });
  return { connection: await gateway.live(idle), close: gateway.close };
}

function contentOf(file: AgentFile): Promise<Buffer> {
  return file.open().then(buffer);
}
