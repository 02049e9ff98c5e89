// A running product that speaks in a Discord that tests can break, with what tests of its own words look at.

import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import type { Adapter } from '#bots/adapter.ts';
import { adapters } from '#bots/adapters.ts';
import { newId } from '#core/domain/ids.ts';
import { systemClock } from '#core/engines/clock.ts';
import type { ClockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { PATIENCE_MS } from '#core/testing/runner/patience.ts';
import { passTime } from '#core/testing/stages/pass-time.ts';
import { openStage, type Person, type Stage, type StageOptions } from '#core/testing/stages/stage.ts';
import { discord } from '../adapter.ts';
import { discordPeople, type DiscordPeople, type SeenMessage } from '../sandbox/client.ts';
import { defaultToken, startDiscordSandbox } from '../sandbox/server.ts';
import type { DiscordSettings } from '../settings.ts';

export type DiscordOptions = Omit<StageOptions, 'adapters' | 'botSettings' | 'clock'> & {
  readonly clock?: ClockByHand;
  readonly bot?: Partial<DiscordSettings>;
  readonly limitFactor?: number;
  readonly heartbeatMs?: number;
  /** So many processes of their own with the role `bots`; where it is left out, the first one has all roles. */
  readonly bots?: number;
  /** False: no team pays for what is asked there. */
  readonly linked?: boolean;
};

export const at = {
  acme: '110000000000000001',
  general: '130000000000000001',
  sales: '130000000000000002',
  ann: '120000000000000001',
  bo: '120000000000000002',
  bot: '900000000000000001',
} as const;

export interface DiscordProduct extends Stage {
  readonly people: DiscordPeople;
  /** For another process of the product. */
  readonly settings: DiscordSettings;
  readonly adapters: readonly Adapter[];
  readonly owner: Person;
  /** Ann says something in #general, and mentions us where it begins a thread. Gives the thread's id. */
  say(text: string, more?: { thread?: string; from?: string; channel?: string }): Promise<string>;
  /** What everybody sees of us in a thread, oldest first. */
  answers(thread: string): Promise<string[]>;
  /** Resolves with the first one that says this. */
  answer(thread: string, words: RegExp): Promise<string>;
  /** Lets time pass until it holds. */
  goingOn(check: () => Promise<unknown>, stepMs?: number, patienceMs?: number): Promise<void>;
  /** Stops the processes of the bot, does this, and starts as many again. */
  restart(meanwhile: () => Promise<unknown>): Promise<void>;
  /** Discord goes away, or comes back with everything it had. */
  setDown(down: boolean): Promise<void>;
}

/** In Acme: Ann, its owner, and Bo; #general and #sales. */
export async function openProduct(options: DiscordOptions = {}): Promise<DiscordProduct> {
  const { bots = 0, bot = {}, limitFactor = 1_000_000, heartbeatMs, linked = true } = options;
  const file = path.join(os.tmpdir(), `discord-${crypto.randomUUID()}.jsonl`);
  const { now } = options.clock ?? systemClock;
  const sandbox = { file, now, limitFactor, ...(heartbeatMs !== undefined && { heartbeatMs }) };
  let running = await startDiscordSandbox(sandbox);
  const { url, apiUrl, cdnHost, publicKey } = running;
  const people = discordPeople(url);
  await people.guild(at.acme, { name: 'Acme', owner: at.ann });
  await people.member(at.acme, { id: at.ann, name: 'Ann' });
  await people.member(at.acme, { id: at.bo, name: 'Bo' });
  await people.channel(at.acme, at.general, { name: 'general' });
  await people.channel(at.acme, at.sales, { name: 'sales' });
  const settings: DiscordSettings = {
    token: defaultToken,
    applicationId: at.bot,
    publicKey,
    clientSecret: null,
    apiUrl,
    messageContent: true,
    cdnHosts: [cdnHost],
    historyEveryMs: 0,
    leaseMs: 600_000,
    ...bot,
  };
  const all = [...adapters.filter(({ platform }) => platform !== discord.platform), discord as Adapter];
  const opened = await openStage({ ...options, adapters: all, botSettings: { discord: settings } });
  const startBots = () => Promise.all(Array.from({ length: bots }, () => opened.another({ ROLES: 'bots' })));
  let processes = await startBots();
  const owner = await opened.person();
  if (linked)
    await opened.core.store.prisma.workspace.create({
      data: { id: newId(), platform: 'discord', externalId: at.acme, teamId: owner.teamId, name: 'Acme' },
    });
  await vi.waitFor(async () => {
    if ((await people.connections()) !== 1) throw new Error('not connected');
  });
  const answers = async (thread: string) => (await people.messages(thread).catch(() => [])).filter(({ isBot }) => isBot).map(textOf);
  return {
    ...opened,
    people,
    settings,
    adapters: all,
    owner,
    async say(text, { thread, from = at.ann, channel = at.general } = {}) {
      const { id } = await people.say(thread ?? channel, thread === undefined ? `@impacter ${text}` : text, { from });
      return thread ?? id;
    },
    answers,
    answer: (thread, words) =>
      vi.waitFor(async () => {
        const said = await answers(thread);
        const found = said.find((each) => words.test(each));
        if (found === undefined) throw new Error(`no answer says ${String(words)}: ${said.join('\n--\n')}`);
        return found;
      }),
    goingOn: (check, stepMs = 1_000, patienceMs = PATIENCE_MS) =>
      passTime(check, { clock: options.clock!, money: opened.core.store.money, stepMs, busyForMs: 50, patienceMs }),
    async restart(meanwhile) {
      await Promise.all(processes.map((each) => each.stop()));
      await meanwhile();
      processes = await startBots();
    },
    async setDown(down) {
      if (down) return running.stop();
      running = await startDiscordSandbox({ ...sandbox, port: Number(new URL(url).port) });
    },
    async stop() {
      await opened.stop();
      await running.stop();
      await Promise.all(['', '.files', '.gateway'].map((end) => rm(`${file}${end}`, { force: true, recursive: true })));
    },
  };
}

/** All texts of a post, in order. */
export function textOf({ components, content }: Pick<SeenMessage, 'components' | 'content'>): string {
  return [content, ...textsIn(components)].filter((text) => text !== '').join('\n');
}

function textsIn(component: unknown): string[] {
  if (Array.isArray(component)) return component.flatMap(textsIn);
  if (!(component instanceof Object)) return [];
  const { content, components, accessory } = component as { content?: unknown; components?: unknown; accessory?: unknown };
  return [...(typeof content === 'string' ? [content] : []), ...textsIn(components), ...textsIn(accessory)];
}
