import http from 'node:http';
import { expect, test } from 'vitest';
import type { Mount } from '#core/ports/mount.ts';
import { rawRequest } from '#core/testing/visitors/raw-request.ts';
import { openDoor } from '../testing/open-door.ts';
import type { Actor } from '#core/domain/actor.ts';

const olga = { userId: 'u1', teamId: 't1', role: 'owner' } as Actor;
const knowsOlga = { team: { actorByKey: async () => olga } };
const ours = { Origin: 'http://impacter.test' };

/** Says how many bytes came. */
const count: Mount['handle'] = async (request, response) => {
  let bytes = 0;
  for await (const piece of request) bytes += (piece as Buffer).length;
  response.end(String(bytes));
};

test.each([
  ['the API', '/api/tasks/create'],
  ['an upload', '/api/files?name=a.txt'],
  ['the login engine', '/api/auth/sign-in/email'],
  ['a webhook', '/hook'],
  ['the portal', '/dashboard'],
])('a body that never comes is not waited for by %s', async (_, path) => {
  const { url } = await openDoor(
    { ...knowsOlga, files: { keepInput: async (_actor, _file, body) => (await body.toArray(), 'f1' as never) } },
    { patience: { bodyMs: 50 }, mounts: [{ method: 'POST', path: '/hook', handle: count }], portal: [count] },
  );
  const headers = { ...ours, Authorization: 'Bearer olgas-key', 'Content-Type': 'application/json', 'Content-Length': '100' };
  const answer = await rawRequest(url, { path, headers, body: '{"requestText"' });
  expect([answer.status, answer.headers['connection']]).toEqual([408, 'close']);
  expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'request.too-slow', message: 'This request took too long to arrive.' } });
});

test('who gets an answer before their body has come does not hold the connection open with the rest', async () => {
  const { url } = await openDoor({}, { patience: { bodyMs: 50 } });
  const answer = await rawRequest(url, { path: '/nothing/here', headers: { 'Transfer-Encoding': 'chunked' }, body: '1\r\na\r\n' });
  expect([answer.status, answer.headers['connection']]).toEqual([404, 'close']);
});

test('a large body has the time that it needs at its slowest', async () => {
  const generous: Mount = { method: 'POST', path: '/large', body: { mostBytes: 1_000_000, bytesPerSecond: 10 }, handle: count };
  const { url } = await openDoor({}, { patience: { bodyMs: 50 }, mounts: [generous, { method: 'POST', path: '/usual', handle: count }] });
  const request = http.request(`${url}/large`, { method: 'POST', headers: { 'Content-Length': '1000' } });
  const answer = new Promise<http.IncomingMessage>((resolve) => request.once('response', resolve));
  request.write('a'.repeat(10));
  // By then the time of a usual one is over.
  expect(await rawRequest(url, { path: '/usual', headers: { 'Content-Length': '1000' }, body: 'a' })).toMatchObject({ status: 408 });
  request.end('a'.repeat(990));
  expect((await (await answer).toArray()).join('')).toBe('1000');
});

test('an address that takes more says so, and takes no more than that', async () => {
  const large: Mount = { path: '/hooks', below: true, body: { mostBytes: 1_000_000 }, handle: count };
  const { fetch } = await openDoor({}, { mounts: [large, { method: 'POST', path: '/usual', handle: count }] });
  const sent = async (path: string, bytes: number) => (await fetch(path, { method: 'POST', body: 'a'.repeat(bytes) })).status;
  expect(await sent('/hooks/slack', 1_000_000)).toBe(200);
  expect(await sent('/HOOKS/slack/', 1_000_000)).toBe(200);
  expect(await sent('/hooks/slack', 1_000_001)).toBe(413);
  expect(await sent('/usual', 256_000)).toBe(200);
  expect(await sent('/usual', 256_001)).toBe(413);
});

test('who asks before sending a body that is allowed is told once to continue, and its body is read', async () => {
  const { url } = await openDoor({}, { mounts: [{ method: 'POST', path: '/usual', handle: count }] });
  for (const length of [{ 'Content-Length': '1000' }, { 'Transfer-Encoding': 'chunked' }]) {
    const request = http.request(`${url}/usual`, { method: 'POST', headers: { ...length, Expect: '100-continue' } });
    let continued = 0;
    const answer = new Promise<http.IncomingMessage>((resolve, reject) => request.once('response', resolve).once('error', reject));
    request.on('continue', () => {
      continued += 1;
      request.end('a'.repeat(1000));
    });
    request.flushHeaders();
    expect([(await (await answer).toArray()).join(''), continued]).toEqual(['1000', 1]);
  }
});

test('a form to a wrong address costs nobody their connection', async () => {
  const { url } = await openDoor({});
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  for (let i = 0; i < 3; i++) {
    const request = http.request(`${url}/nothing/here`, { method: 'POST', agent });
    request.end('a'.repeat(100_000));
    const answer = await new Promise<http.IncomingMessage>((resolve) => request.once('response', resolve));
    ports.add(request.socket?.localPort);
    expect([answer.statusCode, (await answer.toArray()).length]).toEqual([404, 1]);
  }
  agent.destroy();
  expect(ports.size).toBe(1);
});
