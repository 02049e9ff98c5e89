// A running product that speaks in a Slack that tests can break.

import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { Adapter } from '#bots/adapter.ts';
import { adapters } from '#bots/adapters.ts';
import { slack } from '#bots/slack/adapter.ts';
import { slackPeople, type SlackPeople } from '#bots/slack/sandbox/client.ts';
import { installationOf } from '#bots/slack/sandbox/play.ts';
import { defaultClient, defaultSigningSecret, startSlackSandbox } from '#bots/slack/sandbox/server.ts';
import type { SlackSettings } from '#bots/slack/settings.ts';
import { newId } from '#core/domain/ids.ts';
import { systemClock } from '#core/engines/clock.ts';
import type { ClockByHand } from '../runner/clock-by-hand.ts';
import { passTime } from './pass-time.ts';
import { openStage, type Person, type Stage, type StageOptions } from './stage.ts';

export type SlackOptions = Omit<StageOptions, 'adapters' | 'botSettings' | 'clock'> & {
  readonly clock?: ClockByHand;
  /** The app is distributed outside the Marketplace: 15 messages of history a minute. */
  readonly limited?: boolean;
  /** Ms between two reads of history, whatever Slack allows; at any time where it is left out. */
  readonly historyEveryMs?: number;
  /** How many times as many calls as Slack allows; a million where it is left out. */
  readonly tierFactor?: number;
  /** For Socket Mode, beside HTTP. */
  readonly appToken?: string;
  /** Workspaces install the app themselves; `rotating`: its tokens live for twelve hours. */
  readonly installs?: 'once' | 'rotating';
  /** False: no team pays for what is asked there. */
  readonly linked?: boolean;
};

export interface SlackStage extends Stage {
  readonly people: SlackPeople;
  /** For another process of the product. */
  readonly settings: SlackSettings;
  /** Whose team pays for what is asked in Acme. */
  readonly owner: Person;
  /** Ann says something to the app in #general, and gives the thread's ts back. */
  say(text: string, thread?: string): Promise<string>;
  /** What the app posted in a thread of #general, oldest first: the text of each post as it was posted first. */
  answers(thread: string): Promise<string[]>;
  /** Resolves once one of them says so. */
  answered(thread: string, words: RegExp): Promise<void>;
  /** Slack goes away, or comes back with everything it had. */
  setDown(down: boolean): Promise<void>;
  /**
   * Lets time pass until it holds, and not while Slack is asked: the answer would come too late. A call that Slack holds back is
   * given up after a second.
   */
  goingOn(check: () => Promise<unknown>, stepMs?: number): Promise<void>;
}

/** In Acme (T1): Ann (U1, admin), Bo (U2), the guest Gus (U3) and Olga of another company (U4); #general (C1), #other (C2), Ann's messages (D1). */
export async function openSlackStage(options: SlackOptions = {}): Promise<SlackStage> {
  const file = path.join(os.tmpdir(), `slack-${crypto.randomUUID()}.jsonl`);
  // Both go by one clock: a post is looked for around the time at which we tried it.
  const { now } = options.clock ?? systemClock;
  const client = { ...defaultClient, rotates: options.installs === 'rotating' };
  let running = await startSlackSandbox({ file, now, client });
  const { url, apiUrl } = running;
  const people = slackPeople(url);
  const acme = await people.team('T1', { name: 'Acme', limited: options.limited ?? false });
  await people.user('T1', { id: 'U1', name: 'Ann', role: 'admin' });
  await people.user('T1', { id: 'U2', name: 'Bo' });
  await people.user('T1', { id: 'U3', name: 'Gus', role: 'guest' });
  await people.user('T1', { id: 'U4', name: 'Olga', role: 'outsider' });
  await people.channel('T1', 'C1', { name: 'general', shared: true });
  await people.channel('T1', 'C2', { name: 'other' });
  await people.channel('T1', 'D1', { name: 'Ann', user: 'U1' });

  const { historyEveryMs = 0, linked = true, tierFactor = 1_000_000, appToken = null } = options;
  const settings: SlackSettings = {
    botToken: null,
    signingSecrets: [defaultSigningSecret],
    appToken,
    install: options.installs === undefined ? null : { clientId: client.id, clientSecret: client.secret },
    apiUrl,
    seeds: [installationOf(acme)],
    historyEveryMs,
    editsAreLimited: tierFactor === 1,
  };
  // Sockets open as products start.
  await people.tierFactor(tierFactor);
  const calls = watchCalls(slack as Adapter);
  const others = adapters.filter(({ platform }) => platform !== slack.platform);
  const opened = await openStage({ ...options, adapters: [...others, calls.adapter], botSettings: { slack: settings } });
  const listen = async () => {
    await people.tierFactor(tierFactor);
    await people.hook({ url: `${opened.url}/slack/events` });
  };
  await listen();
  const owner = await opened.person();
  if (linked)
    await opened.core.store.prisma.workspace.create({
      data: { id: newId(), platform: 'slack', externalId: 'T1', teamId: owner.teamId, name: 'Acme' },
    });

  const answers = async (thread: string) => {
    const posts = await people.messages('C1', thread);
    return posts.filter(({ isBot }) => isBot).map(({ text, first }) => first?.text ?? text);
  };
  return {
    ...opened,
    people,
    settings,
    owner,
    say: async (text, thread) =>
      (await people.say('C1', `@impacter ${text}`, { from: 'U1', ...(thread !== undefined && { thread }) })).thread,
    answers,
    answered: (thread, words) =>
      vi.waitFor(async () => {
        const said = await answers(thread);
        if (!said.some((each) => words.test(each))) throw new Error(`no post says ${String(words)}: ${said.join('\n--\n')}`);
      }),
    goingOn: (check, stepMs) =>
      passTime(check, {
        clock: options.clock!,
        money: opened.core.store.money,
        calling: calls.areUnderWay,
        ...(stepMs !== undefined && { stepMs }),
      }),
    async setDown(down) {
      if (down) return running.stop();
      running = await startSlackSandbox({ file, now, client, port: Number(new URL(url).port) });
      await listen();
    },
    async stop() {
      await opened.stop();
      await running.stop();
      await rm(file, { force: true });
      await rm(`${file}.files`, { recursive: true, force: true });
    },
  };
}

/** It stops with the test. */
export async function slackStage(options: SlackOptions = {}): Promise<SlackStage> {
  const opened = await openSlackStage(options);
  onTestFinished(opened.stop);
  return opened;
}

const HELD_MS = 1_000;

/** The adapter, and whether a call of it has been waiting for an answer, but not for so long that none will come. */
function watchCalls(adapter: Adapter) {
  const begun = new Set<{ readonly atMs: number }>();
  const watched = async <T>(call: Promise<T>): Promise<T> => {
    const one = { atMs: performance.now() };
    begun.add(one);
    return call.finally(() => begun.delete(one));
  };
  const withWatch: Adapter = {
    ...adapter,
    async start(context) {
      const { poster, shower, ...started } = await adapter.start(context);
      return {
        ...started,
        ...(poster && {
          poster: { ...poster, post: (...call) => watched(poster.post(...call)), look: (...call) => watched(poster.look(...call)) },
        }),
        ...(shower && { shower: { ...shower, show: (...call) => watched(shower.show(...call)) } }),
      };
    },
  };
  return { adapter: withWatch, areUnderWay: () => [...begun].some(({ atMs }) => performance.now() - atMs < HELD_MS) };
}
