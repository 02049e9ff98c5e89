// What the documents say of this repository is so: commands, files, settings, headings.

import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { settingNames, settingsTable } from '#core/contracts/settings.ts';

const root = path.join(import.meta.dirname, '../..');
const documents = ['README.md', ...globSync('{core,bots,docs}/{,*/}*.md', { cwd: root })];
/** Each file and folder of the repository, as `/core/flows/`. */
const places = globSync('{*,{core,bots,web,prisma,docs,.ci}/**}', { cwd: root, exclude: ['**/node_modules/**'], withFileTypes: true }).map(
  (entry) => `/${path.relative(root, path.join(entry.parentPath, entry.name))}${entry.isDirectory() ? '/' : ''}`,
);
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

test('the table of settings is the one that the settings themselves make', async () => {
  const readme = read('README.md');
  const renewed = readme.replace(
    /(<!-- Made from .*? -->\n)[^]*?(<!-- end of settings -->)/,
    (_all, begin: string, end: string) => `${begin}\n${settingsTable()}\n\n${end}`,
  );
  expect(renewed).toContain('| `OPENCLAW_URL` |');
  await expect(renewed).toMatchFileSnapshot(path.join(root, 'README.md'));
});

test.each(documents)('every command that %s names is there', (file) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const ofNpm = new Set(['install', 'ci', 'run', 'test', 'start']);
  const ours = [...read(file).matchAll(/\bnpm run (?:-s )?(\w[\w:-]*)/g)].map(([, name]) => name!);
  const plain = [...read(file).matchAll(/(?:^|`)npm (\w+)/gm)].map(([, name]) => name!);
  expect([...ours.filter((name) => !(name in scripts)), ...plain.filter((name) => !ofNpm.has(name))]).toEqual([]);
});

test.each(documents)('every file and folder that %s names is there', (file) => {
  const text = read(file).replace(/```[^]*?```/g, '');
  const linked = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target]) => target!).filter((target) => !target.includes(':'));
  expect(linked.filter((target) => !existsSync(path.join(root, path.dirname(file), target)))).toEqual([]);

  const named = [...text.matchAll(/`([\w@.-]+(?:\/[\w@.-]+)*(?:\/|\.(?:ts|mjs|md|sql|prisma|yml|json|svg)))`/g)].map(([, name]) => name!);
  // What a start makes is not in the repository.
  const made = /^\.data\/|^(sandbox|sandbox-keys)\.json$/;
  expect(named.filter((name) => !made.test(name) && !places.some((place) => place.endsWith(`/${name}`)))).toEqual([]);
});

test.each(documents)('every setting that %s names is one', (file) => {
  const named = [...read(file).matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`/g)].map(([, name]) => name!);
  const ofOthers = ['IMPACTER_URL', 'IMPACTER_API_KEY', 'NODE_EXTRA_CA_CERTS', 'POSTGRES_PASSWORD'];
  expect(named.filter((name) => ![...settingNames, ...ofOthers].includes(name))).toEqual([]);
});

test('the doctor sends people to headings that are there', () => {
  const sent = globSync('core/commands/doctor/*.ts', { cwd: root }).flatMap((file) => [
    ...read(file).matchAll(/“([^”]+)” in (docs\/[\w.-]+)/g),
  ]);
  expect(sent.length).toBeGreaterThan(0);
  expect(sent.filter(([, heading, file]) => !new RegExp(`^#+ ${heading}$`, 'm').test(read(file!))).map(([all]) => all)).toEqual([]);
});
