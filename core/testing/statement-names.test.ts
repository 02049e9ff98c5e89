import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');

// A connection prepares the first statement of a name, and refuses another one under it.
test('no two statements share a name', async () => {
  const places = new Map<string, string[]>();
  for await (const file of glob('{core,bots,web}/**/*.{ts,tsx}', {
    cwd: ROOT,
    exclude: ['**/*.test.ts', 'web/build/**', 'core/bench/**'],
  })) {
    const source = await readFile(path.join(ROOT, file), 'utf8');
    for (const [, name] of source.matchAll(/\bname: '([^']+)',\s*text:/g)) places.set(name!, [...(places.get(name!) ?? []), file]);
  }

  expect(places.size).toBeGreaterThan(50);
  expect([...places].filter(([, files]) => files.length > 1)).toEqual([]);
});
