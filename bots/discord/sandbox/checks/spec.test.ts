// The schemas of Discord's published description.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { complaintsOf } from './spec.ts';

test('they are not loaded before the first body comes, so the product starts without them', async () => {
  const script = `
    const { startDiscordSandbox } = await import('./server.ts');
    const { discordPeople } = await import('./client.ts');
    const { furnish } = await import('./furnish.ts');
    const { areLoaded } = await import('./checks/spec.ts');
    const { url, apiUrl, stop } = await startDiscordSandbox();
    await furnish(discordPeople(url));
    const call = (method, at, body) => fetch(apiUrl + '/v10' + at, { method, body, headers: { Authorization: 'Bot sandbox-bot-token', 'Content-Type': 'application/json' } });
    await call('GET', '/users/@me');
    const before = areLoaded();
    await call('POST', '/users/@me/channels', '{}');
    console.log(before, areLoaded());
    await stop();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: path.join(import.meta.dirname, '..'),
  });
  expect(stdout.trim()).toBe('false true');
});

test('each complaint says where it is, and of what something might be, what is wrong with the kind that it says it is', async () => {
  const complain = await complaintsOf();
  const row = (button: object) => ({
    components: [{ type: 1, components: [{ type: 2, style: 1, custom_id: 'a', label: 'A', ...button }] }],
  });
  const wrong = (body: object) => complain('MessageCreateRequestSchema', body).map(({ path: at }) => at.join('/'));
  expect(wrong(row({}))).toEqual([]);
  expect(wrong(row({ label: 'x'.repeat(81) }))).toEqual(['components/0/components/0/label']);
  expect(wrong(row({ colour: 'red' }))).toEqual(['components/0/components/0/colour']);
  expect(wrong({ content: 7 })).toEqual(['content']);
  expect(wrong({ content: 'x', tts: false, colour: 'red' })).toEqual(['colour']);
});
