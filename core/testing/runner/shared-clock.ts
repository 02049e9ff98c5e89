// One clock for several processes: how far it is ahead of the real time stands in a file.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { ClockByHand } from './clock-by-hand.ts';

const LOOK_EVERY_MS = 20;

/** Goes with the real time, and can be set ahead in any of the processes that have the file. Who sleeps looks at it now and then. */
export function sharedClock(file: string): ClockByHand {
  const aheadMs = () => Number(readFileSync(file, 'utf8'));
  const nowMs = () => Date.now() + aheadMs();
  return {
    now: () => new Date(nowMs()),
    async sleep(ms, signal) {
      const untilMs = nowMs() + ms;
      while (nowMs() < untilMs && signal?.aborted !== true)
        await new Promise((resolve) => setTimeout(resolve, Math.min(ms, LOOK_EVERY_MS)));
    },
    forward(ms) {
      // Whoever reads meanwhile finds the old time or the new one.
      writeFileSync(`${file}.new`, String(aheadMs() + ms));
      renameSync(`${file}.new`, file);
    },
  };
}

/** At the real time. */
export function startSharedClock(file: string): ClockByHand {
  writeFileSync(file, '0');
  return sharedClock(file);
}
