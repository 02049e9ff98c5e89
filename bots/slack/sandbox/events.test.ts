// A real Bolt app with Slack's own receiver, judged by what it hears of the sandbox and what people see of it.

import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openBolt, openSlack, type OpenSlack } from './testing/open-slack.ts';

let world: OpenSlack;
beforeAll(async () => {
  world = await openSlack();
  await world.people.tierFactor(1000);
});
afterEach(() => world.people.hook({ url: null, atOnce: 1, repeats: 0, reversed: false, twin: false }));
afterAll(() => world.slack.stop());

test('a Bolt app with Slack’s own receiver hears a mention, acknowledges it and answers in its thread', async () => {
  const { people, acme } = world;
  const app = await openBolt(world);
  app.event('app_mention', async ({ event, say, body }) => {
    expect(body.authorizations).toMatchObject([{ team_id: 'T1', user_id: acme.botUser, is_bot: true }]);
    await say({ text: `You said: ${event.text}`, thread_ts: event.ts });
  });
  const { ts } = await people.say('C1', '@impacter find <5> leads & see https://example.com/a?b=1&c=2.', { from: 'U1' });
  await vi.waitFor(async () => expect(await people.messages('C1', ts)).toHaveLength(2));
  const [, answer] = await people.messages('C1', ts);
  expect(answer).toMatchObject({
    isBot: true,
    text: `You said: <@${acme.botUser}> find &lt;5&gt; leads &amp; see <https://example.com/a?b=1&amp;c=2>.`,
  });
  const told = (await people.deliveries()).filter(({ status }) => status === 200);
  expect(told.map(({ type, attempt }) => [type, attempt])).toEqual(
    expect.arrayContaining([
      ['message', 0],
      ['app_mention', 0],
    ]),
  );
});

test('the app hears edits, deletions, broadcasts, files and its own posts in Slack’s shapes', async () => {
  const { people, acme, client } = world;
  const app = await openBolt(world);
  const heard: Record<string, unknown>[] = [];
  app.event('message', async ({ event }) => void heard.push(event as never));
  const file = { name: 'list.csv', mime: 'text/csv', bytes: Buffer.from('name\nAda\n') };
  const { ts } = await people.say('C1', 'hello', { from: 'U2', files: [file] });
  await people.edit('C1', ts, 'hello there', 'U2');
  const answer = await client.chat.postMessage({
    channel: 'C1',
    thread_ts: ts,
    text: 'hi',
    blocks: [{ type: 'divider', block_id: 'key-1' }],
  });
  const { ts: shown } = await people.say('C1', 'look', { from: 'U2', thread: ts, broadcast: true });
  await people.delete('C1', ts, 'U1');
  await people.say('D1', 'what is this?', { from: 'U1', viewing: 'C1' });
  await vi.waitFor(() => expect(heard).toHaveLength(6));
  const by = (found: object) => heard.filter((event) => Object.entries(found).every(([name, value]) => event[name] === value));
  expect(by({ subtype: 'file_share' })).toMatchObject([
    {
      ts,
      user: 'U2',
      channel: 'C1',
      channel_type: 'channel',
      files: [{ name: 'list.csv', size: 9, mode: 'hosted' }],
      client_msg_id: expect.any(String),
    },
  ]);
  expect(by({ subtype: 'message_changed' })).toMatchObject([
    { hidden: true, message: { text: 'hello there', edited: { user: 'U2' } }, previous_message: { text: 'hello' } },
  ]);
  expect(by({ ts: answer.ts })).toMatchObject([
    { bot_id: acme.botId, app_id: 'A0IMPACTER', user: acme.botUser, thread_ts: ts, parent_user_id: 'U2', blocks: [{ block_id: 'key-1' }] },
  ]);
  expect(by({ subtype: 'thread_broadcast' })).toMatchObject([{ ts: shown, thread_ts: ts }]);
  expect(by({ subtype: 'message_deleted' })).toMatchObject([{ deleted_ts: ts, previous_message: { user: 'U2' } }]);
  expect(by({ channel: 'D1' })).toMatchObject([{ channel_type: 'im', app_context: { entities: [{ value: 'C1' }] } }]);
});
