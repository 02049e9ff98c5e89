// No page of the portal forgets to ask who may see it.

import { globSync, readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';
import { expect, test } from 'vitest';

const makers = new Set(['guarded', 'open', 'operators']);

test('every loader and action is made by guarded(), open() or operators()', () => {
  const files = globSync('web/app/**/*.{ts,tsx}', { exclude: ['**/*.test.ts'] });
  const complaints = files.flatMap((file) => unguarded(file, readFileSync(file, 'utf8')));
  expect(files.length).toBeGreaterThan(10);
  expect(complaints).toEqual([]);
});

test.each([
  ['export const loader = guarded("tasks.see", async () => null);', []],
  ['export const loader = async () => null;', ['a.tsx: loader']],
  ['export async function action() {}', ['a.tsx: action']],
  ['const loader = 1; export { loader };', ['a.tsx: loader']],
  ['export { loader } from "./b.ts";', ['a.tsx: loader']],
  ['export const action = anyone(async () => null);', ['a.tsx: action']],
])('%s is found to be %j', (source, complaints) => {
  expect(unguarded('a.tsx', source)).toEqual(complaints);
});

function unguarded(file: string, source: string): string[] {
  return parseSync(file, source).program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return [];
    const { declaration, specifiers } = statement;
    const named = specifiers.flatMap(({ exported }) => ('name' in exported ? [exported.name] : [])).filter(isServed);
    if (declaration?.type === 'FunctionDeclaration' && declaration.id && isServed(declaration.id.name)) named.push(declaration.id.name);
    if (declaration?.type === 'VariableDeclaration') {
      for (const { id, init } of declaration.declarations) {
        if (id.type !== 'Identifier' || !isServed(id.name)) continue;
        const maker = init?.type === 'CallExpression' && init.callee.type === 'Identifier' ? init.callee.name : '';
        if (!makers.has(maker)) named.push(id.name);
      }
    }
    return named.map((name) => `${file}: ${name}`);
  });
}

function isServed(name: string): boolean {
  return name === 'loader' || name === 'action' || name === 'middleware';
}
