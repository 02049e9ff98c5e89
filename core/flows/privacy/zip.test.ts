import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { unzip } from '#core/testing/visitors/unzip.ts';
import { zip, type ZipEntry } from './zip.ts';

const at = new Date('2026-11-25T12:34:56Z');

test('what goes in comes out: names in any language, empty files, and content that cannot be made smaller', async () => {
  const noise = randomBytes(300_000);
  const files = unzip(
    await archiveOf([
      ['README.txt', ['Hello', ' ', 'you']],
      ['files/tomato – Ölpreis 数据.csv', ['a,b\n']],
      ['empty', []],
      ['noise', [noise.subarray(0, 100_000), noise.subarray(100_000)]],
      ['bits of noise', Array.from({ length: 300 }, (_, i) => noise.subarray(i * 1_000, (i + 1) * 1_000))],
    ]),
  );
  expect([...files].slice(0, 3).map(([name, content]) => [name, content.toString()])).toEqual([
    ['README.txt', 'Hello you'],
    ['files/tomato – Ölpreis 数据.csv', 'a,b\n'],
    ['empty', ''],
  ]);
  expect(files.get('noise')).toEqual(noise);
  expect(files.get('bits of noise')).toEqual(noise);
});

test('an archive with more files than the old directory can count is whole', async () => {
  const many = Array.from({ length: 66_000 }, (_, i) => [`${i}`, []] as const);
  expect(unzip(await archiveOf(many)).size).toBe(66_000);
});

test('an archive of nothing is an archive', async () => {
  expect(unzip(await archiveOf([])).size).toBe(0);
});

test.each(['so far', 'so far'.repeat(20_000)])('content that breaks off breaks the archive off', async (content) => {
  async function* broken() {
    yield content;
    throw new Error('storage is away');
  }
  async function* entries(): AsyncGenerator<ZipEntry> {
    yield { name: 'x', at, content: broken() };
  }
  await expect(collect(entries())).rejects.toThrow('storage is away');
});

async function archiveOf(files: readonly (readonly [string, readonly (string | Buffer)[]])[]): Promise<Buffer> {
  async function* pieces(content: readonly (string | Buffer)[]) {
    yield* content;
  }
  async function* entries(): AsyncGenerator<ZipEntry> {
    for (const [name, content] of files) yield { name, at, content: pieces(content) };
  }
  return collect(entries());
}

async function collect(entries: AsyncIterable<ZipEntry>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of zip(entries)) pieces.push(piece);
  return Buffer.concat(pieces);
}
