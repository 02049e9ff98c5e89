// What a channel lets us take without a mention, kept for a moment: most messages need not be looked up at all. What is handed on
// is judged anew by the core.

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

const KEPT_MS = 10_000;
const KEPT_MOST = 5_000;

export function slackRules(workspaces: Pick<App['workspaces'], 'place' | 'rulePlace'>, clock: Clock): Rules {
  type Known = Pick<NonNullable<Awaited<ReturnType<typeof workspaces.place>>>, 'answers' | 'muted'> | null;
  const kept = new Map<string, { readonly place: Promise<Known>; readonly untilMs: number }>();

  function placeOf(ref: string): Promise<Known> {
    const nowMs = clock.now().getTime();
    const known = kept.get(ref);
    if (known !== undefined && known.untilMs > nowMs) return known.place;
    const place = workspaces.place(ref);
    kept.delete(ref);
    kept.set(ref, { place, untilMs: nowMs + KEPT_MS });
    if (kept.size > KEPT_MOST) kept.delete(kept.keys().next().value!);
    place.catch(() => kept.get(ref)?.place === place && kept.delete(ref));
    return place;
  }

  return {
    async of(team, channel, thread) {
      const [there, here] = await Promise.all([placeOf(channelOf(team, channel)), placeOf(messageKey(team, channel, thread))]);
      if (there?.muted === true || here?.muted === true) return null;
      return there?.answers ?? 'mention';
    },
    async mute(team, channel, thread, muted, ts) {
      const ref = messageKey(team, channel, thread);
      const place = { ref, platform: 'slack', workspace: team, kind: 'thread', name: null, private: false } as const;
      await workspaces.rulePlace(place, { muted }, atOf(ts));
      kept.delete(ref);
    },
  };
}
