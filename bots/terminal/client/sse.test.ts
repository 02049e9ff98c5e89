import { expect, test } from 'vitest';
import { readMessages } from './sse.ts';

test('events are read whole, however the connection splits them', async () => {
  expect(
    await read([
      'retry: 3000\n\n: still he',
      're\n\nid: 7-1\nda',
      'ta: {"kind":',
      '"step"}\n\nid: 7-2\r\ndata: a\r\ndata: ä\r\n\r\n',
      'data: half',
    ]),
  ).toEqual([
    { id: '7-1', data: '{"kind":"step"}' },
    { id: '7-2', data: 'a\nä' },
  ]);
});

test('a character whose bytes arrive in two pieces stays whole', async () => {
  const bytes = new TextEncoder().encode('data: ü\n\n');
  expect(await read([bytes.slice(0, 7), bytes.slice(7)])).toEqual([{ id: '', data: 'ü' }]);
});

test('reading ends when it is aborted', async () => {
  const leaving = new AbortController();
  const never = new ReadableStream<Uint8Array>({ start: () => setImmediate(() => leaving.abort()) && undefined });
  for await (const _ of readMessages(never, leaving.signal)) expect.unreachable();
});

async function read(chunks: readonly (string | Uint8Array)[]) {
  const body = ReadableStream.from(
    chunks.map((chunk) => (typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk)),
  ) as unknown as ReadableStream<Uint8Array>;
  const messages = [];
  for await (const message of readMessages(body, new AbortController().signal)) messages.push(message);
  return messages;
}
