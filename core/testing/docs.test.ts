// What the documents about security name is there: a promise that points nowhere is none.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const documents = ['docs/security.md', 'docs/security-asvs.md'] as const;

describe.each(documents)('%s', (document) => {
  const text = readFileSync(document, 'utf8');

  test('names files of this project that exist', () => {
    const named = Array.from(text.matchAll(/`([^`\s]+)`/g), ([, code]) => code!).filter(isFile);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });

  test('links to pages and headings that exist', () => {
    const links = Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, to]) => to!).filter((to) => !to.startsWith('https://'));
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((to) => !leadsSomewhere(document, to))).toEqual([]);
  });
});

describe('the table of ASVS', () => {
  const text = readFileSync('docs/security-asvs.md', 'utf8');
  const rows = Array.from(text.matchAll(/^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| (.+) \|$/gm), ([, id, , state, where]) => ({
    id: id!,
    state: state!,
    where: where!,
  }));

  test('has every requirement of levels 1 and 2 once, in order', () => {
    expect(rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).toSorted(byNumber));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(253);
    expect(text.match(/^\| \d+\.\d+\.\d+/gm)).toHaveLength(253);
  });

  test('gives each requirement a state that is explained, and says where or why', () => {
    const odd = rows.filter(({ state, where }) => !['Kept', 'Deployment', 'N/A', 'Open'].includes(state) || where.trim().length < 4);
    expect(odd).toEqual([]);
  });
});

const roots = /^(core|web|bots|prisma|docs|\.ci)\/[\w./-]+$/;
const files = new Set([
  'Dockerfile',
  '.dockerignore',
  '.npmrc',
  'docker-compose.yml',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
]);

/** Addresses such as `/metrics` and settings are not. */
function isFile(code: string): boolean {
  return roots.test(code) || files.has(code);
}

function leadsSomewhere(document: string, to: string): boolean {
  const [page = '', heading] = to.split('#', 2);
  const file = page === '' ? document : path.join(path.dirname(document), page);
  return existsSync(file) && (heading === undefined || headingsOf(file).includes(heading));
}

/** As GitHub names them. */
function headingsOf(file: string): string[] {
  return Array.from(readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm), ([, words]) =>
    words!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function byNumber(one: string, other: string): number {
  const [a, b] = [one, other].map((id) => id.split('.').map(Number));
  return a![0]! - b![0]! || a![1]! - b![1]! || a![2]! - b![2]!;
}
