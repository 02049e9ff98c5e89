// How calls of Slack end, and what that means for a letter.

import { onTestFinished, expect, test } from 'vitest';
import type { Reply } from '#core/domain/messages/reply.ts';
import { newId } from '#core/domain/ids.ts';
import type { LetterPart } from '#core/ports/poster.ts';
import { replyOf } from '../../testing/replies.ts';
import { SlackNo, slackCalls, type Call } from '../api/call.ts';
import { refs } from '../refs.ts';
import { slackPeople, type SlackPeople } from '../sandbox/client.ts';
import { installationOf } from '../sandbox/play.ts';
import { startSlackSandbox } from '../sandbox/server.ts';
import { readable } from '../testing/stage.ts';
import type { OutDeps } from './deps.ts';
import { slackPoster } from './poster.ts';

const soon = () => AbortSignal.timeout(20_000);

test.each<[string, (people: SlackPeople) => Promise<unknown>, object]>([
  ['whose token was revoked', (people) => people.revoke('T1', 'token'), { kind: 'never', why: 'disconnected', wholeChannel: true }],
  ['that the app left', (people) => people.revoke('T1', 'uninstall'), { kind: 'never', why: 'disconnected', wholeChannel: true }],
  ['that took the right to write', (people) => people.takeScope('T1', 'chat:write'), { why: 'disconnected', wholeChannel: true }],
  ['where the channel is archived', (people) => people.channel('T1', 'C1', { archived: true }), { why: 'closed', wholeChannel: true }],
  ['where the bot is not in the channel', (people) => people.invite('C1', false), { why: 'closed', wholeChannel: true }],
  ['where the thread is gone', (people) => people.messages('C1').then(([root]) => people.delete('C1', root!.ts, 'U1')), { why: 'gone' }],
  ['that wants us to wait', (people) => people.limit('C1', 5_000), { kind: 'later', retryAfterMs: 5_000 }],
])('a workspace %s is told apart', async (_, change, trouble) => {
  const { people, part, poster } = await open();
  await change(people);
  await expect(poster.post(part('Ready'), soon())).rejects.toMatchObject(trouble);
});

test.each([
  ['with their buttons', 1, ['section', 'actions']],
  ['and without buttons where it does not take those either', 2, ['section']],
])('blocks that Slack does not take are said once more as plain text under the same key, %s', async (_, times, types) => {
  let refusals = times;
  const { poster, people, part } = await open({}, (call) => async (method, ...args) => {
    if (method === 'chat.postMessage' && refusals-- > 0) throw new SlackNo(method, 'invalid_blocks');
    return call(method, ...args);
  });
  const letter = part(
    replyOf(
      { kind: 'heading', text: 'Done', tone: 'good' },
      { kind: 'prose', text: 'Ask <@U1> & *me*', from: 'agent' },
      {
        kind: 'choices',
        choices: [
          { id: 'approve:1', label: 'Approve', style: 'main' },
          { id: 'task', label: 'Details', style: 'plain', url: 'http://localhost:3000/tasks/1' },
        ],
      },
    ),
  );
  await poster.post(letter, soon());
  const [posted] = (await people.messages('C1')).filter(({ isBot }) => isBot);
  expect(posted!.blocks.map(({ type }) => type)).toEqual(types);
  expect(posted!.blocks[0]).toMatchObject({ block_id: letter.key, text: { type: 'plain_text' } });
  expect(readable(posted!.blocks)).toBe('✓ Done\n▌ Ask <@U1> & *me*\n[Approve]\nDetails: http://localhost:3000/tasks/1');
});

test('a long answer, a table with empty cells and a very long cell all arrive', async () => {
  const { poster, people, part } = await open();
  const words = Array.from({ length: 1_800 }, (_, i) => `word${i}`).join(' ');
  expect(words.length).toBeGreaterThan(13_000);
  const preview = {
    columns: ['name', '', 'note'],
    rows: [
      ['Ann', '', 'x'.repeat(11_000)],
      ['', ' ', '\u200b'],
    ],
    rowsTotal: 90,
  };
  const letter = part(
    replyOf(
      { kind: 'prose', text: words, from: 'agent' },
      {
        kind: 'files',
        files: [1, 2].map((n) => ({ name: `${n}.csv`, mime: 'text/csv', sizeBytes: 9, url: 'http://localhost:3000/f/t', preview })),
      },
    ),
  );
  for (let i = 0; i < poster.parts(letter.reply); i++) await poster.post({ ...letter, key: newId(), part: i }, soon());
  const seen = (await people.messages('C1')).filter(({ isBot }) => isBot).map(({ blocks }) => readable(blocks));
  expect(seen.join('\n').match(/word\d+/g)).toEqual(words.split(' '));
  expect(seen.join('\n')).toContain('| Ann | – | xxx');
  expect(seen.join('\n').match(/88 more rows in the file/g)).toHaveLength(2);
});

test('code stays as it was written, in a frame of its own', async () => {
  const { poster, people, part } = await open();
  const text = 'Try this:\n```js\nif (a < b && c) ping("<!channel> @here *x*");\n```\nand tell `me`.';
  await poster.post(part(replyOf({ kind: 'prose', text, from: 'agent' })), soon());
  const [posted] = (await people.messages('C1')).filter(({ isBot }) => isBot);
  expect(readable(posted!.blocks)).toBe('▌ Try this:\n│ if (a < b && c) ping("<!channel> @here *x*");\n▌ and tell `me`.');
});

const others = (count: number) => async (people: SlackPeople) => {
  const [root] = await people.messages('C1');
  for (let i = 0; i < count; i++) await people.say('C1', `note ${i}`, { from: 'U1', thread: root!.ts });
};

test('a post is found among many others that were written at the same time', async () => {
  const { poster, people, part } = await open();
  const letter = part('Ready');
  await others(230)(people);
  const posted = await poster.post(letter, soon());
  expect(await poster.look(letter, soon())).toEqual({ found: posted });
  expect(await poster.look({ ...letter, key: newId() }, soon())).toBe('absent');
});

test('an app that may read 15 messages a minute says when it cannot know', async () => {
  const taken: [string, number][] = [];
  const { poster, people, part } = await open({
    settings: { install: { clientId: '1.2', clientSecret: '00' } },
    budgets: { take: async (...call) => (taken.push(call) > 2 ? 42_000 : null) },
  });
  await people.team('T1', { limited: true });
  const letter = part('Ready');
  expect(await poster.look(letter, soon())).toBe('absent');
  await others(20)(people);
  await people.advance(60_000);
  expect(await poster.look(letter, soon())).toBe('cannot');
  await expect(poster.look(letter, soon())).rejects.toMatchObject({ kind: 'later', retryAfterMs: 42_000 });
  expect(taken[0]).toEqual(['slack:T1/history', 60_000]);
});

test('where nobody knows when a post was tried last, finding nothing proves nothing', async () => {
  const { poster, part } = await open();
  const letter = { ...part('Ready'), lastTriedAt: null };
  expect(await poster.look(letter, soon())).toBe('cannot');
  const posted = await poster.post(letter, soon());
  expect(await poster.look(letter, soon())).toEqual({ found: posted });
});

async function open(more: Partial<OutDeps> = {}, wrap: (call: Call) => Call = (call) => call) {
  const slack = await startSlackSandbox();
  onTestFinished(slack.stop);
  const people = slackPeople(slack.url);
  const acme = await people.team('T1', { name: 'Acme' });
  await people.user('T1', { id: 'U1', name: 'Ann', role: 'admin' });
  await people.channel('T1', 'C1', { name: 'general' });
  const { ts: thread } = await people.say('C1', 'find me 100 leads', { from: 'U1' });
  const poster = slackPoster({
    call: wrap(slackCalls({ apiUrl: slack.apiUrl })),
    tokens: { of: async () => ({ ...installationOf(acme), version: 1 }) },
    budgets: { take: async () => null },
    settings: { install: null },
    ...more,
  });
  const part = (said: string | Reply): LetterPart => ({
    key: newId(),
    threadRef: refs.format({ team: 'T1', channel: 'C1', thread }),
    reply: typeof said === 'string' ? replyOf({ kind: 'heading', text: said, tone: 'plain' }) : said,
    part: 0,
    attemptedAt: new Date(),
    lastTriedAt: new Date(),
  });
  return { people, poster, part };
}
