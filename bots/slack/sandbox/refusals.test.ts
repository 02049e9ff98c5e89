// Every no of the sandbox, by Slack's word, as the real SDK hears it.

import { WebAPIPlatformError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkBlocks } from './checks/blocks.ts';
import { clientOf, openSlack, type OpenSlack } from './testing/open-slack.ts';

let world: OpenSlack;
let client: WebClient;
let root: string;
let ours: string;
beforeAll(async () => {
  world = await openSlack();
  ({ client } = world);
  await world.people.tierFactor(1000);
  root = (await world.people.say('C1', 'hello', { from: 'U1' })).ts;
  ours = (await client.chat.postMessage({ channel: 'C1', text: 'hi', blocks: [section('hi', 'key-1')] })).ts!;
});
beforeEach(() => world.people.team('T1', { agent: true }));
afterAll(() => world.slack.stop());

test.each<[string, () => Promise<unknown>]>([
  ['not_authed', () => clientOf(world.slack).auth.test()],
  ['invalid_auth', () => clientOf(world.slack, 'xoxb-nobody').auth.test()],
  ['unknown_method', () => client.apiCall('chat.shout', { channel: 'C1' })],
  ['unknown_method', () => client.assistant.threads.setStatus({ channel_id: 'C1', thread_ts: root, status: 'busy' })],
  [
    'missing_scope',
    () => client.apiCall('conversations.open', { users: 'U1' }).finally(() => world.people.team('T1', { scopes: world.acme.scopes })),
  ],
  ['invalid_arguments', () => client.apiCall('chat.postMessage', { text: 'hi' })],
  ['invalid_arguments', () => client.apiCall('chat.postMessage', { channel: 'C1', text: 'hi', colour: 'red' })],
  ['invalid_arguments', () => client.chat.postMessage({ channel: 'C1', text: 'hi', thread_ts: 'x' })],
  ['channel_not_found', () => client.chat.postMessage({ channel: 'C9', text: 'hi' })],
  ['channel_not_found', () => client.chat.postMessage({ channel: 'C2', text: 'hi' })],
  ['not_in_channel', () => client.chat.postMessage({ channel: 'C4', text: 'hi' })],
  ['is_archived', () => client.chat.postMessage({ channel: 'C3', text: 'hi' })],
  ['no_text', () => client.chat.postMessage({ channel: 'C1', text: '' })],
  ['no_text', () => client.chat.postMessage({ channel: 'C1', blocks: [] })],
  ['thread_not_found', () => client.chat.postMessage({ channel: 'C1', text: 'hi', thread_ts: '1.000001' })],
  ['markdown_text_conflict', () => client.apiCall('chat.postMessage', { channel: 'C1', text: 'hi', markdown_text: 'hi' })],
  ['msg_too_long', () => client.chat.postMessage({ channel: 'C1', markdown_text: 'x'.repeat(12_001) })],
  ['msg_too_long', () => client.chat.update({ channel: 'C1', ts: ours, text: 'x'.repeat(4001) })],
  ['msg_blocks_too_long', () => post(...Array.from({ length: 5 }, () => section('x'.repeat(2700))))],
  ['invalid_blocks_format', () => client.apiCall('chat.postMessage', { channel: 'C1', blocks: '{"type":"divider"}' })],
  ['message_not_found', () => client.chat.update({ channel: 'C1', ts: '1.000001', text: 'hi' })],
  ['cant_update_message', () => client.chat.update({ channel: 'C1', ts: root, text: 'hi' })],
  ['cant_delete_message', () => client.chat.delete({ channel: 'C1', ts: root })],
  ['invalid_blocks', () => client.chat.update({ channel: 'C1', ts: ours, text: 'hi', blocks: [section('again', 'key-1')] })],
  ['user_not_in_channel', () => client.chat.postEphemeral({ channel: 'D1', user: 'U2', text: 'hi' })],
  ['invalid_name', () => client.reactions.add({ channel: 'C1', timestamp: root, name: ':eyes:' })],
  ['no_reaction', () => client.reactions.remove({ channel: 'C1', timestamp: root, name: 'eyes' })],
  ['user_not_found', () => client.users.info({ user: 'U9' })],
  ['thread_not_found', () => client.conversations.replies({ channel: 'C1', ts: '1.000001' })],
  ['not_in_channel', () => client.conversations.history({ channel: 'C4' })],
  ['invalid_cursor', () => client.conversations.history({ channel: 'C1', cursor: 'x' })],
  ['invalid_limit', () => client.conversations.history({ channel: 'C1', limit: 1001 })],
  ['file_not_found', () => client.files.info({ file: 'F9' })],
  ['invalid_trigger_id', () => client.views.open({ trigger_id: 'x', view: modal() })],
  [
    'invalid_arguments',
    () => client.views.open({ trigger_id: 'x', view: { ...modal(), title: { type: 'plain_text', text: 'x'.repeat(25) } } }),
  ],
  [
    'not_authorized',
    () =>
      world.people
        .team('T1', { agent: false })
        .then(() => client.agents.sessions.setStatus({ channel_id: 'C1', thread_ts: root, status: 'processing' })),
  ],
  ['invalid_arguments', () => client.agents.sessions.setStatus({ channel_id: 'C1', thread_ts: root, status: 'thinking' })],
])('%s', async (error, call) => {
  if (error === 'missing_scope') for (const scope of ['im:write', 'mpim:write']) await world.people.takeScope('T1', scope);
  expect(await errorOf(call())).toBe(error);
});

const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), action_id: 'a', ...more });
const row = (...cells: string[]) => cells.map((text) => ({ type: 'raw_text', text }));
const rich = (...elements: object[]) => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] });

test.each<[string, unknown[]]>([
  ['no more than 50 items allowed', Array.from({ length: 51 }, () => ({ type: 'divider' }))],
  ['unsupported type: shout', [{ type: 'shout' }]],
  ['invalid additional property: colour', [{ ...section('x'), colour: 'red' }]],
  ['missing required field: text', [{ type: 'section' }]],
  ['must be less than 3001 characters', [section('x'.repeat(3001))]],
  ['must be more than 0 characters', [section('')]],
  ['must not contain control characters', [section('a\u0007b')]],
  ['must be less than 2001 characters', [{ type: 'section', fields: [plain('x'.repeat(2001))] }]],
  ['no more than 10 items allowed', [{ type: 'section', fields: Array.from({ length: 11 }, () => plain('x')) }]],
  ['must be less than 151 characters', [{ type: 'header', text: plain('x'.repeat(151)) }]],
  ['unsupported type: mrkdwn', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }]],
  ['must be less than 76 characters', [actions(button({ text: plain('x'.repeat(76)) }))]],
  ['must be less than 2001 characters', [actions(button({ value: 'x'.repeat(2001) }))]],
  ['no more than 25 items allowed', [actions(...Array.from({ length: 26 }, (_, i) => button({ action_id: `a${i}` })))]],
  ['action_id must be unique in its block', [actions(button(), button())]],
  [
    'block_id must be unique in a message',
    [
      { type: 'divider', block_id: 'x' },
      { type: 'divider', block_id: 'x' },
    ],
  ],
  ['must be less than 256 characters', [{ type: 'divider', block_id: 'x'.repeat(256) }]],
  ['must be a valid URL', [actions(button({ url: 'javascript:alert(1)' }))]],
  ['no more than 10 items allowed', [{ type: 'context', elements: Array.from({ length: 11 }, () => plain('x')) }]],
  ['must be less than 12001 characters', [{ type: 'markdown', text: 'x'.repeat(12_001) }]],
  [
    'markdown blocks must have less than 12001',
    [
      { type: 'markdown', text: 'x'.repeat(7000) },
      { type: 'markdown', text: 'x'.repeat(7000) },
    ],
  ],
  ['must be more than 0 characters', [rich({ type: 'text', text: '' })]],
  ['invalid additional property: size', [rich({ type: 'text', text: 'x', style: { size: 12 } })]],
  ['cell must not be empty', [{ type: 'table', rows: [row('a', ' ')] }]],
  ['no more than 20 items allowed', [{ type: 'table', rows: [row(...Array.from({ length: 21 }, () => 'x'))] }]],
  ['no more than 100 items allowed', [{ type: 'table', rows: Array.from({ length: 101 }, () => row('a')) }]],
  ['must have less than 10001 characters', [{ type: 'table', rows: [row('x'.repeat(6000), 'x'.repeat(6000))] }]],
  ['rows must have the same number of columns', [{ type: 'table', rows: [row('a'), row('a', 'b')] }]],
  [
    'only one table is allowed',
    [
      { type: 'table', rows: [row('a')] },
      { type: 'table', rows: [row('a')] },
    ],
  ],
  ['missing required field: caption', [{ type: 'data_table', rows: [row('a')] }]],
  ['must be one of: pending, in_progress, complete, error', [{ type: 'task_card', task_id: '1', title: 'x', status: 'completed' }]],
  [
    'plan and task_card are not allowed together',
    [
      { type: 'plan', title: 'x' },
      { type: 'task_card', task_id: '1', title: 'x', status: 'pending' },
    ],
  ],
  ['blocks have 13500 characters', Array.from({ length: 5 }, () => section('x'.repeat(2700)))],
])('blocks: %s', (words, blocks) => {
  expect(checkBlocks(blocks).join('\n')).toContain(words);
});

test('blocks within every limit are taken', async () => {
  const { ok } = await client.apiCall('chat.postMessage', {
    channel: 'C1',
    text: 'x',
    blocks: [
      { type: 'header', text: plain('Done') },
      rich(
        { type: 'text', text: 'bold', style: { bold: true } },
        { type: 'link', url: 'https://example.com' },
        { type: 'user', user_id: 'U1' },
      ),
      { type: 'table', rows: [row('Name', 'City'), row('Ada', '–')] },
      actions(button(), button({ action_id: 'b', style: 'danger' })),
      { type: 'context_actions', elements: [feedback()] },
    ],
  });
  expect(ok).toBe(true);
});

test('a revoked token and an app that was removed have their own words', async () => {
  const { people, slack } = world;
  const { token } = await people.team('T2', { name: 'Harbor' });
  await people.revoke('T2', 'token');
  expect(await errorOf(clientOf(slack, token).auth.test())).toBe('token_revoked');
  await people.revoke('T2', 'uninstall');
  expect(await errorOf(clientOf(slack, token).auth.test())).toBe('account_inactive');
});

test('the two kinds of apps have their own limits for history, and a channel has one for posts', async () => {
  const { people, slack } = world;
  const { token } = await people.team('T3', { name: 'Limited', limited: true });
  await people.user('T3', { id: 'U1', name: 'Lea' });
  for (const id of ['C31', 'C32']) await people.channel('T3', id);
  for (let i = 0; i < 20; i++) await people.say('C31', `message ${i}`, { from: 'U1' });
  const limited = clientOf(slack, token);
  const { messages, has_more: hasMore } = await limited.conversations.history({ channel: 'C31', limit: 100 });
  expect([messages!.length, hasMore]).toEqual([15, true]);
  const again = await limited.conversations.history({ channel: 'C32' }).catch((error: unknown) => error);
  expect(again).toBeInstanceOf(WebAPIRateLimitedError);
  expect((again as WebAPIRateLimitedError).retryAfter).toBeGreaterThan(50);
  await people.advance(60_000);
  expect((await limited.conversations.history({ channel: 'C31', oldest: messages!.at(-1)!.ts!, inclusive: true })).messages).toHaveLength(
    15,
  );
  for (let i = 0; i < 3; i++) expect((await client.conversations.history({ channel: 'C1' })).ok).toBe(true);

  await people.tierFactor(1);
  await people.advance(60_000);
  for (let i = 0; i < 3; i++) await client.chat.postMessage({ channel: 'C1', text: `${i}` });
  await expect(client.chat.postMessage({ channel: 'C1', text: '4' })).rejects.toMatchObject({ retryAfter: 3 });
  expect((await client.chat.postMessage({ channel: 'D1', text: '4' })).ok).toBe(true);
  await people.tierFactor(1000);
  await people.limit('C1', 90_000);
  await expect(client.chat.postMessage({ channel: 'C1', text: '5' })).rejects.toMatchObject({ retryAfter: 90 });
  await people.advance(90_000);
});

function post(...blocks: object[]): Promise<unknown> {
  return client.apiCall('chat.postMessage', { channel: 'C1', text: 'hi', blocks });
}

async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (error instanceof WebAPIPlatformError) return error.data.error;
    throw error;
  }
}

function plain(text: string) {
  return { type: 'plain_text', text } as const;
}

function section(text: string, id?: string) {
  return { type: 'section', text: { type: 'mrkdwn', text }, ...(id !== undefined && { block_id: id }) } as const;
}

function actions(...elements: object[]) {
  return { type: 'actions', elements };
}

function feedback() {
  const one = (value: string) => ({ text: plain(value), value });
  return { type: 'feedback_buttons', action_id: 'f', positive_button: one('good'), negative_button: one('bad') };
}

function modal() {
  return { type: 'modal' as const, title: plain('Form'), blocks: [section('x')] };
}
