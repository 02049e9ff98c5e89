// A running product that speaks on the board, the platform that tests can break.

import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Adapter } from '#bots/adapter.ts';
import { adapters } from '#bots/adapters.ts';
import { board } from '#bots/testing/board/adapter.ts';
import { boardPeople, type BoardPeople } from '#bots/testing/board/client.ts';
import { startBoard } from '#bots/testing/board/sandbox/server.ts';
import { systemClock } from '#core/engines/clock.ts';
import type { ClockByHand } from '../runner/clock-by-hand.ts';
import { passTime } from './pass-time.ts';
import { openStage, type Person, type Stage, type StageOptions } from './stage.ts';

export type BoardOptions = Omit<StageOptions, 'adapters' | 'botSettings' | 'clock'> & {
  readonly clock?: ClockByHand;
  /** The board's own, made to misbehave. */
  readonly adapter?: Adapter;
  /** False: no team pays for what is asked on the board. */
  readonly linked?: boolean;
  /** How often all processes together may look for a post; always when left out. */
  readonly lookEveryMs?: number;
};

export interface BoardStage extends Stage {
  readonly people: BoardPeople;
  /** Whose team pays for what is asked on the board. */
  readonly owner: Person;
  /** Says something in a channel, and gives the thread back. */
  say(channel: string, text: string, thread?: string): Promise<string>;
  /** What we posted in a thread, oldest first: the first line of each post, as it was posted. */
  answers(thread: string): Promise<string[]>;
  /** The board goes away, or comes back with everything it had. */
  setDown(down: boolean): Promise<void>;
  /** From now on the board tells us of our own posts, of those from before too. */
  hearEchoes(): Promise<void>;
  /** Lets time pass until it holds, and not while the product works or the board is asked. */
  goingOn(check: () => Promise<unknown>, stepMs?: number): Promise<void>;
}

/** Starts product and board, and stops them when the test ends. */
export async function boardStage(options: BoardOptions = {}): Promise<BoardStage> {
  const opened = await openBoardStage(options);
  onTestFinished(opened.stop);
  return opened;
}

export async function openBoardStage(options: BoardOptions = {}): Promise<BoardStage> {
  const token = 'board-token';
  const file = path.join(os.tmpdir(), `board-${crypto.randomUUID()}.jsonl`);
  // Both go by one clock: a post is looked for around the time at which we tried it.
  const { now } = options.clock ?? systemClock;
  let running = await startBoard({ token, file, now });
  const { url } = running;
  const calls = countCalls(options.adapter ?? board);
  const { lookEveryMs } = options;
  const settings = { url, token, ...(lookEveryMs !== undefined && { lookEveryMs }) };
  const opened = await openStage({ ...options, adapters: [...adapters, calls.adapter], botSettings: { board: settings } });
  const people = boardPeople(url);
  await people.channel('general');
  await people.hook({ url: `${opened.url}/board/events` });
  const owner = await opened.person();
  if (options.linked ?? true) await linkBoard(opened, owner);
  return {
    ...opened,
    people,
    owner,
    async say(channel, text, thread) {
      return (await people.say(channel, text, thread === undefined ? {} : { thread })).thread;
    },
    async answers(thread) {
      const posts = await people.messages('general', thread);
      return posts.filter(({ from }) => from === null).map(({ text, first = text }) => headline(first));
    },
    async setDown(down) {
      if (down) await running.stop();
      else {
        running = await startBoard({ token, file, now, port: Number(new URL(url).port) });
        await people.hook({ url: `${opened.url}/board/events` });
      }
    },
    hearEchoes: () => people.echoes(`${opened.url}/board/echoes`),
    goingOn: (check, stepMs) =>
      passTime(check, {
        clock: options.clock!,
        money: opened.core.store.money,
        calling: () => calls.underWay() > 0,
        ...(stepMs !== undefined && { stepMs }),
      }),
    async stop() {
      await opened.stop();
      await running.stop();
      await rm(file, { force: true });
    },
  };
}

/** The adapter, and how many calls of the board wait for an answer. */
function countCalls(adapter: Adapter) {
  let underWay = 0;
  const counted = async <T>(call: Promise<T>) => {
    underWay++;
    return call.finally(() => underWay--);
  };
  const watched: Adapter = {
    ...adapter,
    async start(context) {
      const { poster, shower, ...started } = await adapter.start(context);
      if (poster === undefined) return started;
      const { post, look } = poster;
      return {
        ...started,
        poster: { ...poster, post: (...call) => counted(post(...call)), look: (...call) => counted(look(...call)) },
        ...(shower && { shower: { ...shower, show: (...call) => counted(shower.show(...call)) } }),
      };
    },
  };
  return { adapter: watched, underWay: () => underWay };
}

export async function linkBoard({ core }: Stage, owner: Person): Promise<void> {
  await core.store.prisma.workspace.create({
    data: { id: crypto.randomUUID(), platform: 'board', externalId: 'board', teamId: owner.teamId, name: 'Board' },
  });
}

/** The first line of a post, without its markup. */
export function headline(text: string): string {
  return text.split('\n')[0]!.replaceAll('**', '');
}
