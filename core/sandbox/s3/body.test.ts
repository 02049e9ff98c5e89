import { crc32 } from 'node:zlib';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openBody } from './body.ts';
import { verifySignature, type RawRequest, type Signed } from '../aws/signature.ts';

// The upload in signed chunks is the worked example of AWS's own documentation of SigV4 for S3.
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const noon = new Date('2013-05-24T00:00:00Z');

const chunked: RawRequest = {
  method: 'PUT',
  url: '/examplebucket/chunkObject.txt',
  headers: {
    host: 's3.amazonaws.com',
    'x-amz-date': '20130524T000000Z',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9`,
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': '66560',
    'content-length': '66824',
  },
};

const chunks = [
  `10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n${'a'.repeat(65_536)}\r\n`,
  `400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n${'a'.repeat(1024)}\r\n`,
  `0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n`,
];

test('an upload in signed chunks is unwrapped, however the network cut it', async () => {
  const signed = verifySignature('s3', chunked, keys, noon);
  for (const step of [7, 1000, 70_000]) {
    const { bytes } = openBody(cut(chunks.join(''), step), chunked.headers, signed);
    expect((await buffer(bytes)).equals(Buffer.alloc(66_560, 'a'))).toBe(true);
  }
});

test.each([
  ['changed', [chunks[0]!.replace('aaa\r\n', 'aab\r\n'), chunks[1]!, chunks[2]!], 'SignatureDoesNotMatch'],
  ['left out', [chunks[0]!, chunks[2]!], 'SignatureDoesNotMatch'],
  ['cut off', [chunks[0]!, chunks[1]!], 'IncompleteBody'],
  ['longer than it says', [chunks[0]!.replace('10000;', 'ffff;'), chunks[1]!, chunks[2]!], 'SignatureDoesNotMatch'],
  ['not a chunk', ['hello\r\n'], 'IncompleteBody'],
])('a signed chunk that was %s is refused', async (_, wire, code) => {
  const signed = verifySignature('s3', chunked, keys, noon);
  const { bytes } = openBody(cut(wire.join('')), chunked.headers, signed);
  await expect(buffer(bytes)).rejects.toMatchObject({ code });
});

const hello = 'hello, storage';
const crc = base64Crc32(hello);

test('an upload whose checksum follows it is unwrapped', async () => {
  expect(await receive(`e\r\n${hello}\r\n0\r\nx-amz-checksum-crc32:${crc}\r\n\r\n`)).toBe(hello);
  expect(await receive(`5\r\nhello\r\n9\r\n, storage\r\n0\r\nx-amz-checksum-crc32: ${crc}\r\n\r\n`)).toBe(hello);
});

test.each([
  ['another checksum', `e\r\n${hello}\r\n0\r\nx-amz-checksum-crc32:${base64Crc32('other')}\r\n\r\n`, 'BadDigest'],
  ['other bytes', `e\r\nHello, storage\r\n0\r\nx-amz-checksum-crc32:${crc}\r\n\r\n`, 'BadDigest'],
  ['a checksum that is none', `e\r\n${hello}\r\n0\r\nx-amz-checksum-crc32:abc\r\n\r\n`, 'InvalidDigest'],
  ['no checksum after all', `e\r\n${hello}\r\n0\r\n\r\n`, 'MalformedTrailerError'],
  ['a trailer that was not announced', `e\r\n${hello}\r\n0\r\nx-amz-meta-a:b\r\n\r\n`, 'MalformedTrailerError'],
  ['fewer bytes than said', `5\r\nhello\r\n0\r\nx-amz-checksum-crc32:${base64Crc32('hello')}\r\n\r\n`, 'IncompleteBody'],
  ['more bytes than said', `f\r\n${hello}!\r\n0\r\nx-amz-checksum-crc32:${base64Crc32(`${hello}!`)}\r\n\r\n`, 'IncompleteBody'],
  ['an end in the middle of a chunk', `e\r\nhello`, 'IncompleteBody'],
  ['an end before the trailer', `e\r\n${hello}\r\n0\r\n`, 'IncompleteBody'],
])('an upload with %s is refused', async (_, wire, code) => {
  await expect(receive(wire)).rejects.toMatchObject({ code });
});

test('a checksum that nobody here can check is refused rather than believed', () => {
  const headers = { 'x-amz-decoded-content-length': '1', 'x-amz-trailer': 'x-amz-checksum-crc64nvme' };
  expect(() => openBody(cut(''), headers, trailed)).toThrow(expect.objectContaining({ code: 'NotImplemented' }));
});

test('a whole body is held against the hash that was signed', async () => {
  const signed = { ...trailed, payload: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824' };
  const headers = { 'content-length': '5' };
  expect((await buffer(openBody(cut('hello'), headers, signed).bytes)).toString()).toBe('hello');
  await expect(buffer(openBody(cut('jello'), headers, signed).bytes)).rejects.toMatchObject({ code: 'XAmzContentSHA256Mismatch' });
});

const trailed: Signed = {
  payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  signature: '',
  signingKey: Buffer.alloc(0),
  amzDate: '',
  scope: '',
};

async function receive(wire: string): Promise<string> {
  const headers = { 'x-amz-decoded-content-length': String(hello.length), 'x-amz-trailer': 'x-amz-checksum-crc32' };
  return (await buffer(openBody(cut(wire, 3), headers, trailed).bytes)).toString();
}

async function* cut(wire: string, step = wire.length || 1): AsyncGenerator<Buffer> {
  for (let at = 0; at < wire.length; at += step) yield Buffer.from(wire.slice(at, at + step));
}

function base64Crc32(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString('base64');
}
