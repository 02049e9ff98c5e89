import { PassThrough } from 'node:stream';
import { setImmediate as soon } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { Client, SeenEvent } from './client/client.ts';
import { conversationOf } from './conversation.ts';
import { follow, type End } from './follow.ts';
import { screenOn, type Output } from './screen/screen.ts';

const ctrlC = '\u0003';

test('Ctrl-C asks whether to leave or to cancel, and c cancels', async () => {
  const { press, seen, canceled, end } = watch();
  await press(ctrlC);
  expect(seen()).toContain('  c: cancel it\n  Ctrl-C: leave it running\n');
  expect(canceled()).toBe(0);
  await press('c');
  expect(canceled()).toBe(1);
  expect(await end).toBe('not-done');
});

test('Ctrl-C twice leaves the task running, and says how to find it', async () => {
  const { press, seen, canceled, end } = watch();
  await press(ctrlC);
  await press(ctrlC);
  expect(await end).toBe('left');
  expect(canceled()).toBe(0);
  expect(seen()).toContain('The task keeps running. To see the result:\n  npm run ask -- --continue the-conversation');
});

test('after Ctrl-C any other key goes on watching, and a c without it does nothing', async () => {
  const { press, canceled, finish, end } = watch();
  await press('c');
  await press(ctrlC);
  await press('x');
  await press('c');
  expect(canceled()).toBe(0);
  finish('completed');
  expect(await end).toBe('done');
});

test('a closed window leaves the task running', async () => {
  const { canceled, end } = watch();
  process.emit('SIGHUP');
  expect(await end).toBe('left');
  expect(canceled()).toBe(0);
});

/** A person at a terminal, watching a task that ends when it is told to. */
function watch() {
  const ended = Promise.withResolvers<SeenEvent['kind']>();
  let canceled = 0;
  const client = {
    letters: async () => [],
    async cancel() {
      canceled++;
      ended.resolve('canceled');
    },
    async *events(_task: string, _after: string | null, signal: AbortSignal) {
      yield null;
      const left = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)));
      const kind = await Promise.race([ended.promise, left]);
      if (kind !== null) yield { cursor: '1-1', kind, data: {} };
    },
  } as unknown as Client;
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: vi.fn() });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 24 });
  let seen = '';
  output.setEncoding('utf8').on('data', (text: string) => (seen += text));
  const screen = screenOn(output as Output, { TERM: 'xterm', NO_COLOR: '1' });
  const target = { url: 'http://impacter.test', client, startedByUs: false, async stop() {} };
  const end: Promise<End> = follow(
    { target, screen, input: input as unknown as NodeJS.ReadStream, question: null, yes: false },
    conversationOf('the-conversation', { client, screen }),
    'the-task',
  );
  return {
    end,
    seen: () => seen,
    canceled: () => canceled,
    finish: ended.resolve,
    async press(key: string) {
      input.write(key);
      await soon();
      await soon();
    },
  };
}
