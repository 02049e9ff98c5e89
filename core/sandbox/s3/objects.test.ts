import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { Objects } from './objects.ts';

const facts = { sizeBytes: 3, mime: 'text/plain', md5: '', crc32: '', storedAt: 0 };

test('processes that start at the same moment on the same folder all open it', async () => {
  const { path: dir } = await folder();
  for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 8 }, () => Objects.openIn(dir)));
});

test('an object that is on its way in arrives, also when another process opens the folder meanwhile', async () => {
  const { path: dir } = await folder();
  const objects = await Objects.openIn(dir);
  await objects.createBucket('files');
  const rest = Promise.withResolvers<Buffer>();
  const writing = objects.write('files', 'key', pieces(Buffer.from('a'), rest.promise), () => facts);
  await Objects.openIn(dir);
  rest.resolve(Buffer.from('bc'));
  await writing;
  const read = (await objects.read('files', 'key'))!;
  expect(await text(read.bytes(0, 2))).toBe('abc');
  await read.close();
});

test('half an object of a process that ended is removed at the next start', async () => {
  const { path: dir } = await folder();
  const incoming = path.join(dir, '.incoming');
  await mkdir(incoming);
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  for (const name of [`${pid}.run.object`, `${process.pid}.earlier-run.object`, 'no-process'])
    await writeFile(path.join(incoming, name), 'half');
  await Objects.openIn(dir);
  expect(await readdir(incoming)).toEqual([]);
});

async function* pieces(...all: (Buffer | Promise<Buffer>)[]) {
  for (const piece of all) yield await piece;
}

async function folder() {
  const made = await temporaryFolder('objects');
  onTestFinished(made.remove);
  return made;
}
