// Buttons, forms, commands and shortcuts, with a real Bolt app behind them.

import type { App } from '@slack/bolt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBolt, openSlack, type OpenSlack } from './testing/open-slack.ts';

let world: OpenSlack;
let root: string;
beforeAll(async () => {
  world = await openSlack();
  await world.people.tierFactor(1000);
  root = (await world.people.say('C1', 'hello', { from: 'U2' })).ts;
});
afterAll(() => world.slack.stop());

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const button = (action: string, value: string) => ({ type: 'button' as const, action_id: action, text: plain(action), value });
const form = {
  type: 'modal' as const,
  callback_id: 'change',
  private_metadata: 'about 7',
  title: plain('Change'),
  submit: plain('Send'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'what',
      label: plain('What'),
      element: { type: 'plain_text_input' as const, action_id: 'typed', initial_value: 'leads' },
    },
    {
      type: 'input' as const,
      block_id: 'kind',
      label: plain('Kind'),
      element: { type: 'static_select' as const, action_id: 'chosen', options: ['a', 'b'].map((value) => ({ text: plain(value), value })) },
    },
  ],
};

async function withButton(): Promise<{ app: App; ts: string }> {
  const app = await openBolt(world);
  const blocks = [{ type: 'actions' as const, block_id: 'key', elements: [button('c:0', 'change:7'), button('c:1', 'cancel:7')] }];
  const { ts } = await world.client.chat.postMessage({ channel: 'C1', thread_ts: root, text: 'On it', blocks });
  return { app, ts: ts! };
}

test('a press opens a form, errors keep it open, and what was filled in reaches the app', async () => {
  const { people } = world;
  const { app, ts } = await withButton();
  const sent: unknown[] = [];
  app.action('c:0', async ({ ack, body, client }) => {
    await ack();
    sent.push(body);
    await client.views.open({ trigger_id: (body as { trigger_id: string }).trigger_id, view: form });
  });
  app.view('change', async ({ ack, view }) => {
    sent.push(view);
    if (view.state.values['what']!['typed']!.value === 'wrong') await ack({ response_action: 'errors', errors: { what: 'Not that' } });
    else await ack();
  });
  await people.press('C1', ts, 'change:7', 'U2');
  const shown = await untilForm();
  expect(shown).toMatchObject({
    title: 'Change',
    submit: 'Send',
    fields: [
      { id: 'what/typed', value: 'leads' },
      { kind: 'choice', required: true },
    ],
  });
  expect(await people.form('T1', 'U1')).toBeNull();
  await expect(people.submit(shown.id, { what: 'x' }, 'U2')).rejects.toMatchObject({ reason: 'field_required' });
  await people.submit(shown.id, { what: 'wrong', kind: 'a' }, 'U2');
  expect(await people.form('T1', 'U2')).toMatchObject({ errors: { what: 'Not that' } });
  await people.submit(shown.id, { what: '25 leads', kind: 'b' }, 'U2');
  expect(await people.form('T1', 'U2')).toBeNull();
  expect(sent[0]).toMatchObject({
    type: 'block_actions',
    user: { id: 'U2', team_id: 'T1' },
    container: { message_ts: ts, channel_id: 'C1', thread_ts: root, is_ephemeral: false },
    message: { ts, blocks: [{ block_id: 'key' }] },
    actions: [{ action_id: 'c:0', block_id: 'key', value: 'change:7', type: 'button', action_ts: expect.stringMatching(/^\d+\.\d{6}$/) }],
  });
  expect(sent.at(-1)).toMatchObject({
    callback_id: 'change',
    private_metadata: 'about 7',
    state: { values: { what: { typed: { value: '25 leads' } }, kind: { chosen: { selected_option: { value: 'b' } } } } },
  });
});

test('a trigger works once and for three seconds, a response address five times in half an hour', async () => {
  const { people, client } = world;
  const { app, ts } = await withButton();
  const triggers: string[] = [];
  let address = '';
  app.action('c:1', async ({ ack, body, respond }) => {
    await ack();
    const press = body as { trigger_id: string; response_url: string };
    triggers.push(press.trigger_id);
    address = press.response_url;
    await respond({ text: 'Only for you', replace_original: false, response_type: 'ephemeral' });
  });
  const open = (trigger_id: string) => client.views.open({ trigger_id, view: form });
  await people.press('C1', ts, '0.1', 'U2');
  await open(triggers[0]!);
  await expect(open(triggers[0]!)).rejects.toMatchObject({ data: { error: 'exchanged_trigger_id' } });
  await people.press('C1', ts, 'c:1', 'U2');
  await people.advance(3001);
  await expect(open(triggers[1]!)).rejects.toMatchObject({ data: { error: 'expired_trigger_id' } });

  const texts = async (viewer: string) => (await people.seen('C1', viewer, { thread: root })).messages.map(({ text }) => text);
  expect((await texts('U2')).filter((text) => text === 'Only for you')).toHaveLength(2);
  expect(await texts('U1')).not.toContain('Only for you');
  const again = () => fetch(address, { method: 'POST', body: JSON.stringify({ text: 'again', response_type: 'ephemeral' }) });
  for (let i = 0; i < 4; i++) expect((await again()).status).toBe(200);
  expect((await again()).status).toBe(404);
});

test('a command is answered to its person alone, and one that nobody answers has failed', async () => {
  const { people } = world;
  const { app } = await withButton();
  app.command('/impacter', async ({ ack, command }) => ack({ response_type: 'ephemeral', text: `You typed ${command.text}` }));
  await people.command('C1', 'balance & more', 'U2');
  expect((await people.seen('C1', 'U2')).messages.at(-1)).toMatchObject({ text: 'You typed balance &amp; more', only: 'U2', thread: null });
  expect((await people.seen('C1', 'U1')).messages.at(-1)!.only).toBeNull();
  await people.hook({ url: 'http://127.0.0.1:9/' });
  await expect(people.command('C1', 'help', 'U2')).rejects.toMatchObject({ reason: 'operation_timeout' });
});

test('a shortcut, the native stop, home tabs, statuses and ephemeral posts reach whom they should', async () => {
  const { people, client } = world;
  const { app, ts } = await withButton();
  const heard: unknown[] = [];
  const stopped = Promise.withResolvers<void>();
  app.shortcut('run', async ({ ack, body }) => {
    await ack();
    heard.push(body);
  });
  app.event('agent_session_stopped', async ({ event }) => {
    heard.push(event);
    stopped.resolve();
  });
  const opened = Promise.withResolvers<void>();
  app.event('app_home_opened', async ({ event, client: bot }) => {
    const feedback = { type: 'section' as const, text: plain('Balance: 50'), accessory: button('top-up', 'buy') };
    await bot.views.publish({ user_id: event.user, view: { type: 'home', blocks: [feedback] } });
    opened.resolve();
  });
  await people.shortcut('C1', root, 'run', 'U2');
  expect(heard[0]).toMatchObject({
    type: 'message_action',
    message_ts: root,
    message: { text: 'hello', user: 'U2' },
    channel: { id: 'C1' },
  });

  await client.agents.sessions.setStatus({ channel_id: 'C1', thread_ts: root, status: 'processing', initiator_user_id: 'U2' });
  expect(await people.status('C1', root)).toMatchObject({ status: 'processing' });
  await people.stop('C1', root, 'U2');
  await stopped.promise;
  expect(heard[1]).toMatchObject({ type: 'agent_session_stopped', thread_ts: root, user: 'U2', streaming_message_ts: [] });
  // Slack does not move it: an app that does nothing leaves it as it is.
  expect(await people.status('C1', root)).toMatchObject({ status: 'processing' });

  await people.openApp('T1', 'home', 'U2');
  await opened.promise;
  expect(await people.home('T1', 'U2')).toMatchObject({ blocks: [{ text: { text: 'Balance: 50' } }] });

  await client.chat.postEphemeral({ channel: 'C1', user: 'U2', thread_ts: root, text: 'psst' });
  const seen = async (viewer: string) => (await people.seen('C1', viewer, { thread: root })).messages.some(({ text }) => text === 'psst');
  expect([await seen('U2'), await seen('U1')]).toEqual([true, false]);
  await client.reactions.add({ channel: 'C1', timestamp: ts, name: 'eyes' });
  await expect(client.reactions.add({ channel: 'C1', timestamp: ts, name: 'eyes' })).rejects.toMatchObject({
    data: { error: 'already_reacted' },
  });
});

test('a file goes up in the SDK’s three steps, and comes down with the app’s token alone', async () => {
  const { people, client, acme, slack } = world;
  await client.filesUploadV2({
    channel_id: 'C1',
    thread_ts: root,
    filename: 'result.csv',
    file: Buffer.from('a\n1\n'),
    initial_comment: 'Here',
  });
  const posted = (await people.messages('C1', root)).at(-1)!;
  expect(posted).toMatchObject({ isBot: true, text: 'Here', files: [expect.stringMatching(/^F/)] });
  const { file } = await client.files.info({ file: posted.files[0]! });
  const get = async (headers: Record<string, string>) => (await fetch(file!.url_private_download!, { headers })).text();
  expect(await get({ Authorization: `Bearer ${acme.token}` })).toBe('a\n1\n');
  expect(await get({})).toContain('Sign in to your workspace');
  expect(file!.url_private_download).toContain(slack.url);
  await people.deleteFile(file!.id!);
  await expect(client.files.info({ file: file!.id! })).rejects.toMatchObject({ data: { error: 'file_deleted' } });
  const markdown = [{ type: 'markdown' as const, text: 'x' }];
  await expect(
    client.filesUploadV2({ channel_id: 'C1', filename: 'b.csv', file: Buffer.from('b'), blocks: markdown }),
  ).rejects.toMatchObject({
    data: { error: 'internal_error' },
  });
});

async function untilForm() {
  const { people } = world;
  for (let i = 0; i < 100; i++) {
    const shown = await people.form('T1', 'U2');
    if (shown !== null) return shown;
  }
  throw new Error('no form was opened');
}
