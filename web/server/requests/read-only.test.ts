// Every route of the product against a read-only key: those that are named are open by GET, everything else is closed.

import { once } from 'node:events';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { answerErrors } from './errors.ts';
import { countFailedKeys } from './failed-keys.ts';
import { keysOf } from './keys.ts';
import { readableRoutes } from './read-only.ts';
import { addRoutes } from '../route.ts';
import { nobody, openDoor } from '../testing/open-door.ts';

const stage = forAll(() => openStage());
/** Whoever asks here is nobody in particular: no key is read. */
const open = [
  '/',
  '/healthz',
  '/readyz',
  '/metrics',
  '/docs/api',
  '/docs/security',
  '/.well-known/security.txt',
  '/.well-known/change-password',
  '/robots.txt',
  '/api/auth/*rest',
  '/api/webhooks/stripe',
];
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

test('a read-only key reads tasks, files, balance, transactions and events, and no route does anything for it', async () => {
  const { app, person } = stage();
  const ada = loggedIn(await person());
  const readOnly = (await app.team.makeApiKey(ada, 'report', { scope: 'read-only' })).key;
  const full = (await app.team.makeApiKey(ada, 'script')).key;
  const { routes } = await openDoor({});
  const closed = routes.filter((path) => !open.includes(path));
  expect(closed.length).toBeGreaterThan(12);
  expect([...readableRoutes].filter((path) => !closed.includes(path))).toEqual([]);

  const refused: string[] = [];
  for (const path of closed)
    for (const method of methods) {
      const [mine, theirs] = [await codeOf(method, path, readOnly), await codeOf(method, path, full)];
      expect(theirs, `${method} ${path} with full access`).not.toBe('key.read-only');
      // What the route does not know by this method is nothing to anybody.
      if (theirs === 'method.wrong') expect(mine).toBe('method.wrong');
      else if (mine === 'key.read-only') refused.push(`${method} ${path}`);
      else expect([method, [...readableRoutes].includes(path), mine], `${method} ${path}`).toEqual(['GET', true, theirs]);
    }
  expect(refused).toEqual([
    'POST /api/tasks/create',
    'POST /api/tasks/:id/approve',
    'POST /api/tasks/:id/cancel',
    'POST /api/tasks/:id/retry',
    'GET /api/conversations/:id/letters',
    'POST /api/files',
    'POST /api/files/:id/delete',
    'POST /api/files/:id/unshare',
  ]);
});

test('a read-only key gets what it asks for, and a refused request changes nothing', async () => {
  const { app, person, url } = stage();
  const ada = await person();
  const task = await ada.get('find me 4 leads');
  const { key } = await app.team.makeApiKey(loggedIn(ada), 'report', { scope: 'read-only' });
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  const read = async (path: string) => (await fetch(url + path, { headers })).json();
  expect(await read(`/api/tasks/${task.id}`)).toMatchObject({ task: { id: task.id, status: 'completed' } });
  expect(await read('/api/transactions')).toMatchObject({ transactions: [{ type: 'settle' }, { type: 'hold' }, { type: 'grant' }, {}] });
  const file = await fetch(task.files[0]!.url!, { headers, redirect: 'manual' });
  expect(file.status).toBe(302);
  const ask = await fetch(`${url}/api/tasks/create`, { method: 'POST', headers, body: JSON.stringify({ requestText: 'find me 4 leads' }) });
  expect([ask.status, await ask.json()]).toEqual([403, { error: expect.objectContaining({ code: 'key.read-only' }) }]);
  expect(await app.tasks.history(ada, { limit: 5 })).toHaveLength(1);
});

test('a new route is closed to read-only keys until it is named', async () => {
  const { app, person } = stage();
  const { key } = await app.team.makeApiKey(loggedIn(await person()), 'report', { scope: 'read-only' });
  const keys = keysOf({ app, auth: nobody, publicUrl: 'http://impacter.test' }, countFailedKeys(Date.now));
  const web = express();
  addRoutes(web, [
    {
      path: '/api/new',
      async GET(request, response) {
        response.json(await keys.actorIfAny(request, response));
      },
    },
  ]);
  web.use(answerErrors({ log: stage().core.log, brandName: '', publicUrl: '', portalUrl: null } as never));
  const server = web.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const answer = await fetch(`http://127.0.0.1:${port}/api/new`, { headers: { Authorization: `Bearer ${key}` } });
  expect([answer.status, await answer.json()]).toEqual([403, { error: expect.objectContaining({ code: 'key.read-only' }) }]);
});

async function codeOf(method: string, path: string, key: string): Promise<string> {
  const here = path.replace(':id', newId()).replace(':month', '2020-01').replace(':token', 'A'.repeat(50));
  const leave = new AbortController();
  const answer = await fetch(`${stage().url}${here}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', Accept: 'application/json' },
    ...(method !== 'GET' && { body: '{}' }),
    redirect: 'manual',
    signal: leave.signal,
  });
  try {
    if (answer.status < 400) return String(answer.status);
    return ((await answer.json()) as { error: { code: string } }).error.code;
  } finally {
    leave.abort(); // a stream of events does not end by itself
  }
}
