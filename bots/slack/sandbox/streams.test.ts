// Streams, as the SDK writes them.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSlack, type OpenSlack } from './testing/open-slack.ts';

let world: OpenSlack;
let root: string;
beforeAll(async () => {
  world = await openSlack();
  await world.people.tierFactor(1000);
  root = (await world.people.say('C1', 'hello', { from: 'U1' })).ts;
});
afterAll(() => world.slack.stop());

const recipient = { recipient_team_id: 'T1', recipient_user_id: 'U1' };
const start = () => world.client.chat.startStream({ channel: 'C1', thread_ts: root, ...recipient, markdown_text: 'begun' });
const append = (ts: string) => world.client.chat.appendStream({ channel: 'C1', ts, markdown_text: '.' });
const over = { data: { error: 'message_not_in_streaming_state' } };

test('the SDK’s streamer writes one message, with its tasks, and the session goes from processing to active', async () => {
  const { people, client } = world;
  const streamer = client.chatStream({ channel: 'C1', thread_ts: root, ...recipient, buffer_size: 1 });
  await streamer.append({ markdown_text: '**hello wo' });
  expect(await people.status('C1', root)).toMatchObject({ status: 'processing' });
  await streamer.append({ chunks: [{ type: 'task_update', id: '1', title: 'Reading', status: 'in_progress' }] });
  await streamer.append({ markdown_text: 'rld**', chunks: [{ type: 'task_update', id: '1', title: 'Reading', status: 'complete' }] });
  await streamer.stop({ blocks: [{ type: 'divider' }] });
  expect((await people.messages('C1', root)).at(-1)).toMatchObject({
    text: '**hello world**',
    blocks: [{ type: 'task_card', status: 'complete' }, { type: 'markdown', text: '**hello world**' }, { type: 'divider' }],
  });
  expect(await people.status('C1', root)).toMatchObject({ status: 'active' });
});

test('a stream dies after five minutes however busy it is, and after two in which nothing came', async () => {
  const { people } = world;
  const busy = (await start()).ts!;
  for (let minute = 0; minute < 4; minute++) {
    await people.advance(60_000);
    await append(busy);
  }
  await people.advance(60_000);
  await expect(append(busy)).rejects.toMatchObject(over);
  const idle = (await start()).ts!;
  await people.advance(119_000);
  await append(idle);
  await people.advance(120_000);
  await expect(append(idle)).rejects.toMatchObject(over);
  // It can still be edited as any other message.
  expect((await world.client.chat.update({ channel: 'C1', ts: idle, text: 'the rest' })).ok).toBe(true);
});

test('the native Stop ends what is written, names it, and leaves the status to the app', async () => {
  const { people } = world;
  const { ts } = await start();
  await people.stop('C1', root, 'U1');
  await expect(append(ts!)).rejects.toMatchObject(over);
  expect(await people.status('C1', root)).toMatchObject({ status: 'processing' });
});

test.each<[string, () => Promise<unknown>]>([
  ['missing_recipient_team_id', () => world.client.chat.startStream({ channel: 'C1', thread_ts: root })],
  ['thread_not_found', () => world.client.chat.startStream({ channel: 'D1', thread_ts: '1.000001' })],
  [
    'msg_too_long',
    () => world.client.chat.startStream({ channel: 'C1', thread_ts: root, ...recipient, markdown_text: 'x'.repeat(12_001) }),
  ],
  [
    'invalid_chunks',
    () =>
      world.client.apiCall('chat.startStream', {
        channel: 'C1',
        thread_ts: root,
        ...recipient,
        chunks: [{ type: 'task_update', id: '1', title: 'x', status: 'completed' }],
      }),
  ],
  ['invalid_arguments', async () => world.client.chat.stopStream({ channel: 'C1', ts: (await start()).ts!, session_status: 'done' })],
  ['message_not_in_streaming_state', () => append(root)],
])('%s', async (error, call) => {
  await expect(call()).rejects.toMatchObject({ data: { error } });
});
