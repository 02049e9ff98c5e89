import { expect, test } from 'vitest';
import type { Block, Reply } from '#core/domain/messages/reply.ts';
import { replyOf } from '../../testing/replies.ts';
import { hostileTexts } from '../../testing/hostile.ts';
import { samples, sayingKinds, show, withTexts } from '../../testing/samples.ts';
import { bodyOf, marked, pressedFor } from '../out/message.ts';
import { complaintsOf } from '../sandbox/checks/spec.ts';
import { newId } from '#core/domain/ids.ts';
import { linesIn } from './read.ts';
import { renderDiscord } from './render.ts';

test('a text of 13,000 characters arrives whole, in order', () => {
  const words = Array.from({ length: 1_350 }, (_, i) => `word_${String(i).padStart(4, '0')}`).join(' ');
  expect(words.length).toBeGreaterThan(13_000);
  const seen = read(replyOf({ kind: 'prose', text: words, from: 'agent' }));
  expect(seen.join(' ').match(/word_\d{4}/g)).toEqual(words.split(' '));
  expect(seen.every((line) => line.startsWith('▌ '))).toBe(true);
});

test('code and tables stay as they were written, each in a frame of its own', () => {
  const text = 'Try this:\n```js\nif (a < b && *c*) ping("<@1> @here");\n```\nand tell `me`.';
  expect(read(replyOf({ kind: 'prose', text, from: 'agent' }))).toEqual([
    '▌ Try this:',
    '│ if (a < b && *c*) ping("<@1> @here");',
    '▌ and tell `me`.',
  ]);
  const early = 'x\n```\na ``` b\n```\ny';
  expect(read(replyOf({ kind: 'prose', text: early, from: 'agent' }))).toEqual(['▌ x', '▌ a ``` b', '▌ y']);
  const preview = { columns: ['na*me', '```'], rows: [['A_nn', '`x`']], rowsTotal: 3 };
  expect(read(replyOf(file({ preview })))).toEqual([
    'leads.csv · 2 kB',
    'Download: https://work.example/f/token',
    '│ na*me  ```'.replaceAll('`', "'"),
    "│ A_nn   'x'",
    '2 more rows in the file',
  ]);
});

test('an address that is too long for a button is said, and each button is there once', () => {
  const url = `https://work.example/${'x'.repeat(600)}`;
  const twice = { kind: 'choices', choices: [{ id: 'retry:1', label: 'Try again', style: 'main' }] } as const;
  const link = { kind: 'choices', choices: [{ id: 'open', label: 'Details', style: 'plain', url }] } as const;
  expect(read(replyOf(file({ url }), link, twice, twice))).toEqual(['leads.csv · 2 kB', url, `Details: ${url}`, '[Try again]']);
});

test('results offer to go on where messages are not readable for us, and nothing else does', () => {
  const offers = (reply: Reply) =>
    renderDiscord(reply, { continued: true })
      .flatMap(({ components }) => linesIn(components))
      .includes('[Continue]');
  expect(samples('result').every(({ saying }) => offers(show(saying)))).toBe(true);
  expect(samples('accepted').some(({ saying }) => offers(show(saying)))).toBe(false);
  expect(read(show(samples('result')[0]!.saying))).not.toContain('[Continue]');
});

test('files come with the last post, and the colour says how it is meant', () => {
  const posts = renderDiscord(
    replyOf({ kind: 'heading', text: 'Done', tone: 'good' }, { kind: 'prose', text: 'word '.repeat(1_500), from: 'agent' }, file({})),
  );
  expect(posts.map(({ files }) => files.length)).toEqual([...posts.slice(1).map(() => 0), 1]);
  expect(posts.length).toBeGreaterThan(1);
  expect(posts.map(({ components }) => components[0])).toEqual(
    posts.map(() => expect.objectContaining({ type: 17, accent_color: 0x2e7d32 })),
  );
});

test('everything we say is a message that Discord’s published description allows, whatever is written in it', async () => {
  const complain = await complaintsOf();
  const letter = { key: newId(), part: 0 };
  const wrong = (reply: Reply) =>
    renderDiscord(reply, { continued: true }).flatMap(({ components }) =>
      complain('MessageCreateRequestSchema', bodyOf(marked(pressedFor(components, letter), letter))),
    );
  for (const kind of sayingKinds)
    for (const { saying, title } of samples(kind)) {
      expect(wrong(show(saying)), title).toEqual([]);
      expect(wrong(show(withTexts(saying, hostileTexts['markup']!))), title).toEqual([]);
    }
});

function file(more: object): Block {
  return { kind: 'files', files: [{ name: 'leads.csv', mime: 'text/csv', sizeBytes: 2048, url: 'https://work.example/f/token', ...more }] };
}

function read(reply: Reply): string[] {
  return renderDiscord(reply).flatMap(({ components }) => linesIn(components));
}
