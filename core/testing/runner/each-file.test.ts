import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'impacter-careless-'))));
afterAll(() => rm(folder, { recursive: true }));

test('a test that warns or leaves things open fails, and its message says what it was', async () => {
  const run = await runCareless();

  expect(run.tests).toEqual({
    'prints an error': ['console.error: the import went wrong'],
    'makes Node warn': ['Warning: too many listeners'],
    'announces a warning that does not come': ['expected, but nobody said /disk is full/'],
    'announces the warning it makes': [],
    'leaves things open': [],
  });
  expect(run.file).toEqual([
    expect.stringMatching(/^child process \d+: cat$/),
    expect.stringMatching(/^server at .*127\.0\.0\.1/),
    expect.stringMatching(/^timer set at .*careless\.fixture\.ts:\d+/),
    expect.stringMatching(/^timer set at .*careless\.fixture\.ts:\d+/),
    expect.stringMatching(/^timer set at .*careless\.fixture\.ts:\d+/),
  ]);
});

async function runCareless() {
  const vitest = path.join(import.meta.dirname, '../../../node_modules/vitest/vitest.mjs');
  const config = path.join(import.meta.dirname, 'fixtures/vitest.config.ts');
  const report = path.join(folder, 'report.json');
  const args = [vitest, 'run', '--config', config, '--reporter=json', `--outputFile=${report}`];
  const env = { PATH: process.env['PATH'] }; // nothing of the run that we are in
  await new Promise((resolve) => execFile(process.execPath, args, { env }, resolve));
  const [file] = (JSON.parse(await readFile(report, 'utf8')) as VitestReport).testResults;
  return {
    file: complaintsIn(file!.message),
    tests: Object.fromEntries(file!.assertionResults.map((result) => [result.title, complaintsIn(result.failureMessages.join('\n'))])),
  };
}

interface VitestReport {
  testResults: { message: string; assertionResults: { title: string; failureMessages: string[] }[] }[];
}

function complaintsIn(message: string) {
  return message.split('\n').flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : []));
}
