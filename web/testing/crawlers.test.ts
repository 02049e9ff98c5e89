// Search engines show the pages that are written for everybody, and nothing else that the product answers.

import { expect, test } from 'vitest';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { portalRoutes, serverRoutes } from './routes.ts';

const stage = forAll(() => openStage({ portal: true }));
const forEverybody = ['/', '/buy', '/docs/api', '/docs/security', '/privacy', '/terms'];

test('every address but those of public pages says that it is not to be indexed, whatever it answers', async () => {
  const indexed: string[] = [];
  for (const path of [
    ...portalRoutes.map((route) => route.path),
    ...serverRoutes(),
    '/_root.data',
    '/nothing/here',
    '/privacy/',
    '/docs',
  ]) {
    const { headers } = await ask(path.replaceAll(/[:*]\w+/g, 'x'));
    const robots = headers.get('x-robots-tag');
    expect([path, robots]).toEqual([path, expect.toBeOneOf([null, 'noindex'])]);
    if (robots === null) indexed.push(path);
  }
  expect(indexed.toSorted()).toEqual(forEverybody);
});

test('robots.txt allows the same pages, and nothing below them', async () => {
  const answer = await ask('/robots.txt');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  const lines = (await answer.text()).trimEnd().split('\n');
  expect([lines[0], lines.at(-1)]).toEqual(['User-agent: *', 'Disallow: /']);
  const allowed = lines.flatMap((line) => /^Allow: (.+)$/.exec(line)?.[1] ?? []);
  expect(allowed.toSorted()).toEqual([...forEverybody.map((path) => `${path}$`), '/assets/', '/favicon.svg$'].toSorted());
});

const ask = (path: string) => fetch(stage().core.settings.publicUrl + path, { redirect: 'manual', headers: { Accept: 'text/html' } });
