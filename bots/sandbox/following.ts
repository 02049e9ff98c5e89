// The page is told of each change of a stand-in, by one question for all who watch.

import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatSandbox } from './chat.ts';

export interface Following {
  readonly watch: ChatSandbox['watch'];
  /** Something changed that the stand-in does not count. */
  tell(): void;
}

const awayMs = 500;

/** `changes` resolves with the number of changes as soon as it is not `after`. */
export function followChanges(changes: (after: number, signal: AbortSignal) => Promise<number>): Following {
  const watchers = new Set<() => void>();
  let watching: AbortController | null = null;

  return {
    watch(changed) {
      // A set takes a function once, and two pages may watch by the same one.
      const watcher = () => changed();
      watchers.add(watcher);
      if (watching === null) {
        watching = new AbortController();
        void follow(watching.signal);
      }
      return () => {
        watchers.delete(watcher);
        if (watchers.size > 0) return;
        watching?.abort();
        watching = null;
      };
    },
    tell,
  };

  async function follow(stopped: AbortSignal): Promise<void> {
    // The first answer comes at once, and may tell of something that happened since the page was made.
    let version = -1;
    while (!stopped.aborted) {
      try {
        version = await changes(version, stopped);
        tell();
      } catch {
        // The stand-in is away; it may be back in a moment.
        await sleep(awayMs, undefined, { signal: stopped }).catch(() => undefined);
      }
    }
  }

  function tell() {
    for (const changed of watchers) changed();
  }
}
