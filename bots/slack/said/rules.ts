// What a channel of Slack lets us take without a mention, and how a thread is muted.

import { keptPlaces } from '#bots/places.ts';
import type { PlaceAnswers } from '#core/domain/workspaces/place.ts';
import type { App } from '#core/flows/app.ts';
import type { Clock } from '#core/ports/clock.ts';
import { atOf, channelOf, messageKey } from '../keys.ts';

export interface Rules {
  /** null where nothing is to be heard without a mention. */
  of(team: string, channel: string, thread: string): Promise<PlaceAnswers | null>;
  /** The word that was said last counts, in whatever order they come. `ts` is the message's. */
  mute(team: string, channel: string, thread: string, muted: boolean, ts: string): Promise<void>;
}

export function slackRules(workspaces: Pick<App['workspaces'], 'place' | 'rulePlace'>, clock: Clock): Rules {
  const places = keptPlaces(workspaces, clock);
  return {
    of: (team, channel, thread) => places.answersIn(channelOf(team, channel), messageKey(team, channel, thread)),
    async mute(team, channel, thread, muted, ts) {
      const ref = messageKey(team, channel, thread);
      const place = { ref, platform: 'slack', workspace: team, kind: 'thread', name: null, private: false } as const;
      await places.rule(place, { muted }, atOf(ts));
    },
  };
}
