// What a shower must keep: a post that was there looks as it was told, and says how it ended when it does not.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LetterPart } from '#core/ports/poster.ts';
import type { View } from '#core/ports/shower.ts';
import { busyMs } from '../stand-in/faults.ts';
import type { Kit, Stage } from './kit.ts';
import { replyOf } from './replies.ts';
import { samples, show } from './samples.ts';

export function showingContract<Part>({ stage }: Pick<Kit<Part>, 'stage'>) {
  let world: Stage;
  let posts = 0;

  beforeAll(async () => {
    world = await stage!();
  });
  afterAll(async () => world.stop());

  test('a post shows what it was told last, and nothing of what it said before', async ({ skip }) => {
    if (world.shower === undefined) return skip('posts cannot be edited there');
    const post = await posted();
    await world.shower.show(view(post, 'Reading', 2), soon());
    await world.shower.show(view(post, 'Finished', 3), soon());
    expect(await seen(post)).toEqual([false, false, true]);
  });

  test('every state of work can be shown', async ({ skip }) => {
    if (world.shower === undefined) return skip('posts cannot be edited there');
    const post = await posted();
    for (const { saying } of samples('working')) await world.shower.show({ ...view(post, '', 2), reply: show(saying) }, soon());
  });

  test('showing the same twice is harmless', async ({ skip }) => {
    if (world.shower === undefined) return skip('posts cannot be edited there');
    const post = await posted();
    for (let i = 0; i < 2; i++) await world.shower.show(view(post, 'Reading', 2), soon());
    expect(await seen(post)).toEqual([false, true, false]);
  });

  test.each(['answer-lost', 'cut', 'silent', 'broken', 'broken-after'] as const)(
    'after an edit that ended “%s” nobody claims to know whether it was done, and the next one is',
    async (fault) => {
      if (world.shower === undefined || world.nextEdit === undefined) return;
      const post = await posted();
      await world.nextEdit(fault);
      const signal = AbortSignal.timeout(fault === 'silent' ? 400 : 30_000);
      await expect(world.shower.show(view(post, 'Reading', 2), signal)).rejects.toMatchObject({ kind: 'unknown' });
      await world.shower.show(view(post, 'Finished', 3), soon());
      expect(await seen(post)).toEqual([false, false, true]);
    },
  );

  test('a platform that is busy says how long to leave the channel alone', async ({ skip }) => {
    if (world.shower === undefined || world.nextEdit === undefined) return skip('posts cannot be edited there');
    const post = await posted();
    await world.nextEdit('busy');
    await expect(world.shower.show(view(post, 'Reading', 2), soon())).rejects.toMatchObject({ kind: 'later', retryAfterMs: busyMs });
    expect(await seen(post)).toEqual([true, false, false]);
  });

  test('a platform that is down is no reason to give up a post', async ({ skip }) => {
    if (world.shower === undefined) return skip('posts cannot be edited there');
    const post = await posted();
    await world.setDown(true);
    await expect(world.shower.show(view(post, 'Reading', 2), soon())).rejects.toMatchObject({
      kind: expect.stringMatching(/^(later|unknown)$/),
    });
    await world.setDown(false);
    await world.shower.show(view(post, 'Finished', 3), soon());
    expect(await seen(post)).toEqual([false, false, true]);
  });

  test('a post that a person deleted is gone for good, and so is one in a place that is closed', async ({ skip }) => {
    if (world.shower === undefined || world.remove === undefined) return skip('posts cannot be edited there');
    const post = await posted();
    await world.remove(post.messageRef);
    await expect(world.shower.show(view(post, 'Reading', 2), soon())).rejects.toMatchObject({ kind: 'never' });
    for (const [why, { thread: threadRef }] of Object.entries(world.closed))
      await expect(world.shower.show({ ...view(post, 'x', 2), threadRef }, soon()), why).rejects.toMatchObject({ kind: 'never' });
    await expect(world.shower.show({ ...view(post, 'x', 2), messageRef: 'nonsense' }, soon())).rejects.toMatchObject({ kind: 'never' });
  });

  interface Post {
    readonly mark: string;
    readonly messageRef: string;
  }

  async function posted(): Promise<Post> {
    const key = `0199f001-0000-7000-8000-${String(++posts).padStart(12, '0')}`;
    const mark = `post${posts}.`;
    const part: LetterPart = {
      key,
      threadRef: world.thread,
      reply: words('Begun', mark),
      part: 0,
      attemptedAt: new Date(),
      lastTriedAt: new Date(),
    };
    const { messageRef } = await world.poster.post(part, soon());
    return { mark, messageRef };
  }

  function view({ mark, messageRef }: Post, text: string, version: number): View {
    return { platform: 'any', threadRef: world.thread, messageRef, reply: words(text, mark), version, closed: false };
  }

  /** Which of its three states a post shows. */
  async function seen({ mark }: Post): Promise<boolean[]> {
    const shown = (await world.posts(world.thread)).filter((post) => post.includes(mark));
    expect(shown).toHaveLength(1);
    return ['Begun', 'Reading', 'Finished'].map((text) => shown[0]!.includes(text));
  }
}

function words(text: string, mark: string) {
  return replyOf({ kind: 'heading', text: `${text} ${mark}`, tone: 'wait' });
}

function soon(): AbortSignal {
  return AbortSignal.timeout(30_000);
}
