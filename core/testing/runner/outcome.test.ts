// What .ci/run makes of the reports of its runs.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

type Outcome = Readonly<Record<string, readonly ['passed' | 'failed', number]>>;

const steady: Outcome = { 'a.test.ts': ['passed', 3], 'b.test.ts': ['passed', 2] };
const failing = (...files: string[]): Outcome => ({
  ...steady,
  ...Object.fromEntries(files.map((file) => [file, ['failed', 1] as const])),
});
const passing = (...files: string[]): Outcome => Object.fromEntries(files.map((file) => [file, ['passed', 1] as const]));

test('where everything passes, all tests are counted', async () => {
  expect(await outcomeOf(steady)).toEqual({ code: 0, lines: ['5 passed, 0 failed'] });
});

test('what fails twice is a failure', async () => {
  expect(await outcomeOf(failing('b.test.ts'), failing('b.test.ts'))).toEqual({ code: 1, lines: ['3 passed, 1 failed'] });
});

test('one file or two that pass only the second time are named, and let through', async () => {
  expect(await outcomeOf(failing('c.test.ts', 'd.test.ts'), passing('c.test.ts', 'd.test.ts'))).toEqual({
    code: 0,
    lines: ['unsteady: c.test.ts it works', 'unsteady: d.test.ts it works', '7 passed, 0 failed'],
  });
});

test('a third file that passes only the second time fails the run', async () => {
  const three = ['c.test.ts', 'd.test.ts', 'e.test.ts'];
  const { code, lines } = await outcomeOf(failing(...three), passing(...three));
  expect([code, lines.slice(-2)]).toEqual([1, ['3 files passed only the second time; no more than 2 may', '8 passed, 1 failed']]);
});

/** What is said at the end of a run, and of its second one where there is one. */
async function outcomeOf(first: Outcome, again?: Outcome): Promise<{ code: number; lines: string[] }> {
  const folder = await temporaryFolder('outcome');
  onTestFinished(folder.remove);
  const write = async (name: string, outcome: Outcome) => {
    const hasFailed = Object.values(outcome).some(([status]) => status === 'failed');
    await writeFile(path.join(folder.path, `${name}.json`), JSON.stringify({ testResults: Object.entries(outcome).map(resultOf) }));
    await writeFile(path.join(folder.path, `${name}.code`), hasFailed ? '1\n' : '0\n');
  };
  await write('all', first);
  if (again) await write('all.again', again);
  return new Promise((resolve) =>
    execFile(process.execPath, ['.ci/outcome.mjs', 'count', folder.path], (error, said) =>
      resolve({ code: error ? Number(error.code) : 0, lines: said.trim().split('\n') }),
    ),
  );
}

function resultOf([name, [status, tests]]: Outcome extends Readonly<Record<string, infer One>> ? [string, One] : never) {
  const assertionResults = Array.from({ length: tests }, () => ({ status, fullName: 'it works' }));
  return { name: path.resolve(name), status, assertionResults };
}
