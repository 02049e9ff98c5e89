import path from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './longest-first.ts';

// What needs nothing but itself.
const pure = ['core/{domain,contracts}/**/*.test.ts', 'bots/{,drawing/}*.test.ts', 'web/app/**/*.test.ts'];

export default defineConfig({
  root: path.join(import.meta.dirname, '../../..'),
  test: {
    globalSetup: ['core/testing/runner/global-setup.ts'],
    setupFiles: ['core/testing/runner/each-file.ts'],
    pool: 'forks',
    // A worker loads the product once, not for each file: loading it is a third of what a short file costs. So a
    // file leaves nothing behind for the next one: each-file.ts sees to what is open, and tests keep their hands off globals.
    isolate: false,
    // More room for what lives shortly, in MB: with the 16 of Node's own, clearing up takes a twentieth more of a worker's time.
    execArgv: ['--max-semi-space-size=32'],
    sequence: { sequencer: LongestFirst },
    // Longer than any wait in them, so that what fails says what it waited for.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'pure', include: pure, maxWorkers: 2, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['{core,bots,web,prisma}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...pure],
          // They wait for most of their time: for PostgreSQL, for a browser, for what is answered evenly, for what happens later.
          // In one group no core is idle while the last file of another one ends.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
