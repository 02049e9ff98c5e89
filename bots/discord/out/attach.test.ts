// Files of a result go along where they fit, and our link to each stands beside them in any case.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import type { ReplyFile } from '#core/domain/messages/reply.ts';
import type { LetterPart } from '#core/ports/poster.ts';
import { replyOf } from '../../testing/replies.ts';
import { codes } from '../api/errors.ts';
import { refs } from '../refs.ts';
import { discordPeople } from '../sandbox/client.ts';
import { startDiscordSandbox } from '../sandbox/server.ts';
import { furnish, ids, outDeps, postsIn } from '../testing/stage.ts';
import { discordPoster } from './poster.ts';

const MB = 1_000_000;
const MiB = 1024 * 1024;
const posts = 'POST /channels/:channel/messages';

test('a file of 9 MB is attached and one of 15 MB is a link; a boosted server takes both, and 30 MB nowhere', async () => {
  const files = [file('small.csv', 9 * MB), file('large.csv', 15 * MB), file('huge.csv', 30 * MB)];
  const usual = await open({ files });
  expect(await usual.seen()).toEqual([
    { files: ['small.csv 9000000'], lines: expect.stringContaining('Download: https://work.example/f/large.csv') },
  ]);
  const boosted = await open({ files, most: 50 * MiB, tier: 2 });
  expect(await boosted.seen()).toEqual([
    { files: ['small.csv 9000000', 'large.csv 15000000'], lines: expect.stringContaining('[file large.csv]') },
  ]);
});

test.each([
  ['Discord takes it for too large', { refuse: codes.tooLarge }],
  ['it does not come', { isGone: true }],
  ['it is larger than it was said to be', { grows: true }],
])('a file is a link alone where %s', async (_, more) => {
  const { seen } = await open({ files: [file('leads.csv', 2_000)], ...more });
  expect(await seen()).toEqual([{ files: [], lines: expect.stringContaining('Download: https://work.example/f/leads.csv') }]);
});

test('a file whose upload ended without an answer is a link at the next try', async () => {
  const { seen } = await open({ files: [file('leads.csv', 2_000)], isCut: true });
  expect(await seen()).toEqual([{ files: [], lines: expect.stringContaining('Download: https://work.example/f/leads.csv') }]);
});

test('files are before the buttons, under names that Discord keeps, each its own', async () => {
  const { seen } = await open({ files: [file('고객 명단.csv', 2_000), file('명단 고객.csv', 2_000), file('a b.csv', 2_000)] });
  const [{ files, lines }] = (await seen()) as [{ files: string[]; lines: string }];
  expect(new Set(files).size).toBe(3);
  expect(files.at(-1)).toBe('a_b.csv 2000');
  expect(lines.split('\n').slice(-2)).toEqual(['[file a_b.csv]', '[Try again]']);
});

function file(name: string, sizeBytes: number): ReplyFile {
  return { name, mime: 'text/csv', sizeBytes, url: `https://work.example/f/${encodeURIComponent(name)}` };
}

interface Given {
  readonly files: readonly ReplyFile[];
  readonly most?: number;
  readonly tier?: 2;
  readonly refuse?: number;
  readonly isGone?: boolean;
  readonly grows?: boolean;
  readonly isCut?: boolean;
}

async function open({ files, most = 10 * MiB, tier, refuse, isGone = false, grows = false, isCut = false }: Given) {
  const discord = await startDiscordSandbox({ limitFactor: 1_000_000 });
  onTestFinished(discord.stop);
  const people = discordPeople(discord.url);
  await furnish(people);
  if (tier !== undefined) await people.guild(ids.guild, { tier });
  if (refuse !== undefined) await people.refuse(posts, refuse);
  const storage = createServer((request, response) => {
    const name = decodeURIComponent(request.url!.slice(1));
    const { sizeBytes } = files.find((each) => each.name === name)!;
    if (isGone) response.writeHead(404).end();
    else response.end(Buffer.alloc(grows ? sizeBytes + 1 : sizeBytes, 'x'));
  });
  await once(storage.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void storage.close());
  const origin = `http://127.0.0.1:${(storage.address() as AddressInfo).port}`;
  const { id: asked } = await people.say(ids.general, '<@900000000000000001> find me leads', { from: ids.ann });
  const threadRef = refs.format({ guild: ids.guild, channel: ids.general, thread: asked });
  const openLink = async (token: string) => ({ url: `${origin}/${token}` });
  const poster = discordPoster(outDeps(discord.apiUrl, {}, { app: { files: { openLink } }, attachMost: () => most }));
  const reply = replyOf({ kind: 'files', files }, { kind: 'choices', choices: [{ id: 'retry:1', label: 'Try again', style: 'main' }] });
  const letter: LetterPart = { key: newId(), threadRef, reply, part: 0, attemptedAt: null, lastTriedAt: null };
  if (isCut) {
    await people.next(posts, 'cut');
    await expect(poster.post(letter, AbortSignal.timeout(20_000))).rejects.toMatchObject({ kind: 'unknown' });
  }
  await poster.post(letter, AbortSignal.timeout(20_000));
  return {
    async seen() {
      const ours = (await people.messages(asked)).filter(({ isBot, type }) => isBot && type === 0);
      const lines = await postsIn(people, threadRef);
      return ours.map((each, i) => ({ files: each.files.map(({ filename, sizeBytes }) => `${filename} ${sizeBytes}`), lines: lines[i]! }));
    },
  };
}
