// What a poster must keep, whatever the platform and the network do: each part is seen exactly once.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { PostError, type LetterPart, type Posted } from '#core/ports/poster.ts';
import { busyMs, type Fault } from '../stand-in/faults.ts';
import type { Kit, Stage } from './kit.ts';
import { replyOf } from './replies.ts';

const faults: readonly Fault[] = ['answer-lost', 'cut', 'silent', 'broken', 'broken-after', 'busy'];

export function postingContract<Part>({ adapter, stage }: Pick<Kit<Part>, 'adapter' | 'stage'>) {
  let world: Stage;
  let letters = 0;

  beforeAll(async () => {
    world = await stage!();
  });
  afterAll(async () => world.stop());

  test('a reply is read in its thread', async () => {
    const part = letter('Ready');
    const posted = await world.poster.post(part, soon());
    expect(posted.messageRef).not.toBe('');
    expect(await seen(part)).toBe(1);
  });

  test('a reply without a thread becomes the root of one, and the next goes there', async () => {
    const root = letter('Root', world.newThread);
    const { threadRef } = await world.poster.post(root, soon());
    expect(adapter.refs.parse(threadRef!)).not.toBeNull();
    const next = letter('Next', threadRef!);
    await world.poster.post(next, soon());
    expect((await world.posts(threadRef!)).map((post) => [post.includes(mark(root)), post.includes(mark(next))])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  test('a long reply is read part by part, in order, each once', async () => {
    const words = Array.from({ length: adapter.limits.post / 5 }, (_, i) => `w${i}`);
    const reply = replyOf({ kind: 'prose', text: words.join(' ').slice(0, adapter.limits.prose), from: 'us' });
    const count = world.poster.parts(reply);
    expect(count).toBe(adapter.render(reply).length);
    const before = (await world.posts(world.thread)).length;
    for (let part = 0; part < count; part++) await world.poster.post({ ...letter(''), reply, part }, soon());
    const posts = (await world.posts(world.thread)).slice(before);
    expect(posts.length).toBe(count);
    const numbers = posts.join('\n').match(/\bw\d+\b/g)!;
    expect(numbers).toEqual(words.slice(0, numbers.length));
  });

  test.each(faults)('an answer is seen exactly once after a call that ended “%s”', async (fault) => {
    const part = letter(fault);
    await world.next(fault);
    await deliver(world, part, fault);
    expect(await seen(part)).toBe(1);
  });

  test.each(faults)('an answer is seen exactly once when looking for it ended “%s”', async (fault) => {
    const part = letter(fault);
    await world.next('answer-lost');
    await expect(world.poster.post(part, soon())).rejects.toMatchObject({ kind: 'unknown' });
    await world.next(fault);
    await expect(world.poster.look(part, soon(fault))).rejects.toBeInstanceOf(PostError);
    expect(await world.otherPoster.look(part, soon())).toHaveProperty('found.messageRef');
    expect(await seen(part)).toBe(1);
  });

  test.each(faults)('a new thread has one root after a call that ended “%s”', async (fault) => {
    const part = letter(fault, world.newThread);
    await world.next(fault);
    const { threadRef } = await deliver(world, part, fault);
    expect((await world.posts(threadRef!)).filter((post) => post.includes(mark(part)))).toHaveLength(1);
  });

  test('a platform that is busy says how long to wait', async () => {
    await world.next('busy');
    await expect(world.poster.post(letter('Busy'), soon())).rejects.toMatchObject({ kind: 'later', retryAfterMs: busyMs });
  });

  test('a limited channel says how long to wait, and other channels take posts meanwhile', async (context) => {
    if (world.limit === undefined) return context.skip('it has no limits by channel');
    await world.limit(world.thread, 60_000);
    await expect(world.poster.post(letter('Limited'), soon())).rejects.toMatchObject({
      kind: 'later',
      retryAfterMs: expect.toSatisfy((ms: number) => ms > 30_000 && ms <= 60_000),
    });
    const part = letter('Elsewhere', world.elsewhere);
    await world.poster.post(part, soon());
    expect(await seen(part)).toBe(1);
    await world.limit(world.thread, 0);
  });

  test('a post to a platform that does not answer at all is tried again', async () => {
    const part = letter('Down');
    await world.setDown(true);
    await expect(world.poster.post(part, soon())).rejects.toMatchObject({ kind: 'later' });
    await world.setDown(false);
    await world.poster.post(part, soon());
    expect(await seen(part)).toBe(1);
  });

  test('a post that can never succeed is reported as such', async () => {
    for (const [why, { thread, wholeChannel }] of Object.entries(world.closed)) {
      await expect(world.poster.post(letter(why, thread), soon()), why).rejects.toMatchObject({ kind: 'never', wholeChannel });
    }
    await expect(world.poster.post({ ...letter('x'), part: 99 }, soon())).rejects.toMatchObject({ kind: 'never' });
    await expect(world.poster.post(letter('x', 'nonsense'), soon())).rejects.toMatchObject({ kind: 'never' });
  });

  test('looking for what was never posted finds nothing, and takes nothing else for it', async () => {
    const other = letter('Other');
    await world.poster.post(other, soon());
    expect(await world.poster.look(letter('Never posted'), soon())).toBe('absent');
    expect(await world.poster.look({ ...other, key: `${other.key}0` }, soon())).toBe('absent');
  });

  test('what was posted at the last try is found, however long ago the first one was', async () => {
    const part = letter('Tried for hours');
    await world.poster.post(part, soon());
    const hoursAgo = new Date(Date.now() - 20 * 60 * 60_000);
    expect(await world.otherPoster.look({ ...part, attemptedAt: hoursAgo }, soon())).toHaveProperty('found.messageRef');
    // Where nobody knows when that was, it is never taken for absent.
    expect(await world.otherPoster.look({ ...part, attemptedAt: hoursAgo, lastTriedAt: null }, soon())).not.toBe('absent');
  });

  test('where the platform does not let us look, we say so', async (context) => {
    if (world.unsearchable === undefined) return context.skip('one can always look there');
    expect(await world.poster.look(letter('Hidden', world.unsearchable), soon())).toBe('cannot');
  });

  test('a post whose signal is aborted ends at once', async () => {
    await expect(world.poster.post(letter('Given up'), AbortSignal.abort())).rejects.toBeInstanceOf(PostError);
  });

  function letter(text: string, threadRef = world.thread): LetterPart {
    const key = `0199f000-0000-7000-8000-${String(++letters).padStart(12, '0')}`;
    return {
      key,
      threadRef,
      reply: replyOf({ kind: 'heading', text: `${text} ${markOf(key)}`, tone: 'plain' }),
      part: 0,
      attemptedAt: new Date(),
      lastTriedAt: new Date(),
    };
  }

  async function seen(part: LetterPart): Promise<number> {
    return (await world.posts(part.threadRef)).filter((post) => post.includes(mark(part))).length;
  }
}

/** As the core delivers a letter; each try may be another process's. */
async function deliver({ poster, otherPoster }: Stage, part: LetterPart, fault: Fault): Promise<Posted> {
  let mustLook = false;
  for (let tries = 0; tries < 5; tries++) {
    const here = tries % 2 === 0 ? poster : otherPoster;
    const signal = soon(tries === 0 ? fault : undefined);
    try {
      const answer = mustLook ? await here.look(part, signal) : 'absent';
      if (answer === 'cannot') throw new Error('the platform does not let us look');
      return answer === 'absent' ? await here.post(part, signal) : answer.found;
    } catch (error) {
      if (!(error instanceof PostError) || error.kind === 'never') throw error;
      mustLook ||= error.kind === 'unknown';
    }
  }
  throw new Error('not delivered after five tries');
}

/** Nobody waits long for what will not come. */
function soon(fault?: Fault): AbortSignal {
  return AbortSignal.timeout(fault === 'silent' ? 400 : 30_000);
}

function mark(part: LetterPart): string {
  return markOf(part.key);
}

function markOf(key: string): string {
  return `mark${key.slice(-6)}.`;
}
