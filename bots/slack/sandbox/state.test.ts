// What a sandbox remembers when it is killed, as a process of its own.

import { spawn, type ChildProcess } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { slackPeople } from './client.ts';
import { clientOf } from './testing/open-slack.ts';

test('a sandbox that is killed still has every message, file and event, and goes on with larger ts', async () => {
  const folder = await temporaryFolder('slack');
  onTestFinished(folder.remove);
  const file = path.join(folder.path, 'slack.jsonl');
  const first = await startProcess(file);
  const people = slackPeople(first.url);
  const { token } = await people.team('T1', { name: 'Acme' });
  await people.user('T1', { id: 'U1', name: 'Ann' });
  await people.channel('T1', 'C1');
  const said = await Promise.all(Array.from({ length: 20 }, (_, i) => people.say('C1', `@impacter message ${i}`, { from: 'U1' })));
  const attached = await people.say('C1', 'a file', {
    from: 'U1',
    files: [{ name: 'a.csv', mime: 'text/csv', bytes: Buffer.from('a\n1\n') }],
  });
  await clientOf(first, token).chat.postMessage({ channel: 'C1', thread_ts: said[0]!.ts, text: 'an answer' });
  const all = (await people.messages('C1')).map(({ ts }) => ts);
  expect(new Set(all).size).toBe(22);
  first.child.kill('SIGKILL');
  // Half a line, as a process leaves it that dies while it writes.
  await appendFile(file, '["messages","C1",{"ts":"99');

  const second = await startProcess(file);
  const again = slackPeople(second.url);
  expect((await again.messages('C1')).map(({ ts }) => ts)).toEqual(all);
  const { ts: next } = (await clientOf(second, token).chat.postMessage({ channel: 'C1', thread_ts: said[0]!.ts, text: 'another' })) as {
    ts: string;
  };
  expect(all.every((ts) => ts < next)).toBe(true);
  const [id] = (await again.messages('C1', attached.ts))[0]!.files;
  expect((await again.file(id!)).bytes.toString()).toBe('a\n1\n');
  second.child.kill('SIGKILL');
  const third = slackPeople((await startProcess(file)).url);
  expect((await third.messages('C1')).map(({ ts }) => ts)).toEqual([...all, next]);
}, 30_000);

async function startProcess(file: string): Promise<{ url: string; apiUrl: string; stop: () => Promise<void>; child: ChildProcess }> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts'), '--file', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout! }))
    return { ...(JSON.parse(line) as { url: string; apiUrl: string }), stop: async () => undefined, child };
  throw new Error('the sandbox did not start');
}
