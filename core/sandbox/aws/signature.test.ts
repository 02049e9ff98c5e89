// The requests and signatures here are the worked examples of AWS's own documentation of SigV4 for S3.

import { expect, test } from 'vitest';
import { verifySignature, type RawRequest } from './signature.ts';

const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const noon = new Date('2013-05-24T00:00:00Z');
const credential = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const get: RawRequest = {
  method: 'GET',
  url: '/test.txt',
  headers: {
    host: 'examplebucket.s3.amazonaws.com',
    authorization: `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41`,
    range: 'bytes=0-9',
    'x-amz-content-sha256': emptySha256,
    'x-amz-date': '20130524T000000Z',
  },
};

const list: RawRequest = {
  method: 'GET',
  url: '/?max-keys=2&prefix=J',
  headers: {
    host: 'examplebucket.s3.amazonaws.com',
    authorization: `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7`,
    'x-amz-content-sha256': emptySha256,
    'x-amz-date': '20130524T000000Z',
  },
};

const presigned: RawRequest = {
  method: 'GET',
  url: `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(credential)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
  headers: { host: 'examplebucket.s3.amazonaws.com' },
};

test.each([
  ['a request signed in its headers', get],
  ['a listing with a query', list],
  ['a presigned link', presigned],
])('%s is let in', (_, request) => {
  expect(() => verifySignature('s3', request, keys, noon)).not.toThrow();
});

test.each([
  ['another path', { ...get, url: '/other.txt' }, 'SignatureDoesNotMatch'],
  ['another method', { ...get, method: 'DELETE' }, 'SignatureDoesNotMatch'],
  ['an added query', { ...get, url: '/test.txt?response-content-type=text/html' }, 'SignatureDoesNotMatch'],
  ['another range than signed', { ...get, headers: { ...get.headers, range: 'bytes=0-99' } }, 'SignatureDoesNotMatch'],
  ['a header added on the way', { ...get, headers: { ...get.headers, 'x-amz-acl': 'public-read' } }, 'AccessDenied'],
  ['no signature', { ...get, headers: { host: 'x' } }, 'AccessDenied'],
  ['no hash of its body', { ...get, headers: { ...get.headers, 'x-amz-content-sha256': undefined } }, 'InvalidRequest'],
  [
    'another algorithm',
    { ...get, headers: { ...get.headers, authorization: 'AWS AKIAIOSFODNN7EXAMPLE:abc' } },
    'AuthorizationHeaderMalformed',
  ],
  ['a link for another file', { ...presigned, url: presigned.url.replace('test.txt', 'secret.txt') }, 'SignatureDoesNotMatch'],
  ['a link made to live longer', { ...presigned, url: presigned.url.replace('=86400', '=604800') }, 'SignatureDoesNotMatch'],
  [
    'a link that wants more than a week',
    { ...presigned, url: presigned.url.replace('=86400', '=604801') },
    'AuthorizationQueryParametersError',
  ],
  ['a link of a stranger', { ...presigned, url: presigned.url.replace('AKIAIOSFODNN7EXAMPLE', 'AKIASTRANGER') }, 'InvalidAccessKeyId'],
  [
    'a signature of no hex at all',
    { ...presigned, url: presigned.url.replace(/Signature=.{64}/, `Signature=${'é'.repeat(64)}`) },
    'SignatureDoesNotMatch',
  ],
])('a request with %s is refused', (_, request, code) => {
  expect(() => verifySignature('s3', request, keys, noon)).toThrow(expect.objectContaining({ code }));
});

test('a signature is good for a quarter of an hour around the clock, a link for as long as it says', () => {
  const at = (minutes: number) => new Date(noon.getTime() + minutes * 60_000);
  expect(() => verifySignature('s3', get, keys, at(14))).not.toThrow();
  expect(() => verifySignature('s3', get, keys, at(-14))).not.toThrow();
  expect(() => verifySignature('s3', get, keys, at(16))).toThrow(expect.objectContaining({ code: 'RequestTimeTooSkewed' }));
  expect(() => verifySignature('s3', get, keys, at(-16))).toThrow(expect.objectContaining({ code: 'RequestTimeTooSkewed' }));
  expect(() => verifySignature('s3', presigned, keys, at(24 * 60 - 1))).not.toThrow();
  expect(() => verifySignature('s3', presigned, keys, at(24 * 60 + 1))).toThrow('Request has expired');
  expect(() => verifySignature('s3', presigned, keys, at(-16))).toThrow('Request is not valid yet');
});

test('a signature for one service is none for another', () => {
  expect(() => verifySignature('ses', get, keys, noon)).toThrow(expect.objectContaining({ code: 'AuthorizationHeaderMalformed' }));
});

test('another body than was signed is refused', () => {
  expect(() => verifySignature('s3', { ...get, bodySha256: emptySha256 }, keys, noon)).not.toThrow();
  expect(() => verifySignature('s3', { ...get, bodySha256: '0'.repeat(64) }, keys, noon)).toThrow(
    expect.objectContaining({ code: 'SignatureDoesNotMatch' }),
  );
});
