import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refusalCodes, statusOf } from '#core/domain/refusals/refusal.ts';
import { agentTypes } from '#core/domain/tasks/agent-type.ts';
import { askLimits } from '#core/domain/asks/limits.ts';
import { openDoor } from '../testing/open-door.ts';

const docs = readFileSync('docs/api.md', 'utf8');

test('the documentation tells every code with its status', () => {
  const told = docs.match(/^\| \d{3} \|.*$/gm)!.flatMap((line) => {
    const [, status, codes] = line.split('|').map((cell) => cell.trim());
    return codes!.match(/[\w.-]+/g)!.map((code) => `${status} ${code}`);
  });
  expect(told.toSorted()).toEqual([...refusalCodes.map((code) => `${statusOf(code)} ${code}`), '500 our.fault'].toSorted());
});

test('the documentation names every route', async () => {
  const named = new Set(docs.match(/(?<=`(?:GET|POST) )\/[\w/:.-]*/g));
  const { routes } = await openDoor({});
  const notForPrograms = ['/', '/api/auth/*rest', '/robots.txt'];
  expect(routes.filter((path) => !notForPrograms.includes(path) && !named.has(path))).toEqual([]);
});

test('the documentation has the types and limits of the product', () => {
  for (const type of agentTypes) expect(docs).toContain(`\`${type}\``);
  expect(docs).toContain(`at most ${askLimits.textCharacters.toLocaleString('en-US')} characters`);
  expect(docs).toContain(`up to ${askLimits.files} ids`);
  expect(docs).toContain(`at most ${askLimits.fileBytes / 1_000_000} MB`);
});
