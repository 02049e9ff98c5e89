// What came of the runs of the tests. Each left vitest's JSON report, what went wrong outside of tests, and its exit code.
//   again <folder> <run>: the files that should be run once more
//   count <folder>: says what was unsteady, what went wrong beside the tests, and "N passed, N failed"
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** More than a few do not fail by chance, and running them one by one would take long. */
const AGAIN_MOST = 10;
/** A file that passes only the second time is a fault. One or two let a good change through; more do not. */
const UNSTEADY_MOST = 2;
const OUTSIDE = '(outside of its tests)';

const [what, folder, run] = process.argv.slice(2);
if (what === 'again') {
  const failed = [...readRun(run).files].filter(([, { failed }]) => failed.length > 0).map(([file]) => file);
  if (failed.length <= AGAIN_MOST) console.log(failed.join(' '));
} else count();

function count() {
  let [passed, failed] = [0, 0];
  const unsteady = new Set();
  const runs = readdirSync(folder)
    .filter((name) => name.endsWith('.code'))
    .map((name) => name.slice(0, -'.code'.length));
  for (const name of runs.filter((each) => !each.endsWith('.again'))) {
    const [first, second] = [readRun(name), runs.includes(`${name}.again`) ? readRun(`${name}.again`) : null];
    for (const [file, then] of first.files) {
      const now = second?.files.get(file) ?? then;
      passed += now.passed;
      failed += now.failed.length;
      for (const test of then.failed.filter((each) => !now.failed.includes(each))) {
        console.log(`unsteady: ${file} ${test}`);
        unsteady.add(file);
      }
    }
    // Trouble that belongs to no file cannot be looked at again.
    for (const words of [...first.beside, ...(second?.beside ?? [])]) {
      console.log(`${name}: ${words}`);
      failed++;
    }
  }
  if (unsteady.size > UNSTEADY_MOST) {
    console.log(`${unsteady.size} files passed only the second time; no more than ${UNSTEADY_MOST} may`);
    failed++;
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

/** By file: how many tests passed, and the names of those that failed. */
function readRun(name) {
  const [report, outside, code] = ['json', 'outside', 'code'].map((ending) => read(`${name}.${ending}`));
  const files = new Map();
  for (const { name: file, status, assertionResults: tests } of report?.testResults ?? []) {
    const failed = tests.filter((test) => test.status === 'failed').map((test) => test.fullName);
    // A file can fail without any of its tests: it could not be read, or left something open.
    if (status === 'failed' && failed.length === 0) failed.push(OUTSIDE);
    files.set(path.relative('', file), { passed: tests.filter((test) => test.status === 'passed').length, failed });
  }
  const beside = [];
  for (const { file, words } of outside ?? []) {
    const owner = file && files.get(path.relative('', file));
    if (!owner) beside.push(words);
    else if (!owner.failed.includes(OUTSIDE)) owner.failed.push(OUTSIDE);
  }
  const isExplained = beside.length > 0 || [...files.values()].some(({ failed }) => failed.length > 0);
  if (code !== 0 && !isExplained) beside.push(`ended with ${code}`);
  return { files, beside };
}

function read(name) {
  const file = path.join(folder, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}
