import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { openRemoteFile, type RemoteFile } from './remote-file.ts';

const soon = () => AbortSignal.timeout(20_000);
const about = { name: 'list.csv', mime: 'text/csv', sizeBytes: 5, insecure: true, headers: { Authorization: 'Bearer secret' } } as const;

test('a file is read whole, with the token', async () => {
  const { host, seen } = await serve((_, response) => response.end('name\n'));
  const file = await openRemoteFile(fileAt(host), soon());
  expect((await buffer(file.body)).toString()).toBe('name\n');
  expect(file).toMatchObject({ name: 'list.csv', sizeBytes: 5 });
  expect(seen).toEqual(['Bearer secret']);
});

test('no other host is asked, by an address or by a redirect, and the token goes nowhere else', async () => {
  const other = await serve((_, response) => response.end('stolen'));
  const { host } = await serve((_, response) => response.writeHead(302, { Location: `http://${other.host}/` }).end());
  for (const file of [
    fileAt(host),
    { ...fileAt(host), url: `http://${other.host}/list.csv` },
    { ...fileAt(host), url: `http://user@${host}/` },
    { ...fileAt(host), url: 'file:///etc/passwd' },
    { ...fileAt(host), insecure: false },
  ])
    await expect(openRemoteFile(file, soon())).rejects.toMatchObject({ kind: 'never', why: 'forbidden' });
  expect(other.seen).toEqual([]);
});

test('a redirect to another address of the platform is followed, and not endlessly', async () => {
  const { host } = await serve((request, response) =>
    request.url === '/list.csv' ? response.writeHead(302, { Location: '/there' }).end() : response.end('name\n'),
  );
  expect((await buffer((await openRemoteFile(fileAt(host), soon())).body)).toString()).toBe('name\n');
  const loop = await serve((_, response) => response.writeHead(302, { Location: '/list.csv' }).end());
  await expect(openRemoteFile(fileAt(loop.host), soon())).rejects.toMatchObject({ kind: 'never' });
});

test('a login page is not taken for the file', async () => {
  const { host } = await serve((_, response) => response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<form>'));
  await expect(openRemoteFile(fileAt(host), soon())).rejects.toMatchObject({ kind: 'never', why: 'forbidden' });
});

test.each([
  [404, { kind: 'never', why: 'gone' }],
  [403, { kind: 'never', why: 'forbidden' }],
  [500, { kind: 'later', why: 'unreachable' }],
  [429, { kind: 'later', retryAfterMs: 7_000 }],
])('an answer of %i says whether trying again is any use', async (status, trouble) => {
  const { host } = await serve((_, response) => response.writeHead(status, { 'Retry-After': '7' }).end());
  await expect(openRemoteFile(fileAt(host), soon())).rejects.toMatchObject(trouble);
});

test('a platform that is down is tried again', async () => {
  await expect(openRemoteFile(fileAt('127.0.0.1:1'), soon())).rejects.toMatchObject({ kind: 'later' });
});

function fileAt(host: string): RemoteFile {
  return { ...about, url: `http://${host}/list.csv`, hosts: [host] };
}

async function serve(answer: RequestListener) {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    answer(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}
