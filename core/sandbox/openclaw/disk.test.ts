import { stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '#core/testing/temporary-folder.ts';
import { openDisk } from './disk.ts';

test('what people attach and agents make is for nobody else on the machine', async () => {
  const folder = await temporaryFolder('disk');
  openDisk(path.join(folder.path, 'openclaw'));
  expect((await stat(path.join(folder.path, 'openclaw'))).mode & 0o777).toBe(0o700);
  await folder.remove();
});
