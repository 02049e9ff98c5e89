// No file needs itself, by whatever way: who reads a file then knows that all it stands on is below it. Types count too, since
// a reader follows them as well.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileOf, importsOf } from './imports.ts';

type Graph = ReadonlyMap<string, readonly string[]>;

const files = globSync('{core,bots,web,prisma}/**/*.{ts,tsx,mjs}', {
  exclude: ['prisma/generated/**', '**/node_modules/**', 'web/build/**'],
});
const product = graphOf(new Map(files.map((file) => [file, readFileSync(file, 'utf8')])));

test('no file imports itself by way of others, not even their types', () => {
  expect(product.size).toBeGreaterThan(500);
  expect(shortestCircles(product)).toEqual([]);
});

test('a file that task.ts would import, and that imports it, is reported by the shortest way around', () => {
  const [task, view] = ['core/domain/tasks/task.ts', 'core/domain/tasks/task-view.ts'];
  const closed = new Map(product).set(task, [...product.get(task)!, view]);
  expect(shortestCircles(closed)).toEqual([`${view} → ${task} → ${view}`]);
});

test.each([
  ['values', { 'core/a.ts': "import { b } from './b.ts';", 'core/b.ts': "import { a } from '#core/a.ts';" }],
  ['types', { 'core/a.ts': "import type { B } from './b.ts';", 'core/b.ts': "import { type A } from './a.ts';" }],
  ['what is passed on', { 'core/a.ts': "export { b } from './b.ts';", 'core/b.ts': "export * from './a.ts';" }],
  ['what is loaded later', { 'core/a.ts': "const b = import('./b.ts');", 'core/b.ts': "import { a } from './a.ts';" }],
])('a circle of %s is one', (_what, sources) => {
  expect(shortestCircles(graphOf(new Map(Object.entries(sources))))).toEqual(['core/a.ts → core/b.ts → core/a.ts']);
});

test('of two ways around the shorter one is named, and each knot of files once', () => {
  const graph = new Map([
    ['a', ['b', 'c']],
    ['b', ['c']],
    ['c', ['a']],
    ['d', ['a', 'd']],
  ]);
  expect(shortestCircles(graph)).toEqual(['a → c → a', 'd → d']);
});

function graphOf(sources: ReadonlyMap<string, string>): Graph {
  const targetsOf = ([file, source]: [string, string]) => {
    const targets = importsOf(file, source).map(({ target }) => fileOf(file, target));
    return [...new Set(targets)].filter((target): target is string => target !== null && sources.has(target));
  };
  return new Map([...sources].map((entry) => [entry[0], targetsOf(entry)]));
}

/** One circle for each knot of files, the shortest in it. */
function shortestCircles(graph: Graph): string[] {
  const told = new Set<string>();
  return [...graph.keys()].toSorted().flatMap((file) => {
    if (told.has(file) || !wayBack(graph, file)) return [];
    const knot = knotOf(graph, file);
    for (const each of knot) told.add(each);
    const ways = knot.toSorted().map((each) => wayBack(graph, each)!);
    return [ways.reduce((shortest, way) => (way.length < shortest.length ? way : shortest)).join(' → ')];
  });
}

/** The shortest way from a file to itself, breadth first; null when there is none. */
function wayBack(graph: Graph, from: string): string[] | null {
  const cameFrom = new Map<string, string>();
  for (const queue = [from]; queue.length > 0;) {
    const file = queue.shift()!;
    for (const target of graph.get(file)!) {
      if (target === from) {
        const way = [from];
        for (let at: string | undefined = file; at !== undefined && at !== from; at = cameFrom.get(at)) way.unshift(at);
        return [from, ...way];
      }
      if (!cameFrom.has(target)) queue.push(target);
      cameFrom.set(target, cameFrom.get(target) ?? file);
    }
  }
  return null;
}

/** All files that can be reached from `file` and reach it. */
function knotOf(graph: Graph, file: string): string[] {
  const reached = reachedFrom(graph, file);
  return [...reached].filter((other) => reachedFrom(graph, other).has(file));
}

function reachedFrom(graph: Graph, file: string): Set<string> {
  const reached = new Set([file]);
  for (const each of reached) for (const target of graph.get(each)!) reached.add(target);
  return reached;
}
