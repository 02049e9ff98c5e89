// The sandbox for the contracts of what is posted and shown.

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { systemClock } from '#core/engines/clock.ts';
import type { Stage } from '../../testing/kit.ts';
import { discordCalls } from '../api/call.ts';
import { linesIn } from '../draw/read.ts';
import { readMessageRef } from '../keys.ts';
import { answerTokens } from '../out/answer-tokens.ts';
import type { OutDeps } from '../out/deps.ts';
import { discordPoster } from '../out/poster.ts';
import { discordShower } from '../out/shower.ts';
import { keepTitles } from '../out/titles.ts';
import { refs } from '../refs.ts';
import { botId } from '../sandbox/bot.ts';
import { discordPeople, type DiscordPeople } from '../sandbox/client.ts';
import { defaultToken, startDiscordSandbox } from '../sandbox/server.ts';

export const ids = {
  guild: '110000000000000001',
  ann: '120000000000000001',
  general: '130000000000000001',
  other: '130000000000000002',
  sealed: '130000000000000003',
  quiet: '130000000000000004',
} as const;

/** Bits of permissions that channels take away (docs, Permissions). */
export const READ_HISTORY = 1n << 16n;
export const SEND_IN_THREADS = 1n << 38n;

const posts = 'POST /channels/:channel/messages';
const reads = 'GET /channels/:channel/messages';
const begins = 'POST /channels/:channel/messages/:message/threads';
const edits = 'PATCH /channels/:channel/messages/:message';

export async function startDiscordStage(): Promise<Stage> {
  const file = path.join(os.tmpdir(), `discord-${randomUUID()}.jsonl`);
  const start = (port?: number) => startDiscordSandbox({ file, limitFactor: 1_000_000, ...(port !== undefined && { port }) });
  let running = await start();
  const { url, apiUrl } = running;
  const people = discordPeople(url);
  await furnish(people);

  const begin = async (channel: string) => (await people.say(channel, '<@900000000000000001> find me 100 leads', { from: ids.ann })).id;
  const refOf = (channel: string, thread: string) => refs.format({ guild: ids.guild, channel, thread });
  const [asked, elsewhere, sealed, locked, hidden, deleted] = [
    await begin(ids.general),
    await begin(ids.other),
    await begin(ids.sealed),
    await begin(ids.general),
    await begin(ids.quiet),
    await begin(ids.general),
  ];
  await people.thread(ids.sealed, 'sealed', ids.ann, sealed);
  await people.lock(await people.thread(ids.general, 'locked', ids.ann, locked), true);
  await people.remove([deleted]);
  await takeAway(people, ids.sealed, SEND_IN_THREADS);
  await takeAway(people, ids.quiet, READ_HISTORY);

  const deps = outDeps(apiUrl, { nonceTrustMs: 0 });
  return {
    poster: discordPoster(deps),
    otherPoster: discordPoster(outDeps(apiUrl, { nonceTrustMs: 0 })),
    shower: discordShower(deps),
    thread: refOf(ids.general, asked),
    newThread: refOf(ids.general, ''),
    closed: {
      'nobody may post in its threads': { thread: refOf(ids.sealed, sealed), wholeChannel: true },
      'no such channel': { thread: refOf('139999999999999999', '149999999999999999'), wholeChannel: true },
      'the thread is locked': { thread: refOf(ids.general, locked), wholeChannel: false },
      'the first message is deleted': { thread: refOf(ids.general, deleted), wholeChannel: false },
    },
    elsewhere: refOf(ids.other, elsewhere),
    unsearchable: refOf(ids.quiet, hidden),
    limit: (ref, forMs) => people.limit(refs.parse(ref)!.channel, forMs),
    next: (fault) => people.next([posts, reads, begins], fault),
    nextEdit: (fault) => people.next(edits, fault),
    remove: (messageRef) => people.remove([readMessageRef(messageRef)!.id]),
    async setDown(down) {
      if (down) return running.stop();
      running = await start(Number(new URL(url).port));
    },
    posts: (ref) => postsIn(people, ref),
    async stop() {
      await running.stop();
      await rm(file, { force: true });
      await rm(`${file}.files`, { force: true, recursive: true });
      await rm(`${file}.gateway`, { force: true });
    },
  };
}

/** Acme with Ann, its owner. */
export async function furnish(people: DiscordPeople): Promise<void> {
  await people.guild(ids.guild, { name: 'Acme', owner: ids.ann });
  await people.member(ids.guild, { id: ids.ann, name: 'Ann' });
  for (const name of ['general', 'other', 'sealed', 'quiet'] as const) await people.channel(ids.guild, ids[name], { name });
}

/** From everybody in a channel. */
export async function takeAway(people: DiscordPeople, channel: string, bits: bigint): Promise<void> {
  await people.channel(ids.guild, channel, { overwrites: [{ id: ids.guild, type: 0, allow: '0', deny: String(bits) }] });
}

export function outDeps(apiUrl: string, settings: Partial<OutDeps['settings']> = {}, more: Partial<OutDeps> = {}): OutDeps {
  const budgets = { take: async () => null };
  return {
    call: discordCalls({ token: defaultToken, apiUrl }, { budgets, clock: systemClock, pulse: { invalid: () => undefined } }),
    settings: { apiUrl, applicationId: botId, messageContent: true, historyEveryMs: 0, ...settings },
    budgets,
    tokens: answerTokens({ find: async () => null }),
    app: { files: { openLink: () => Promise.reject(new Error('no files')) } },
    clock: systemClock,
    me: async () => botId,
    attachMost: () => 10 * 1024 * 1024,
    titles: keepTitles(),
    ...more,
  };
}

/** All of ours that people see of a thread: its root, what follows its first message in the channel, and what is in it. */
export async function postsIn(people: DiscordPeople, ref: string): Promise<string[]> {
  const { channel, thread } = refs.parse(ref)!;
  const around = await people.messages(channel).catch(() => []);
  const within = thread === '' || thread === channel ? [] : await people.messages(thread).catch(() => []);
  const ours = [
    ...around.filter(({ id, replyTo }) => thread === channel || id === thread || replyTo?.message === thread),
    ...within.filter(({ type }) => type !== 21),
  ].filter(({ isBot }) => isBot);
  return ours.map(({ components }) => readable(components));
}

export function readable(components: unknown): string {
  return linesIn(components as APIMessageTopLevelComponent[]).join('\n');
}
