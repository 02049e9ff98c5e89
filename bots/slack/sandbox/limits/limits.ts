// How often Slack may be called: by method and workspace in a minute, and by channel for posts. All by the sandbox's clock.

import { startWindow, type Window } from '#bots/stand-in/window.ts';
import { TooMany } from '../no.ts';
import type { Team } from '../shapes.ts';

export const tiers = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;
export type Tier = keyof typeof tiers;

export interface Limits {
  /** Counts a call, or throws TooMany. */
  call(team: Team, method: string, tier: Tier): void;
  /** Counts a post of the bot's in this channel, or throws TooMany. */
  post(channel: string): void;
  /** The channel takes no posts for so long. */
  close(channel: string, forMs: number): void;
  /** Allows so many times as much; 1 is what Slack allows. */
  factor(factor: number): void;
}

const minuteMs = 60_000;
/** About one post a second in a channel, and a few at once. */
const postEveryMs = 1000;
const postBurst = 3;
/** What apps that are distributed outside the Marketplace may read of what was said. */
const limitedMethods = new Set(['conversations.history', 'conversations.replies']);

export function startLimits(now: () => Date): Limits {
  const calls = startWindow(now);
  const posts = startWindow(now);
  const closed = new Map<string, number>();
  let times = 1;

  return {
    call(team, method, tier) {
      const isLimited = team.limited && limitedMethods.has(method);
      take(calls, `${team.id} ${method}`, isLimited ? 1 : tiers[tier] * times, minuteMs);
    },
    post(channel) {
      const waitMs = (closed.get(channel) ?? 0) - now().getTime();
      if (waitMs > 0) throw new TooMany(waitMs);
      take(posts, channel, postBurst * times, postBurst * postEveryMs);
    },
    close: (channel, forMs) => void closed.set(channel, now().getTime() + forMs),
    factor: (factor) => void (times = factor),
  };
}

function take(window: Window, key: string, most: number, inMs: number): void {
  const waitMs = window.take(key, most, inMs);
  if (waitMs > 0) throw new TooMany(waitMs);
}

/** Messages that a call of a history method gives at the most. */
export function mostMessages(team: Team): number {
  return team.limited ? 15 : 999;
}
