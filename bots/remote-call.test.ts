import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { callRemote } from './remote-call.ts';

test('a file that is sent arrives whole; given up at any moment, its call ends and nothing is rejected where nobody catches it', async () => {
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on('error', () => undefined).on('data', (piece: Buffer) => (bytes += piece.length));
    request.on('end', () => response.end(JSON.stringify({ type: request.headers['content-type'], bytes })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const body = new FormData();
  for (let i = 0; i < 20; i++) body.append(`files[${i}]`, new Blob(['x'.repeat(10_000)]), 'list.csv');
  const ends = Array.from({ length: 60 }, async (_, i) => {
    const stopping = new AbortController();
    const call = callRemote(url, { method: 'POST', body }, 10_000, stopping.signal).catch((error: unknown) => error);
    for (let n = 0; n < i; n++) await turn();
    stopping.abort(new Error('no longer wanted'));
    return call;
  });
  await Promise.all(ends);
  const whole = await callRemote(url, { method: 'POST', body }, 10_000, AbortSignal.timeout(5_000));
  const said = JSON.parse(String(whole.body)) as { type: string; bytes: number };
  expect(said.type).toMatch(/^multipart\/form-data; boundary=/);
  expect(said.bytes).toBeGreaterThan(200_000);
});
