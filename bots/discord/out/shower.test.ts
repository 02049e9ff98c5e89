import { expect, onTestFinished, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import type { View } from '#core/ports/shower.ts';
import { replyOf } from '../../testing/replies.ts';
import { codes } from '../api/errors.ts';
import { refs } from '../refs.ts';
import { discordPeople } from '../sandbox/client.ts';
import { startDiscordSandbox } from '../sandbox/server.ts';
import { furnish, ids, outDeps, postsIn } from '../testing/stage.ts';
import { discordPoster } from './poster.ts';
import { discordShower } from './shower.ts';

const edits = 'PATCH /channels/:channel/messages/:message';
const HOUR_MS = 60 * 60_000;

test('work of more than an hour goes on in a new post, once, and its button is where it goes on', async () => {
  const { people, posts, show, forward } = await open();
  await show('Page 1');
  await forward(HOUR_MS);
  await people.next('POST /channels/:channel/messages', 'answer-lost');
  await expect(show('Page 2')).rejects.toMatchObject({ kind: 'unknown' });
  const moved = await show('Page 2');
  expect(moved).toHaveProperty('messageRef');
  expect(await posts()).toEqual(['… Page 2', '… Page 2\n[Cancel]']);
  expect(await show('Page 3', { messageRef: moved!.messageRef })).toBeUndefined();
  expect(await posts()).toEqual(['… Page 2', '… Page 3\n[Cancel]']);
});

test('what is over says so where it is, however old it is, and no button is left', async () => {
  const { posts, show, forward } = await open();
  await forward(HOUR_MS);
  expect(await show('Done', { closed: true })).toBeUndefined();
  expect(await posts()).toEqual(['… Done']);
});

test('a post that has had its edits for now waits a minute, and one in an archived thread opens it', async () => {
  const { people, posts, show, thread } = await open();
  await people.refuse(edits, codes.oldEdits);
  await expect(show('Page 1')).rejects.toMatchObject({ kind: 'later', retryAfterMs: 60_000 });
  await people.archive(thread, true);
  await show('Page 2');
  expect(await posts()).toEqual(['… Page 2\n[Cancel]']);
  await people.lock(thread, true);
  await people.archive(thread, true);
  await expect(show('Page 3')).rejects.toMatchObject({ kind: 'never' });
});

async function open() {
  let aheadMs = 0;
  const discord = await startDiscordSandbox({ limitFactor: 1_000_000 });
  onTestFinished(discord.stop);
  const people = discordPeople(discord.url);
  await furnish(people);
  const { id: thread } = await people.say(ids.general, '<@900000000000000001> find me leads', { from: ids.ann });
  const threadRef = refs.format({ guild: ids.guild, channel: ids.general, thread });
  const deps = outDeps(discord.apiUrl, {}, { clock: { now: () => new Date(Date.now() + aheadMs) } });
  const first = { key: newId(), threadRef, reply: working('Begun', false), part: 0, attemptedAt: null, lastTriedAt: null };
  const { messageRef } = await discordPoster(deps).post(first, soon());
  const shower = discordShower(deps);
  let version = 1;
  return {
    people,
    thread,
    posts: () => postsIn(people, threadRef),
    async forward(ms: number) {
      aheadMs += ms;
      await people.advance(ms);
    },
    async show(title: string, { closed = false, ...more }: Partial<View> = {}) {
      const view: View = { platform: 'discord', threadRef, messageRef, reply: working(title, closed), version: ++version, closed, ...more };
      return (await shower.show(view, soon())) as { messageRef: string } | undefined;
    },
  };
}

function working(title: string, closed: boolean): Reply {
  return replyOf(
    { kind: 'heading', text: title, tone: 'wait' },
    ...(closed ? [] : [{ kind: 'choices', choices: [{ id: 'cancel:1', label: 'Cancel', style: 'plain' }] } as const]),
  );
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
