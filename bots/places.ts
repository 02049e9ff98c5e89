// What a channel lets us take without a mention, kept for a moment: most messages need not be looked up at all. What is handed on
// is judged anew by the core.

import type { PlaceAnswers, PlaceRules } from '#core/domain/workspaces/place.ts';
import type { App } from '#core/flows/app.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Hints } from '#core/ports/hints.ts';

export interface Places {
  /** What the channel takes, for a message in its thread; null where nothing is to be heard without a mention. */
  answersIn(channel: string, thread: string): Promise<PlaceAnswers | null>;
  /** Rules that were said last count, in whatever order they come. */
  rule(place: Parameters<App['workspaces']['rulePlace']>[0], rules: Partial<PlaceRules>, at: Date): Promise<void>;
  stop(): void;
}

const KEPT_MS = 10_000;
const KEPT_MOST = 5_000;

/** With `hints`, a rule that one process was told holds in all of them at once; else after ten seconds. */
export function keptPlaces(workspaces: Pick<App['workspaces'], 'place' | 'rulePlace'>, clock: Clock, hints?: Hints): Places {
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

  const stop = hints?.on((about) => {
    // Some may have been missed.
    if (about === '') kept.clear();
    kept.delete(refIn(about));
  });

  return {
    stop: () => stop?.(),
    async answersIn(channel, thread) {
      const [there, here] = await Promise.all([placeOf(channel), placeOf(thread)]);
      if (there?.muted === true || here?.muted === true) return null;
      return there?.answers ?? 'mention';
    },
    async rule(place, rules, at) {
      await workspaces.rulePlace(place, rules, at);
      kept.delete(place.ref);
      hints?.tell(hintOf(place.ref));
    },
  };
}

/** `slack:place:T1:C9` for `slack:T1:C9`. */
function hintOf(ref: string): string {
  return ref.replace(':', ':place:');
}

/** What is no hint of ours is no ref either. */
function refIn(hint: string): string {
  return hint.replace(/^([a-z0-9-]+):place:/, '$1:');
}
