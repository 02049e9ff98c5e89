import { appendFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { openDisk } from './disk.ts';

test('what people attach and agents make is for nobody else on the machine', async () => {
  const folder = await temporaryFolder('disk');
  openDisk(path.join(folder.path, 'openclaw'));
  expect((await stat(path.join(folder.path, 'openclaw'))).mode & 0o777).toBe(0o700);
  await folder.remove();
});

test('a line that was half written when the disk was full or the process was killed stops no start, and costs no other line', async () => {
  const folder = await temporaryFolder('disk');
  const row = (runId: string) =>
    ({ id: runId, runId, agentId: 'a', sessionKey: 's', status: 'completed', createdAt: 1, updatedAt: 1 }) as const;
  openDisk(folder.path).keepLedgerRow(row('one'));
  openDisk(folder.path).runBegan('one');
  await appendFile(path.join(folder.path, 'ledger.jsonl'), '{"id":"half","runId":"ha');
  await appendFile(path.join(folder.path, 'runs.log'), 'hal');
  openDisk(folder.path).keepLedgerRow(row('two'));
  openDisk(folder.path).runBegan('two');
  const disk = openDisk(folder.path);
  expect(disk.ledger().map(({ runId }) => runId)).toEqual(['one', 'two']);
  expect(disk.runCounts()).toMatchObject({ one: 1, two: 1 });
  await folder.remove();
});
