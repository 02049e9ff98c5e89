// What a channel of Slack lets us take without a mention, and how a thread is muted.

import { keptPlaces } from '#bots/places.ts';
import type { PlaceAnswers } from '#core/domain/workspaces/place.ts';
import type { App } from '#core/flows/app.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Hints } from '#core/ports/hints.ts';
import { atOf, channelOf, messageKey } from '../keys.ts';
import { refs } from '../refs.ts';

export interface Rules {
  /** null where nothing is to be heard without a mention. */
  of(team: string, channel: string, thread: string): Promise<PlaceAnswers | null>;
  /** Whether anybody asked us in this thread. Nothing that is said in any other one needs to be looked at. */
  follows(team: string, channel: string, thread: string): Promise<boolean>;
  /** The word that was said last counts, in whatever order they come. `ts` is the message's. */
  mute(team: string, channel: string, thread: string, muted: boolean, ts: string): Promise<void>;
  stop(): void;
}

const KEPT_MOST = 5_000;

export function slackRules(
  {
    workspaces,
    chats,
  }: { readonly workspaces: Pick<App['workspaces'], 'place' | 'rulePlace'>; readonly chats: Pick<App['chats'], 'follows'> },
  hints: Hints,
  clock: Clock,
): Rules {
  const places = keptPlaces(workspaces, clock, hints);
  /** Threads that are ours stay so. Of any other one nobody knows whether it still is none a moment later, in another process. */
  const ours = new Set<string>();
  return {
    stop: places.stop,
    of: (team, channel, thread) => places.answersIn(channelOf(team, channel), messageKey(team, channel, thread)),
    async follows(team, channel, thread) {
      const ref = refs.format({ team, channel, thread });
      if (ours.has(ref)) return true;
      if (!(await chats.follows(ref))) return false;
      ours.add(ref);
      if (ours.size > KEPT_MOST) ours.delete(ours.values().next().value!);
      return true;
    },
    async mute(team, channel, thread, muted, ts) {
      const ref = messageKey(team, channel, thread);
      const place = { ref, platform: 'slack', workspace: team, kind: 'thread', name: null, private: false } as const;
      await places.rule(place, { muted }, atOf(ts));
    },
  };
}
