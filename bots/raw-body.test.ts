// What a platform's caller gets whose body is right, too large, too slow, or cut off; over the product's own HTTP server.

import net from 'node:net';
import { expect, test, vi } from 'vitest';
import { rawRequest } from '#core/testing/visitors/raw-request.ts';
import { openDoor } from '#web/server/testing/open-door.ts';
import type { Mount } from '#core/ports/mount.ts';
import { usualPatience } from '#web/server/listen.ts';
import { MOST_BYTES, readRawBody } from './raw-body.ts';

const SERVER_WAITS_MS = usualPatience.bodyMs;

test('a body comes as the bytes that were sent, in one piece or in many', async () => {
  const { fetch } = await openDoor({}, { mounts: [echo()] });
  const sent = Buffer.from('{ "spaces" :  "ümlaut", "bytes": "\u0000" }');
  const pieces = new ReadableStream<Uint8Array>({
    start(stream) {
      for (const byte of sent) stream.enqueue(Uint8Array.of(byte));
      stream.close();
    },
  });
  for (const body of [sent, pieces])
    expect(Buffer.from(await (await fetch('/hook', { method: 'POST', body, duplex: 'half' } as object)).arrayBuffer())).toEqual(sent);
  expect(await (await fetch('/hook', { method: 'POST' })).text()).toBe('');
});

test('1 MB is taken; more is refused with 413, whether its length is said before or not', async () => {
  const { url, fetch } = await openDoor({}, { mounts: [echo()] });
  const whole = await fetch('/hook', { method: 'POST', body: 'a'.repeat(MOST_BYTES) });
  expect([whole.status, (await whole.text()).length]).toEqual([200, MOST_BYTES]);
  const declared = await fetch('/hook', { method: 'POST', body: 'a'.repeat(MOST_BYTES + 1) });
  expect([declared.status, await declared.json()]).toMatchObject([
    413,
    { error: { code: 'request.too-large', message: 'This request is too large.' } },
  ]);
  // Its body is not waited for.
  expect(await rawRequest(url, { path: '/hook', headers: { 'Content-Length': String(MOST_BYTES + 1) }, body: 'a' })).toMatchObject({
    status: 413,
  });
  const undeclared = await rawRequest(url, { path: '/hook', endless: { piece: Buffer.alloc(64_000, 'a'), most: 20_000_000 } });
  expect(undeclared.status).toBe(413);
});

test('a body that stops half-way is cut off with 408 once its time is over, long before the server would', async () => {
  const { url } = await openDoor({}, { mounts: [echo({ withinMs: 50 })] });
  const answer = await rawRequest(url, { path: '/hook', headers: { 'Content-Length': '100' }, body: '{"type"' });
  expect([answer.status, answer.headers['connection']]).toEqual([408, 'close']);
  expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'request.too-slow' } });
  expect(answer.tookMs).toBeLessThan(SERVER_WAITS_MS / 2);
});

test('a body that arrives too slowly is cut off too', async () => {
  const { url } = await openDoor({}, { mounts: [echo({ withinMs: 200 })] });
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
  const began = performance.now();
  let answer = '';
  socket.on('data', (piece: Buffer) => (answer += piece.toString()));
  socket.write('POST /hook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n');
  const trickle = setInterval(() => socket.write('a'), 20);
  await vi.waitFor(() => expect(answer).toMatch(/^HTTP\/1\.1 408 /));
  clearInterval(trickle);
  expect(performance.now() - began).toBeLessThan(SERVER_WAITS_MS / 2);
  socket.destroy();
});

test('a client that hangs up half-way keeps nobody waiting', async () => {
  let ended: string | undefined;
  const noting: Mount = {
    path: '/hook',
    async handle(request) {
      await readRawBody(request, { withinMs: 60_000 }).catch((error: Error) => (ended = error.message));
    },
  };
  const { url } = await openDoor({}, { mounts: [noting] });
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  socket.end('POST /hook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nabc');
  await vi.waitFor(() => expect(ended).toBeDefined());
});

/** Sends back what it read. The server itself would take more. */
function echo(options?: Parameters<typeof readRawBody>[1]): Mount {
  return {
    method: 'POST',
    path: '/hook',
    body: { mostBytes: 100 * MOST_BYTES },
    async handle(request, response) {
      response.end(await readRawBody(request, options));
    },
  };
}
