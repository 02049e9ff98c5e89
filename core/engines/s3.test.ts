import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { Files } from '#core/ports/files.ts';
import { startS3Sandbox, type S3Sandbox } from '#core/sandbox/s3/server.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { createS3 } from './s3.ts';

const keys = { accessKeyId: 'AKIATEST', secretAccessKey: 'a secret that must not be told' };
const csv = { mime: 'text/csv', name: 'leads.csv', ttlSeconds: 60 };
const weekSeconds = 7 * 24 * 60 * 60;

let folder: { path: string; remove(): Promise<void> };
let sandbox: S3Sandbox;
let files: Files;

beforeAll(async () => {
  folder = await temporaryFolder('s3');
  sandbox = await startS3Sandbox({ dir: folder.path, bucket: 'results', ...keys });
  files = createS3({ bucket: 'results', region: 'us-east-1', endpoint: sandbox.url, credentials: keys });
});

afterEach(() => {
  sandbox.faults.next.length = 0;
});

afterAll(async () => {
  files.close();
  await sandbox.stop();
  await folder.remove();
});

test.each([0, 1, 65_536, 999_999, 3_000_001])(
  'a file of %i bytes comes back byte for byte, with its size and hash told',
  async (sizeBytes) => {
    const content = randomBytes(sizeBytes);
    const stored = await put('a/file', content);
    expect(stored).toEqual({ sizeBytes, sha256: createHash('sha256').update(content).digest('hex') });
    expect((await buffer(await files.open('a/file'))).equals(content)).toBe(true);
  },
);

test('everything below a prefix goes at once, and nothing beside it', async () => {
  for (let n = 0; n < 3; n++) await put(`tasks/1/a1/${n}`, 'x');
  await put('tasks/11/a1/0', 'kept');
  await files.removeAll('tasks/1/');
  await files.removeAll('tasks/1/');
  for (let n = 0; n < 3; n++) await expect(files.open(`tasks/1/a1/${n}`)).rejects.toMatchObject({ code: 'file.missing' });
  expect(await text(await files.open('tasks/11/a1/0'))).toBe('kept');
  await expect(files.removeAll('tasks/1')).rejects.toThrow(RangeError);
  await expect(files.removeAll('/')).rejects.toThrow(RangeError);
});

test('storing under the same key again replaces the file', async () => {
  await put('twice', 'first');
  await put('twice', 'second, and longer');
  expect(await text(await files.open('twice'))).toBe('second, and longer');
});

test('a file of 50 MB goes up and comes down without ever being in memory', async () => {
  const sizeBytes = 50_000_000;
  const heldNow = memoryMeter();
  const held: number[] = [];

  const piece = Buffer.alloc(50_000, 'x');
  async function* large() {
    for (let sent = 0; sent < sizeBytes; sent += piece.length) {
      if (sent % 5_000_000 === 0) held.push(heldNow());
      yield piece;
    }
  }
  await files.put('large', Readable.from(large()), { mime: 'text/plain', sizeBytes });

  let received = 0;
  for await (const part of await files.open('large')) {
    if (Math.floor(received / 5_000_000) !== Math.floor((received + part.length) / 5_000_000)) held.push(heldNow());
    received += part.length;
  }
  expect(received).toBe(sizeBytes);
  expect(held).toHaveLength(20);
  // Half of the file: whoever collects it, or what other tests of this process left, is less.
  expect(Math.max(...held) - Math.min(...held)).toBeLessThan(25_000_000);
});

test.each([
  ['ends early', 'file ended after 2000000 of 2500000 bytes', 2_000_000, 2_500_000],
  ['runs over', 'longer than the 1500000 bytes', 2_000_000, 1_500_000],
  ['ends early, and is small', 'file ended after 3 of 4 bytes', 3, 4],
])('a file that %s is refused, and what was there before stays', async (_, words, sizeBytes, said) => {
  await put('kept', 'as it was');
  const broken = files.put('kept', Readable.from([Buffer.alloc(sizeBytes)]), { mime: 'text/plain', sizeBytes: said });
  await expect(broken).rejects.toMatchObject({ code: 'file.changed', message: expect.stringContaining(words) });
  expect(await text(await files.open('kept'))).toBe('as it was');
  await nothingIncoming();
});

test('a source that breaks is told as it is, and nothing is stored', async () => {
  async function* breaking() {
    yield Buffer.alloc(1_500_000);
    throw new Error('the agent went away');
  }
  await expect(files.put('broken', Readable.from(breaking()), { mime: 'text/plain', sizeBytes: 3_000_000 })).rejects.toThrow(
    'the agent went away',
  );
  await expect(files.open('broken')).rejects.toMatchObject({ code: 'file.missing' });
});

test('a file that is not there is missing, and removing it is fine', async () => {
  await put('gone', 'x');
  await files.remove('gone');
  await files.remove('gone');
  await expect(files.open('gone')).rejects.toMatchObject({ code: 'file.missing' });
});

test('a link downloads the file under its name, in any script, without login', async () => {
  await put('named', 'name,mail\n');
  const answer = await fetch(await files.sign('named', { ...csv, name: 'Résumé リード.csv', ttlSeconds: weekSeconds }));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/csv');
  expect(answer.headers.get('content-disposition')).toBe(
    `attachment; filename="Resume ___.csv"; filename*=UTF-8''R%C3%A9sum%C3%A9%20%E3%83%AA%E3%83%BC%E3%83%89.csv`,
  );
  expect(await answer.text()).toBe('name,mail\n');
});

test('a link never offers a path as a name', async () => {
  await put('path', 'x');
  const answer = await fetch(await files.sign('path', { ...csv, name: '../../.ssh/leads.csv' }));
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="leads.csv"; filename*=UTF-8''leads.csv`);
});

test('a link shows pictures in place when asked to, and never a page that could run a script', async () => {
  await put('shown', 'x');
  const disposition = async (mime: string) =>
    (await fetch(await files.sign('shown', { ...csv, mime, inline: true }))).headers.get('content-disposition')?.split(';')[0];
  expect(await disposition('image/png')).toBe('inline');
  expect(await disposition('text/html')).toBe('attachment');
  expect(await disposition('image/svg+xml')).toBe('attachment');
});

test('nobody can make a link live longer than a week, or put a header into it', async () => {
  await expect(files.sign('x', { ...csv, ttlSeconds: weekSeconds + 1 })).rejects.toThrow(RangeError);
  await expect(files.sign('x', { ...csv, ttlSeconds: 0 })).rejects.toThrow(RangeError);
  await put('odd', 'x');
  const answer = await fetch(await files.sign('odd', { ...csv, mime: 'text/html\r\nset-cookie: a=b' }));
  expect(answer.headers.get('content-type')).toBe('application/octet-stream');
});

test('a link is signed for the address that browsers use', async () => {
  const split = createS3({
    bucket: 'results',
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:1',
    publicEndpoint: sandbox.url,
    credentials: keys,
  });
  await put('public', 'seen from outside');
  expect(await (await fetch(await split.sign('public', csv))).text()).toBe('seen from outside');
  split.close();
});

test('a store that is busy, fails once, or loses an answer gets a small file all the same', async () => {
  for (const fault of ['slow-down', 'internal-error', 'lose-answer', 'cut'] as const) {
    sandbox.faults.next.push(fault);
    await put(fault, `kept in spite of ${fault}`);
    expect(sandbox.faults.next).toEqual([]);
    expect(await text(await files.open(fault))).toBe(`kept in spite of ${fault}`);
  }
});

test('an upload that is cut half way is refused, and leaves nothing behind', async () => {
  sandbox.faults.next.push('cut');
  await expect(put('severed', Buffer.alloc(3_000_000))).rejects.toMatchObject({ code: 'storage.unavailable' });
  await expect(files.open('severed')).rejects.toMatchObject({ code: 'file.missing' });
  await nothingIncoming();
});

test('a download that is cut half way is noticed', async () => {
  await put('half', Buffer.alloc(500_000));
  sandbox.faults.next.push('cut');
  await expect(buffer(await files.open('half'))).rejects.toMatchObject({ code: 'storage.unavailable' });
});

test('the caller can stop an upload', async () => {
  const stop = new AbortController();
  async function* endless() {
    for (;;) {
      yield Buffer.alloc(100_000);
      stop.abort(new Error('stopped by the caller'));
    }
  }
  const upload = files.put('stopped', Readable.from(endless()), { mime: 'text/plain', sizeBytes: 1e9 }, stop.signal);
  await expect(upload).rejects.toThrow('stopped by the caller');
  await expect(files.open('stopped')).rejects.toMatchObject({ code: 'file.missing' });
});

test('the caller can stop a download, before and while it runs', async () => {
  await put('long', Buffer.alloc(5_000_000));
  const stop = new AbortController();
  const download = await files.open('long', stop.signal);
  const read = async () => {
    for await (const _ of download) stop.abort(new Error('stopped by the caller'));
  };
  await expect(read()).rejects.toThrow('stopped by the caller');
  await expect(files.open('long', stop.signal)).rejects.toThrow('stopped by the caller');
});

test('storage that is not there, or not ours is said to be unavailable, without secrets', async () => {
  const settings = { bucket: 'results', region: 'us-east-1', endpoint: sandbox.url, credentials: keys };
  const troubles = [
    [{ ...settings, endpoint: 'http://127.0.0.1:1' }, 'storage could not be reached (ECONNREFUSED)'],
    [{ ...settings, bucket: 'elsewhere' }, 'storage answered NotFound (404'],
    [{ ...settings, credentials: { ...keys, secretAccessKey: 'wrong' } }, 'storage answered Unknown (403'],
  ] as const;
  for (const [trouble, words] of troubles) {
    const unavailable = createS3(trouble);
    const error = await unavailable.check().then(
      () => undefined,
      (reason: unknown) => reason as Error & { code: string },
    );
    expect(error).toMatchObject({ code: 'storage.unavailable', message: expect.stringContaining(words) });
    expect(JSON.stringify([error, error?.stack, error?.cause])).not.toMatch(/AKIATEST|secret that|Signature/);
    unavailable.close();
  }
  await expect(files.check()).resolves.toBeUndefined();
});

test('storage that takes a request and never answers is given up in time', async () => {
  const hole = createServer().listen(0, '127.0.0.1');
  await once(hole, 'listening');
  const silent = createS3({
    bucket: 'results',
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(hole.address() as AddressInfo).port}`,
    credentials: keys,
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const checked = silent.check().catch((error: unknown) => error);
  const [connection] = (await once(hole, 'connection')) as [Socket];
  await vi.advanceTimersByTimeAsync(3_000);
  expect(await checked).toMatchObject({ code: 'storage.unavailable', message: 'storage did not answer within 3 s' });
  vi.useRealTimers();
  silent.close();
  connection.destroy();
  hole.close();
});

/** The sandbox clears away a broken upload a moment after it was refused. */
function nothingIncoming() {
  return vi.waitFor(async () => expect(await readdir(path.join(folder.path, '.incoming'))).toEqual([]));
}

function put(key: string, content: Buffer | string) {
  return files.put(key, Readable.from([Buffer.from(content)]), { mime: 'text/plain', sizeBytes: Buffer.byteLength(content) });
}

/** Bytes that are really held, looked at right after a collection. */
function memoryMeter(): () => number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
}
