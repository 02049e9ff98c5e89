// A running product, and people on the platform who talk to it: what the contracts of what comes in share. Numbers of leads say
// what the agent does with a request; each lead costs a credit, and more than ten need approval.

import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, vi } from 'vitest';
import type { Adapter } from '#bots/adapter.ts';
import { newId } from '#core/domain/ids.ts';
import type { Heard } from '#core/store/messages/letters.ts';
import type { Poster } from '#core/ports/poster.ts';
import { agentsThat, csvOf, done, someUsage } from '#core/testing/stages/agents-that.ts';
import { openStage, type Person, type Stage } from '#core/testing/stages/stage.ts';
import type { HearingStage, Kit, SeenPost, Who } from './kit.ts';

/** Takes until somebody stops it. */
export const STOPPED = 7;
export const FAILS = 10;
/** Its answer is posted twice, as when a platform did what it did not confirm. */
export const POSTED_TWICE = 1;

export const politely = { atOnce: 1, repeats: 0, reversed: false };
export const badly = { atOnce: 2, repeats: 2, reversed: true };

const verbs = ['hear', 'act', 'command', 'changed', 'removed'] as const;
type Counts = Record<(typeof verbs)[number], number>;

export type HearingWorld = ReturnType<typeof hearingWorld>;

/** Starts before the tests of this `describe`, and stops after them. */
export function hearingWorld<Part>({ adapter, hearing }: Pick<Kit<Part>, 'adapter' | 'hearing'>) {
  let people: HearingStage;
  let product: Stage;
  let owner: Person;
  /** What agents were given, by the number they were asked for. */
  const given = new Map<number, string[]>();
  /** How often each verb had an outcome. */
  const taken: Counts = { hear: 0, act: 0, command: 0, changed: 0, removed: 0 };
  /** What came of each post that the platform told of, and the letters that were posted twice. */
  const heard: { readonly key: string; readonly was: Heard }[] = [];
  const doubled: string[] = [];

  beforeAll(async () => {
    people = await hearing!();
    const agents = agentsThat(async ({ quantity, inputs }, _watch, signal) => {
      given.set(quantity ?? 0, await Promise.all(inputs.map(async ({ name, open }) => `${name}: ${String(await buffer(await open()))}`)));
      if (quantity === FAILS) return { kind: 'failed', reason: 'no luck', usage: someUsage };
      if (quantity === STOPPED) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]);
    });
    const { platform } = adapter;
    product = await openStage({
      wired: true,
      agents,
      adapters: [watched(adapter as unknown as Adapter)],
      botSettings: { [platform]: people.settings },
    });
    owner = await product.person();
    await product.app.privacy.setTeamSettings(owner, { confirmAbove: '10000000' });
    await product.core.store.prisma.workspace.create({
      data: { id: newId(), platform, externalId: people.workspace, teamId: owner.teamId, name: 'Acme' },
    });
    await people.connect(product.url);
  }, 60_000);
  beforeEach(() => people.tell(politely));
  afterAll(async () => {
    await product.stop();
    await people.stop();
  });

  return {
    people: () => people,
    product: () => product,
    owner: () => owner,
    given,
    taken,
    heard,
    doubled,

    /** The first post in a thread with these words. */
    async post(thread: string, words: RegExp): Promise<SeenPost> {
      return vi.waitFor(async () => {
        const posts = await people.posts(thread);
        const found = posts.find(({ text }) => words.test(text));
        if (found === undefined) throw new Error(`no post says ${String(words)}: ${posts.map(({ text }) => text).join('\n--\n')}`);
        return found;
      });
    },

    /** The newest button that does this. */
    async toPress(thread: string, act: string): Promise<[SeenPost, string]> {
      return vi.waitFor(async () => {
        const found = (await people.posts(thread)).flatMap((each) => each.choices.map((choice): [SeenPost, string] => [each, choice]));
        const button = found.findLast(([, choice]) => choice.startsWith(`${act}:`));
        if (button === undefined) throw new Error(`no button to ${act}`);
        return button;
      });
    },

    async toldTo(who: Who, thread: string | null, words: RegExp): Promise<void> {
      await vi.waitFor(async () => expect((await people.told(who, thread)).at(-1)).toMatch(words));
    },

    /** Takes the database away; what is given back waits until the platform or a person was told that something is not taken. */
    async withoutDatabase(notTaken?: () => Promise<void>): Promise<() => Promise<void>> {
      const before = await people.unconfirmed();
      product.wire.cut();
      onTestFinished(() => product.wire.mend());
      return async () => {
        if (notTaken) await notTaken();
        else await vi.waitFor(async () => expect(await people.unconfirmed()).toBeGreaterThan(before));
        product.wire.mend();
      };
    },

    async until(thread: string, statuses: readonly string[]): Promise<void> {
      await vi.waitFor(async () => expect(await tasks(thread)).toEqual(statuses));
    },

    tasks,
  };

  /** Statuses of a thread's tasks, oldest first. */
  async function tasks(thread: string): Promise<string[]> {
    const { rows } = await product.core.store.money.query<{ status: string }>(
      {
        text: 'SELECT t.status FROM tasks t JOIN conversations c ON c.id = t.conversation_id WHERE c.thread_ref = $1 ORDER BY t.created_at, t.id',
      },
      [thread],
    );
    return rows.map(({ status }) => status);
  }

  function watched(whole: Adapter): Adapter {
    return {
      ...whole,
      async start({ app, ...context }) {
        const chats = { ...app.chats };
        for (const verb of verbs) chats[verb] = counted(verb, app.chats[verb] as never) as never;
        const messages: typeof app.messages = {
          ...app.messages,
          async heardOurs(echo) {
            const was = await app.messages.heardOurs(echo);
            heard.push({ key: echo.key, was });
            return was;
          },
        };
        const { poster, ...started } = await whole.start({ ...context, app: { ...app, chats, messages } });
        return { ...started, ...(poster && { poster: postingTwice(poster) }) };
      },
    };
  }

  function counted<Call extends unknown[], Answer>(verb: keyof Counts, does: (...call: Call) => Promise<Answer>) {
    return async (...call: Call): Promise<Answer> => {
      const answer = await does(...call);
      taken[verb]++;
      return answer;
    };
  }

  function postingTwice(poster: Poster): Poster {
    return {
      ...poster,
      async post(part, signal) {
        const posted = await poster.post(part, signal);
        if (part.reply.fallback.startsWith(`Done: ${POSTED_TWICE} lead.`)) {
          await poster.post({ ...part, threadRef: posted.threadRef ?? part.threadRef }, signal);
          doubled.push(part.key);
        }
        return posted;
      },
    };
  }
}
