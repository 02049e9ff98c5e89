// How the platforms are, as the adapters of this process tell it: they answer at once, from memory. One that has been down for some
// minutes is an alarm.

import type { Gauge, PartHealth } from '#core/ports/health.ts';
import { raiseAlarm } from '../mail/alarm.ts';
import type { Core } from '../runtime/core.ts';

/** What the adapters of a process tell. */
export interface PlatformReport {
  health(): readonly PartHealth[];
  gauges(): readonly Gauge[];
}

const LOOK_EVERY_MS = 30_000;
/** Connections are renewed, and networks fail for a moment: nobody has to get up for that. */
export const DOWN_MS = 5 * 60_000;

/** Raises an alarm for what is down for longer, until the signal aborts. */
export async function watchPlatforms(core: Core, report: PlatformReport, signal: AbortSignal): Promise<void> {
  /** Since when each part is down, in ms. */
  let down = new Map<string, number>();
  while (!signal.aborted) {
    const nowMs = core.clock.now().getTime();
    const bad = report.health().filter(({ ok }) => !ok);
    down = new Map(bad.map(({ part }) => [part, down.get(part) ?? nowMs]));
    const long = bad.filter(({ part }) => nowMs - down.get(part)! >= DOWN_MS);
    if (long.length > 0) await alarm(core, long).catch((error: unknown) => core.log.warn({ error }, 'alarm not raised yet'));
    await core.clock.sleep(LOOK_EVERY_MS, signal);
  }
}

function alarm(core: Core, parts: readonly PartHealth[]): Promise<void> {
  return raiseAlarm(core, 'platform-down', {
    title: `${parts.map(({ part }) => part).join(', ')}: not connected for ${DOWN_MS / 60_000} minutes`,
    words: `Requests from there may wait, and answers may not be posted.\n${parts.map(({ part, trouble }) => `${part}: ${trouble ?? 'no connection'}`).join('\n')}`,
  });
}
