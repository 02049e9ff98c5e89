import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { deviceOf, keepDeviceKey, newDeviceKey } from './device.ts';

test('processes that start at the same time end with one key, which only they can read', async () => {
  const folder = await temporaryFolder('device');
  const file = path.join(folder.path, 'keys/device.pem');
  const keys = await Promise.all(Array.from({ length: 8 }, () => keepDeviceKey(file)));
  expect(new Set(keys).size).toBe(1);
  expect(await keepDeviceKey(file)).toBe(await readFile(file, 'utf8'));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await folder.remove();
});

test('the same key is the same device', () => {
  const key = newDeviceKey();
  expect(deviceOf(key).deviceId).toMatch(/^[0-9a-f]{64}$/);
  expect(deviceOf(key).deviceId).toBe(deviceOf(key).deviceId);
  expect(deviceOf(newDeviceKey()).deviceId).not.toBe(deviceOf(key).deviceId);
});
