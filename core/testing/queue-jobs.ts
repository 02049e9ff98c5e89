// What the tests of the queue share.

import { newId } from '#core/domain/ids.ts';
import type { Log } from '#core/ports/log.ts';
import type { Job } from '#core/ports/queue.ts';

export function jobs(count: number): Job[] {
  return Array.from({ length: count }, (_, i) => ({ taskId: newId(), generation: i % 3 }));
}

export function nameOf({ taskId, generation }: Job): string {
  return `${taskId}/${generation}`;
}

/** A log that only remembers: the words in `said`, the facts in `told`. */
export function logTo(said: string[], told: object[] = []): Log {
  const write = (facts: object, words: string) => {
    said.push(words);
    told.push(facts);
  };
  const log: Log = { debug() {}, info: write, warn: write, error: write, child: () => log };
  return log;
}
