// The portal's build in a small project of its own, whose builder writes down how it was called.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
// @ts-expect-error The launcher is plain JavaScript.
import { buildPortalIfStale } from './portal.mjs';

test('the portal is built for production, whatever NODE_ENV is where somebody starts the product', async () => {
  const folder = await temporaryFolder('portal');
  onTestFinished(() => folder.remove());
  const at = (name: string) => path.join(folder.path, name);
  for (const name of ['web/app', 'web/public', 'web/build', 'core/domain', 'node_modules/@react-router/dev'])
    await mkdir(at(name), { recursive: true });
  for (const name of ['web/react-router.config.ts', 'web/vite.config.ts', 'package-lock.json']) await writeFile(at(name), '');
  await writeFile(at('node_modules/@react-router/dev/package.json'), '{ "bin": { "react-router": "bin.cjs" } }');
  await writeFile(
    at('node_modules/@react-router/dev/bin.cjs'),
    "require('node:fs').writeFileSync('web/build/built-for', process.env.NODE_ENV)",
  );
  await buildPortalIfStale(folder.path, { node: process.execPath, env: { ...process.env, NODE_ENV: 'test' } });
  expect(await readFile(at('web/build/built-for'), 'utf8')).toBe('production');
});
