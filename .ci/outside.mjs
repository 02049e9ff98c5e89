// A reporter of what went wrong outside of every test: vitest's JSON does not have it.
import { writeFileSync } from 'node:fs';

export default class {
  onTestRunEnd(_files, errors) {
    const outside = errors.map(({ name, message, VITEST_TEST_PATH = null }) => ({ file: VITEST_TEST_PATH, words: `${name}: ${message}` }));
    writeFileSync(process.env.REPORT, JSON.stringify(outside));
  }
}
