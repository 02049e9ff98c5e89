// The sandbox for the contracts of what is posted and shown.

import { rm } from 'node:fs/promises';
import { systemClock } from '#core/engines/clock.ts';
import os from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import type { KnownBlock } from '@slack/web-api';
import type { Stage } from '../../testing/kit.ts';
import { slackCalls } from '../api/call.ts';
import { linesIn } from '../draw/read.ts';
import { slackPoster } from '../out/poster.ts';
import { slackShower } from '../out/shower.ts';
import { refs } from '../refs.ts';
import { slackPeople } from '../sandbox/client.ts';
import { installationOf } from '../sandbox/play.ts';
import { startSlackSandbox } from '../sandbox/server.ts';

export async function startSlackStage(): Promise<Stage> {
  const file = path.join(os.tmpdir(), `slack-${randomUUID()}.jsonl`);
  let running = await startSlackSandbox({ file });
  const { url, apiUrl } = running;
  const people = slackPeople(url);
  const acme = await people.team('T1', { name: 'Acme' });
  await people.user('T1', { id: 'U1', name: 'Ann', role: 'admin' });
  for (const [id, name] of Object.entries({ C1: 'general', C2: 'other', C3: 'archived', C4: 'quiet' }))
    await people.channel('T1', id, { name });
  const [thread, elsewhere, archived, unsearchable] = await Promise.all(['C1', 'C2', 'C3', 'C4'].map(begin));
  const deleted = await begin('C1');
  await people.delete('C1', refs.parse(deleted)!.thread, 'U1');
  await people.channel('T1', 'C3', { archived: true });
  await people.channel('T1', 'C4', { botReads: 'dms' });
  await unlimited();

  const deps = {
    call: slackCalls({ apiUrl }),
    tokens: { of: async (team: string) => (team === 'T1' ? { ...installationOf(acme), version: 1 } : null) },
    budgets: { take: async () => null },
    settings: { install: null, historyEveryMs: 0 },
  };
  return {
    poster: slackPoster(deps),
    otherPoster: slackPoster(deps),
    shower: slackShower({ ...deps, clock: systemClock, status: { over: () => undefined, goesOn: () => undefined } }),
    thread: thread!,
    newThread: refs.format({ team: 'T1', channel: 'C1', thread: '' }),
    closed: {
      'the channel is archived': { thread: archived!, wholeChannel: true },
      'no such channel': { thread: refs.format({ team: 'T1', channel: 'C9', thread: '' }), wholeChannel: true },
      'the first message is deleted': { thread: deleted, wholeChannel: false },
      'the app is not in the workspace': { thread: refs.format({ team: 'T9', channel: 'C1', thread: '' }), wholeChannel: true },
    },
    elsewhere: elsewhere!,
    unsearchable: unsearchable!,
    limit: (ref, forMs) => people.limit(refs.parse(ref)!.channel, forMs),
    next: (fault) => people.next(['chat.postMessage', 'conversations.replies', 'conversations.history'], fault),
    nextEdit: (fault) => people.next('chat.update', fault),
    remove: (messageRef) => people.delete('C1', messageRef, 'U1'),
    async setDown(down) {
      if (down) return running.stop();
      running = await startSlackSandbox({ file, port: Number(new URL(url).port) });
      await unlimited();
    },
    async posts(ref) {
      const { channel, thread: root } = refs.parse(ref)!;
      const posts = (await people.messages(channel, root)).filter(({ isBot }) => isBot);
      return posts.map(({ blocks }) => readable(blocks));
    },
    async stop() {
      await running.stop();
      await rm(file, { force: true });
    },
  };

  async function begin(channel: string): Promise<string> {
    const { ts } = await people.say(channel, 'find me 100 leads', { from: 'U1' });
    return refs.format({ team: 'T1', channel, thread: ts });
  }

  /** The contract posts as fast as it can, and orders limits where it means them. */
  function unlimited(): Promise<void> {
    return people.tierFactor(1_000_000);
  }
}

export function readable(blocks: unknown): string {
  return linesIn(blocks as KnownBlock[]).join('\n');
}
