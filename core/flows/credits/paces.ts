// How fast each team uses credits, and what a task of theirs usually costs: what the colour of a balance goes by. It
// changes slowly and every page shows it, so each process keeps it; what it knows grows old, and is then read again while
// the old one still serves.

import type { TeamId } from '#core/domain/ids.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Pace, Usage } from '#core/store/credits/usage.ts';

export interface Paces {
  /** What is known; read only where nothing is. */
  of(teamId: TeamId): Promise<Pace>;
  /** Read now, and known from now on. */
  fresh(teamId: TeamId): Promise<Pace>;
}

const GOOD_FOR_MS = 5 * 60_000;
const TEAMS_KEPT = 10_000;

export function keepPaces(usage: Pick<Usage, 'pace'>, clock: Clock, log: Log): Paces {
  const known = new Map<TeamId, { readonly pace: Promise<Pace>; readAtMs: number }>();

  function fresh(teamId: TeamId): Promise<Pace> {
    const now = clock.now();
    const before = known.get(teamId);
    const pace = usage.pace(teamId, now);
    const kept = { pace, readAtMs: now.getTime() };
    known.delete(teamId);
    known.set(teamId, kept);
    if (known.size > TEAMS_KEPT) known.delete(known.keys().next().value!);
    pace.catch((error: unknown) => {
      log.warn({ teamId, error }, 'pace not read');
      if (known.get(teamId) !== kept) return;
      if (before === undefined) known.delete(teamId);
      else known.set(teamId, { ...before, readAtMs: now.getTime() });
    });
    return pace;
  }

  return {
    fresh,
    of(teamId) {
      const kept = known.get(teamId);
      if (kept === undefined) return fresh(teamId);
      if (clock.now().getTime() - kept.readAtMs >= GOOD_FOR_MS) void fresh(teamId).catch(() => {}); // said there
      return kept.pace;
    },
  };
}
