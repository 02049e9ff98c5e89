// What the real SDK, a browser and somebody with bad intentions get from the storage sandbox.

import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { startS3Sandbox, type S3Sandbox } from './server.ts';

const keys = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
const Bucket = 'results';

let folder: { path: string; remove(): Promise<void> };
let sandbox: S3Sandbox;
let s3: S3Client;
const clients: S3Client[] = [];

beforeAll(async () => {
  folder = await temporaryFolder('s3');
  sandbox = await startS3Sandbox({ dir: folder.path, bucket: Bucket, ...keys });
  s3 = clientWith({});
  await put('digits', '0123456789');
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await sandbox.stop();
  await folder.remove();
});

test('a link works as it is, and for nothing else', async () => {
  const link = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'digits' }), { expiresIn: 604_800 });
  expect(await told(link)).toEqual([200, '0123456789']);
  expect(await told(link.replace('digits', 'others'))).toEqual([403, 'SignatureDoesNotMatch']);
  expect(await told(`${link}&response-content-type=text/html`)).toEqual([403, 'SignatureDoesNotMatch']);
  expect(await told(link.replace(/Signature=\w{4}/, 'Signature=0000'))).toEqual([403, 'SignatureDoesNotMatch']);
  expect(await told(link, { method: 'DELETE' })).toEqual([403, 'SignatureDoesNotMatch']);
  expect(await told(link, { headers: { 'x-amz-meta-a': 'b' } })).toEqual([403, 'AccessDenied']);
  expect(await told(link.split('?')[0]!)).toEqual([403, 'AccessDenied']);
});

test('a link that has expired is refused', async () => {
  const anHourAgo = new Date(Date.now() - 3_600_000);
  const link = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'digits' }), { expiresIn: 3_599, signingDate: anHourAgo });
  expect(await told(link)).toEqual([403, 'AccessDenied']);
  const longer = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'digits' }), { expiresIn: 3_700, signingDate: anHourAgo });
  expect(await told(longer)).toEqual([200, '0123456789']);
});

test('a stranger, and whoever does not know the secret, is refused', async () => {
  const head = new HeadBucketCommand({ Bucket });
  await expect(clientWith({ credentials: { ...keys, secretAccessKey: 'guess' } }).send(head)).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
  const list = new ListObjectsV2Command({ Bucket });
  await expect(clientWith({ credentials: { ...keys, secretAccessKey: 'guess' } }).send(list)).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  });
  await expect(clientWith({ credentials: { ...keys, accessKeyId: 'AKIASTRANGER' } }).send(list)).rejects.toMatchObject({
    name: 'InvalidAccessKeyId',
  });
});

test('a machine whose clock is an hour late is told so', async () => {
  const late = clientWith({ systemClockOffset: -3_600_000 });
  await expect(late.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({
    name: 'RequestTimeTooSkewed',
    $metadata: { httpStatusCode: 403 },
  });
});

test('an upload that may not come in is refused before its bytes are sent', async () => {
  let sent = 0;
  async function* large() {
    for (; sent < 100; sent++) yield Buffer.alloc(100_000);
  }
  const command = new PutObjectCommand({
    Bucket,
    Key: 'large',
    Body: Readable.from(large(), { objectMode: false }),
    ContentLength: 10_000_000,
  });
  await expect(clientWith({ credentials: { ...keys, secretAccessKey: 'guess' } }).send(command)).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  });
  expect(sent).toBe(0);
});

test('an upload with a wrong checksum is refused', async () => {
  await expect(
    s3.send(new PutObjectCommand({ Bucket, Key: 'bad', Body: 'x', ChecksumSHA256: Buffer.alloc(32).toString('base64') })),
  ).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(s3.send(new PutObjectCommand({ Bucket, Key: 'bad', Body: 'x', ChecksumCRC32: 'AAAAAA==' }))).rejects.toMatchObject({
    name: 'BadDigest',
  });
  await expect(
    s3.send(new PutObjectCommand({ Bucket, Key: 'bad', Body: 'x', ContentMD5: Buffer.alloc(16).toString('base64') })),
  ).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'bad' }))).rejects.toMatchObject({ name: 'NotFound' });
});

test('an upload of any form arrives as it was sent', async () => {
  const forms: S3ClientConfig[] = [{}, { requestChecksumCalculation: 'WHEN_REQUIRED' }];
  for (const form of forms) {
    for (const Body of [Buffer.from('as bytes'), Readable.from([Buffer.from('as '), Buffer.from('a stream')], { objectMode: false })]) {
      await clientWith(form).send(
        new PutObjectCommand({ Bucket, Key: 'form', Body, ContentLength: Body instanceof Buffer ? 8 : 11, ContentType: 'text/plain' }),
      );
      const { Body: back, ContentType, ContentEncoding } = await s3.send(new GetObjectCommand({ Bucket, Key: 'form' }));
      expect([await back!.transformToString(), ContentType, ContentEncoding]).toEqual([
        Body instanceof Buffer ? 'as bytes' : 'as a stream',
        'text/plain',
        undefined,
      ]);
    }
  }
});

test.each([
  ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=-2', 206, '89', 'bytes 8-9/10'],
  ['bytes=8-100', 206, '89', 'bytes 8-9/10'],
  ['bytes=-100', 206, '0123456789', 'bytes 0-9/10'],
  ['bytes=10-', 416, 'InvalidRange', 'bytes */10'],
  ['bytes=-0', 416, 'InvalidRange', 'bytes */10'],
  ['bytes=4-2', 200, '0123456789', null],
  ['bytes=0-1,4-5', 200, '0123456789', null],
  ['lines=1-2', 200, '0123456789', null],
])('a download asked for %s gets status %i and the right part', async (range, status, content, contentRange) => {
  const link = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'digits' }));
  expect(await told(link, { headers: { range } })).toEqual([status, content]);
  expect((await fetch(link, { headers: { range } })).headers.get('content-range')).toBe(contentRange);
});

test('a browser goes on with a broken download, and keeps what has not changed', async () => {
  const link = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'digits' }));
  const etag = (await fetch(link)).headers.get('etag')!;
  expect(await told(link, { headers: { range: 'bytes=5-', 'if-range': etag } })).toEqual([206, '56789']);
  expect(await told(link, { headers: { range: 'bytes=5-', 'if-range': '"other"' } })).toEqual([200, '0123456789']);
  expect(await told(link, { headers: { 'if-none-match': etag } })).toEqual([304, '']);
});

test('a listing goes through all files in order, page by page', async () => {
  const names = ['a', 'b & <c>', 'd\u0001', 'é', '文'].map((name) => `list/${name}`);
  for (const name of names.toReversed()) await put(name, name);
  const found: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', MaxKeys: 2, ContinuationToken }));
    found.push(...page.Contents!.map(({ Key }) => Key!));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  expect(found).toEqual(names);

  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: names.slice(0, 4).map((Key) => ({ Key })) } }));
  const left = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/' }));
  expect(left.Contents?.map(({ Key }) => Key)).toEqual(['list/文']);
});

test('no key leads out of the folder, and none is too long for the disk', async () => {
  const outside = `outside-${path.basename(folder.path)}`;
  for (const key of [`../../${outside}`, '..', '.', 'a//b', '/etc/passwd', '文'.repeat(341), 'con', 'C:\\x']) {
    await put(key, key);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
    expect(await Body!.transformToString()).toBe(key);
  }
  expect(await readdir(folder.path)).toEqual(['.incoming', 'results']);
  expect(await readdir(path.dirname(folder.path))).not.toContain(outside);
  await expect(put('文'.repeat(342), 'x')).rejects.toMatchObject({ name: 'KeyTooLongError' });
});

test('a download goes on undisturbed while the file is replaced and removed', async () => {
  const old = Buffer.alloc(5_000_000, 'old');
  await s3.send(new PutObjectCommand({ Bucket, Key: 'busy', Body: old }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'busy' }));
  await put('busy', 'new');
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'busy' }] } }));
  expect((await buffer(Body as Readable)).equals(old)).toBe(true);
});

test('files are still there after a restart, and half an upload is not', async () => {
  const other = await temporaryFolder('s3');
  const first = await startS3Sandbox({ dir: other.path, bucket: Bucket, ...keys });
  await clientWith({ endpoint: first.url }).send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'kept' }));
  first.faults.next.push('cut');
  const half = clientWith({ endpoint: first.url, maxAttempts: 1 }).send(
    new PutObjectCommand({ Bucket, Key: 'half', Body: Buffer.alloc(1_000_000) }),
  );
  await expect(half).rejects.toThrow();
  await first.stop();

  const second = await startS3Sandbox({ dir: other.path, bucket: Bucket, ...keys });
  const listed = await clientWith({ endpoint: second.url }).send(new ListObjectsV2Command({ Bucket }));
  expect(listed.Contents).toEqual([expect.objectContaining({ Key: 'kept', Size: 4 })]);
  await second.stop();
  await other.remove();
});

test('buckets are made once, and named within bounds', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'another' }));
  await expect(s3.send(new CreateBucketCommand({ Bucket: 'another' }))).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
  await expect(s3.send(new HeadBucketCommand({ Bucket: 'missing' }))).rejects.toMatchObject({ name: 'NotFound' });
  await expect(s3.send(new PutObjectCommand({ Bucket: 'missing', Key: 'x', Body: 'x' }))).rejects.toMatchObject({ name: 'NoSuchBucket' });
  await expect(s3.send(new GetObjectCommand({ Bucket: 'missing', Key: 'x' }))).rejects.toMatchObject({ name: 'NoSuchBucket' });
  await expect(s3.send(new CreateBucketCommand({ Bucket: '..' }))).rejects.toMatchObject({ name: 'InvalidBucketName' });
  await rm(path.join(folder.path, 'another'), { recursive: true });
});

test('what is not implemented is refused, never half done', async () => {
  await expect(s3.send(new PutObjectAclCommand({ Bucket, Key: 'digits', ACL: 'private' }))).rejects.toMatchObject({
    name: 'NotImplemented',
  });
  await expect(s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x', StorageClass: 'GLACIER' }))).rejects.toMatchObject({
    name: 'NotImplemented',
  });
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'digits', VersionId: '1' }))).rejects.toMatchObject({ name: 'NotImplemented' });
  expect(await told(`${sandbox.url}/`)).toEqual([403, 'AccessDenied']);
});

function clientWith(config: S3ClientConfig): S3Client {
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: sandbox.url,
    forcePathStyle: true,
    credentials: keys,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    ...config,
  });
  clients.push(client);
  return client;
}

function put(Key: string, Body: string) {
  return s3.send(new PutObjectCommand({ Bucket, Key, Body }));
}

/** The status, and the content or the code of the error. */
async function told(url: string, init?: RequestInit): Promise<[number, string]> {
  const answer = await fetch(url, init);
  const content = await answer.text();
  return [answer.status, /<Code>(\w+)<\/Code>/.exec(content)?.[1] ?? content];
}
